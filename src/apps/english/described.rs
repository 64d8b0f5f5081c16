//! Types that exist to be described only: bodies, parameters, and refusals. The handlers name them in their
//! descriptions; this file must not know handlers.

use std::collections::BTreeMap;

use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoParams, ToResponse, ToSchema};

use crate::http::builtin::openapi::{problem, refusal};

/// What is wrong, by field.
#[derive(ToSchema)]
#[schema(value_type = BTreeMap<String, Vec<String>>)]
#[expect(dead_code, reason = "describes what `validation` writes")]
pub(super) struct EnglishFieldErrors(BTreeMap<String, Vec<String>>);

/// Names a response, and says when it is given.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $description:literal;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl<'r> ToResponse<'r> for $name {
            fn response() -> (&'r str, RefOr<Response>) {
                ($key, problem($description).into())
            }
        }
    )*};
}

problems! {
    /// 400.
    NoParameters = "EnglishNoParameters", "The attributes are missing, the body is no JSON, or the \
        `Idempotency-Key` is malformed.";
    /// 400 of the streamed list.
    NobodyNamed = "EnglishNobodyNamed", "The token comes without `user_id`, or that is no number.";
    /// 403.
    NotAnEditor = "EnglishNotAnEditor", "The account has not the editor role.";
    /// 404.
    NothingThere = "EnglishNothingThere", "There is nothing of this id, or it is another learner's.";
    /// 403 of the streamed list.
    NotYours = "EnglishNotYours", "A learner asks for another one's.";
    /// 404 of a sign-up.
    NoSignUp = "EnglishNoSignUp", "Nobody can make an account here.";
    /// 404 of a recording.
    NoRecording = "EnglishNoRecording", "There is no such recording.";
    /// 416.
    TooShort = "EnglishTooShort", "The recording is shorter than that; `Content-Range` says how long it is.";
}

/// 422.
pub(super) struct WrongFields;

impl<'r> ToResponse<'r> for WrongFields {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "Attributes are not as described: all of them, each with what is wrong. With a \
            problem document when the token of the session is missing, or for an `Idempotency-Key` that was \
            given with another request.";
        let mut response = refusal(description, "EnglishFieldErrors", &["application/json"]);
        response.content.extend(problem(description).content);
        ("EnglishWrongFields", response.into())
    }
}

/// 429.
pub(super) struct DrillTooManyAttempts;

impl<'r> ToResponse<'r> for DrillTooManyAttempts {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "Too many attempts of the account or the client; `Retry-After` says when to try \
            again.";
        let problem = refusal(description, "Problem", &[crate::http::PROBLEM_TYPE]);
        ("TooManyAttempts", problem.into())
    }
}

/// Which page of the sentences.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `path` reads")]
pub(super) struct SentencePageParameters {
    /// From 1 on. What is no number or below 1 counts as 1, what is too large as the last page.
    #[param(default = "1")]
    page: Option<String>,
}

/// Which part of a list of scores.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `score` reads")]
pub(super) struct PartParameters {
    /// Those behind this id.
    after: Option<i64>,
    /// Those before this id.
    before: Option<i64>,
    /// A part by its number, from 1 on. One that is far takes longer to find than by `after`.
    #[param(default = "1")]
    page: Option<String>,
}

/// What every write has to bring.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what `parameters` reads")]
pub(super) struct WriteParameters {
    /// The token of the session, which each page has in `<meta name="csrf-token">`. It may also be the field
    /// `authenticity_token` of the body.
    #[param(rename = "X-CSRF-Token")]
    token: Option<String>,
}

/// A sentence. Keys that are not listed are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `sentence` reads")]
pub(super) struct SentenceAttributes {
    #[schema(required = false)]
    no: Option<i32>,
    #[schema(required = false, max_length = 255)]
    en: Option<String>,
    #[schema(required = false, max_length = 255)]
    jp: Option<String>,
    /// The path of a recording, as `/voice/007.mp3`.
    #[schema(required = false, max_length = 255)]
    voice_data: Option<String>,
}

/// A score. `user_id` is ignored: it is yours. Keys that are not listed are ignored, too.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `scores` reads")]
pub(super) struct ScoreAttributes {
    #[schema(required = false)]
    passed: Option<bool>,
    #[schema(required = false)]
    sentence_id: Option<i64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `sentence` reads")]
pub(super) struct SentenceBody {
    sentence: SentenceAttributes,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `scores` reads")]
pub(super) struct ScoreBody {
    score: ScoreAttributes,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `scores` reads")]
pub(super) struct WrittenScoreBody {
    score_eng_written: ScoreAttributes,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `scores` reads")]
pub(super) struct SaidScoreBody {
    score_eng_not_written: ScoreAttributes,
}
