//! The names of the pictures that rows show, so that no other is drawn.
//!
//! They are read from the file when a picture is first asked for whose name is not known, and again after rows
//! arrived, if then a name is asked for that was not known before: rows never go, so known names stay right.
//! Kept are digests: two names of one digest would have one more picture drawn, and no more than that. It must
//! not know what a thumbnail's picture is called, nor how pictures are drawn.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use tokio::sync::OnceCell;

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

/// The names of a list's pictures.
#[derive(Debug, Default)]
pub(super) struct Thumbnails {
    /// Those of the rows that were there before.
    before: Option<Arc<PictureNames>>,
    all: OnceCell<Arc<PictureNames>>,
}

impl Thumbnails {
    /// The same for a list with rows that arrived since.
    pub(super) fn with_more_rows(&self) -> Self {
        let known = self.all.get().or(self.before.as_ref());
        Self {
            before: known.cloned(),
            all: OnceCell::new(),
        }
    }

    /// Whether a row has a picture of this name. `read` gives all names, once, however many ask meanwhile.
    pub(super) async fn has<E>(
        &self,
        name: &str,
        read: impl AsyncFnOnce() -> Result<PictureNames, E>,
    ) -> Result<bool, E> {
        if self.before.as_ref().is_some_and(|names| names.has(name)) {
            return Ok(true);
        }
        let all = self
            .all
            .get_or_try_init(async || read().await.map(Arc::new));
        Ok(all.await?.has(name))
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
        let thumbnails = Thumbnails::default();
        assert_eq!(thumbnails.has("b", || read(&["a"])).await, Ok(false));
        assert_eq!(thumbnails.has("a", unread).await, Ok(true));
        assert_eq!(thumbnails.has("b", unread).await, Ok(false));
        let more = thumbnails.with_more_rows();
        assert_eq!(more.has("a", unread).await, Ok(true));
        // A list that grows again before anybody asked for a new name.
        let more = more.with_more_rows();
        assert_eq!(more.has("a", unread).await, Ok(true));
        assert_eq!(more.has("b", || read(&["a", "b"])).await, Ok(true));
        assert_eq!(more.has("c", unread).await, Ok(false));
    }

    #[tokio::test]
    async fn a_failed_read_is_tried_again() {
        let thumbnails = Thumbnails::default();
        assert_eq!(thumbnails.has("a", async || Err("busy")).await, Err("busy"));
        let read = async || Ok::<_, &str>(names(&["a"]));
        assert_eq!(thumbnails.has("a", read).await, Ok(true));
    }
}
