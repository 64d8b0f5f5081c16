//! Query parameters as the original reads them: the first of a name wins, empty means absent.

use std::borrow::Cow;

use super::{Result, bad_request};

/// Parameters for which there is room at once: a search has up to nine.
const USUAL: usize = 12;

/// The parameters of a request.
pub(super) struct Query<'t>(Vec<(Cow<'t, str>, Cow<'t, str>)>);

impl<'t> Query<'t> {
    pub(super) fn parse(text: Option<&'t str>) -> Self {
        let mut pairs = Vec::with_capacity(USUAL);
        let mut rest = text.unwrap_or_default();
        while !rest.is_empty() {
            let end = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
            if end > 0 {
                pairs.push(pair(&rest[..end]));
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        Self(pairs)
    }

    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .map(|(name, text)| (name.into(), text.into()))
                .collect(),
        )
    }

    /// All values of a name that are not empty.
    pub(super) fn texts<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        let given = self.0.iter().filter(move |(given, _)| given == name);
        given
            .map(|(_, text)| &**text)
            .filter(|text| !text.is_empty())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, first) = self.0.iter().find(|(given, _)| given == name)?;
        Some(&**first).filter(|text| !text.is_empty())
    }

    /// An integer that must be there: 400 otherwise.
    pub(super) fn required_integer(&self, name: &str) -> Result<i64> {
        self.text(name)
            .unwrap_or_default()
            .parse()
            .map_err(|_| bad_request())
    }
}

/// A parameter. What has nothing escaped is taken as it is: the library copies it to say so.
fn pair(text: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_some() {
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        return pairs.next().unwrap_or_default();
    }
    let equals = memchr::memchr(b'=', text.as_bytes()).unwrap_or(text.len());
    let value = text.get(equals + 1..).unwrap_or_default();
    (text[..equals].into(), value.into())
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

    #[test]
    fn parameters_are_those_of_the_library() {
        let mut random = fastrand::Rng::with_seed(1);
        let letters = ["a", "=", "&", "%", "+", "%3D", "%26", "é", "%E9", "b"];
        for _ in 0..2_000 {
            let text: String = (0..random.usize(..12))
                .map(|_| letters[random.usize(..10)])
                .collect();
            let expected: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
            assert_eq!(Query::parse(Some(&text)).0, expected, "{text}");
        }
    }
}
