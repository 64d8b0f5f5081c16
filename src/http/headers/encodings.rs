//! `Accept-Encoding` before anything is done: a request whose client takes no encoding that there is gets its
//! 406 instead of being served, and what is served is sent in one way or another.
//!
//! The layer that packs responses would find out behind the handler, and put 406 in place of the status of
//! what was done by then. It must not pack anything.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::negotiation::accepted_values;
use crate::http::HttpError;

/// What is said to the layer that packs. Better ones first: that is what the order of equals means to it.
const PACKED: [&str; 2] = ["zstd", "gzip"];

/// What a client takes, by its lists with weights.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Nothing is excluded.
    Anything,
    /// So much of what there is, as a list without doubts.
    Some(String),
    /// Neither packed nor as it is.
    Nothing,
}

/// Has the layer that packs answers find something for the request.
///
/// # Errors
/// 406 for a read that could not be sent.
pub(crate) fn negotiate(request: &mut Request) -> Result<(), HttpError> {
    match wanted(request.headers()) {
        Wanted::Anything => {}
        Wanted::Some(list) => {
            let list = HeaderValue::try_from(list);
            let list = list.unwrap_or_else(|_| HeaderValue::from_static("identity"));
            let headers = request.headers_mut();
            headers.insert(header::ACCEPT_ENCODING, list);
        }
        Wanted::Nothing if request.method().is_safe() => return Err(nothing_fits()),
        // Better done and told in an encoding that was not asked for than not known.
        Wanted::Nothing => {
            request.headers_mut().remove(header::ACCEPT_ENCODING);
        }
    }
    Ok(())
}

fn nothing_fits() -> HttpError {
    let detail =
        "This can be sent as zstd, as gzip or as it is, and Accept-Encoding excludes all three.";
    HttpError::problem(StatusCode::NOT_ACCEPTABLE, detail)
}

fn wanted(headers: &HeaderMap) -> Wanted {
    let lines = headers.get_all(header::ACCEPT_ENCODING);
    // Nobody is excluded without a weight; browsers give none.
    if !lines.iter().any(|line| line.as_bytes().contains(&b';')) {
        return Wanted::Anything;
    }
    let given: Vec<_> = accepted_values(headers, &header::ACCEPT_ENCODING).collect();
    let named = |wanted: &str| {
        let mut given = given.iter();
        let found = given.find(|(name, _)| is_coding(name, wanted));
        found.map(|(_, weight)| *weight)
    };
    let any = named("*");
    let mut list = Vec::new();
    for name in PACKED {
        let weight = named(name).or(any).unwrap_or(0);
        if weight > 0 {
            list.push(weighted(name, weight));
        }
    }
    // Whoever says nothing of it takes it (RFC 9110, 12.5.3).
    match named("identity").or(any.filter(|weight| *weight == 0)) {
        Some(0) if list.is_empty() => return Wanted::Nothing,
        weight => list.push(weighted("identity", weight.unwrap_or(1))),
    }
    Wanted::Some(list.join(", "))
}

/// `gzip;q=0.500`.
fn weighted(name: &str, thousandths: u16) -> String {
    format!("{name};q={}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// Whether a client's name for a coding is ours; `x-gzip` is gzip (RFC 9110, 8.4.1.3).
fn is_coding(name: &str, coding: &str) -> bool {
    name.eq_ignore_ascii_case(coding) || (coding == "gzip" && name.eq_ignore_ascii_case("x-gzip"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted_by(lines: &[&'static str]) -> Wanted {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        wanted(&headers)
    }

    #[test]
    fn who_excludes_everything_wants_nothing() {
        for lines in [
            &["identity;q=0"][..],
            &["*;q=0"],
            &["br, identity; q=0"],
            &["IDENTITY;Q=0.000"],
            &["gzip;q=0", "zstd;q=0, identity;q=0"],
            &["*, gzip;q=0, zstd;q=0, identity;q=0"],
            &["identity;q=2"],
        ] {
            assert_eq!(wanted_by(lines), Wanted::Nothing, "{lines:?}");
        }
    }

    #[test]
    fn weights_are_kept_for_what_there_is() {
        for (lines, expected) in [
            (&["gzip;q=0.5, br"][..], "gzip;q=0.500, identity;q=0.001"),
            (&["x-gzip;q=1"], "gzip;q=1.000, identity;q=0.001"),
            (&["*;q=0.3, gzip;q=0"], "zstd;q=0.300, identity;q=0.001"),
            (&["gzip, identity;q=0"], "gzip;q=1.000, identity;q=0.000"),
            (&["gzip, *;q=0"], "gzip;q=1.000, identity;q=0.000"),
            (&["*;q=0, identity;q=0.2"], "identity;q=0.200"),
            (
                &["identity;q=1, gzip;q=0.5"],
                "gzip;q=0.500, identity;q=1.000",
            ),
        ] {
            assert_eq!(
                wanted_by(lines),
                Wanted::Some(expected.to_owned()),
                "{lines:?}"
            );
        }
        for lines in [&[][..], &[""], &["gzip, deflate, br, zstd"], &["identity"]] {
            assert_eq!(wanted_by(lines), Wanted::Anything, "{lines:?}");
        }
    }
}
