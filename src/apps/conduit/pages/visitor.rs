//! Who visits: the session of a request, if it is still good, and its user.
//!
//! A session ends with its time, with a new password, and with its user. What is wrong with a cookie makes
//! its visitor nobody: a page has something to show to everybody.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::apps::conduit::member::SessionUser;
use crate::apps::conduit::{Blog, BlogState, Result};
use crate::auth::session::Session;
use crate::http::{HttpError, Viewer, serve_as};
use crate::web::csrf::FormToken;
use crate::web::form::FormFields;

/// Somebody who is signed in.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) id: i64,
    pub(super) username: String,
    pub(super) viewer: Viewer,
    pub(super) session: Session,
    form_token: FormToken,
}

impl Visitor {
    /// The token of this visitor's forms, for their pages.
    pub(super) fn token(&self) -> &str {
        self.form_token.text()
    }

    /// Whether a form came from one of this visitor's pages.
    ///
    /// # Errors
    /// 403 when it did not.
    pub(super) fn sent(&self, form: &FormFields) -> Result<()> {
        self.form_token.check(form)
    }
}

/// The middleware of all pages.
pub(in crate::apps::conduit) async fn authenticate(
    State(blog): State<BlogState>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = SystemTime::now();
    let visitor = match visitor(&blog, request.headers(), now) {
        Ok(visitor) => visitor,
        Err(error) => return error.into_response(),
    };
    let viewer = visitor
        .as_ref()
        .map_or(Viewer::Anonymous, |visitor| visitor.viewer);
    // Forms may begin or end a session themselves.
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let renewed = visitor.as_ref().filter(|_| is_read);
    let renewed = renewed.and_then(|visitor| blog.sessions.renewed(&visitor.session, now));
    if let Some(visitor) = visitor {
        request.extensions_mut().insert(Arc::new(visitor));
    }
    let mut response = serve_as(viewer, request, next).await;
    // Pages of somebody signed in are stored by nobody.
    if let Some(session) = renewed
        && let Err(error) = blog.sessions.set(&mut response, &session)
    {
        return error.into_response();
    }
    response
}

fn visitor(blog: &Blog, headers: &HeaderMap, now: SystemTime) -> Result<Option<Visitor>> {
    let Some(session) = blog.sessions.read(headers, now) else {
        return Ok(None);
    };
    let id = session.user();
    let user = blog
        .store
        .read(|connection| -> Result<_, HttpError> { Ok(SessionUser::find(connection, id)?) })?;
    let user = user.filter(|user| user.epoch == session.epoch());
    Ok(user.map(|user| Visitor {
        id,
        username: user.username,
        viewer: Viewer::user(&blog.digest_key, id, user.epoch),
        form_token: blog.sessions.form_token(&session),
        session,
    }))
}
