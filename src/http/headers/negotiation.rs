//! Content negotiation: what clients accept, by the lists with weights of the `Accept` headers (RFC 9110, 12.4.2),
//! and what responses say that they vary by. It must not know which representations there are.

use axum::http::header::Entry;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What viewers authenticate by. Apps use one of the two; naming both is right for either.
const VIEWER_HEADERS: [&str; 2] = ["cookie", "authorization"];
const BY_VIEWER: HeaderValue = HeaderValue::from_static("cookie, authorization");

const ENCODING_HEADERS: [&str; 1] = ["accept-encoding"];
const BY_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

const BY_VIEWER_AND_ENCODING: HeaderValue =
    HeaderValue::from_static("cookie, authorization, accept-encoding");

/// The elements of such a header in their order, with their weights in thousandths. A weight that
/// cannot be read is 0, which means "not at all".
pub fn accepted_values<'r>(
    request: &'r HeaderMap,
    header: &HeaderName,
) -> impl Iterator<Item = (&'r str, u16)> {
    let lines = request.get_all(header).iter();
    let elements = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    elements.map(weighted)
}

/// Whether a client names HTML among what it takes, as browsers do when they open a page and programs
/// do not.
#[must_use]
pub fn takes_html(request: &HeaderMap) -> bool {
    let html = |(name, weight): (&str, u16)| weight > 0 && name.eq_ignore_ascii_case("text/html");
    accepted_values(request, &header::ACCEPT).any(html)
}

/// `gzip;q=0.5`. Parameters other than the weight are passed over.
fn weighted(element: &str) -> (&str, u16) {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1000), thousandths);
    (name, weight.unwrap_or(0))
}

/// `0.25` as 250: a digit, and up to three behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

/// Says of a response that it depends on the request's headers `names`, as far as it does not say so.
pub fn vary_by(response: &mut HeaderMap, names: &[&'static str]) {
    let is_said = |name: &str| {
        let mut lines = response.get_all(header::VARY).iter();
        lines.any(|line| {
            let mut said = line.as_bytes().split(|byte| *byte == b',');
            said.any(|said| said.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
        })
    };
    let missing = names.iter().copied().filter(|name| !is_said(name));
    let line = match (missing.clone().next(), missing.clone().nth(1)) {
        (None, _) => return,
        (Some(name), None) => Ok(HeaderValue::from_static(name)),
        _ => HeaderValue::try_from(missing.collect::<Vec<_>>().join(", ")),
    };
    if let Ok(line) = line {
        response.append(header::VARY, line);
    }
}

/// [`vary_by`] what viewers authenticate by. Nearly always nothing is said yet, and then there is nothing to
/// look for.
pub(crate) fn vary_by_viewer(response: &mut HeaderMap) {
    match response.entry(header::VARY) {
        Entry::Vacant(none) => drop(none.insert(BY_VIEWER)),
        Entry::Occupied(_) => vary_by(response, &VIEWER_HEADERS),
    }
}

/// [`vary_by`] the encodings that the client takes. Nearly always nothing is said yet, or of the viewer alone.
pub(crate) fn vary_by_encoding(response: &mut HeaderMap) {
    match response.entry(header::VARY) {
        Entry::Vacant(none) => drop(none.insert(BY_ENCODING)),
        Entry::Occupied(mut said) if said.iter().eq([&BY_VIEWER]) => {
            said.insert(BY_VIEWER_AND_ENCODING);
        }
        Entry::Occupied(_) => vary_by(response, &ENCODING_HEADERS),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn what_is_nearly_always_said_is_what_would_be_said_of_it() {
        type Say = fn(&mut HeaderMap);
        let quick: [Say; 2] = [vary_by_viewer, vary_by_encoding];
        let slow: [Say; 2] = [
            |headers| vary_by(headers, &VIEWER_HEADERS),
            |headers| vary_by(headers, &ENCODING_HEADERS),
        ];
        let said = |before: &[&'static str], order: [usize; 2], say: [Say; 2]| {
            let mut headers = HeaderMap::new();
            for line in before {
                headers.append(header::VARY, HeaderValue::from_static(line));
            }
            order.iter().for_each(|index| say[*index](&mut headers));
            let lines = headers.get_all(header::VARY).iter();
            let lines = lines.map(|line| line.to_str().unwrap().to_owned());
            lines.collect::<Vec<_>>().join(", ")
        };
        for before in [
            &[][..],
            &["accept"],
            &["Cookie"],
            &["cookie, authorization"],
            &["cookie, authorization", "accept-language"],
            &["accept-encoding"],
        ] {
            for order in [[0, 1], [1, 0], [0, 0], [1, 1]] {
                let expected = said(before, order, slow);
                assert_eq!(said(before, order, quick), expected, "{before:?}");
            }
        }
    }

    #[test]
    fn what_varies_is_said_once() {
        let mut headers = HeaderMap::new();
        vary_by(&mut headers, &["cookie", "authorization"]);
        vary_by(&mut headers, &["accept-language", "cookie"]);
        vary_by(&mut headers, &["Authorization"]);
        let lines: Vec<_> = headers.get_all(header::VARY).iter().collect();
        assert_eq!(lines, ["cookie, authorization", "accept-language"]);
    }

    #[test]
    fn elements_have_weights() {
        let mut request = HeaderMap::new();
        let accepted = "text/html, a/b;level=1;q=0.25 , c/d;Q=1.0, e;q=2, f;q=0.1234, g;q=";
        request.append(header::ACCEPT, HeaderValue::from_static(accepted));
        request.append(header::ACCEPT, HeaderValue::from_static("*/*;q=0.1"));
        let found: Vec<_> = accepted_values(&request, &header::ACCEPT).collect();
        let expected = [
            ("text/html", 1000),
            ("a/b", 250),
            ("c/d", 1000),
            ("e", 0),
            ("f", 0),
            ("g", 0),
            ("*/*", 100),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn browsers_take_html_and_programs_do_not_say_so() {
        let takes = |accept: &'static str| {
            takes_html(&HeaderMap::from_iter([(
                header::ACCEPT,
                HeaderValue::from_static(accept),
            )]))
        };
        assert!(takes(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(!takes("*/*"));
        assert!(!takes("application/json, text/html;q=0"));
        assert!(!takes_html(&HeaderMap::new()));
    }
}
