//! Where somebody wanted to go who has to sign in first. It is kept in a cookie of short life and used once,
//! after the sign-in.
//!
//! Anybody can make up a cookie, so what comes back leads nowhere but to this site.

use std::time::Duration;

use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;

use super::format::Format;
use super::learner::unauthorized;
use super::pages::notices;
use super::{Drill, Result};
use crate::web::cookie::cookies;
use crate::web::layout::PageAddress;
use crate::web::redirect::is_local;

const COOKIE: &str = "english_target";

/// For how long it is remembered.
const AGE: Duration = Duration::from_secs(15 * 60);

/// Bytes of the longest address that is remembered.
const LONGEST: usize = 1_000;

/// What somebody is answered who has to sign in first, and wanted to see a page, if it was one.
pub(super) fn sign_in_first(drill: &Drill, format: Format, page: Option<&Uri>) -> Response {
    if format == Format::Json {
        return unauthorized().into_response();
    }
    let led = || -> Result<Response> {
        let mut response = notices::lead(drill, "/users/sign_in", &notices::SIGN_IN_FIRST)?;
        let wanted = page.map(|uri| drill.mount.url(PageAddress::of(uri).as_str()));
        if let Some(wanted) = wanted.filter(|wanted| is_remembered(wanted)) {
            let value = BASE64URL_NOPAD.encode(wanted.as_bytes());
            drill
                .cookies
                .set(&mut response, COOKIE, &value, Some(AGE))?;
        }
        Ok(response)
    };
    led().unwrap_or_else(IntoResponse::into_response)
}

/// Where the sender of a request wanted to go.
pub(super) fn wanted(request: &HeaderMap) -> Option<String> {
    let value = cookies(request, COOKIE).next()?;
    let wanted = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    let wanted = String::from_utf8(wanted).ok()?;
    is_remembered(&wanted).then_some(wanted)
}

/// Has `response` forget it.
pub(super) fn forget(response: &mut Response, drill: &Drill) -> Result<()> {
    drill.cookies.remove(response, COOKIE)
}

/// Whether an address is one to lead to. What is said there waits in a cookie of its path, in which no
/// semicolon can be.
fn is_remembered(address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    address.len() <= LONGEST && address.is_ascii() && is_local(address) && !path.contains(';')
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn remembered(address: &str) -> Option<String> {
        let value = BASE64URL_NOPAD.encode(address.as_bytes());
        let cookie = HeaderValue::try_from(format!("{COOKIE}={value}")).unwrap();
        wanted(&HeaderMap::from_iter([(header::COOKIE, cookie)]))
    }

    #[test]
    fn a_cookie_leads_nowhere_but_to_this_site() {
        for good in ["/", "/sentences?page=2", "/english/sentences/12%2F3"] {
            assert_eq!(remembered(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/a;b",
            "/日本",
        ] {
            assert_eq!(remembered(bad), None, "{bad}");
        }
        assert_eq!(remembered(&format!("/{}", "x".repeat(LONGEST))), None);
        let broken = HeaderValue::from_static("english_target=?");
        let broken = HeaderMap::from_iter([(header::COOKIE, broken)]);
        assert_eq!(wanted(&broken), None);
    }
}
