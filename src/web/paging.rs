//! The links between the pages of a result, and their addresses.

/// Pages beside the current one that have a link.
const NEIGHBOURS: i64 = 2;

/// The links below a result.
#[derive(Debug)]
pub struct Paging {
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
    /// The ends, the neighbours, and gaps between them.
    pub steps: Vec<PageStep>,
}

/// A page, or a gap between pages.
#[derive(Debug)]
pub struct PageStep {
    /// From 1; 0 for a gap.
    pub number: i64,
    /// None for a gap.
    pub address: Option<String>,
    /// Whether it is the page with these links.
    pub is_current: bool,
}

impl Paging {
    /// The links on page `current` of `last`; `address` gives that of a page.
    pub fn new(current: i64, last: i64, address: impl Fn(i64) -> String) -> Self {
        let mut steps = Vec::new();
        let mut before = 0;
        let from = (current - NEIGHBOURS).max(1);
        let to = (current + NEIGHBOURS).min(last);
        let mut numbers: Vec<i64> = (from..=to).chain([1, last]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            if number > before + 1 {
                steps.push(PageStep {
                    number: 0,
                    address: None,
                    is_current: false,
                });
            }
            steps.push(PageStep {
                number,
                address: Some(address(number)),
                is_current: number == current,
            });
            before = number;
        }
        Self {
            previous: (current > 1).then(|| address(current - 1)),
            next: (current < last).then(|| address(current + 1)),
            steps,
        }
    }
}

/// How many pages `count` rows take; at least one, which may be empty.
#[must_use]
pub fn pages(count: i64, per_page: i64) -> i64 {
    let per_page = per_page.max(1);
    (count.saturating_add(per_page - 1) / per_page).max(1)
}

/// The page that was asked for; 1 for what is no number or below it.
#[must_use]
pub fn page_number(given: Option<&str>) -> i64 {
    let number = given.and_then(|text| text.parse().ok());
    number.filter(|number| *number >= 1).unwrap_or(1)
}

/// A path with parameters, and with the number of a page if it is not the first.
#[must_use]
pub fn with_query(path: &str, parameters: &[(&str, &str)], page: i64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(current: i64, last: i64) -> Vec<i64> {
        let steps = Paging::new(current, last, |page| page.to_string()).steps;
        steps.iter().map(|step| step.number).collect()
    }

    #[test]
    fn the_ends_and_the_neighbours_have_links() {
        assert_eq!(numbers(1, 1), [1]);
        assert_eq!(numbers(1, 4), [1, 2, 3, 4]);
        assert_eq!(numbers(1, 9), [1, 2, 3, 0, 9]);
        assert_eq!(numbers(6, 12), [1, 0, 4, 5, 6, 7, 8, 0, 12]);
        assert_eq!(numbers(12, 12), [1, 0, 10, 11, 12]);
        let first = Paging::new(1, 2, |page| format!("/x?page={page}"));
        assert_eq!(first.previous, None);
        assert_eq!(first.next.as_deref(), Some("/x?page=2"));
        assert!(first.steps[0].is_current && !first.steps[1].is_current);
    }

    #[test]
    fn addresses_have_what_is_not_usual() {
        assert_eq!(with_query("/", &[], 1), "/");
        assert_eq!(with_query("/", &[("feed", "you")], 2), "/?feed=you&page=2");
        assert_eq!(with_query("/", &[("tag", "a&b c")], 1), "/?tag=a%26b+c");
    }

    #[test]
    fn pages_are_counted_from_one() {
        for (count, expected) in [(0, 1), (1, 1), (5, 1), (6, 2), (i64::MAX, i64::MAX / 5)] {
            assert_eq!(pages(count, 5), expected, "{count}");
        }
        assert_eq!(pages(3, 0), 3);
        for given in [None, Some("0"), Some("-1"), Some("abc"), Some("")] {
            assert_eq!(page_number(given), 1);
        }
        assert_eq!(page_number(Some("7")), 7);
    }
}
