//! Comparing and choosing: two values brought to a form in which SQLite compares them as MySQL does, and several to
//! the one type that a choice among them has.
//!
//! Where MySQL converts in a way that SQLite has no equal for, the reason is an error. Texts are compared by SQLite's
//! two collations; which columns that is done with is kept, because their rows decide whether it is the same.

use super::sql::{Sql, SqlForm, TextColumn};
use super::types::{EXACT_DIGITS, Fold, REAL_DIGITS, Type};
use super::{Translator, Untranslatable};
use crate::dump::{Value, ValueType, convert_text};
use crate::file::sql::literal;

/// What is asked of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TextUse {
    /// Whether letters are small or capital.
    Case,
    /// Whether they are equal.
    Equality,
    /// Which one stands for several that are equal.
    Group,
    /// Which comes first.
    Order,
    /// What stands in the objects and arrays of a document.
    Documents,
    /// In which order they are put together.
    Concatenation,
}

/// Values that are compared in one way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ComparedClass {
    Exact,
    Real,
    Text,
    Other,
}

impl ComparedClass {
    pub(super) fn of(value: Type) -> Option<Self> {
        Some(match value {
            Type::Nothing => return None,
            Type::Real | Type::Float => Self::Real,
            value if value.exact().is_some() => Self::Exact,
            value if value.text().is_some() => Self::Text,
            _ => Self::Other,
        })
    }
}

impl Translator<'_> {
    /// Keeps that the texts of `sql` are compared.
    pub(super) fn compares(&mut self, sql: &Sql, how: TextUse) {
        let unclear = |text: &str| {
            !text.chars().all(|letter| (' '..='~').contains(&letter)) || text.ends_with(' ')
        };
        let unknown = TextColumn {
            table: None,
            column: "a literal".to_owned(),
        };
        match sql.string() {
            Some(text) if unclear(text) => drop(self.compared.insert((unknown, how))),
            Some(_) => {}
            None => self
                .compared
                .extend(sql.columns.iter().map(|column| (column.clone(), how))),
        }
    }

    /// Keeps that something differs whatever the rows hold.
    pub(super) fn remark(&mut self, what: &str, how: TextUse) {
        let column = TextColumn {
            table: None,
            column: what.to_owned(),
        };
        self.compared.insert((column, how));
    }

    /// Two values for a comparison.
    pub(super) fn pair(
        &mut self,
        left: &Sql,
        right: &Sql,
        how: TextUse,
    ) -> Result<(String, String), Untranslatable> {
        let beside = |left: &Sql, right: &Sql| {
            Err(format!(
                "{} beside {}",
                left.value.called(),
                right.value.called()
            ))
        };
        match (left.value, right.value) {
            (Type::Nothing, _) | (_, Type::Nothing) => Ok((left.text.clone(), right.text.clone())),
            // A server takes two digits beside a YEAR for one of 1970 to 2069.
            (Type::Year, other) if !beside_year(right, other) => beside(left, right),
            (other, Type::Year) if !beside_year(left, other) => beside(left, right),
            (a, b) if a.exact().is_some() && b.exact().is_some() => exact_pair(left, right),
            (Type::Real, Type::Real | Type::Whole { .. } | Type::Exact { .. })
            | (Type::Whole { .. } | Type::Exact { .. }, Type::Real) => {
                Ok((left.real()?, right.real()?))
            }
            // The sign and the whole part of it are those of what is shown.
            (Type::Float, Type::Whole { .. }) if right.constant().is_some() => {
                Ok((left.text.clone(), right.text.clone()))
            }
            (Type::Whole { .. }, Type::Float) if left.constant().is_some() => {
                Ok((left.text.clone(), right.text.clone()))
            }
            (Type::Text(_), b) if b.exact().is_some() => {
                Ok((text_as_number(left)?, number_beside_text(right)?))
            }
            (a, Type::Text(_)) if a.exact().is_some() => {
                Ok((number_beside_text(left)?, text_as_number(right)?))
            }
            (Type::Text(_), Type::Text(_)) => self.texts(left, right, how),
            // As texts, whatever the order of the members is.
            (Type::Choice(_), Type::Text(_)) | (Type::Text(_), Type::Choice(_)) => {
                self.texts(left, right, how)
            }
            (Type::Date | Type::DateTime(_), Type::Text(_)) => {
                let literal = moment_literal(right, left.value)?;
                moments(left, &literal)
            }
            (Type::Text(_), Type::Date | Type::DateTime(_)) => {
                let literal = moment_literal(left, right.value)?;
                moments(&literal, right)
            }
            (Type::Date | Type::DateTime(_), Type::Date | Type::DateTime(_)) => {
                moments(left, right)
            }
            (Type::Blob, Type::Blob) => Ok((left.text.clone(), right.text.clone())),
            (Type::Blob, Type::Text(_)) if right.string().is_some() => {
                Ok((left.text.clone(), format!("CAST({} AS BLOB)", right.text)))
            }
            _ => beside(left, right),
        }
    }

    /// Two texts with the collation by which a server compares them.
    fn texts(
        &mut self,
        left: &Sql,
        right: &Sql,
        how: TextUse,
    ) -> Result<(String, String), Untranslatable> {
        let fold = match (
            left.value.text().map(|text| text.fold),
            right.value.text().map(|text| text.fold),
        ) {
            (Some(Fold::Weak), Some(other)) | (Some(other), Some(Fold::Weak)) => other,
            (Some(one), Some(other)) if one == other && one != Fold::Mixed => one,
            _ => return Err("texts of two collations".to_owned()),
        };
        if fold != Fold::Binary {
            self.compares(left, how);
            self.compares(right, how);
        } else if how != TextUse::Equality {
            // Blanks at the end.
            self.compares(left, TextUse::Equality);
            self.compares(right, TextUse::Equality);
        }
        let literal = |sql: &Sql| sql.string().is_some();
        let carries = left.carries_collation || (literal(left) && right.carries_collation);
        if fold == Fold::Binary || carries {
            return Ok((left.text.clone(), right.text.clone()));
        }
        Ok((format!("{} COLLATE NOCASE", left.text), right.text.clone()))
    }

    /// A text that is sorted, grouped or made distinct, with its collation.
    pub(super) fn collated(&mut self, sql: &Sql, how: TextUse) -> String {
        let folds = sql
            .value
            .text()
            .is_some_and(|text| text.fold != Fold::Binary);
        if sql.value.text().is_some() {
            self.compares(sql, if folds { how } else { TextUse::Equality });
        }
        if folds && !sql.carries_collation && sql.string().is_none() {
            return format!("{} COLLATE NOCASE", sql.text);
        }
        sql.text.clone()
    }
}

