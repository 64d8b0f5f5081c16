//! Headers and methods: what every answer carries, HEAD, OPTIONS, 405, other origins, timing.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::support::dataset::{Dataset, ESTATE, Estate};
use crate::support::harness::{Answer, Options, Site};

pub(crate) async fn ask(
    site: &Site,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    site.send(request.body(Body::empty()).unwrap()).await
}

fn with(change: impl FnOnce(&mut Options)) -> Site {
    let mut options = Options::default();
    change(&mut options);
    Site::with(&Dataset::tiny(), &options)
}

#[tokio::test]
async fn every_answer_has_the_headers_of_safety() {
    let site = Site::new(&Dataset::tiny());
    for (path, status) in [
        ("/api/chair/1", 200),
        ("/api/chair/x", 400),
        ("/livez", 200),
        ("/nothing", 404),
        ("/initialize", 405),
    ] {
        let answer = site.get(path).await;
        answer.is(status);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{answer}");
        assert_eq!(answer.header("server-timing"), "", "{answer}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{answer}");
    }
}

#[tokio::test]
async fn only_what_may_be_kept_is_kept() {
    let site = Site::new(&Dataset::tiny());
    let picture = format!("/images/chair/{:064x}.png", 1);
    for (path, cache_control) in [
        ("/api/chair/1", "no-cache"),
        ("/api/chair/search/condition", "no-cache"),
        (&picture, "public, max-age=31536000, immutable"),
        ("/api/chair/2", "no-store"),
        ("/images/chair/none.png", "no-store"),
        ("/readyz", "no-store"),
        ("/version", "no-store"),
        ("/healthcheck", "no-store"),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.header("cache-control"), cache_control, "{answer}");
    }
    let bought = site.post_json("/api/chair/buy/1", r#"{"email":"a"}"#).await;
    assert_eq!(bought.is_bare(200).header("cache-control"), "no-store");
    assert_eq!(bought.header("etag"), "");
}

#[tokio::test]
async fn head_has_the_headers_of_get_also_when_packed() {
    let estates = (1..=20).map(|id| Estate { id, ..ESTATE });
    let site = Site::new(&Dataset::of_estates(estates));
    for path in [
        "/api/chair/1",
        "/api/chair/2",
        "/api/estate/low_priced",
        "/api/estate/search/condition",
        "/livez",
    ] {
        for encoding in ["identity", "gzip", "zstd"] {
            let headers = [("accept-encoding", encoding), ("x-request-id", "r")];
            let get = ask(&site, Method::GET, path, &headers).await;
            let head = ask(&site, Method::HEAD, path, &headers).await;
            assert_eq!(head.headers, get.headers, "{path}");
            head.is_bare(get.status.as_u16());
            if get.header("content-encoding").is_empty() {
                let length = get.body.len().to_string();
                assert_eq!(head.header("content-length"), length, "{head}");
            }
        }
    }
}

#[tokio::test]
async fn options_and_405_say_what_is_allowed() {
    let site = Site::new(&Dataset::tiny());
    for (path, allowed) in [
        ("/api/chair/1", "GET,HEAD"),
        ("/api/chair/buy/1", "POST"),
        ("/initialize", "POST"),
        ("/livez", "GET,HEAD"),
    ] {
        let options = ask(&site, Method::OPTIONS, path, &[]).await;
        assert_eq!(options.is_bare(204).header("allow"), allowed, "{options}");
        for method in [Method::DELETE, Method::from_bytes(b"BREW").unwrap()] {
            let answer = ask(&site, method, path, &[]).await;
            assert_eq!(answer.is(405).header("allow"), allowed, "{answer}");
        }
    }
    ask(&site, Method::OPTIONS, "*", &[]).await.is_bare(204);
    ask(&site, Method::OPTIONS, "/nothing", &[]).await.is(404);
}

#[tokio::test]
async fn pages_of_configured_origins_may_call() {
    let site = with(|options| {
        options.config.http.cors_origins = vec!["https://a.example".to_owned()];
    });
    let preflight = [
        ("origin", "https://a.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "content-type,idempotency-key",
        ),
    ];
    let leave = ask(&site, Method::OPTIONS, "/api/chair/buy/1", &preflight).await;
    leave.is_bare(200);
    let allowed = leave.header("access-control-allow-origin");
    assert_eq!(allowed, "https://a.example");
    assert_eq!(
        leave.header("access-control-allow-methods"),
        "GET,HEAD,POST"
    );
    for allowed in [
        "content-type",
        "idempotency-key",
        "traceparent",
        "x-requested-with",
    ] {
        let headers = leave.header("access-control-allow-headers");
        assert!(headers.contains(allowed), "{leave}");
    }
    assert_eq!(leave.header("access-control-allow-credentials"), "");

    let get = ask(&site, Method::GET, "/api/chair/1", &preflight[..1]).await;
    let allowed = get.is(200).header("access-control-allow-origin");
    assert_eq!(allowed, "https://a.example");
    for exposed in ["etag", "idempotency-replayed"] {
        let headers = get.header("access-control-expose-headers");
        assert!(headers.contains(exposed), "{get}");
    }
    assert!(get.header("vary").contains("origin"), "{get}");
    // A 304 that did not say so would take the leave back.
    let again = [preflight[0], ("if-none-match", get.header("etag"))];
    let again = ask(&site, Method::GET, "/api/chair/1", &again).await;
    let allowed = again.is_bare(304).header("access-control-allow-origin");
    assert_eq!(allowed, "https://a.example");

    let other = [("origin", "https://b.example")];
    let other = ask(&site, Method::GET, "/api/chair/1", &other).await;
    let allowed = other.is(200).header("access-control-allow-origin");
    assert_eq!(allowed, "", "{other}");
}

#[tokio::test]
async fn who_asks_for_no_leave_is_told_what_is_allowed() {
    let site = with(|options| options.config.http.cors_origins = vec!["*".to_owned()]);
    let options = ask(&site, Method::OPTIONS, "/api/chair/1", &[]).await;
    assert_eq!(options.is_bare(204).header("allow"), "GET,HEAD");
}

/// The body that is left out counts, and not what is left.
#[tokio::test]
async fn head_of_what_is_packed_says_what_get_would() {
    let site = Site::whole();
    let gzip = [("accept-encoding", "gzip")];
    for path in [
        "/openapi.json",
        "/api/chair/search?priceRangeId=1&page=0&perPage=25",
        "/",
    ] {
        let get = ask(&site, Method::GET, path, &gzip).await;
        let head = ask(&site, Method::HEAD, path, &gzip).await;
        assert_eq!(get.is(200).header("content-encoding"), "gzip", "{get}");
        for name in ["content-encoding", "vary", "etag", "content-type"] {
            assert_eq!(head.is(200).header(name), get.header(name), "{head}");
        }
        assert_ne!(head.header("content-length"), "0", "{head}");
        assert!(head.body.is_empty(), "{head}");
    }
}

#[tokio::test]
async fn any_origin_may_call_when_all_are_configured() {
    let site = with(|options| options.config.http.cors_origins = vec!["*".to_owned()]);
    let origin = [("origin", "https://b.example")];
    let answer = ask(&site, Method::GET, "/api/chair/1", &origin).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn server_timing_is_told_when_configured() {
    let site = with(|options| options.config.http.server_timing = true);
    for path in ["/api/chair/1", "/nothing"] {
        let answer = site.get(path).await;
        let timing = answer.header("server-timing").strip_prefix("total;dur=");
        let milliseconds: f64 = timing.unwrap().parse().unwrap();
        assert!((0.0..60_000.0).contains(&milliseconds), "{answer}");
    }
}
