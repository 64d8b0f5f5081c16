//! What was found by going through a list in the file: the rows with a word, the rows by price.
//!
//! In one generation nothing changes what a row says, and sold-out rows never come back, so that what was
//! found once is right for as long as the same rows are there. It is bounded; what is not kept is looked
//! for again. It must not know how rows are gone through.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::bits::Bits;

/// Bytes of the sets of a list.
const BUDGET: usize = 2 * 1024 * 1024;

/// Sets of a list at most, since each is found by comparing its name.
const MOST: usize = 200;

/// The order of a list, other than that by popularity which positions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apps::isuumo) enum PriceOrder {
    CheapestFirst,
    DearestFirst,
}

/// Sets by what was looked for.
pub(in crate::apps::isuumo) type NamedSets = Vec<(String, Arc<Bits>)>;

/// What was found in a list.
#[derive(Debug, Default)]
pub(super) struct Scans {
    /// By what was looked for, the last used in front.
    sets: Mutex<VecDeque<(String, Arc<Bits>)>>,
    orders: [OnceLock<Vec<u32>>; 2],
}

impl Scans {
    pub(super) fn set(&self, wanted: &str) -> Option<Arc<Bits>> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let index = sets.iter().position(|(name, _)| name == wanted)?;
        let found = sets.remove(index)?;
        let set = Arc::clone(&found.1);
        sets.push_front(found);
        Some(set)
    }

    pub(super) fn keep(&self, wanted: &str, set: &Arc<Bits>) {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.retain(|(name, _)| name != wanted);
        sets.push_front((wanted.to_owned(), Arc::clone(set)));
        let most = (BUDGET / set.bytes().max(1)).min(MOST);
        sets.truncate(most);
    }

    /// Positions in an order, if they were ordered already.
    pub(super) fn order(&self, order: PriceOrder) -> Option<&[u32]> {
        self.orders[order as usize].get().map(Vec::as_slice)
    }

    pub(super) fn keep_order(&self, order: PriceOrder, positions: Vec<u32>) {
        // Whoever else ordered them meanwhile found the same.
        self.orders[order as usize].get_or_init(|| positions);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_is_kept_and_there_is_a_limit() {
        let scans = Scans::default();
        let small = Arc::new(Bits::none(64));
        for number in 0..=MOST {
            scans.keep(&number.to_string(), &small);
            assert!(scans.set("0").is_some());
        }
        assert!(scans.set("1").is_none());
        assert!(scans.set(&MOST.to_string()).is_some());
        // Of a list of three million rows five sets fit.
        let large = Arc::new(Bits::none(3_200_000));
        scans.keep("large", &large);
        assert_eq!(scans.sets.lock().unwrap().len(), BUDGET / large.bytes());
    }
}
