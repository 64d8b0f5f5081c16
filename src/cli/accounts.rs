//! `ekiben conduit` and `ekiben english`: what operators do with the accounts of an app, while its server does
//! not run.
//!
//! The change is made in the copy of a primary, which is made first if there is none. It must not know how an
//! app keeps its accounts.

use rusqlite::Connection;

use super::arguments::{
    ConduitArguments, ConduitCommand, EnglishArguments, EnglishCommand, GrantArguments,
    RoleArgument, SetPasswordArguments,
};
use super::backup::tell_of_mode;
use super::bake::bake_missing;
use super::failure::Failure;
use super::output::say;
use super::{prompt, settings};
use crate::apps::App;
use crate::apps::conduit::{self, Conduit};
use crate::apps::english::English;
use crate::apps::english::accounts::{self as english, Role};
use crate::auth::password::{PasswordCost, PasswordFlaw, PasswordRule};
use crate::config::{Config, Durability, Mode};
use crate::serving;
use crate::store::{Standing, Store, StoreError, StoreOptions, standing};

/// What `ekiben conduit` does.
pub(super) fn run_conduit(arguments: &ConduitArguments) -> Result<(), Failure> {
    match &arguments.command {
        ConduitCommand::SetPassword(arguments) => {
            let names = "Names are those of profiles; nothing has changed.";
            let (rule, set) = (conduit::PASSWORD_RULE, conduit::set_password);
            set_password(arguments, &Conduit, rule, set, names)
        }
    }
}

/// What accounts of `english` are called by.
const ADDRESSES: &str = "Names are the addresses that people sign in with; nothing has changed.";

/// What `ekiben english` does.
pub(super) fn run_english(arguments: &EnglishArguments) -> Result<(), Failure> {
    match &arguments.command {
        EnglishCommand::Grant(arguments) => grant(arguments),
        EnglishCommand::SetPassword(arguments) => {
            let (rule, set) = (english::PASSWORD_RULE, english::set_password);
            set_password(arguments, &English, rule, set, ADDRESSES)
        }
    }
}

fn grant(arguments: &GrantArguments) -> Result<(), Failure> {
    let (layers, app) = settings::load_for_accounts(&arguments.data, &English)?;
    let role = match arguments.role {
        RoleArgument::Learner => Role::Learner,
        RoleArgument::Editor => Role::Editor,
    };
    let name = &arguments.data.name;
    let job = move |connection: &Connection, name: &str| english::grant(connection, name, role);
    let granted = format!("{name} is {} now", role.name());
    change(app, layers.config(), name, job, ADDRESSES)?;
    say(&granted)?;
    tell_of_mode(layers.config().mode);
    Ok(())
}

fn set_password(
    arguments: &SetPasswordArguments,
    app: &dyn App,
    rule: PasswordRule,
    set: fn(&Connection, &str, &str) -> rusqlite::Result<bool>,
    names: &'static str,
) -> Result<(), Failure> {
    let (layers, app) = settings::load_for_accounts(&arguments.data, app)?;
    let config = layers.config();
    let name = &arguments.data.name;
    let password = prompt::new_password(name)?;
    rule.check(&password).map_err(refused)?;
    let hash = PasswordCost::of(&config.auth).hash(&password);
    let hash =
        hash.map_err(|cause| Failure::other(format!("cannot hash the password: {cause}")))?;
    let job = move |connection: &Connection, name: &str| set(connection, name, &hash);
    change(app, config, name, job, names)?;
    say(&format!("{name} has a new password"))?;
    tell_of_mode(config.mode);
    Ok(())
}

/// Has `job` change the account called `name` in the copy of a primary. It says whether there is such an account.
fn change(
    app: &dyn App,
    config: &Config,
    name: &str,
    job: impl FnOnce(&Connection, &str) -> rusqlite::Result<bool> + Send + 'static,
    names: &'static str,
) -> Result<(), Failure> {
    let options = serving::store_options(app, config)?;
    let standing = standing(&config.data_dir, app.name(), &options.schema)?;
    if matches!(standing, Standing::NoCopy) {
        bake_missing(app, config)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::other(format!("cannot start the runtime: {cause}")))?;
    let wanted = name.to_owned();
    let found = runtime.block_on(async {
        let store = Store::open(StoreOptions {
            mode: Mode::Primary,
            durability: Durability::Full,
            ..options
        })?;
        let job = move |connection: &_| Ok::<_, StoreError>(job(connection, &wanted)?);
        let found = store.write(job).await;
        store.close();
        found
    });
    if !found.map_err(in_use)? {
        let failure = Failure::usage(format!("there is no user {name:?}"));
        return Err(failure.hint(names));
    }
    Ok(())
}

fn refused(flaw: PasswordFlaw) -> Failure {
    Failure::usage(match flaw {
        PasswordFlaw::TooShort { minimum } => {
            format!("the password is too short: it must have at least {minimum} characters")
        }
        PasswordFlaw::TooLong { maximum } => {
            format!("the password is too long: it may have {maximum} bytes")
        }
    })
}

fn in_use(error: StoreError) -> Failure {
    let is_served = matches!(error, StoreError::Locked { .. });
    let failure = Failure::from(error);
    if is_served {
        failure.hint("Stop that server first; users can change their own password while it runs.")
    } else {
        failure
    }
}
