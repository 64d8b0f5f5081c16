//! Who visits the pages of an app: the session of a request, if it is still good, and its user.
//!
//! A session ends with its time, with a new epoch of its user, with its user, and when users are restored. What is wrong with a cookie
//! makes its visitor nobody: a page has something to show to everybody. It must not know what an app keeps of
//! a user.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::session::{OpenedSession, Session, Sessions};
use crate::http::{HttpError, PrivateResponse, Viewer, serve_as};
use crate::web::csrf::FormToken;
use crate::web::form::FormFields;

/// The users of an app, as its sessions need them.
pub trait SessionUsers: Send + Sync + 'static {
    /// What the app's pages know of a user.
    type User: Clone + Send + Sync + 'static;

    /// The session cookie.
    fn sessions(&self) -> &Sessions;

    /// The user with this id and the epoch of the user's sessions.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find(&self, id: i64) -> Result<Option<(i64, Self::User)>, HttpError>;

    /// When the users were last restored from a backup, in seconds since 1970. Of what was issued before then
    /// nobody knows whose it is: a number may be another user's by now, and an epoch an older one.
    fn restored(&self) -> Option<u64>;
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Visitor<U> {
    /// The user's id.
    pub id: i64,
    /// What is known of the user.
    pub user: U,
    /// What responses for the user belong to.
    pub viewer: Viewer,
    /// The session that the request came with.
    pub session: Session,
    form_token: FormToken,
}

impl<U: Send + Sync + 'static> Visitor<U> {
    /// Who sent the request with these extensions, if that is known ([`authenticate`]).
    #[must_use]
    pub fn of(request: &Extensions) -> Option<Arc<Self>> {
        request.get::<Arc<Self>>().cloned()
    }

    /// The text of the token of this visitor's forms, for their pages.
    #[must_use]
    pub fn token(&self) -> &str {
        self.form_token.text()
    }

    /// The token of this visitor's forms.
    #[must_use]
    pub fn form_token(&self) -> &FormToken {
        &self.form_token
    }

    /// Whether a form came from one of this visitor's pages.
    ///
    /// # Errors
    /// 403 when it did not.
    pub fn sent(&self, form: &FormFields) -> Result<(), HttpError> {
        self.form_token.check(form)
    }
}

/// The middleware of all pages: finds out who visits, and renews the session if it is time.
pub async fn authenticate<S: SessionUsers>(
    State(app): State<Arc<S>>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = SystemTime::now();
    let visitor = match visitor(&*app, request.headers(), now) {
        Ok(visitor) => visitor,
        Err(error) => return error.into_response(),
    };
    let viewer = visitor
        .as_ref()
        .map_or(Viewer::Anonymous, |visitor| visitor.viewer);
    // Forms may begin or end a session themselves.
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let renewed = visitor.as_ref().filter(|_| is_read);
    let renewed = renewed.and_then(|visitor| app.sessions().renewed(&visitor.session, now));
    if let Some(visitor) = visitor {
        request.extensions_mut().insert(Arc::new(visitor));
    }
    let response = serve_as(viewer, request, next).await;
    let Some(session) = renewed else {
        return response;
    };
    // What the browser stores it would answer from later, and a cookie is not to be set again then.
    let mut response = PrivateResponse::not_stored(response).into_response();
    match app.sessions().set(&mut response, &session) {
        Ok(()) => response,
        Err(error) => error.into_response(),
    }
}

fn visitor<S: SessionUsers>(
    app: &S,
    headers: &HeaderMap,
    now: SystemTime,
) -> Result<Option<Visitor<S::User>>, HttpError> {
    let Some(opened) = app.sessions().opened(headers, now) else {
        return Ok(None);
    };
    let OpenedSession {
        session,
        form_token,
        viewer,
    } = opened;
    let is_outdated = |restored| session.is_from_before(restored);
    if app.restored().is_some_and(is_outdated) {
        return Ok(None);
    }
    let id = session.user();
    let user = app.find(id)?;
    let user = user.filter(|(epoch, _)| *epoch == session.epoch());
    Ok(user.map(|(_, user)| Visitor {
        id,
        user,
        viewer,
        form_token,
        session,
    }))
}
