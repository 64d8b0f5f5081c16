//! Who visits the pages of an app: the session of a request, if it is still good, and its user.
//!
//! A session ends with its time, with a new epoch of its user, and with its user. What is wrong with a cookie
//! makes its visitor nobody: a page has something to show to everybody. It must not know what an app keeps of
//! a user.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::session::{OpenedSession, Session, Sessions};
use crate::http::{HttpError, Viewer, serve_as};
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
    let mut response = serve_as(viewer, request, next).await;
    // Pages of somebody signed in are stored by nobody.
    if let Some(session) = renewed
        && let Err(error) = app.sessions().set(&mut response, &session)
    {
        return error.into_response();
    }
    response
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
