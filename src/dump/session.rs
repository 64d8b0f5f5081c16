//! What `SET` statements change about how the rest of a dump is read.
//!
//! Only the character set so far. Everything else that dumps set (time zone, checks, SQL notes)
//! has no meaning without a server and is read over.

use super::charset::Charset;
use super::error::Problem;

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
