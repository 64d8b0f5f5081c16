//! The viewer of a request: anonymous, or a user of the app.
//!
//! An app with users authenticates in a middleware of its own, from a token or a cookie, and passes the
//! result on with [`serve_as`], or has `authentication` do so. Handlers take [`Viewer`] as an extractor; without such a middleware
//! everybody is anonymous. Entity tags, cached responses and idempotency keys belong to a viewer
//! (`caching`, `idempotency`). This file must not know how anyone authenticates.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::caching::policy;

/// Who a response is made for. An extractor; see [`serve_as`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Nobody in particular.
    #[default]
    Anonymous,
    /// A user of the app.
    User(SignedIn),
}

/// A user who has proven to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignedIn {
    id: i64,
    epoch: i64,
    mark: [u8; 16],
}

impl Viewer {
    /// The user with this id. Ids are never given to somebody else later: what is kept for a user, such
    /// as the responses of repeated writes, is kept for the id.
    ///
    /// `epoch` is for whatever else a private page depends on beside the data and the user: the epoch of
    /// the user's sessions, say, when forms hold a token that is bound to it. Responses of another epoch
    /// have other tags. An app without anything like it passes 0.
    #[must_use]
    pub fn user(key: &DigestKey, id: i64, epoch: i64) -> Self {
        let mark = key.mark(id, epoch);
        Self::User(SignedIn { id, epoch, mark })
    }

    /// The user, or `None` for the anonymous viewer.
    #[must_use]
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::Anonymous => None,
            Self::User(user) => Some(user),
        }
    }

    /// The id of the user, or `None` for the anonymous viewer.
    #[must_use]
    pub fn user_id(self) -> Option<i64> {
        self.signed_in().map(|user| user.id)
    }

    /// The viewer of the request with these extensions. From here on its response counts as made for
    /// this viewer.
    pub(super) fn of(request: &Extensions) -> Self {
        let Some(authenticated) = request.get::<Authenticated>() else {
            return Self::Anonymous;
        };
        if let Some(was_looked_at) = &authenticated.was_looked_at {
            was_looked_at.store(true, Ordering::Relaxed);
        }
        authenticated.viewer
    }
}

impl SignedIn {
    /// The user's id.
    #[must_use]
    pub fn id(self) -> i64 {
        self.id
    }

    /// What [`Viewer::user`] was given as the epoch.
    #[must_use]
    pub fn epoch(self) -> i64 {
        self.epoch
    }

    /// Stands for the user where others may see it. It does not reveal the id.
    pub(super) fn mark(self) -> [u8; 16] {
        self.mark
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// What [`note`] and [`note_alone`] add to a request. The type is private, so that there is no other way to add a viewer.
#[derive(Debug, Clone)]
struct Authenticated {
    viewer: Viewer,
    /// Whether the handler has asked for the viewer; `None` where all answers count as made for the viewer.
    was_looked_at: Option<Arc<AtomicBool>>,
}

/// Notes whose request it is where all of its answers count as made for the viewer.
pub(super) fn note_alone(viewer: Viewer, request: &mut Request) {
    let noted = request.extensions_mut();
    if viewer == Viewer::Anonymous {
        // Nobody is who is not noted, which costs nothing.
        noted.remove::<Authenticated>();
        return;
    }
    noted.insert(Authenticated {
        viewer,
        was_looked_at: None,
    });
}

/// Notes whose request it is; what tells whether somebody looked at that.
pub(super) fn note(viewer: Viewer, request: &mut Request) -> Arc<AtomicBool> {
    let was_looked_at = Arc::new(AtomicBool::new(false));
    request.extensions_mut().insert(Authenticated {
        viewer,
        was_looked_at: Some(Arc::clone(&was_looked_at)),
    });
    was_looked_at
}

/// The response, so that no cache stores what is the viewer's.
pub(super) fn kept_from_others(response: Response, was_looked_at: &AtomicBool) -> Response {
    let is_personal = was_looked_at.load(Ordering::Relaxed)
        || response.headers().contains_key(header::SET_COOKIE);
    if is_personal {
        policy::private(response)
    } else {
        response
    }
}

/// Has `next` answer the request of `viewer`: what an app's authenticating middleware ends with.
///
/// A handler that looked at the viewer may return anything; unless that is a
/// [`PrivateResponse`](super::PrivateResponse), no cache may store it. So a handler that calls a
/// response public although it depends on the viewer costs time and leaks nothing. The same holds for
/// every response that sets a cookie.
pub async fn serve_as(viewer: Viewer, mut request: Request, next: Next) -> Response {
    let was_looked_at = note(viewer, &mut request);
    kept_from_others(next.run(request).await, &was_looked_at)
}

/// A secret by which values that others may guess become digests that tell nothing: a user's id in an
/// entity tag, a password in the digest of a repeated request.
#[derive(Clone)]
pub struct DigestKey([u8; 32]);

impl DigestKey {
    /// A key of this process only. Tags of private responses then mean nothing to other processes, and
    /// keyed digests nothing after a restart.
    #[must_use]
    pub fn random() -> Self {
        // Each has 122 bits from the system.
        let bytes = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes);
        Self::derived(bytes.as_flattened())
    }

    /// A key that every process with the same `secret` has, for example one that signs cookies. The secret
    /// cannot be found from it.
    #[must_use]
    pub fn derived(secret: &[u8]) -> Self {
        let hash = Sha256::new_with_prefix(b"ekiben digest key\n");
        Self(hash.chain_update(secret).finalize().into())
    }

    fn mark(&self, id: i64, epoch: i64) -> [u8; 16] {
        let mut message = [0; 16];
        message[..8].copy_from_slice(&id.to_be_bytes());
        message[8..].copy_from_slice(&epoch.to_be_bytes());
        let mut mark = [0; 16];
        mark.copy_from_slice(&self.keyed(b"viewer\n", &message)[..16]);
        mark
    }

    /// The keyed digest of a request, given by its plain one.
    pub(super) fn of_request(&self, digest: [u8; 32]) -> [u8; 32] {
        self.keyed(b"request\n", &digest)
    }

    // The messages of each purpose have one length, so that a plain hash behind the key will do: what an
    // attacker could append makes no message.
    fn keyed(&self, purpose: &[u8], message: &[u8]) -> [u8; 32] {
        let hash = Sha256::new_with_prefix(self.0).chain_update(purpose);
        hash.chain_update(message).finalize().into()
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_differ_by_key_user_and_epoch_and_by_nothing_else() {
        let mark = |secret: &[u8], id, epoch| {
            let viewer = Viewer::user(&DigestKey::derived(secret), id, epoch);
            viewer.signed_in().unwrap().mark()
        };
        assert_eq!(mark(b"a", 1, 2), mark(b"a", 1, 2));
        let all = [
            mark(b"a", 1, 2),
            mark(b"b", 1, 2),
            mark(b"a", 2, 1),
            mark(b"a", 1, 3),
            mark(b"a", -1, 2),
            DigestKey::random().mark(1, 2),
            DigestKey::random().mark(1, 2),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = DigestKey([0x5a; 32]);
        assert_eq!(format!("{key:?}"), "DigestKey(hidden)");
    }
}
