//! `ekiben migrate`: does to primaries' copies what their next start would, without serving.

use super::arguments::MigrateArguments;
use super::failure::Failure;
use super::output::say;
use super::settings;
use crate::apps;
use crate::store::{self, Migrated, Standing, StoreError};

pub(super) fn run(arguments: &MigrateArguments) -> Result<(), Failure> {
    let layers = settings::load_for_migrate(arguments)?;
    let config = layers.config();
    let data_dir = &config.data_dir;
    let mut due = false;
    for app in settings::apps(&layers)? {
        let (name, schema) = (app.name(), apps::schema(app, config)?);
        let (standing, migrated) = if arguments.check {
            (store::standing(data_dir, name, &schema)?, None)
        } else {
            store::migrate(data_dir, name, &schema).map_err(refused)?
        };
        due |= migrated.is_none() && matches!(standing, Standing::Due { .. });
        let report = migrated.map_or_else(|| describe(standing), done);
        say(&format!("{name}: {report}"))?;
    }
    if due {
        let failure = Failure::other("migrations are due");
        return Err(failure.hint(
            "`ekiben migrate` runs them, and so does the next start of the primary. Make a backup before.",
        ));
    }
    Ok(())
}

fn done(migrated: Migrated) -> String {
    let Migrated {
        from,
        to,
        generation,
        elapsed,
    } = migrated;
    let seconds = elapsed.as_secs_f64();
    format!("schema {from} -> {to} in {seconds:.2} s, generation {generation}")
}

fn describe(standing: Standing) -> String {
    match standing {
        Standing::NoCopy => "no copy of a primary yet, nothing to do".to_owned(),
        Standing::Current {
            version,
            generation,
        } => format!("schema {version}, generation {generation}, nothing to do"),
        Standing::Due {
            from,
            to,
            generation,
        } => {
            let missing: Vec<_> = (from + 1..=to)
                .map(|version| format!("migration_{version}.sql"))
                .collect();
            let missing = missing.join(", ");
            format!("schema {from} -> {to} is due for generation {generation}: {missing}")
        }
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
            describe(due),
            "schema 1 -> 3 is due for generation 2: migration_2.sql, migration_3.sql"
        );
        let migrated = Migrated {
            from: 1,
            to: 2,
            generation: 4,
            elapsed: Duration::from_millis(31),
        };
        assert_eq!(done(migrated), "schema 1 -> 2 in 0.03 s, generation 4");
    }
}
