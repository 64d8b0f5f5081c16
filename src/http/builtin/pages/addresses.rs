//! By which address the examples of the documentation reach the server.
//!
//! The public address is right for everybody. Where it is not configured, it is the host that the client
//! asks. Making and packing the page takes a quarter of a second, so it is kept by address, and only for the
//! first few: whoever makes up hosts gets the page with a neutral address. It must not know what the page
//! looks like.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, Uri};
use tokio::sync::OnceCell;

use crate::config::PublicUrl;
use crate::http::Precompressed;
use crate::http::asked_host::plain_host;

/// Addresses for which a page is kept.
const MOST_ADDRESSES: usize = 8;

/// The address where nothing better is known.
const NEUTRAL: &str = "http://localhost:1323";

/// A page, once it was made.
pub(super) type PageCell = Arc<OnceCell<Precompressed>>;

/// A page for each address.
pub(super) struct PagesByAddress {
    /// What stands before and behind the host that a client asks; nothing where the address is known.
    around: Option<(&'static str, String)>,
    /// The first one is for whoever gets none of their own.
    kept: Mutex<Vec<(String, PageCell)>>,
}

impl PagesByAddress {
    /// `host` is the name that the site's routes have to themselves, if they do. The public address is that
    /// of the routes without one; scheme and prefix are the same.
    pub(super) fn new(public_url: Option<&PublicUrl>, host: Option<&str>) -> Self {
        let scheme = match public_url {
            Some(url) if url.is_https() => "https://",
            _ => "http://",
        };
        let prefix = public_url.map_or("", PublicUrl::prefix).to_owned();
        let (around, first) = match (public_url, host) {
            (Some(url), None) => (None, url.to_string()),
            (_, Some(host)) => {
                let first = format!("{scheme}{host}{prefix}");
                (Some((scheme, prefix)), first)
            }
            (None, None) => (Some((scheme, prefix)), NEUTRAL.to_owned()),
        };
        Self {
            around,
            kept: Mutex::new(vec![(first, PageCell::default())]),
        }
    }

    /// The address for a request, and the page for it.
    pub(super) fn of(&self, uri: &Uri, headers: &HeaderMap) -> (String, PageCell) {
        let around = self.around.as_ref();
        let asked = around.and_then(|(scheme, prefix)| {
            plain_host(uri, headers).map(|host| format!("{scheme}{host}{prefix}"))
        });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |kept: &[(String, PageCell)], asked: &str| {
            let mut kept = kept.iter();
            kept.find(|(address, _)| address == asked).cloned()
        };
        match asked {
            None => kept[0].clone(),
            Some(asked) => known(&kept, &asked).unwrap_or_else(|| {
                if kept.len() == MOST_ADDRESSES {
                    return kept[0].clone();
                }
                let new = (asked, PageCell::default());
                kept.push(new.clone());
                new
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn of(pages: &PagesByAddress, host: &str) -> String {
        let value = HeaderValue::from_str(host).unwrap();
        let headers = HeaderMap::from_iter([(header::HOST, value)]);
        pages.of(&Uri::from_static("/docs"), &headers).0
    }

    #[test]
    fn examples_have_the_host_that_was_asked() {
        let pages = PagesByAddress::new(None, None);
        assert_eq!(of(&pages, "Shop.example:8080"), "http://shop.example:8080");
        assert_eq!(of(&pages, "[::1]:1323"), "http://[::1]:1323");
        for strange in ["a\"b", "a$(id)", "a/b", "a b", "", &"a".repeat(101)] {
            assert_eq!(of(&pages, strange), NEUTRAL, "{strange}");
        }
        let nobody = HeaderMap::new();
        let uri = Uri::from_static("http://h2.example/docs");
        assert_eq!(pages.of(&uri, &nobody).0, "http://h2.example");
        assert_eq!(pages.of(&Uri::from_static("/docs"), &nobody).0, NEUTRAL);
    }

    #[test]
    fn the_public_address_wins_where_it_is_that_of_the_routes() {
        let url = PublicUrl::parse("https://shop.example/a").unwrap();
        let pages = PagesByAddress::new(Some(&url), None);
        assert_eq!(of(&pages, "10.0.0.1:1323"), "https://shop.example/a");
        let pages = PagesByAddress::new(Some(&url), Some("people.example"));
        assert_eq!(of(&pages, "a b"), "https://people.example/a");
        assert_eq!(
            of(&pages, "people.example:444"),
            "https://people.example:444/a"
        );
    }

    #[test]
    fn made_up_hosts_are_bounded() {
        let pages = PagesByAddress::new(None, None);
        let asked = |number: usize| of(&pages, &format!("h{number}"));
        assert_eq!(asked(0), "http://h0");
        let addresses: Vec<String> = (1..100).map(asked).collect();
        assert_eq!(addresses[98], NEUTRAL);
        assert_eq!(pages.kept.lock().unwrap().len(), MOST_ADDRESSES);
        assert_eq!(asked(0), "http://h0");
    }
}
