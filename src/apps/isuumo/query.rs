//! Query parameters as the original reads them: the first of a name wins, empty means absent.

use super::{Result, bad_request};

/// The parameters of a request.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// All values of a name that are not empty.
    pub(super) fn texts<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        let given = self.0.iter().filter(move |(given, _)| given == name);
        given
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, first) = self.0.iter().find(|(given, _)| given == name)?;
        Some(first.as_str()).filter(|text| !text.is_empty())
    }

    /// An integer that must be there: 400 otherwise.
    pub(super) fn required_integer(&self, name: &str) -> Result<i64> {
        self.text(name)
            .unwrap_or_default()
            .parse()
            .map_err(|_| bad_request())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wins_and_empty_is_absent() {
        let query = Query::parse(Some("a=1&a=2&b=&c=%E9%BB%92+x&page=%2B3"));
        assert_eq!(query.text("a"), Some("1"));
        assert_eq!(query.text("b"), None);
        assert_eq!(query.text("c"), Some("黒 x"));
        assert_eq!(query.text("d"), None);
        assert_eq!(query.required_integer("page").unwrap(), 3);
        assert!(query.required_integer("b").is_err());
        assert!(query.required_integer("c").is_err());
    }
}
