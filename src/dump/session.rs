//! What `SET` statements change about how the rest of a dump is read.
//!
//! Only the character set so far. SQL modes that change what a string is are refused, because reading
//! on would damage values in silence. Everything else that dumps set (time zone, checks, SQL notes)
//! has no meaning without a server and is read over.

use super::charset::Charset;
use super::error::Problem;

/// SQL modes under which the lexer would misread strings.
const MODES_THAT_CHANGE_STRINGS: [&str; 2] = ["NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"];

#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    /// Character set of string literals without an introducer.
    pub(super) charset: Charset,
}

impl Session {
    pub(super) fn new() -> Self {
        // What the clients of the last ten years write when they do not say it.
        Self {
            charset: Charset::Utf8,
        }
    }

    /// Looks at a string of a `SET` statement, which may be a list of SQL modes.
    pub(super) fn check_mode(modes: &[u8]) -> Result<(), Problem> {
        let modes = String::from_utf8_lossy(modes).to_ascii_uppercase();
        match MODES_THAT_CHANGE_STRINGS
            .iter()
            .find(|&&mode| modes.contains(mode))
        {
            Some(mode) => Err(Problem::Unsupported(format!("SQL mode {mode}"))),
            None => Ok(()),
        }
    }

    pub(super) fn set_names(&mut self, name: &str) -> Result<(), Problem> {
        // `SET NAMES DEFAULT` goes back to the client's own, which is what `new` assumes.
        if name.eq_ignore_ascii_case("default") {
            *self = Self::new();
            return Ok(());
        }
        self.charset = Charset::from_name(name)
            .ok_or_else(|| Problem::Unsupported(format!("character set {name}")))?;
        Ok(())
    }
}
