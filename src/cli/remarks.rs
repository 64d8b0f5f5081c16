//! Standard error: what is said beside a result.
//!
//! It must not know failures nor what goes to standard output.

use std::io::{self, Write as _};

/// Writes a remark to standard error, if that is possible.
pub(super) fn remark(text: &str) {
    drop(writeln!(io::stderr().lock(), "{}", text.trim_end()));
}

/// Names come from the dump: they must not drive the terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escape = character.is_control();
            let escaped = escape.then(|| character.escape_default());
            let plain = (!escape).then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}
