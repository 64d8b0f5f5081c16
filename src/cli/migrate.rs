//! `ekiben migrate`: does to primaries' copies what their next start would, without serving.

use serde::Serialize;

use super::arguments::MigrateArguments;
use super::failure::Failure;
use super::output::{json, say};
use super::settings;
use crate::apps::{self, App};
use crate::config::Config;
use crate::store::{self, Migrated, Standing, StoreError};

pub(super) fn run(arguments: &MigrateArguments) -> Result<(), Failure> {
    let layers = settings::load_for_migrate(arguments)?;
    let mut results = Vec::new();
    let mut failed = Ok(());
    for app in settings::apps(&layers)? {
        match migrate(app, layers.config(), arguments.check) {
            Ok(result) => {
                if !arguments.form.json {
                    say(&format!("{}: {}", result.app, describe(&result.state)))?;
                }
                results.push(result);
            }
            Err(failure) => {
                failed = Err(failure);
                break;
            }
        }
    }
    // Also where an app could not be migrated: those before it were.
    if arguments.form.json && (failed.is_ok() || !results.is_empty()) {
        say(&json(&MigrateResult { apps: &results })?)?;
    }
    failed?;
    if results
        .iter()
        .any(|app| matches!(app.state, State::Due { .. }))
    {
        let failure = Failure::other("migrations are due");
        return Err(failure.hint(
            "`ekiben migrate` runs them, and so does the next start of the primary. Make a backup before.",
        ));
    }
    Ok(())
}

/// The result for programs.
#[derive(Serialize)]
struct MigrateResult<'m> {
    apps: &'m [AppResult],
}

#[derive(Serialize)]
struct AppResult {
    app: &'static str,
    #[serde(flatten)]
    state: State,
}

/// How an app's data is now.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum State {
    NoCopy,
    Current {
        schema_version: u32,
        generation: u64,
    },
    Due {
        from: u32,
        to: u32,
        generation: u64,
        migrations: Vec<String>,
    },
    Migrated {
        from: u32,
        to: u32,
        generation: u64,
        seconds: f64,
    },
}

/// Migrates the data of one app, or finds out whether that is due.
fn migrate(app: &dyn App, config: &Config, only_check: bool) -> Result<AppResult, Failure> {
    let (name, data_dir) = (app.name(), &config.data_dir);
    let schema = apps::schema(app, config)?;
    let (standing, migrated) = if only_check {
        (store::standing(data_dir, name, &schema)?, None)
    } else {
        store::migrate(data_dir, name, &schema).map_err(refused)?
    };
    let state = migrated.map_or_else(|| stands(standing), done);
    Ok(AppResult { app: name, state })
}

fn done(migrated: Migrated) -> State {
    State::Migrated {
        from: migrated.from,
        to: migrated.to,
        generation: migrated.generation,
        seconds: migrated.elapsed.as_secs_f64(),
    }
}

fn stands(standing: Standing) -> State {
    match standing {
        Standing::NoCopy => State::NoCopy,
        Standing::Current {
            version,
            generation,
        } => State::Current {
            schema_version: version,
            generation,
        },
        Standing::Due {
            from,
            to,
            generation,
        } => State::Due {
            from,
            to,
            generation,
            migrations: (from + 1..=to)
                .map(|version| format!("migration_{version}.sql"))
                .collect(),
        },
    }
}

fn describe(state: &State) -> String {
    match state {
        State::NoCopy => "no copy of a primary yet, nothing to do".to_owned(),
        State::Current {
            schema_version,
            generation,
        } => format!("schema {schema_version}, generation {generation}, nothing to do"),
        State::Due {
            from,
            to,
            generation,
            migrations,
        } => {
            let missing = migrations.join(", ");
            format!("schema {from} -> {to} is due for generation {generation}: {missing}")
        }
        State::Migrated {
            from,
            to,
            generation,
            seconds,
        } => format!("schema {from} -> {to} in {seconds:.2} s, generation {generation}"),
    }
}

fn refused(error: StoreError) -> Failure {
    let is_served = matches!(error, StoreError::Locked { .. });
    let failure = Failure::from(error);
    if is_served {
        failure.hint(
            "Stop that primary first: it would go on serving, and writing to, what it has open.",
        )
    } else {
        failure
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_due_and_what_was_done_is_reported() {
        let due = Standing::Due {
            from: 1,
            to: 3,
            generation: 2,
        };
        assert_eq!(
            describe(&stands(due)),
            "schema 1 -> 3 is due for generation 2: migration_2.sql, migration_3.sql"
        );
        let migrated = Migrated {
            from: 1,
            to: 2,
            generation: 4,
            elapsed: Duration::from_millis(31),
        };
        assert_eq!(
            describe(&done(migrated)),
            "schema 1 -> 2 in 0.03 s, generation 4"
        );
    }
}
