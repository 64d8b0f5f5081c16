//! The names of the pictures that rows show, so that no other is drawn.
//!
//! They are read from the file when a picture is first asked for whose name is not known, and again when one
//! is not known after the data changed: a row that arrives sold out is in no list, but it has a page. Rows
//! never go, so known names stay right. Kept are digests: two names of one digest would have one more picture
//! drawn, and no more than that. It must not know what a thumbnail's picture is called, nor how pictures are
//! drawn.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use crate::store::Revision;

/// Digests of names; a random key keeps anybody from finding another name of the same digest.
#[derive(Debug, Default)]
pub(in crate::apps::isuumo) struct PictureNames {
    key: RandomState,
    digests: HashSet<u64>,
}

impl PictureNames {
    pub(in crate::apps::isuumo) fn add(&mut self, name: &str) {
        self.digests.insert(self.key.hash_one(name));
    }

    fn has(&self, name: &str) -> bool {
        self.digests.contains(&self.key.hash_one(name))
    }
}

/// The names of a table's pictures, of one generation.
#[derive(Debug, Default)]
pub(super) struct Thumbnails {
    known: RwLock<KnownNames>,
    /// Held by whoever reads the names: others wait for them.
    reading: Mutex<()>,
}

#[derive(Debug, Clone, Default)]
struct KnownNames {
    names: Arc<PictureNames>,
    /// What the store's revision was before they were read, if it had one.
    revision: Option<Revision>,
}

impl KnownNames {
    /// Whether a row has a picture of this name; nothing if the data of `revision` may have more names.
    fn has(&self, name: &str, revision: Option<Revision>) -> Option<bool> {
        let is_known = self.names.has(name);
        let are_all = revision.is_some() && self.revision == revision;
        (is_known || are_all).then_some(is_known)
    }
}

impl Thumbnails {
    /// Whether a row has a picture of this name. `revision` gives the store's, and `read` all names after
    /// that, once, however many ask meanwhile.
    pub(super) async fn has<E>(
        &self,
        name: &str,
        revision: impl Fn() -> Option<Revision>,
        read: impl AsyncFnOnce() -> Result<PictureNames, E>,
    ) -> Result<bool, E> {
        if let Some(answer) = self.known().has(name, revision()) {
            return Ok(answer);
        }
        let _reading = self.reading.lock().await;
        let revision = revision();
        // Another may have read them meanwhile.
        if let Some(answer) = self.known().has(name, revision) {
            return Ok(answer);
        }
        let names = Arc::new(read().await?);
        let known = KnownNames { names, revision };
        let has = known.names.has(name);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(has)
    }

    fn known(&self) -> KnownNames {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn names(names: &[&str]) -> PictureNames {
        let mut all = PictureNames::default();
        names.iter().for_each(|name| all.add(name));
        all
    }

    #[tokio::test]
    async fn names_are_read_when_they_are_not_known_and_once() {
        let read = async |more: &[&str]| Ok::<_, Infallible>(names(more));
        let unread = async || -> Result<PictureNames, Infallible> { panic!("they are known") };
        let [first, second, third] = [1, 2, 3].map(|number| {
            let revision = Revision::of_changes(number);
            move || Some(revision)
        });
        let thumbnails = Thumbnails::default();
        assert_eq!(thumbnails.has("b", first, || read(&["a"])).await, Ok(false));
        assert_eq!(thumbnails.has("a", first, unread).await, Ok(true));
        assert_eq!(thumbnails.has("b", first, unread).await, Ok(false));
        assert_eq!(thumbnails.has("a", second, unread).await, Ok(true));
        // Data that changes again before anybody asked for a new name.
        assert_eq!(thumbnails.has("a", third, unread).await, Ok(true));
        let more = || read(&["a", "b"]);
        assert_eq!(thumbnails.has("b", third, more).await, Ok(true));
        assert_eq!(thumbnails.has("c", third, unread).await, Ok(false));
        // While a commit is under way nobody knows what it brings.
        let more = || read(&["a", "b", "c"]);
        assert_eq!(thumbnails.has("c", || None, more).await, Ok(true));
        let more = || read(&["a", "b", "c"]);
        assert_eq!(thumbnails.has("d", third, more).await, Ok(false));
        assert_eq!(thumbnails.has("d", third, unread).await, Ok(false));
    }

    #[tokio::test]
    async fn a_failed_read_is_tried_again() {
        let revision = || Some(Revision::of_changes(1));
        let thumbnails = Thumbnails::default();
        let busy = async || Err("busy");
        assert_eq!(thumbnails.has("a", revision, busy).await, Err("busy"));
        let read = async || Ok::<_, &str>(names(&["a"]));
        assert_eq!(thumbnails.has("a", revision, read).await, Ok(true));
    }
}
