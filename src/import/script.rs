//! Statements of a script that depend on rows or variables: what they do to the tables of an import.
//!
//! This file is about variables, about which table a statement means, and about what becomes of one that cannot be
//! carried out: nothing of it is done, and a note says why. `changes` and `copying` are the statements themselves.

use std::collections::BTreeSet;

use super::computed::by_server;
use super::dumped_tables::ImportStorage;
use super::query::ScriptView;
use super::table::{self, ImportTable};
use crate::dump::{Position, ScriptKind, ScriptStatement, SourceText};
use crate::evaluate::{self, Formula, NamedTable, SelectQuery, Unevaluable};
use crate::load::LoadError;
use crate::load::note::{Note, NoteClass};

/// Why a statement was not carried out.
pub(super) enum Obstacle {
    /// What it does is not known; as the object of "it uses …".
    Unknown(Unevaluable),
    /// Columns, by their ids, that have no room for a number above 2^63-1 yet.
    Narrow(BTreeSet<u32>),
    /// The import cannot go on.
    Fatal(LoadError),
}

impl From<Unevaluable> for Obstacle {
    fn from(reason: Unevaluable) -> Self {
        Self::Unknown(reason)
    }
}

impl From<LoadError> for Obstacle {
    fn from(error: LoadError) -> Self {
        Self::Fatal(error)
    }
}

/// Where a statement stands, and what it means by names that are not qualified.
#[derive(Clone, Copy)]
pub(super) struct ScriptPlace<'p> {
    pub(super) input: &'p str,
    pub(super) position: Position,
    pub(super) database: Option<&'p str>,
    /// Foreign keys are checked, and their actions done.
    pub(super) checks_keys: bool,
}

fn failed(cause: rusqlite::Error) -> LoadError {
    LoadError::Finish { cause }
}

