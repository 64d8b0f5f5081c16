//! Forms as browsers post them: their fields, the method that they mean, and the key of an attempt.
//!
//! How large a form may be is the body limit of its route; how many fields it may have is [`FIELDS`].
//! It must not know what fields mean.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any};
use tower_service::Service as _;

use crate::http::{HttpError, no_method_here};

/// The most fields of a form.
pub const FIELDS: usize = 1_000;

/// The name of the hidden field with the key of an attempt, which makes a double click one purchase. Who
/// reads it is `http`'s to know.
pub const KEY_FIELD: &str = "idempotency_key";

/// The name of the hidden field with the method that a form means.
pub const METHOD_FIELD: &str = "_method";

const URLENCODED: &[u8] = b"application/x-www-form-urlencoded";

/// The fields of a form that was posted: an extractor. Refused are forms of another media type, 415, and
/// those that are too large, 413.
#[derive(Debug, Default)]
pub struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// The fields in a body.
    ///
    /// # Errors
    /// 413 when there are more than [`FIELDS`].
    pub fn parse(body: &[u8]) -> Result<Self, HttpError> {
        let fields: Vec<_> = form_urlencoded::parse(body).take(FIELDS + 1).collect();
        if fields.len() > FIELDS {
            let detail = format!("A form may have {FIELDS} fields.");
            return Err(HttpError::problem(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let owned =
            |(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned());
        Ok(Self(fields.into_iter().map(owned).collect()))
    }

    /// The first value of a name, unless it is empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, first) = self.0.iter().find(|(given, _)| given == name)?;
        Some(first.as_str()).filter(|text| !text.is_empty())
    }

    /// All fields, names and values, in their order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// All values of a name that are not empty.
    pub fn texts<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let given = self.0.iter().filter(move |(given, _)| given == name);
        given
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
    }
}

impl<S: Send + Sync> FromRequest<S> for FormFields {
    type Rejection = HttpError;

    async fn from_request(request: Request, state: &S) -> Result<Self, HttpError> {
        Self::parse(&form_body(request, state).await?)
    }
}

/// The body of a form, for handlers that have a long one parsed elsewhere.
///
/// # Errors
/// As those of the extractor [`FormFields`].
pub async fn form_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, HttpError> {
    if !is_form(request.headers()) {
        let detail = "A form is expected: application/x-www-form-urlencoded.";
        return Err(HttpError::problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            detail,
        ));
    }
    let body: Result<Bytes, BytesRejection> = Bytes::from_request(request, state).await;
    Ok(body?)
}

/// Whether a body says that it is a form. Without a media type it is taken for one: there is nothing in
/// it then that could be anything else.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| {
        let kind = kind.as_bytes();
        let end = kind.iter().position(|byte| *byte == b';');
        kind[..end.unwrap_or(kind.len())]
            .trim_ascii()
            .eq_ignore_ascii_case(URLENCODED)
    })
}

/// `routes` that also take forms which mean PUT, PATCH or DELETE: HTML has only GET and POST. Such a form
/// is posted with a field `_method`; its handler sees the method that was meant, and the whole body.
///
/// The method of a request decides which handler serves it, so a layer around the handlers would come
/// too late. Here one handler for all methods stands before the routes of a path.
pub fn method_override<S>(routes: MethodRouter<S>) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    // Behind `any` no router sees which methods there are.
    let routes = Arc::new(OverriddenRoutes {
        routes: routes.fallback(no_method_here),
        served: OnceLock::new(),
    });
    any(
        async move |State(state): State<S>, request: Request| match meant(request).await {
            Ok(request) => routes.answer(request, state).await,
            Err(refused) => refused,
        },
    )
}

/// The routes of a path whose forms say which method they mean.
struct OverriddenRoutes<S> {
    routes: MethodRouter<S>,
    /// With the state, which the first request brings and all others have, too.
    served: OnceLock<Mutex<MethodRouter>>,
}

