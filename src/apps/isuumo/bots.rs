//! Crawlers, which the contest's rules allow to turn away with 503.
//!
//! The patterns are those of the rules; only the last ignores case. Browsers whose names end in
//! "bottle" are people.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use memchr::memmem;

use crate::http::HttpError;

/// Names that make a bot wherever they stand. The rules' longer forms of them (`ISUCONbot-Mobile`,
/// `Isupider-image+`) say no more.
const NAMES: [&str; 8] = [
    "ISUCONbot",
    "Mediapartners-ISUCON",
    "ISUCONCoffee",
    "ISUCONFeedSeeker",
    "crawler (https://isucon.invalid/support/faq/",
    "crawler (https://isucon.invalid/help/jp/",
    "isubot",
    "Isupider",
];

/// Words that make a bot at the end of a name, in capitals or not.
const WORDS: [&str; 3] = ["bot", "crawler", "spider"];

/// What a name ends with, if not with the header.
const ENDS: &[u8] = b"-_ ./;@()";

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
        .is_some_and(|agent| is_name_of_bot(agent.as_bytes()))
}

fn is_name_of_bot(agent: &[u8]) -> bool {
    NAMES
        .iter()
        .any(|name| memmem::find(agent, name.as_bytes()).is_some())
        || (0..agent.len()).any(|start| ends_with_word(&agent[start..]))
}

/// Whether a word stands at the beginning of `rest`, and its name ends behind it.
fn ends_with_word(rest: &[u8]) -> bool {
    WORDS.iter().any(|word| {
        rest.split_at_checked(word.len())
            .is_some_and(|(found, behind)| {
                found.eq_ignore_ascii_case(word.as_bytes())
                    && behind.first().is_none_or(|next| ENDS.contains(next))
            })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::RegexSetBuilder;

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

    /// The patterns as the rules have them.
    const RULES: [&str; 10] = [
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
    ];

    /// What names are put together from.
    const PIECES: [&str; 30] = [
        "ISUCON",
        "isucon",
        "bot",
        "BoT",
        "-Image/",
        "isu",
        "crawler",
        " (https://isucon.invalid/",
        "support/faq/",
        "help/jp/",
        "Isu",
        "pider",
        "Spider",
        "Mediapartners-",
        "Coffee",
        "FeedSeeker",
        "Beta",
        "tle",
        "+",
        "-",
        "_",
        " ",
        ".",
        "/",
        ";",
        "@",
        "(",
        ")",
        "\n",
        "é",
    ];

    proptest! {
        #[test]
        fn names_and_words_say_what_the_rules_say(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6)
        ) {
            let agent = pieces.concat();
            let agent = agent.as_bytes();
            let rules = RegexSetBuilder::new(RULES).unicode(false).build().unwrap();
            prop_assert_eq!(is_name_of_bot(agent), rules.is_match(agent));
        }
    }
}
