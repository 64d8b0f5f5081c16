//! The last pictures, ready to send.
//!
//! A search page shows some twenty pictures and its reader goes back and forth, so the same few
//! are asked for again and again; a miss costs about a millisecond. It owns the bound on memory.
//! It must not know what is drawn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::look::Look;
use crate::name::Subject;
use crate::render::render;

/// Pictures that [`PictureCache::default`] keeps: about 2 MiB.
pub const CACHED_PICTURES: usize = 512;

type CacheKey = (Subject, [u8; 32], Option<Look>);

#[derive(Debug, Default)]
struct DrawnPictures {
    pictures: HashMap<CacheKey, Arc<[u8]>>,
    /// The keys of `pictures`, oldest first.
    arrivals: VecDeque<CacheKey>,
}

/// A bounded cache in front of [`render`]; the oldest picture leaves first.
///
/// Arrival order and not last use: a hit then writes nothing, and drawing again is cheap.
#[derive(Debug)]
pub struct PictureCache {
    capacity: usize,
    entries: Mutex<DrawnPictures>,
}

impl Default for PictureCache {
    fn default() -> Self {
        Self::with_capacity(CACHED_PICTURES)
    }
}

impl PictureCache {
    /// A cache of at most `capacity` pictures; with 0 every picture is drawn anew.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::default(),
        }
    }

    /// The PNG of `subject`, `hash` and `look`, if the cache has it.
    #[must_use]
    pub fn cached(
        &self,
        subject: Subject,
        hash: &[u8; 32],
        look: Option<Look>,
    ) -> Option<Arc<[u8]>> {
        let key = (subject, *hash, look);
        self.lock().pictures.get(&key).cloned()
    }

    /// The same, drawn if the cache does not have it.
    ///
    /// # Errors
    /// Those of [`render`].
    pub fn get(
        &self,
        subject: Subject,
        hash: &[u8; 32],
        look: Option<Look>,
    ) -> Result<Arc<[u8]>, png::EncodingError> {
        if let Some(picture) = self.cached(subject, hash, look) {
            return Ok(picture);
        }
        // Drawn without the lock: two readers may draw the same picture, none waits for another.
        let picture: Arc<[u8]> = render(subject, hash, look)?.into();
        self.insert((subject, *hash, look), &picture);
        Ok(picture)
    }

    fn insert(&self, key: CacheKey, picture: &Arc<[u8]>) {
        if self.capacity == 0 {
            return;
        }
        let mut entries = self.lock();
        if entries.pictures.insert(key, Arc::clone(picture)).is_some() {
            return;
        }
        if entries.arrivals.len() == self.capacity
            && let Some(oldest) = entries.arrivals.pop_front()
        {
            entries.pictures.remove(&oldest);
        }
        entries.arrivals.push_back(key);
    }

    /// A panic elsewhere leaves the entries whole or one picture short, so poison is ignored.
    fn lock(&self) -> MutexGuard<'_, DrawnPictures> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_share_the_bytes_of_the_miss() {
        let cache = PictureCache::default();
        let first = cache.get(Subject::Chair, &[1; 32], None).unwrap();
        let again = cache.get(Subject::Chair, &[1; 32], None).unwrap();
        let other = cache.get(Subject::Estate, &[1; 32], None).unwrap();
        let look = cache.get(Subject::Chair, &[1; 32], Look::parse("floor-red-wide"));
        assert_ne!(first, look.unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(*first, *render(Subject::Chair, &[1; 32], None).unwrap());
        assert_ne!(first, other);
    }

    #[test]
    fn never_holds_more_than_its_capacity() {
        let cache = PictureCache::with_capacity(3);
        let first = cache.get(Subject::Chair, &[0; 32], None).unwrap();
        for index in 1..8 {
            cache.get(Subject::Chair, &[index; 32], None).unwrap();
            cache.get(Subject::Chair, &[index; 32], None).unwrap();
            let entries = cache.lock();
            assert_eq!(entries.pictures.len(), entries.arrivals.len());
            assert!(entries.pictures.len() <= 3);
        }
        assert!(
            !cache
                .lock()
                .pictures
                .contains_key(&(Subject::Chair, [0; 32], None))
        );
        assert!(
            cache
                .lock()
                .pictures
                .contains_key(&(Subject::Chair, [7; 32], None))
        );
        assert_eq!(cache.get(Subject::Chair, &[0; 32], None).unwrap(), first);
    }

    #[test]
    fn capacity_zero_stores_nothing() {
        let cache = PictureCache::with_capacity(0);
        cache.get(Subject::Estate, &[9; 32], None).unwrap();
        assert!(cache.lock().pictures.is_empty());
    }
}
