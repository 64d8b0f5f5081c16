//! What an address says behind its path.
//!
//! A query has the form of a posted form; names may be there more than once. It must not know what they mean.

use std::borrow::Cow;

/// The first value of the parameter `name` in a query, which may be empty.
#[must_use]
pub fn parameter<'q>(query: Option<&'q str>, name: &str) -> Option<Cow<'q, str>> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find_map(|(given, value)| (given == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_a_name_counts() {
        let query = Some("to=%2Fa%3Fb&page=&page=2&x");
        assert_eq!(parameter(query, "to").as_deref(), Some("/a?b"));
        assert_eq!(parameter(query, "page").as_deref(), Some(""));
        assert_eq!(parameter(query, "x").as_deref(), Some(""));
        assert_eq!(parameter(query, "y"), None);
        assert_eq!(parameter(None, "page"), None);
    }
}
