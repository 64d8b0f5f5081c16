//! Addresses of the pages, as the app knows them: what users have named is escaped here.

use std::fmt::Write as _;

use crate::web::paging::with_query;

/// A text as one segment of a path.
fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

pub(super) fn article(slug: &str) -> String {
    format!("/article/{}", segment(slug))
}

pub(super) fn editor(slug: &str) -> String {
    format!("/editor/{}", segment(slug))
}

pub(super) fn profile(name: &str) -> String {
    format!("/profile/{}", segment(name))
}

/// The list of a tag.
pub(super) fn tag(name: &str) -> String {
    with_query("/", &[("tag", name)], 1)
}

/// Signing in, and then going on at `to`.
pub(super) fn sign_in(to: &str) -> String {
    with_query("/login", &[("to", to)], 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_name_stays_one_segment() {
        assert_eq!(
            profile("a b/c?d#e%f\\<\"'日"),
            "/profile/a%20b%2Fc%3Fd%23e%25f%5C%3C%22%27%E6%97%A5"
        );
        assert_eq!(article("how-to"), "/article/how-to");
        assert_eq!(tag("a&b c"), "/?tag=a%26b+c");
    }
}
