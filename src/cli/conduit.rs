//! `ekiben conduit`: what operators of a blog do with its data.

use super::arguments::{ConduitArguments, ConduitCommand, SetPasswordArguments};
use super::backup::tell_of_mode;
use super::bake::bake_missing;
use super::failure::Failure;
use super::output::say;
use super::{prompt, settings};
use crate::apps::conduit::{PASSWORD_RULE, set_password as store_password};
use crate::auth::password::{PasswordCost, PasswordFlaw};
use crate::config::{Durability, Mode};
use crate::serving;
use crate::store::{Standing, Store, StoreError, StoreOptions, standing};

pub(super) fn run(arguments: &ConduitArguments) -> Result<(), Failure> {
    match &arguments.command {
        ConduitCommand::SetPassword(arguments) => set_password(arguments),
    }
}

fn set_password(arguments: &SetPasswordArguments) -> Result<(), Failure> {
    let (layers, app) = settings::load_for_conduit(arguments)?;
    let config = layers.config();
    let name = arguments.name.as_str();
    let password = prompt::new_password(name)?;
    PASSWORD_RULE.check(&password).map_err(refused)?;
    let hash = PasswordCost::of(&config.auth).hash(&password);
    let hash =
        hash.map_err(|cause| Failure::other(format!("cannot hash the password: {cause}")))?;
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
        let job =
            move |connection: &_| Ok::<_, StoreError>(store_password(connection, &wanted, &hash)?);
        let found = store.write(job).await;
        store.close();
        found
    });
    if !found.map_err(in_use)? {
        let failure = Failure::usage(format!("there is no user {name:?}"));
        return Err(failure.hint("Names are those of profiles; nothing has changed."));
    }
    say(&format!("{name} has a new password"))?;
    tell_of_mode(config.mode);
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
