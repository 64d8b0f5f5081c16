//! Answers that several operations give, to be described only. The handlers name them in their descriptions;
//! this file must not know handlers.

use utoipa::ToResponse;
use utoipa::openapi::{RefOr, Response};

use crate::http::builtin::openapi::refusal;

/// 429.
pub(super) struct TooManyAttempts;

impl<'r> ToResponse<'r> for TooManyAttempts {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "Too many attempts of the account or the client; `Retry-After` says when to try \
            again.";
        let problem = refusal(description, "Problem", &[crate::http::PROBLEM_TYPE]);
        ("TooManyAttempts", problem.into())
    }
}
