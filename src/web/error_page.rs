//! Errors for people: the page that stands in for an error document.
//!
//! Handlers of pages fail like all others, with an `HttpError`. On the way out the error becomes the
//! app's page for people, and stays the document that it is for programs. What the log should know and
//! what clients need besides (`Retry-After`, `Allow`, cookies) is kept.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use crate::http::{Routes, no_method_here, takes_html};

/// Headers of an error that its page has too.
const KEPT: [HeaderName; 5] = [
    header::RETRY_AFTER,
    header::ALLOW,
    header::WWW_AUTHENTICATE,
    header::SET_COOKIE,
    header::VARY,
];

/// How an app shows errors to people.
pub trait ErrorPage: Clone + Send + Sync + 'static {
    /// What it needs to know of a request: the language, and where the page is.
    type Frame: Send;

    /// Looks at a request before it is served.
    fn frame(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self::Frame;

    /// The page for a status.
    fn render(&self, frame: &Self::Frame, status: StatusCode) -> Response;

    /// Adds the headers that all pages of the app have, errors or not.
    fn finish(&self, frame: &Self::Frame, response: &mut Response);

    /// Whether an error is to be a page. By default browsers get one, programs do not.
    fn is_for_people(&self, _address: &Uri, headers: &HeaderMap) -> bool {
        takes_html(headers)
    }
}

/// `routes` whose errors are pages for people, those of methods that they do not take included.
pub fn with_error_pages<S, P>(routes: Routes<S>, pages: P) -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    P: ErrorPage,
{
    routes
        .method_not_allowed(no_method_here)
        .layer(from_fn_with_state(pages, for_people::<P>))
}

/// The page for an address where there is nothing, or `None` for what is no browser opening a page.
pub fn not_found<P: ErrorPage>(
    pages: &P,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Response> {
    let opens_pages = (method == Method::GET || method == Method::HEAD) && takes_html(headers);
    opens_pages.then(|| {
        let frame = pages.frame(method, uri, headers);
        let mut response = pages.render(&frame, StatusCode::NOT_FOUND);
        pages.finish(&frame, &mut response);
        vary_by_accept(&mut response);
        response
    })
}

async fn for_people<P: ErrorPage>(
    State(pages): State<P>,
    request: Request,
    next: Next,
) -> Response {
    let frame = pages.frame(request.method(), request.uri(), request.headers());
    let is_for_people = pages.is_for_people(request.uri(), request.headers());
    // Whether `Accept` decides: then a request that says nothing gets no page.
    let is_negotiated = !pages.is_for_people(request.uri(), &HeaderMap::new());
    let mut response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if is_error && is_for_people && !is_page(&response) {
        let mut page = pages.render(&frame, status);
        for name in KEPT {
            for value in response.headers().get_all(&name) {
                page.headers_mut().append(&name, value.clone());
            }
        }
        std::mem::swap(page.extensions_mut(), response.extensions_mut());
        response = page;
    }
    if is_page(&response) || is_for_people {
        pages.finish(&frame, &mut response);
    }
    if is_error && is_negotiated {
        vary_by_accept(&mut response);
    }
    response
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Others are answered in another form.
fn vary_by_accept(response: &mut Response) {
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, vary);
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::response::{Html, IntoResponse as _};
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::HttpError;

    #[derive(Clone)]
    struct Pages;

    impl ErrorPage for Pages {
        type Frame = String;

        fn frame(&self, _: &Method, uri: &Uri, _: &HeaderMap) -> String {
            uri.path().to_owned()
        }

        fn render(&self, frame: &String, status: StatusCode) -> Response {
            (status, Html(format!("{status} at {frame}"))).into_response()
        }

        fn finish(&self, _: &String, response: &mut Response) {
            let value = HeaderValue::from_static("yes");
            response.headers_mut().insert("x-page", value);
        }
    }

    fn router() -> Router {
        let routes = Routes::new()
            .route("/fine", get(async || Html("fine")))
            .route("/data", get(async || "data"))
            .route(
                "/busy",
                get(async || HttpError::overloaded("Later.").into_response()),
            )
            .route(
                "/own",
                get(async || (StatusCode::BAD_REQUEST, Html("a form with a reason"))),
            );
        with_error_pages(routes, Pages).with_state(()).into()
    }

    async fn ask(method: &str, path: &str, accept: &str) -> (Response<()>, String) {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("accept", accept).body(Body::empty());
        let response = router().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        (Response::from_parts(parts, ()), text)
    }

    #[tokio::test]
    async fn browsers_get_pages() {
        let (busy, text) = ask("GET", "/busy", "text/html").await;
        assert_eq!(text, "503 Service Unavailable at /busy");
        assert_eq!(busy.headers()[header::RETRY_AFTER], "1");
        assert_eq!(busy.headers()[header::VARY], "accept");
        let (post, text) = ask("POST", "/busy", "text/html").await;
        assert_eq!(text, "405 Method Not Allowed at /busy");
        assert_eq!(post.headers()[header::ALLOW], "GET,HEAD");
        let (own, text) = ask("GET", "/own", "text/html").await;
        assert_eq!(
            (own.status().as_u16(), &*text),
            (400, "a form with a reason")
        );
        assert_eq!(ask("OPTIONS", "/own", "text/html").await.0.status(), 204);
    }

    #[tokio::test]
    async fn programs_get_documents() {
        let (busy, text) = ask("GET", "/busy", "*/*").await;
        assert_eq!(busy.status(), 503);
        assert!(text.contains("Later."));
        assert_eq!(busy.headers()[header::VARY], "accept");
        assert!(busy.headers().get("x-page").is_none());
        let (post, text) = ask("POST", "/fine", "*/*").await;
        assert_eq!(post.headers()[header::ALLOW], "GET,HEAD");
        assert!(text.contains("does not take POST"));
        // A page is one whoever asked; data is none.
        assert_eq!(
            ask("GET", "/fine", "*/*").await.0.headers()["x-page"],
            "yes"
        );
        assert!(
            ask("GET", "/data", "*/*")
                .await
                .0
                .headers()
                .get("x-page")
                .is_none()
        );
    }

    #[test]
    fn nothing_is_a_page_for_who_opens_one() {
        let html = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))]);
        let uri = Uri::from_static("/nowhere");
        let page = not_found(&Pages, &Method::GET, &uri, &html).unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert_eq!(page.headers()["x-page"], "yes");
        assert!(not_found(&Pages, &Method::POST, &uri, &html).is_none());
        assert!(not_found(&Pages, &Method::GET, &uri, &HeaderMap::new()).is_none());
    }
}