/// The values of a choice, brought to one type; conditions are not among them.
pub(super) fn unified(values: &[Sql]) -> Result<(Vec<Sql>, Type), Untranslatable> {
    let known: Vec<&Sql> = values.iter().filter(|value| !value.is_null()).collect();
    let Some(first) = known.first() else {
        return Ok((values.to_vec(), Type::Nothing));
    };
    let all = |like: fn(Type) -> bool| known.iter().all(|value| like(value.value));
    let kinds = |value: &&Sql| value.value;
    if all(|kind| matches!(kind, Type::Whole { .. })) {
        let digits = known
            .iter()
            .filter_map(|value| value.value.exact())
            .map(|(digits, _)| digits)
            .max();
        let signed = known.iter().any(|value| !value.value.is_unsigned());
        let value = Type::Whole {
            digits: digits.unwrap_or(1),
            signed,
        };
        return Ok((values.to_vec(), value));
    }
    if all(|kind| matches!(kind, Type::Whole { .. } | Type::Exact { .. })) {
        return exact_choice(values);
    }
    if all(|kind| matches!(kind, Type::Whole { .. } | Type::Exact { .. } | Type::Real)) {
        let reals: Result<Vec<Sql>, _> = values
            .iter()
            .map(|value| Ok::<_, Untranslatable>(Sql::new(value.real()?, Type::Real)))
            .collect();
        return Ok((reals?, Type::Real));
    }
    let textual = |kind: Type| {
        matches!(
            kind,
            Type::Whole { .. }
                | Type::Exact { .. }
                | Type::Text(_)
                | Type::Choice(_)
                | Type::Date
                | Type::DateTime(_)
        )
    };
    if known
        .iter()
        .any(|value| matches!(value.value, Type::Text(_) | Type::Choice(_)))
        && all(textual)
    {
        let mut texts = Vec::new();
        for value in values {
            texts.push(Sql {
                text: value.cast_to_text()?,
                ..Sql::text_of("", &[value])
            });
        }
        let whole = Sql::text_of("", &known);
        return Ok((texts, whole.value));
    }
    if all(|kind| matches!(kind, Type::Date | Type::DateTime(0)))
        && known.iter().any(|value| value.value != Type::Date)
    {
        let with_time = values.iter().map(|value| match value.value {
            Type::Date => Sql::new(
                format!("({} || ' 00:00:00')", value.text),
                Type::DateTime(0),
            ),
            _ => value.clone(),
        });
        return Ok((with_time.collect(), Type::DateTime(0)));
    }
    let same = known.iter().map(kinds).all(|kind| kind == first.value);
    let copies = matches!(
        first.value,
        Type::Float
            | Type::Date
            | Type::DateTime(_)
            | Type::Time
            | Type::Year
            | Type::Blob
            | Type::Json
    );
    if same && copies {
        return Ok((values.to_vec(), first.value));
    }
    Err(format!(
        "a choice of {}",
        known
            .iter()
            .map(|value| value.value.called())
            .collect::<Vec<_>>()
            .join(" and ")
    ))
}

