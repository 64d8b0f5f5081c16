//! Paths in reports for programs.
//!
//! A path may hold bytes that no JSON can. They are replaced, as messages have it: the work that is reported
//! is done by then, and must not fail of its name.

use std::path::Path;

use serde::Serializer;

/// Writes a path as text.
pub(crate) fn path_as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let path = Path::new(OsStr::from_bytes(b"a/\xff.sqlite"));
        let written = path_as_text(path, serde_json::value::Serializer);
        assert_eq!(written.unwrap(), "a/\u{fffd}.sqlite");
    }
}
