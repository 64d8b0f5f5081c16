//! The links between the pages of a result.

use super::conditions::Chosen;
use super::search::address;

/// Pages beside the current one that have a link.
const NEIGHBOURS: i64 = 2;

/// The links below a result.
pub(super) struct Paging {
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) steps: Vec<Step>,
}

/// A page, or a gap between pages.
pub(super) struct Step {
    pub(super) number: i64,
    /// None for a gap.
    pub(super) address: Option<String>,
    pub(super) is_current: bool,
}

impl Paging {
    /// The links on page `current` of `last`.
    pub(super) fn new(path: &str, chosen: &[Chosen], current: i64, last: i64) -> Self {
        // Where the form stands before the results, it is passed over.
        let link = |number: i64| format!("{}#results", address(path, chosen, number));
        let mut steps = Vec::new();
        let mut before = 0;
        let from = (current - NEIGHBOURS).max(1);
        let to = (current + NEIGHBOURS).min(last);
        let mut numbers: Vec<i64> = (from..=to).chain([1, last]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            if number > before + 1 {
                steps.push(Step {
                    number: 0,
                    address: None,
                    is_current: false,
                });
            }
            steps.push(Step {
                number,
                address: Some(link(number)),
                is_current: number == current,
            });
            before = number;
        }
        Self {
            previous: (current > 1).then(|| link(current - 1)),
            next: (current < last).then(|| link(current + 1)),
            steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(current: i64, last: i64) -> Vec<i64> {
        let steps = Paging::new("/x", &[], current, last).steps;
        steps.iter().map(|step| step.number).collect()
    }

    #[test]
    fn the_ends_and_the_neighbours_have_links() {
        assert_eq!(numbers(1, 1), [1]);
        assert_eq!(numbers(1, 4), [1, 2, 3, 4]);
        assert_eq!(numbers(1, 9), [1, 2, 3, 0, 9]);
        assert_eq!(numbers(6, 12), [1, 0, 4, 5, 6, 7, 8, 0, 12]);
        assert_eq!(numbers(12, 12), [1, 0, 10, 11, 12]);
        let first = Paging::new("/x", &[("kind", "座椅子".to_owned())], 1, 2);
        assert_eq!(first.previous, None);
        assert_eq!(
            first.next.as_deref(),
            Some("/x?kind=%E5%BA%A7%E6%A4%85%E5%AD%90&page=2#results")
        );
    }
}
