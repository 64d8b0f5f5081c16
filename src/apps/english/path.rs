//! Numbers in addresses. The original reads as much of a segment as is a number (`12/3`, `7-of-9`), so links to
//! it that are out there still lead somewhere; `.json` may follow.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::DrillState;
use crate::http::HttpError;

/// The id at the end of an address, or before an action. An extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) i64);

impl FromRequestParts<DrillState> for Id {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, HttpError> {
        let segment = Path::<String>::from_request_parts(parts, drill).await;
        let id = segment
            .ok()
            .and_then(|Path(segment)| leading_number(&segment));
        // What is no number is the address of nothing.
        id.map(Self)
            .ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))
    }
}

/// The number that a text begins with.
pub(super) fn leading_number(text: &str) -> Option<i64> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_is_read_as_is_a_number() {
        assert_eq!(leading_number("12"), Some(12));
        assert_eq!(leading_number("12/3"), Some(12));
        assert_eq!(leading_number("7.json"), Some(7));
        for none in ["", "x1", "-1", ".json", "99999999999999999999"] {
            assert_eq!(leading_number(none), None, "{none}");
        }
    }
}
