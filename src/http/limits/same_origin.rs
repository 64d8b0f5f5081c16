//! Whether a request that may change something comes from a page of this site.
//!
//! A form or a script of any page on the Web can send such a request without reading what is answered
//! (`POST` of a form, `fetch` with `no-cors`), and CORS does not keep it from that. So every unsafe method of
//! every app, and of the operators' listener, is refused to pages from elsewhere.
//!
//! Browsers say so: in `Sec-Fetch-Site`, and in `Origin`. What says neither is no browser, and has no
//! cookies of somebody else to misuse. Cookies that are `SameSite=Lax` are not enough: pages of a sibling
//! host belong to the same site. It must not know routes.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::http::HttpError;
use crate::http::asked_host::AskedHost;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What browsers send as the origin of a page that does not tell it.
const UNTOLD: &str = "null";

/// Any origin, in `http.cors_origins`.
const ANY: &str = "*";

/// Whose pages may send what changes something.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnPages {
    any: bool,
    /// Other origins than that which is asked, such as that of `site.public_url` behind a proxy that does
    /// not hand the `Host` through.
    origins: Arc<[HeaderValue]>,
    /// The site's names beside those of this machine, as [`AskedHost::name`] has them; `None` where it may
    /// have any.
    names: Option<Arc<[String]>>,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// A page from elsewhere has sent it.
    ForeignPage,
    /// It asks for a name that is not this site's.
    ForeignName,
}

impl OwnPages {
    /// With `origins` as browsers send them: scheme, host and port; `*` for any. What cannot be a header is
    /// none.
    pub(crate) fn from_origins<'o>(origins: impl Iterator<Item = &'o str> + Clone) -> Self {
        Self {
            any: origins.clone().any(|origin| origin == ANY),
            origins: origins.filter_map(|origin| origin.parse().ok()).collect(),
            names: None,
        }
    }

    /// For a site that browsers reach by the names of this machine, by addresses and by `hosts` only. A site
    /// on the Web may have its own name resolve to a loopback address (DNS rebinding): for the browser, its
    /// page and this server then are one origin.
    pub(crate) fn at_hosts<'n>(self, hosts: impl Iterator<Item = &'n str>) -> Self {
        let names = hosts.map(|host| AskedHost::from(host).name());
        Self {
            names: Some(names.collect()),
            ..self
        }
    }

    /// Whether `origin` is allowed whatever is asked.
    fn lists(&self, origin: &HeaderValue) -> bool {
        self.any || self.origins.contains(origin)
    }

    fn has_name(&self, asked: AskedHost<'_>) -> bool {
        let Some(names) = &self.names else {
            return true;
        };
        asked.is_loopback() || asked.is_address() || names.contains(&asked.name())
    }

    /// Whether a request is to be served: it is safe, or comes from here, from an allowed origin or from a
    /// program. Where a header has several values, each has to be right.
    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if method.is_safe() {
            return Ok(());
        }
        let origins = headers.get_all(header::ORIGIN);
        let sites = headers.get_all(SEC_FETCH_SITE);
        let has_origin = headers.contains_key(header::ORIGIN);
        let has_site = headers.contains_key(SEC_FETCH_SITE);
        if !has_origin && !has_site {
            return Ok(());
        }
        if has_origin && origins.iter().all(|origin| self.lists(origin)) {
            return Ok(());
        }
        let asked = AskedHost::of(uri, headers);
        let is_own = |origin: &HeaderValue| {
            // A policy of a proxy (`no-referrer`) hides the origin of pages from here too.
            self.lists(origin) || is_asked(origin, asked) || (has_site && origin == UNTOLD)
        };
        let is_here = |site: &HeaderValue| site == "same-origin" || site == "none";
        if !sites.iter().all(is_here) || !origins.iter().all(is_own) {
            return Err(Refusal::ForeignPage);
        }
        match asked {
            Some(asked) if !self.has_name(asked) => Err(Refusal::ForeignName),
            _ => Ok(()),
        }
    }
}

/// Whether an origin's host and port are those that were asked. The scheme is not compared: a proxy may
/// have ended TLS.
fn is_asked(origin: &HeaderValue, asked: Option<AskedHost<'_>>) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let origin = origin.split_once("://").map(|(_, host)| host);
    let asked = asked.map(AskedHost::as_str);
    origin
        .zip(asked)
        .is_some_and(|(origin, asked)| origin.eq_ignore_ascii_case(asked))
}

