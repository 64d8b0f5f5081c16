//! Rows as JSON, kept once they were read.
//!
//! In one generation a row's JSON never changes: nothing updates what it shows, and nothing takes an
//! id again. So what is kept is exact for as long as its generation lives. There is a limit on the
//! bytes, one for rows of pages and one for rows that were asked for alone: pages show the same rows
//! again and again, and whoever goes through all ids must not take their room. Rows beyond a limit are
//! read each time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// How a row was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rendering {
    OnPage,
    Alone,
}

impl Rendering {
    /// Bytes that are kept of one list at most.
    const fn budget(self) -> usize {
        match self {
            Self::OnPage => 12 * 1024 * 1024,
            Self::Alone => 6 * 1024 * 1024,
        }
    }
}

/// The JSON of rows by position.
#[derive(Debug)]
pub(super) struct Fragments {
    slots: Vec<OnceLock<(Rendering, Arc<[u8]>)>>,
    /// Bytes that are kept, by how the rows were asked for.
    used: [AtomicUsize; 2],
}

impl Fragments {
    pub(super) fn new(length: usize) -> Self {
        Self {
            slots: (0..length).map(|_| OnceLock::new()).collect(),
            used: Default::default(),
        }
    }

    pub(super) fn get(&self, position: usize) -> Option<&[u8]> {
        self.slots[position].get().map(|(_, json)| &**json)
    }

    /// Bytes that are kept of rows of pages.
    pub(super) fn bytes_of_pages(&self) -> usize {
        self.used[Rendering::OnPage as usize].load(Ordering::Relaxed)
    }

    /// All that is kept, in the order of the positions.
    pub(super) fn kept(&self) -> impl Iterator<Item = &[u8]> {
        self.slots
            .iter()
            .filter_map(|slot| slot.get().map(|(_, json)| &**json))
    }

    /// Keeps a row's JSON if there is room.
    pub(super) fn keep(&self, position: usize, json: &[u8], asked: Rendering) {
        if self.used[asked as usize].load(Ordering::Relaxed) + json.len() <= asked.budget() {
            self.set(position, asked, json.into());
        }
    }

    /// Takes over all that another list has: each of its rows is at the position that `moved` gives.
    pub(super) fn take_over(&self, other: &Self, moved: impl Iterator<Item = (usize, usize)>) {
        for (before, position) in moved {
            if let Some((asked, json)) = other.slots[before].get() {
                self.set(position, *asked, Arc::clone(json));
            }
        }
    }

    fn set(&self, position: usize, asked: Rendering, json: Arc<[u8]>) {
        let length = json.len();
        if self.slots[position].set((asked, json)).is_ok() {
            self.used[asked as usize].fetch_add(length, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_asked_for_alone_leave_room_for_pages() {
        let before = Fragments::new(40);
        let json = vec![b' '; 1024 * 1024];
        (0..20).for_each(|position| before.keep(position, &json, Rendering::Alone));
        (10..40).for_each(|position| before.keep(position, &json, Rendering::OnPage));
        let kept = |fragments: &Fragments| -> Vec<usize> {
            (0..40)
                .filter(|&position| fragments.get(position).is_some())
                .collect()
        };
        let expected: Vec<usize> = (0..6).chain(10..22).collect();
        assert_eq!(kept(&before), expected);
        // Nor do they after an upload, which makes a new list.
        let after = Fragments::new(40);
        after.take_over(&before, (0..40).map(|position| (position, position)));
        (0..40).for_each(|position| after.keep(position, &json, Rendering::Alone));
        assert_eq!(kept(&after), expected);
    }
}
