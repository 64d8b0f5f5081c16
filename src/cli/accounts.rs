//! `ekiben conduit` and `ekiben english`: what operators do with the accounts of an app, while its server does
//! not run.
//!
//! The change is made in the copy of a primary, which is made first if there is none. Where there is no such
//! account nothing is made, migrated or changed. It must not know how an app keeps its accounts.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::arguments::{
    ConduitArguments, ConduitCommand, EnglishArguments, EnglishCommand, GrantArguments,
    RoleArgument, SetPasswordArguments,
};
use super::backup::tell_of_mode;
use super::bake::bake_missing_if;
use super::failure::Failure;
use super::output::say;
use super::{prompt, settings};
use crate::apps::App;
#[cfg(feature = "conduit")]
use crate::apps::conduit::{self, Conduit};
#[cfg(feature = "english")]
use crate::apps::english::English;
#[cfg(feature = "english")]
use crate::apps::english::accounts::{self as english, Role};
use crate::auth::password::{PasswordCost, PasswordRule};
use crate::config::{Config, Durability, Mode};
use crate::serving;
use crate::store::{Store, StoreError, StoreOptions, newest_copy, standing};

/// What `ekiben conduit` does.
#[cfg(feature = "conduit")]
pub(super) fn run_conduit(arguments: &ConduitArguments) -> Result<(), Failure> {
    match &arguments.command {
        ConduitCommand::SetPassword(arguments) => {
            let names = "Names are those of profiles; nothing has changed.";
            let accounts = Accounts {
                app: &Conduit,
                has: conduit::has_user,
                names,
            };
            let (rule, set) = (conduit::PASSWORD_RULE, conduit::set_password);
            set_password(arguments, &accounts, rule, set)
        }
    }
}

/// The accounts of an app.
struct Accounts {
    app: &'static dyn App,
    /// Whether there is one of a name.
    has: fn(&Connection, &str) -> rusqlite::Result<bool>,
    /// What they are called by.
    names: &'static str,
}

/// Those of `english`.
#[cfg(feature = "english")]
const LEARNERS: Accounts = Accounts {
    app: &English,
    has: english::has_account,
    names: "Names are the addresses that people sign in with; nothing has changed.",
};

/// What `ekiben english` does.
#[cfg(feature = "english")]
pub(super) fn run_english(arguments: &EnglishArguments) -> Result<(), Failure> {
    match &arguments.command {
        EnglishCommand::Grant(arguments) => grant(arguments),
        EnglishCommand::SetPassword(arguments) => {
            let (rule, set) = (english::PASSWORD_RULE, english::set_password);
            set_password(arguments, &LEARNERS, rule, set)
        }
    }
}

#[cfg(feature = "english")]
fn grant(arguments: &GrantArguments) -> Result<(), Failure> {
    let layers = settings::load_for_accounts(&arguments.data, LEARNERS.app)?;
    let role = match arguments.role {
        RoleArgument::Learner => Role::Learner,
        RoleArgument::Editor => Role::Editor,
    };
    let name = &arguments.data.name;
    let job = move |connection: &Connection, name: &str| english::grant(connection, name, role);
    let granted = format!("{name} is {} now", role.name());
    change(&LEARNERS, layers.config(), name, job, "")?;
    say(&granted)?;
    tell_of_mode(layers.config().mode);
    Ok(())
}

fn set_password(
    arguments: &SetPasswordArguments,
    accounts: &Accounts,
    rule: PasswordRule,
    set: fn(&Connection, &str, &str) -> rusqlite::Result<bool>,
) -> Result<(), Failure> {
    let layers = settings::load_for_accounts(&arguments.data, accounts.app)?;
    let config = layers.config();
    let name = &arguments.data.name;
    let password = prompt::new_password(name)?;
    rule.check(&password)
        .map_err(|flaw| Failure::usage(format!("the password {flaw}")))?;
    let hash = PasswordCost::of(&config.auth).hash(&password);
    let hash =
        hash.map_err(|cause| Failure::other(format!("cannot hash the password: {cause}")))?;
    let job = move |connection: &Connection, name: &str| set(connection, name, &hash);
    let meanwhile = "; users can change their own password while it runs";
    change(accounts, config, name, job, meanwhile)?;
    say(&format!("{name} has a new password"))?;
    tell_of_mode(config.mode);
    Ok(())
}

/// Has `job` change the account called `name` in the copy of a primary. It says whether there is such an account.
fn change(
    accounts: &Accounts,
    config: &Config,
    name: &str,
    job: impl FnOnce(&Connection, &str) -> rusqlite::Result<bool> + Send + 'static,
    meanwhile: &str,
) -> Result<(), Failure> {
    let options = serving::store_options(accounts.app, config)?;
    standing(&config.data_dir, accounts.app.name(), &options.schema)?;
    let nobody = || Failure::usage(format!("there is no user {name:?}")).hint(accounts.names);
    if !is_there(accounts, config, name)? {
        return Err(nobody());
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
    if found.map_err(|error| in_use(error, meanwhile))? {
        Ok(())
    } else {
        Err(nobody())
    }
}

/// Whether there is an account called `name` in what the next start would serve, which is baked if it is
/// missing and has that account. A copy is only looked at.
fn is_there(accounts: &Accounts, config: &Config, name: &str) -> Result<bool, Failure> {
    let has = |path: &Path| {
        let found = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .and_then(|connection| (accounts.has)(&connection, name));
        found
            .map_err(|cause| Failure::other(format!("{}: cannot be read: {cause}", path.display())))
    };
    match newest_copy(&config.data_dir, accounts.app.name())? {
        Some(copy) => has(&copy),
        None => bake_missing_if(accounts.app, config, has),
    }
}

/// What is said of data that a server has. `meanwhile` is what can be done while it runs.
fn in_use(error: StoreError, meanwhile: &str) -> Failure {
    let is_served = matches!(error, StoreError::Locked { .. });
    let failure = Failure::from(error);
    if is_served {
        failure.hint(format!("Stop that server first{meanwhile}."))
    } else {
        failure
    }
}
