//! Crawlers, which the contest's rules allow to turn away with 503.
//!
//! The patterns are those of the rules; only the last ignores case. Browsers whose names end in
//! "bottle" are people.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use regex::bytes::{RegexSet, RegexSetBuilder};

use crate::http::HttpError;

static BOTS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSetBuilder::new([
        r"ISUCONbot(-Mobile)?",
        r"ISUCONbot-Image/",
        r"Mediapartners-ISUCON",
        r"ISUCONCoffee",
        r"ISUCONFeedSeeker(Beta)?",
        r"crawler \(https://isucon\.invalid/(support/faq/|help/jp/)",
        r"isubot",
        r"Isupider",
        r"Isupider(-image)?\+",
        r"(?i:(bot|crawler|spider)(?:[-_ ./;@()]|$))",
    ])
    .unicode(false)
    .build()
    .expect("the patterns are constants, and a test builds them")
});

/// The middleware that answers bots.
pub(super) async fn shed(request: Request, next: Next) -> Response {
    if is_bot(request.headers()) {
        return HttpError::bare(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    next.run(request).await
}

fn is_bot(headers: &HeaderMap) -> bool {
    headers
        .get(header::USER_AGENT)
        .is_some_and(|agent| BOTS.is_match(agent.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_bot(agent: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, agent.parse().unwrap());
        super::is_bot(&headers)
    }

    #[test]
    fn bots_of_the_list_are_bots() {
        for agent in [
            "ISUCONbot",
            "Mozilla/5.0 ISUCONbot-Mobile",
            "ISUCONbot-Image/1.0",
            "Mediapartners-ISUCON",
            "ISUCONCoffee",
            "ISUCONFeedSeekerBeta",
            "crawler (https://isucon.invalid/support/faq/)",
            "crawler (https://isucon.invalid/help/jp/)",
            "isubot",
            "Isupider",
            "Isupider-image+",
            "SomeBot/2.0",
            "spider",
            "CRAWLER (x)",
        ] {
            assert!(is_bot(agent), "{agent}");
        }
    }

    #[test]
    fn people_are_not_bots() {
        for agent in [
            "ISUCON Nickel bottle-0b5b9ed2",
            "ISUCON Web Browser mobile-1",
            "isucon-initialize",
            "isucon-verify",
            "isuconbot2",
            "botanist",
            "",
        ] {
            assert!(!is_bot(agent), "{agent}");
        }
    }
}
