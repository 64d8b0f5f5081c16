//! Keys that were never given before and that nobody can guess: random numbers of the system, many at a time.
//!
//! Each page with a form has one, and asking the system for each would be most of what such a page costs that
//! is kept. It must not know what a key is good for.

use std::cell::RefCell;

use uuid::{Builder, Uuid};

/// Keys that are made of what the system is asked for at once.
const AT_ONCE: usize = 64;

thread_local! {
    static UNUSED: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
}

/// A key that was never given before.
pub(super) fn uuid() -> Uuid {
    let bytes = UNUSED.with_borrow_mut(|unused| {
        if unused.is_empty() {
            let mut random = [0; 16 * AT_ONCE];
            getrandom::fill(&mut random).ok()?;
            let (keys, _) = random.as_chunks();
            unused.extend_from_slice(keys);
        }
        unused.pop()
    });
    // Without random numbers of the system nothing that is secret can be made; the library says so.
    bytes.map_or_else(Uuid::new_v4, |bytes| {
        Builder::from_random_bytes(bytes).into_uuid()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_is_another_one_on_every_thread() {
        let made = || (0..3 * AT_ONCE).map(|_| uuid()).collect::<Vec<_>>();
        let elsewhere = std::thread::spawn(made);
        let keys: HashSet<_> = made()
            .into_iter()
            .chain(elsewhere.join().unwrap())
            .collect();
        assert_eq!(keys.len(), 6 * AT_ONCE);
        assert!(keys.iter().all(|key| key.get_version_num() == 4));
    }
}