impl<S: Clone + Send + Sync + 'static> OverriddenRoutes<S> {
    async fn answer(&self, request: Request, state: S) -> Response {
        let with_state = || Mutex::new(self.routes.clone().with_state(state));
        let served = self.served.get_or_init(with_state);
        let answer = {
            // Held while a handler is chosen, and not while it runs: a clone of all handlers for each
            // request would cost more than many a page.
            let mut served = served.lock().unwrap_or_else(PoisonError::into_inner);
            served.call(request)
        };
        answer.await.unwrap_or_else(|never| match never {})
    }
}

async fn meant(request: Request) -> Result<Request, Response> {
    if *request.method() != Method::POST || !is_form(request.headers()) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    // The limit of the body goes with the parts.
    let reading = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(reading, &())
        .await
        .map_err(|refused| HttpError::from(refused).into_response())?;
    let mut parts = parts;
    let form = FormFields::parse(&body).map_err(HttpError::into_response)?;
    if let Some(method) = form.text(METHOD_FIELD) {
        parts.method = overriding(method).ok_or_else(|| {
            let detail = "A form can mean PUT, PATCH or DELETE.";
            HttpError::problem(StatusCode::BAD_REQUEST, detail).into_response()
        })?;
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// GET is not among them: a form that was posted is not to be taken for a safe request.
fn overriding(text: &str) -> Option<Method> {
    [Method::PUT, Method::PATCH, Method::DELETE]
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::DefaultBodyLimit;
    use axum::routing::{get, post};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn fields_are_found_by_name_and_bounded() {
        let form = FormFields::parse("a=1&a=2&b=&c=%E9%BB%92+x&a=".as_bytes()).unwrap();
        assert_eq!(form.text("a"), Some("1"));
        assert_eq!(form.texts("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(form.text("b"), None);
        assert_eq!(form.text("c"), Some("黒 x"));
        assert!(FormFields::parse("a=1&".repeat(FIELDS).as_bytes()).is_ok());
        let refused = FormFields::parse("a=1&".repeat(FIELDS + 1).as_bytes()).unwrap_err();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn sent(method: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
        fn name(form: &FormFields) -> &str {
            form.text("name").unwrap_or("-")
        }
        let one = get(async || "got")
            .delete(async |form: FormFields| format!("deleted {}", name(&form)))
            .patch(async |form: FormFields| format!("changed {}", name(&form)));
        let all = post(async |body: String| body).put(async || "put");
        let router = Router::new()
            .route("/one", method_override(one))
            .route("/all", method_override(all))
            .layer(DefaultBodyLimit::max(64));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", kind);
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_form_means_the_method_that_it_names() {
        const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
        let is = async |path, body, status, text: &str| {
            let (got, said) = sent("POST", path, FORM, body).await;
            assert_eq!((got, &*said), (status, text), "{body}");
        };
        is("/one", "_method=delete&name=x", 200, "deleted x").await;
        is("/one", "_method=PATCH&name=y", 200, "changed y").await;
        for refused in ["_method=put", "name=x"] {
            let (status, said) = sent("POST", "/one", FORM, refused).await;
            assert_eq!(status, 405, "{refused}");
            assert!(said.contains("/one does not take P"), "{said}");
        }
        is("/all", "_method=put", 200, "put").await;
        is("/all", "a=1", 200, "a=1").await;
        for odd in ["_method=get", "_method=post", "_method=x"] {
            assert_eq!(sent("POST", "/all", FORM, odd).await.0, 400, "{odd}");
        }
        let long = format!("_method=delete&name={}", "x".repeat(64));
        assert_eq!(sent("POST", "/one", FORM, &long).await.0, 413);
    }

    #[tokio::test]
    async fn only_forms_that_are_posted_mean_another_method() {
        const FORM: &str = "application/x-www-form-urlencoded";
        let meant = "_method=delete";
        assert_eq!(sent("POST", "/one", "text/plain", meant).await.0, 405);
        assert_eq!(sent("GET", "/one", FORM, meant).await.1, "got");
        assert_eq!(sent("PATCH", "/one", FORM, meant).await.1, "changed -");
        assert_eq!(sent("DELETE", "/one", "text/plain", "").await.0, 415);
    }
}
