//! Reads that responses are made from: of everybody ([`Reading`]), or of one viewer ([`PrivateReading`]).
//!
//! A reading knows the revision that it began in, and gives a response the tag of that revision if it is
//! still the store's when everything is read. A public reading ends in a [`PublicResponse`] and knows the
//! caches of public values; a private one ends in a [`PrivateResponse`], whose tag holds the viewer, and
//! knows only caches whose keys hold the viewer. This file must not know what is read.

use std::hash::Hash;

use axum::http::HeaderValue;
use axum::response::Response;

use super::policy::{PrivateResponse, PublicResponse};
use super::revision_cache::{RevisionCache, ViewerCache};
use super::validators::{marked_tag, named_tag, tag, with_suffix};
use crate::http::Viewer;
use crate::store::{Revision, Store};

/// A read that shows every viewer the same.
pub struct Reading<'s>(RevisionSpan<'s>);

/// A read for one viewer.
pub struct PrivateReading<'s> {
    span: RevisionSpan<'s>,
    viewer: Viewer,
}

impl<'s> Reading<'s> {
    /// To be called before anything is read from `store`.
    #[must_use]
    pub fn begin(store: &'s Store) -> Self {
        Self(RevisionSpan::begin(store))
    }

    /// The same for what depends on who asks. To be called before anything is read from `store`.
    #[must_use]
    pub fn begin_for(store: &'s Store, viewer: Viewer) -> PrivateReading<'s> {
        let span = RevisionSpan::begin(store);
        PrivateReading { span, viewer }
    }

    /// What is cached under `key` of the revision that is read.
    #[must_use]
    pub fn cached<K: Eq + Hash, V: Clone>(
        &self,
        cache: &RevisionCache<K, V>,
        key: &K,
    ) -> Option<V> {
        cache.get(self.0.before?, key)
    }

    /// Caches what was read, `bytes` as in `RevisionCache::put`, unless a write has become visible
    /// meanwhile.
    pub fn keep<K: Eq + Hash, V: Clone>(
        &self,
        cache: &RevisionCache<K, V>,
        key: K,
        value: V,
        bytes: usize,
    ) {
        if let Some(revision) = self.0.still() {
            cache.put(revision, key, value, bytes);
        }
    }

    /// Gives a response its tag, when everything in it is read. While a write became visible there is
    /// none, since it might show one half of it or the other.
    pub fn answer(self, response: Response) -> PublicResponse {
        PublicResponse::new(response, self.0.still().map(tag))
    }

    /// The same for a response that has variants at one address, languages for example: each has tags of
    /// its own. `variant` is made of letters.
    pub fn answer_variant(self, response: Response, variant: &str) -> PublicResponse {
        let tag = self.0.still().map(tag);
        let tag = tag.map(|tag| with_suffix(&tag, variant.as_bytes()));
        PublicResponse::new(response, tag)
    }
}

/// A read of what is there until the generation ends, since no write changes or removes it.
#[derive(Clone, Copy)]
pub struct LastingReading<'s> {
    store: &'s Store,
    origin: Revision,
}

impl<'s> LastingReading<'s> {
    /// To be called before anything is read from `store`.
    #[must_use]
    pub fn begin(store: &'s Store) -> Self {
        let origin = store.origin();
        Self { store, origin }
    }

    /// What is cached under `key` of the generation that is read.
    #[must_use]
    pub fn cached<K: Eq + Hash, V: Clone>(
        &self,
        cache: &RevisionCache<K, V>,
        key: &K,
    ) -> Option<V> {
        cache.get(self.origin, key)
    }

    /// Caches what was found, `bytes` as in `RevisionCache::put`, unless another generation is read now.
    pub fn keep<K: Eq + Hash, V: Clone>(
        &self,
        cache: &RevisionCache<K, V>,
        key: K,
        value: V,
        bytes: usize,
    ) {
        if self.store.origin() == self.origin {
            cache.put(self.origin, key, value, bytes);
        }
    }
}

impl<'s> PrivateReading<'s> {
    /// The same reading for what of it shows every viewer the same, with the caches of that.
    #[must_use]
    pub fn of_everybody(&self) -> Reading<'s> {
        Reading(self.span)
    }

    /// Who it is for.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// Whether everything that was read so far is of one revision, which is still the store's.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.span.still().is_some()
    }

    /// What is cached for the viewer under `key` of the revision that is read.
    ///
    /// # Errors
    /// Nothing is: the key again, for what is made then.
    pub fn cached<K: Eq + Hash, V: Clone>(
        &self,
        cache: &ViewerCache<K, V>,
        key: K,
    ) -> Result<V, K> {
        match self.span.before {
            Some(revision) => cache.get(revision, self.viewer, key),
            None => Err(key),
        }
    }

    /// Keeps what was read for the viewer, as [`Reading::keep`].
    pub fn keep<K: Eq + Hash, V: Clone>(
        &self,
        cache: &ViewerCache<K, V>,
        key: K,
        value: V,
        bytes: usize,
    ) {
        if let Some(revision) = self.span.still() {
            cache.put(revision, self.viewer, key, value, bytes);
        }
    }

    /// As [`Reading::answer`]; no other viewer is ever sent the same tag.
    pub fn answer(self, response: Response) -> PrivateResponse {
        let tag = self.tag();
        PrivateResponse::new(response, tag)
    }

    /// As [`Reading::answer_variant`]; no other viewer is ever sent the same tag.
    pub fn answer_variant(self, response: Response, variant: &str) -> PrivateResponse {
        let tag = self.tag();
        let tag = tag.map(|tag| with_suffix(&tag, variant.as_bytes()));
        PrivateResponse::new(response, tag)
    }

    fn tag(&self) -> Option<HeaderValue> {
        let revision = self.span.still()?;
        Some(match self.viewer {
            // What everybody sees at this address may have a tag too, and is something else.
            Viewer::Anonymous => named_tag(revision, b"anonymous"),
            Viewer::User(user) => marked_tag(revision, &user.mark()),
        })
    }
}

/// From the revision that a read began in to wherever the store is now.
#[derive(Clone, Copy)]
struct RevisionSpan<'s> {
    store: &'s Store,
    before: Option<Revision>,
}

impl<'s> RevisionSpan<'s> {
    fn begin(store: &'s Store) -> Self {
        let before = store.revision();
        Self { store, before }
    }

    /// The revision that everything was read in, if it was one.
    fn still(&self) -> Option<Revision> {
        self.before
            .filter(|before| self.store.revision() == Some(*before))
    }
}