impl ImportStorage<'_> {
    /// Carries out a statement, or notes that it cannot be.
    pub(super) fn script(
        &mut self,
        input: &str,
        statement: &ScriptStatement,
    ) -> Result<(), LoadError> {
        let place = ScriptPlace {
            input,
            position: statement.position,
            database: statement.database.as_deref(),
            checks_keys: statement.checks_keys,
        };
        if let ScriptKind::Assign(variables) = &statement.kind {
            self.settle_layouts()?;
            self.assign(place, variables);
            return Ok(());
        }
        if let ScriptKind::Set(setting, value) = &statement.kind {
            self.settle_layouts()?;
            self.set(place, *setting, value);
            return Ok(());
        }
        if self.selection.schema_only {
            return Ok(());
        }
        self.settle_layouts()?;
        let (what, outcome) = match &statement.kind {
            ScriptKind::Assign(_) | ScriptKind::Set(..) => return Ok(()),
            ScriptKind::Select(source) => {
                self.select(place, source);
                return Ok(());
            }
            ScriptKind::Update(source) => (
                format!("UPDATE {}", source.shown_to(&["SET"])),
                self.update(place, source),
            ),
            ScriptKind::Delete(source) => (
                format!(
                    "DELETE FROM {}",
                    source.shown_to(&["WHERE", "ORDER", "LIMIT"])
                ),
                evaluate::deletion(source)
                    .map_err(Obstacle::from)
                    .and_then(|deletion| self.delete(place, &deletion)),
            ),
            ScriptKind::DeleteJoined(source) => (
                format!("DELETE {}", source.shown_to(&["WHERE"])),
                evaluate::joined_deletion(source)
                    .map_err(Obstacle::from)
                    .and_then(|deletion| self.delete(place, &deletion)),
            ),
            ScriptKind::Insert(header, source) => (
                format!("INSERT INTO {} … SELECT", header.table),
                self.insert_selected(place, header, source),
            ),
            ScriptKind::OfView {
                what,
                database,
                view,
                reason,
            } => {
                let chosen = self.selection.database.as_ref();
                if chosen.is_some_and(|chosen| database.as_ref().is_some_and(|own| own != chosen)) {
                    return Ok(());
                }
                self.session.pass_over(view);
                (what.clone(), Err(reason.clone().into()))
            }
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Obstacle::Fatal(error)) => Err(error),
            Err(obstacle) => {
                let reason = match obstacle {
                    Obstacle::Unknown(reason) => reason,
                    _ => "a number above 2^63-1".to_owned(),
                };
                let what = format!("{what}: not carried out, because it uses {reason}");
                self.note(place, NoteClass::Lossy, what);
                Ok(())
            }
        }
    }

    pub(super) fn note(&mut self, place: ScriptPlace<'_>, class: NoteClass, what: String) {
        self.notes
            .push(Note::new(place.input, place.position, class, what));
    }

    /// Brings the tables in the file to their definitions, which statements have changed.
    pub(super) fn settle_layouts(&mut self) -> Result<(), LoadError> {
        if !std::mem::take(&mut self.altered) {
            return Ok(());
        }
        for table in &mut self.tables {
            if table.created.is_some() && table.created.as_ref() != Some(&table.layout) {
                self.transaction.touch(self.connection, table)?;
                table.rebuild(self.connection, &mut self.names)?;
            }
        }
        Ok(())
    }

    pub(super) fn view<'v>(&'v self, place: ScriptPlace<'v>) -> ScriptView<'v> {
        ScriptView {
            session: &self.session,
            connection: self.connection,
            tables: [&self.tables, &[], &[]],
            database: place.database,
            outer: None,
            answers: None,
        }
    }

    /// The table that a statement changes; `None` where it is not wanted.
    pub(super) fn target(
        &mut self,
        place: ScriptPlace<'_>,
        named: &NamedTable,
    ) -> Result<Option<usize>, Obstacle> {
        let database = named.database.as_deref().or(place.database);
        if !self.wants(database, &named.name) {
            return Ok(None);
        }
        let index = table::find(&self.tables, database, &named.name);
        let index = index.ok_or_else(|| format!("table {}, which is not here", named.name))?;
        if self.tables[index].definition.columns.is_empty() {
            let reason = format!("table {}, which no CREATE TABLE describes", named.name);
            return Err(reason.into());
        }
        Ok(Some(index))
    }

    /// Does `work` on the table at `index`, or nothing at all.
    pub(super) fn whole(
        &mut self,
        index: usize,
        work: impl FnOnce(&mut Self) -> Result<(), Obstacle>,
    ) -> Result<(), Obstacle> {
        const SAVEPOINT: &str = "ekiben_statement";
        self.transaction
            .touch(self.connection, &self.tables[index])?;
        let before: ImportTable = self.tables[index].clone();
        let run = |sql: &str| self.connection.execute_batch(sql).map_err(failed);
        run(&format!("SAVEPOINT {SAVEPOINT}"))?;
        let outcome = work(self);
        if let Err(Obstacle::Unknown(_) | Obstacle::Narrow(_)) = outcome {
            let run = |sql: &str| self.connection.execute_batch(sql).map_err(failed);
            run(&format!("ROLLBACK TO {SAVEPOINT}"))?;
            for (_, made) in &self.tables[index].unique_indexes {
                self.names.release(&made.name);
            }
            for (_, made) in &before.unique_indexes {
                self.names.take(&made.name);
            }
            self.tables[index] = before;
        }
        self.connection
            .execute_batch(&format!("RELEASE {SAVEPOINT}"))
            .map_err(failed)?;
        outcome
    }

    /// `SET @a = 1, @b = @a`: all values are computed before the first is given.
    fn assign(&mut self, place: ScriptPlace<'_>, variables: &[(String, SourceText)]) {
        let view = self.view(place);
        let knows_time = self.session.knows_time();
        let mut values = Vec::new();
        for (_, source) in variables {
            let formula = evaluate::parse(source);
            let server = formula.as_ref().ok();
            let server = server.and_then(|formula| by_server(formula, knows_time));
            let value = formula.and_then(|formula| formula.evaluate(&view));
            values.push((value, server.or(self.session.take_by_server())));
        }
        for ((name, _), (value, server)) in variables.iter().zip(values) {
            self.session.set(name, value, server);
        }
    }

    /// `SELECT … INTO @a`, `SELECT @a := 1`.
    fn select(&mut self, place: ScriptPlace<'_>, source: &SourceText) {
        let outcome = evaluate::selection(source).and_then(|query| self.give(place, &query));
        if let Err(reason) = outcome {
            for name in variables_in(&source.text) {
                self.session.set(&name, Err(reason.clone()), None);
            }
        }
    }

    /// Gives variables what a query has for them.
    fn give(&self, place: ScriptPlace<'_>, query: &SelectQuery) -> Result<(), Unevaluable> {
        let mut rows = self.view(place).select(query)?;
        let knows_time = self.session.knows_time();
        let server = query
            .formulas()
            .find_map(|formula| by_server(formula, knows_time));
        let server = server.or(self.session.take_by_server());
        for formula in query.formulas() {
            formula.parts(&mut |part| {
                if let Formula::Assign(name, _) = part {
                    self.session.set(name, self.session.get(name), server);
                }
            });
        }
        if query.into.is_empty() {
            return Ok(());
        }
        if rows.len() > 1 {
            return Err("a query of several rows as a value".to_owned());
        }
        // Without a row the variables keep their values.
        let Some(row) = rows.pop() else {
            return Ok(());
        };
        if row.len() != query.into.len() {
            return Err(format!(
                "{} values for {} variables",
                row.len(),
                query.into.len()
            ));
        }
        for (name, value) in query.into.iter().zip(row) {
            self.session.set(name, Ok(value), server);
        }
        Ok(())
    }
}

/// The user variables that a text names, in lower case.
fn variables_in(text: &str) -> Vec<String> {
    let names = text.split('@').skip(1).map(|rest| {
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.');
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        rest[..end].to_lowercase()
    });
    names.filter(|name| !name.is_empty()).collect()
}
