//! `ekiben seed english`: sentences of the original's list into a primary's data, and the first user, whom the
//! original's variables name.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::HumanCount;
use serde::Serialize;

use super::arguments::SeedArguments;
use super::backup::tell_of_mode;
use super::bake::{bake_missing, file_name};
use super::failure::Failure;
use super::output::say_as;
use super::progress;
use super::remarks::remark;
use super::seed::list_file;
use crate::apps::english::accounts::PASSWORD_RULE;
use crate::apps::english::seed::{
    FirstUser, FirstUserFlaw, OddLine, Others, SentenceList, SentenceSeed, SentencesSeeded,
};
use crate::apps::{self, App};
use crate::auth::password::PasswordCost;
use crate::config::{Config, Secret};
use crate::file::path_as_text;
use crate::store::{self, NextGeneration, Standing};

/// Where the list is, unless an argument says so.
const FILE: &str = "SENTENCE_FILE_PATH";
const EMAIL: &str = "INIT_USER_EMAIL";
const PASSWORD: &str = "INIT_USER_PASSWD";
const PASSWORD_FILE: &str = "INIT_USER_PASSWD_FILE";
const MODE: &str = "INIT_USER_MODE";

pub(super) fn run(
    arguments: &SeedArguments,
    config: &Config,
    app: &'static dyn App,
) -> Result<(), Failure> {
    let start = Instant::now();
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => variable(FILE)?.map(PathBuf::from).ok_or_else(|| {
            let failure = Failure::usage("there is no list of sentences");
            failure.hint(format!("Name it, or set {FILE}; `-` is standard input."))
        })?,
    };
    let file = list_file(&path, "stdin.txt")?;
    let list = SentenceList::read(&file)?;
    tell_odd_lines(&list, &file.shown, arguments)?;
    let first_user = first_user(config)?;
    if arguments.replace_users && first_user.is_none() {
        let failure = Failure::usage("--replace-users would leave nobody who can sign in");
        return Err(failure.hint(format!(
            "Say by {EMAIL} and {PASSWORD} who the first user is."
        )));
    }
    let schema = apps::schema(app, config)?;
    let baked = config.baked_dir().join(file_name(app));
    let standing = store::standing(&config.data_dir, app.name(), &schema)?;
    let is_fresh = matches!(standing, Standing::NoCopy) && !baked.exists();
    if is_fresh {
        bake_missing(app, config)?;
    }
    let seed = SentenceSeed {
        schema: &schema,
        list: &list,
        others: match arguments.replace {
            // The built-in sentences, which were there for want of others.
            _ if is_fresh && config.dataset_dir == Path::new("") => Others::NeverWere,
            true => Others::Go,
            false => Others::Stay,
        },
        replaces_users: arguments.replace_users,
        first_user: first_user.as_ref(),
    };
    let next = NextGeneration {
        data_dir: &config.data_dir,
        baked: &baked,
        app: app.name(),
        schema: &schema,
    };
    let mut progress = progress::for_stderr();
    let made = next.make(|connection, path| -> Result<SentencesSeeded, Failure> {
        Ok(seed.fill(connection, path, progress.as_mut())?)
    })?;
    let seeded = made.value;
    let result = SentenceSeedResult {
        app: app.name(),
        path: &made.path,
        generation: made.generation,
        input: &file.shown,
        rows: list.len(),
        rows_before: seeded.before,
        replaced: seed.others != Others::Stay,
        added: seeded.added,
        changed: seeded.changed,
        removed: seeded.removed,
        odd_lines: &list.odd,
        users_removed: seeded.users_removed,
        first_user: first_user.as_ref().map(FirstUser::email),
        first_user_made: seeded.user_made,
        seconds: start.elapsed().as_secs_f64(),
    };
    say_as(arguments.form, &result, || result.summary())?;
    tell_of_mode(config.mode);
    Ok(())
}

/// Reports what is odd about the list; whether it is seeded all the same.
fn tell_odd_lines(
    list: &SentenceList,
    input: &str,
    arguments: &SeedArguments,
) -> Result<(), Failure> {
    for OddLine { line, reason } in &list.odd {
        remark(&format!("{input}: line {line}: {reason}; it is left out"));
    }
    for OddLine { line, reason } in &list.remarkable {
        remark(&format!("{input}: line {line}: {reason}"));
    }
    let odd = list.odd.len();
    if arguments.strict && odd > 0 {
        let failure = Failure::input(format!("{input}: {odd} lines are no sentences"));
        return Err(failure.hint("Mend them, or leave out --strict to seed the others."));
    }
    if list.is_empty() {
        let failure = Failure::input(format!("{input} holds no sentence"));
        return Err(failure.hint("A line must be no::jp::en."));
    }
    Ok(())
}

