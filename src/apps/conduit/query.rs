//! What a list is asked for: filters and the page, as a query says it. The first of a name wins, and names
//! that are not known are ignored.

use form_urlencoded::parse;

use super::problem::ConduitError;
use super::settings::ConduitSettings;

/// Articles of a page, where the request does not say.
const USUAL_LIMIT: usize = 20;

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PageRange {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

/// What must hold of the articles of a list, all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct ArticleFilter {
    /// A tag that they have.
    pub(super) tag: Option<String>,
    /// The name of their author.
    pub(super) author: Option<String>,
    /// The name of somebody who likes them.
    pub(super) favorited: Option<String>,
}

/// Reads a query.
pub(super) fn read(
    query: &str,
    settings: &ConduitSettings,
) -> Result<(ArticleFilter, PageRange), ConduitError> {
    let (mut limit, mut offset) = (None, None);
    let [mut tag, mut author, mut favorited] = [const { None }; 3];
    for (name, value) in parse(query.as_bytes()) {
        let target = match &*name {
            "limit" => &mut limit,
            "offset" => &mut offset,
            "tag" => &mut tag,
            "author" => &mut author,
            "favorited" => &mut favorited,
            _ => continue,
        };
        target.get_or_insert_with(|| value.into_owned());
    }
    let mut errors = Vec::new();
    let mut number = |key, text: Option<String>, usual, least| match text {
        None => usual,
        Some(text) => integer(&text).filter(|n| *n >= least).unwrap_or_else(|| {
            errors.push((key, format!("must be an integer of at least {least}")));
            usual
        }),
    };
    let limit = number("limit", limit, USUAL_LIMIT, 1);
    let offset = number("offset", offset, 0, 0);
    if !errors.is_empty() {
        return Err(ConduitError::invalid(errors));
    }
    let page = PageRange {
        limit: limit.min(settings.max_limit),
        offset,
    };
    // An empty value is no filter.
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    let filter = ArticleFilter {
        tag: given(tag),
        author: given(author),
        favorited: given(favorited),
    };
    Ok((filter, page))
}

/// Digits with a sign or without. What is too large for this machine is as large as can be.
fn integer(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<(usize, usize), ConduitError> {
        let (_, page) = read(query, &ConduitSettings::default())?;
        Ok((page.limit, page.offset))
    }

    #[test]
    fn pages_have_a_bound_and_a_default() {
        assert_eq!(page(""), Ok((20, 0)));
        assert_eq!(page("limit=1&offset=7&limit=x"), Ok((1, 7)));
        assert_eq!(page("limit=1000&offset=0"), Ok((100, 0)));
        assert_eq!(page("limit=99999999999999999999999"), Ok((100, 0)));
        for wrong in ["0", "-1", "abc", "2.5", "", "1e1", " 1"] {
            let text = "must be an integer of at least 1".to_owned();
            let expected = ConduitError::invalid(vec![("limit", text)]);
            assert_eq!(page(&format!("limit={wrong}")), Err(expected), "{wrong}");
        }
        let both = [("limit", 1), ("offset", 0)]
            .map(|(key, least)| (key, format!("must be an integer of at least {least}")));
        assert_eq!(
            page("offset=-1&limit=x"),
            Err(ConduitError::invalid(both.into()))
        );
    }

    #[test]
    fn the_first_of_a_name_counts_and_nothing_is_no_filter() {
        let (filter, _) = read(
            "tag=&author=a%20b&author=c&tag=x&y=z",
            &ConduitSettings::default(),
        )
        .unwrap();
        let expected = ArticleFilter {
            author: Some("a b".to_owned()),
            ..ArticleFilter::default()
        };
        assert_eq!(filter, expected);
    }
}
