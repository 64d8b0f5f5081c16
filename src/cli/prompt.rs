//! Passwords from whoever calls: asked for without echo on a terminal, else a line of standard input.
//!
//! Never an argument: those are in the shell's history and in the list of processes. It must not know what
//! a password is for.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Stdin, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::failure::Failure;
use crate::config::Secret;

/// Bytes that are read of a line. No password that is accepted is as long.
const LONGEST_LINE: u64 = 4096;

/// A new password for `whose`. On a terminal it is asked for twice; else it is the first line of standard
/// input, without its line break.
pub(super) fn new_password(whose: &str) -> Result<Secret, Failure> {
    let input = io::stdin();
    if !input.is_terminal() {
        return line(&input);
    }
    let first = ask(&input, &format!("New password for {whose}: "))?;
    let again = ask(&input, "The same again: ")?;
    if first == again {
        return Ok(first);
    }
    let failure = Failure::usage("the two passwords differ");
    Err(failure.hint("Nothing has changed. Try again."))
}

fn ask(input: &Stdin, question: &str) -> Result<Secret, Failure> {
    // Before the question: what is typed as soon as it is seen is part of the answer, and not shown.
    let _silent = Silence::begin(input).map_err(unreadable)?;
    // On standard error: standard output may be a file.
    let mut terminal = io::stderr();
    drop(write!(terminal, "{question}").and_then(|()| terminal.flush()));
    line(input)
}

fn line(input: &Stdin) -> Result<Secret, Failure> {
    let mut bytes = Vec::new();
    input
        .lock()
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut bytes)
        .map_err(unreadable)?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Failure::usage("the password is not UTF-8 text"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::from(text.strip_suffix('\r').unwrap_or(text)))
}

fn unreadable(cause: impl Into<io::Error>) -> Failure {
    Failure::other(format!("cannot read the password: {}", cause.into()))
}

/// What is typed is not shown as long as this lives.
struct Silence<'i> {
    input: &'i Stdin,
    before: Termios,
}

impl<'i> Silence<'i> {
    fn begin(input: &'i Stdin) -> rustix::io::Result<Self> {
        let before = tcgetattr(input)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // The line break is shown, so that what follows begins a line.
        silent.local_modes.insert(LocalModes::ECHONL);
        // What was typed before the question is no answer to it.
        tcsetattr(input, OptionalActions::Flush, &silent)?;
        Ok(Self { input, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs no echo.
        let _gone = tcsetattr(self.input, OptionalActions::Now, &self.before);
    }
}