/// Who is to be the first user, by the variables.
fn first_user(config: &Config) -> Result<Option<FirstUser>, Failure> {
    let Some(email) = variable(EMAIL)? else {
        return nobody();
    };
    let (password, source) = match (variable(PASSWORD)?, variable(PASSWORD_FILE)?) {
        (Some(_), Some(_)) => {
            let both = format!("{PASSWORD} and {PASSWORD_FILE} are both set");
            return Err(Failure::usage(both).hint("Set one of them."));
        }
        (Some(password), None) => (password, PASSWORD),
        (None, Some(path)) => {
            let text = fs::read_to_string(&path);
            let text = text.map_err(|cause| {
                Failure::input(format!("{path}: cannot be read: {cause}")).hint(format!(
                    "{PASSWORD_FILE} must name a file with the password."
                ))
            })?;
            let first = text.lines().next().unwrap_or_default();
            (first.to_owned(), PASSWORD_FILE)
        }
        (None, None) => {
            let failure = Failure::usage(format!("{EMAIL} is set without a password"));
            return Err(failure.hint(format!("Set {PASSWORD} or {PASSWORD_FILE}, too.")));
        }
    };
    let password = Secret::from(password.as_str());
    PASSWORD_RULE
        .check(&password)
        .map_err(|flaw| Failure::usage(format!("the password that {source} says {flaw}")))?;
    let hash = PasswordCost::of(&config.auth).hash(&password);
    let hash =
        hash.map_err(|cause| Failure::other(format!("cannot hash the password: {cause}")))?;
    let mode = variable(MODE)?;
    let user = FirstUser::new(&email, mode.as_deref(), hash).map_err(|flaw| {
        let name = match flaw {
            FirstUserFlaw::Email => EMAIL,
            FirstUserFlaw::Mode => MODE,
        };
        Failure::usage(format!("{name} {flaw}"))
    })?;
    Ok(Some(user))
}

/// No first user, unless other variables say something of one: then a name is missing, and nobody could sign in.
fn nobody() -> Result<Option<FirstUser>, Failure> {
    for name in [PASSWORD, PASSWORD_FILE, MODE] {
        if variable(name)?.is_some() {
            let failure = Failure::usage(format!("{name} is set without {EMAIL}"));
            return Err(failure.hint(format!("Set {EMAIL}, too, or nothing of a first user.")));
        }
    }
    Ok(None)
}

/// The text of a variable that is set to something.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("{name} is no UTF-8"))),
    }
}

/// The result for programs.
#[derive(Serialize)]
struct SentenceSeedResult<'s> {
    app: &'s str,
    #[serde(serialize_with = "path_as_text")]
    path: &'s Path,
    generation: u64,
    input: &'s str,
    /// Sentences of the list.
    rows: usize,
    /// Sentences that were there.
    rows_before: usize,
    /// Whether those that are not in the list are no more.
    replaced: bool,
    added: usize,
    /// Sentences that have other texts now.
    changed: usize,
    removed: usize,
    /// Lines that were left out.
    odd_lines: &'s [OddLine],
    users_removed: usize,
    /// The address of the first user, if the variables name one.
    first_user: Option<&'s str>,
    /// Whether she was not there before.
    first_user_made: bool,
    seconds: f64,
}

impl SentenceSeedResult<'_> {
    fn summary(&self) -> String {
        let count = |number: usize| HumanCount(number as u64);
        let left_out = match self.odd_lines.len() {
            0 => String::new(),
            odd => format!(", {} lines left out", count(odd)),
        };
        let user = match self.first_user {
            None => String::new(),
            Some(email) if self.first_user_made => format!("\n{email} can sign in, as an editor"),
            Some(email) => format!("\n{email} was there before, and is as before"),
        };
        let gone = match self.users_removed {
            0 => String::new(),
            users => format!("\n{} users are no more, nor their scores", count(users)),
        };
        format!(
            "{}: {} sentences from {}{left_out}: {} added, {} changed, {} removed; checked, in {:.2} s\
             \n{}, generation {}{gone}{user}",
            self.path.display(),
            count(self.rows),
            self.input,
            count(self.added),
            count(self.changed),
            count(self.removed),
            self.seconds,
            self.app,
            self.generation,
        )
    }
}