/// Whether a value is compared with a year as a number.
fn beside_year(sql: &Sql, value: Type) -> bool {
    let two_digits = sql.constant().is_some_and(|year| (1..100).contains(&year));
    value.is_whole() && !two_digits
}

fn exact_pair(left: &Sql, right: &Sql) -> Result<(String, String), Untranslatable> {
    if left.compares_as_number() && right.compares_as_number() {
        return Ok((left.number(), right.number()));
    }
    let sums = left.is_call && right.is_call;
    let (left, right) = (left.scaled()?, right.scaled()?);
    let scale = left.scale.max(right.scale);
    let (left, right) = (left.with_scale(scale), right.with_scale(scale));
    // Beyond 64 bits they would be compared as floating point numbers.
    if left.digits > EXACT_DIGITS && right.digits > EXACT_DIGITS && !sums {
        return Err(format!(
            "numbers of {} and {} digits beside each other",
            left.digits, right.digits
        ));
    }
    Ok((left.with_scale(scale).text, right.with_scale(scale).text))
}

/// The number that a text begins with, as floating point as on the server.
fn text_as_number(sql: &Sql) -> Result<String, Untranslatable> {
    let Some(text) = sql.string() else {
        return Ok(format!("CAST({} AS REAL)", sql.text));
    };
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Ok(text.to_owned()),
        _ => Ok(format!("CAST({} AS REAL)", sql.text)),
    }
}

/// What a text is compared with.
fn number_beside_text(sql: &Sql) -> Result<String, Untranslatable> {
    match sql.value.exact() {
        Some((digits, _)) if digits <= REAL_DIGITS && sql.compares_as_number() => Ok(sql.number()),
        Some((_, 0)) if sql.value.is_whole() => Ok(sql.number()),
        _ => Err(format!("{} beside a text", sql.value.called())),
    }
}

/// A string literal as the date or time that it is beside one.
fn moment_literal(sql: &Sql, beside: Type) -> Result<Sql, Untranslatable> {
    let text = sql.string().ok_or("a text as a date")?;
    let (kind, value) = match beside {
        Type::Date if text.len() <= "2024-01-05".len() => (ValueType::Date, Type::Date),
        Type::DateTime(fraction) => (ValueType::DateTime(fraction), beside),
        _ => (ValueType::DateTime(0), Type::DateTime(0)),
    };
    match convert_text(text, &kind) {
        Ok(Value::Text(spelled))
            if !spelled.contains("-00") && spelled.len() >= text.len() && !text.is_empty() =>
        {
            Ok(Sql::new(literal(&spelled), value))
        }
        _ => Err(format!("{text:?} as a date")),
    }
}

fn moments(left: &Sql, right: &Sql) -> Result<(String, String), Untranslatable> {
    let fraction = |sql: &Sql| match sql.value {
        Type::DateTime(fraction) => Some(fraction),
        _ => None,
    };
    let most = fraction(left).max(fraction(right));
    let padded = |sql: &Sql| match (fraction(sql), most) {
        (own, most) if own == most => sql.text.clone(),
        (None, Some(0)) => format!("({} || ' 00:00:00')", sql.text),
        (None, Some(most)) => format!("({} || ' 00:00:00.{}')", sql.text, "0".repeat(most)),
        (Some(0), Some(most)) => format!("({} || '.{}')", sql.text, "0".repeat(most)),
        (Some(own), Some(most)) => format!("({} || '{}')", sql.text, "0".repeat(most - own)),
        _ => sql.text.clone(),
    };
    Ok((padded(left), padded(right)))
}

/// Exact numbers of one scale: as they are stored if all have it, computed otherwise.
fn exact_choice(values: &[Sql]) -> Result<(Vec<Sql>, Type), Untranslatable> {
    let sizes = || values.iter().filter_map(|value| value.value.exact());
    let scale = sizes().map(|(_, scale)| scale).max().unwrap_or(0);
    let whole = sizes()
        .map(|(digits, scale)| digits.saturating_sub(scale))
        .max()
        .unwrap_or(1);
    let digits = whole + scale;
    let value = Type::Exact { digits, scale };
    let stored = |sql: &Sql| {
        sql.is_null()
            || (sql.form == SqlForm::Plain
                && sql.value.exact().is_some_and(|(_, own)| own == scale)
                && !sql.value.is_whole())
    };
    if values.iter().all(stored) {
        return Ok((values.to_vec(), value));
    }
    let mut choice = Vec::new();
    for sql in values {
        choice.push(if sql.is_null() {
            sql.clone()
        } else {
            let scaled = sql.scaled()?.with_scale(scale);
            Sql::scaled_of(scaled.text, digits.min(EXACT_DIGITS + 20), scale)
        });
    }
    Ok((choice, value))
}