/// 403 for what comes from elsewhere.
pub(crate) fn refuse_foreign(request: &Request, own: &OwnPages) -> Result<(), HttpError> {
    let detail = match own.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => return Ok(()),
        Err(Refusal::ForeignPage) => {
            "This is taken from pages of this site and of the origins in http.cors_origins only."
        }
        Err(Refusal::ForeignName) => {
            "This server is for its own machine, and takes this from pages at localhost only. If a proxy \
             hands pages on to it, site.public_url has to say their address."
        }
    };
    Err(HttpError::problem(StatusCode::FORBIDDEN, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Sent = &'static [(&'static str, &'static str)];

    /// Of a site that may have any name.
    fn open() -> OwnPages {
        OwnPages::from_origins(["https://public.example", "a\nb"].into_iter())
    }

    fn check(own: &OwnPages, method: &Method, host: &'static str, sent: Sent) -> Option<Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let uri = Uri::from_static("/chair/1/buy");
        own.check(method, &uri, &headers).err()
    }

    /// Trust 4: both headers are believed, and all their values.
    #[test]
    fn what_comes_from_elsewhere_is_refused() {
        let own = open();
        let host = "isu.example:1323";
        let served: &[Sent] = &[
            &[],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "http://isu.example:1323")],
            &[("origin", "https://isu.example:1323")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://isu.example:1323"),
            ],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://public.example"),
            ],
            &[("origin", "https://public.example")],
        ];
        let refused: &[Sent] = &[
            &[("sec-fetch-site", "cross-site")],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "http://isu.example:1323"),
            ],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://evil.example"),
            ],
            &[
                ("sec-fetch-site", "none"),
                ("origin", "http://evil.example"),
            ],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[
                ("origin", "http://isu.example:1323"),
                ("origin", "http://evil.example"),
            ],
            &[
                ("origin", "https://public.example"),
                ("origin", "http://evil.example"),
            ],
            &[("sec-fetch-site", "")],
            &[("origin", "null")],
            &[("origin", "http://isu.example")],
            &[("origin", "http://public.example")],
            &[("origin", "http://evil.example:1323")],
        ];
        for sent in served {
            for method in [Method::POST, Method::DELETE, Method::PATCH] {
                assert_eq!(check(&own, &method, host, sent), None, "{sent:?}");
            }
        }
        for sent in refused {
            for method in [Method::POST, Method::PUT, Method::from_bytes(b"X").unwrap()] {
                let refusal = check(&own, &method, host, sent);
                assert_eq!(refusal, Some(Refusal::ForeignPage), "{sent:?}");
            }
            assert_eq!(check(&own, &Method::GET, host, sent), None, "{sent:?}");
            assert_eq!(check(&own, &Method::HEAD, host, sent), None, "{sent:?}");
        }
    }

    /// Trust 4: on loopback, a page is not of this site because its name was pointed here.
    #[test]
    fn a_site_for_this_machine_has_its_own_names_only() {
        let own = open().at_hosts(["Shop.example", "root.example.:8080"].into_iter());
        let same: Sent = &[("sec-fetch-site", "same-origin")];
        for host in [
            "localhost:1323",
            "127.0.0.1:1323",
            "[::1]:1",
            "10.0.0.1",
            "shop.example:80",
            "shop.example.",
            "root.example:8080",
            "root.example.:8080",
        ] {
            assert_eq!(check(&own, &Method::POST, host, same), None, "{host}");
        }
        for host in [
            "evil.example:1323",
            "localhost.evil.example",
            "x.shop.example",
            "",
        ] {
            let refusal = check(&own, &Method::POST, host, same);
            assert_eq!(refusal, Some(Refusal::ForeignName), "{host}");
            // Programs, and pages whose origin is allowed.
            assert_eq!(check(&own, &Method::POST, host, &[]), None, "{host}");
            let public: Sent = &[("origin", "https://public.example")];
            assert_eq!(check(&own, &Method::POST, host, public), None, "{host}");
        }
        let rebound: Sent = &[("origin", "http://evil.example:1323")];
        let refusal = check(&own, &Method::POST, "evil.example:1323", rebound);
        assert_eq!(refusal, Some(Refusal::ForeignName));
        // Where others connect too, what the site is called is not known.
        assert_eq!(
            check(&open(), &Method::POST, "evil.example:1323", rebound),
            None
        );
    }
}
