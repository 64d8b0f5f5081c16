//! In which form a request wants its answer: a page, or JSON, as Rails decides it. An address that ends in
//! `.json` says so; else `Accept` does, and a page it is unless JSON weighs more there. Where there are no pages
//! all answers are JSON.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use std::convert::Infallible;

use super::{Drill, DrillState};
use crate::http::accepted_values;

/// The form of an answer. An extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Json,
}

/// How an address says that it wants JSON.
pub(super) const SUFFIX: &str = ".json";

impl Format {
    /// That of a request to `drill`.
    pub(super) fn of(parts: &Parts, drill: &Drill) -> Self {
        if drill.has_pages {
            Self::of_address(&parts.uri, &parts.headers)
        } else {
            Self::Json
        }
    }

    /// That of a request to `uri`, where there are pages.
    pub(super) fn of_address(uri: &Uri, headers: &HeaderMap) -> Self {
        if uri.path().trim_end_matches('/').ends_with(SUFFIX) || prefers_json(headers) {
            Self::Json
        } else {
            Self::Html
        }
    }
}

/// Whether JSON is accepted by name and pages are not, or less.
fn prefers_json(headers: &HeaderMap) -> bool {
    let mut best = [0, 0];
    for (range, weight) in accepted_values(headers, &header::ACCEPT) {
        let kind = match range {
            "application/json" => 0,
            "text/html" | "application/xhtml+xml" => 1,
            _ => continue,
        };
        best[kind] = best[kind].max(weight);
    }
    best[0] > best[1]
}

impl FromRequestParts<DrillState> for Format {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, drill))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn format(path: &str, accept: &str) -> Format {
        let request = Request::get(path)
            .header("accept", accept)
            .body(())
            .unwrap();
        Format::of_address(request.uri(), request.headers())
    }

    #[test]
    fn the_address_counts_before_what_is_accepted() {
        assert_eq!(format("/sentences.json", "text/html"), Format::Json);
        assert_eq!(format("/sentences", "application/json"), Format::Json);
        for page in ["", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8"] {
            assert_eq!(format("/sentences", page), Format::Html, "{page}");
        }
        let script = "application/json, text/javascript, */*; q=0.01";
        assert_eq!(format("/sentences", script), Format::Json);
    }
}
