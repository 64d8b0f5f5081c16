//! The operations of the three kinds of gradings, each with its own description, and their forms. What they do
//! is one implementation: `scores`.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::format::Format;
use super::kind::Kind;
use super::learner::Learner;
use super::pages::accounts::described::{NotSignedIn, WrongFormToken};
use super::pages::frame::PageFrame;
use super::parameters::LearnerParameters;
use super::path::{Addresses, Id};
use super::score::{ScoreOfKindView, ScoreView};
use super::write::DrillTerms;
use super::{DrillState, Result, described, scores};

/// The operations of one kind, each with its own description, and its two forms.
macro_rules! operations {
    ($module:ident $kind:expr; $all:tt $one:tt; $list:tt $make:tt $show:tt $change:tt $put:tt $remove:tt;
        $view:ident $body:ident; $noun:literal $made:literal) => {
        pub(super) mod $module {
            use super::*;

            #[utoipa::path(get, summary = concat!("Your ", $noun, "s"),
                description = "500 at most, by rising id. `Link` leads on. Behind the last part is the last one again.",
                path = $all, operation_id = $list, tag = "English",
                params(described::PartParameters), security(("Session" = [])),
                responses(
                    (status = 200, description = "A part of them; HTML unless JSON is asked for.",
                        content(([$view] = "application/json"),
                            (String = "text/html")),
                        headers(("ETag" = String), ("Link" = String))),
                    (status = 401, response = NotSignedIn),
                ))]
            pub(in crate::apps::english) async fn index(
                State(drill): State<DrillState>,
                Learner(learner): Learner,
                RawQuery(query): RawQuery,
                format: Format,
                addresses: Addresses,
                frame: PageFrame,
            ) -> Result<Response> {
                let asked = (query.as_deref(), format);
                scores::list($kind, &drill, &learner, asked, &addresses, &frame).await
            }

            #[utoipa::path(post, summary = concat!("Make a ", $noun),
                description = $made, path = $all, operation_id = $make, tag = "English",
                params(described::WriteParameters,
                    ("Idempotency-Key" = Option<String>, Header),
                    ("If-Match" = Option<String>, Header)),
                security(("Session" = [])),
                request_body(content(
                    (described::$body = "application/json"),
                    (described::$body = "application/x-www-form-urlencoded"))),
                responses(
                    (status = 201, description = "It.", body = $view,
                        headers(("Location" = String))),
                    (status = 400, response = described::NoParameters),
                    (status = 401, response = NotSignedIn),
                    (status = 422, response = described::WrongFields),
                ))]
            pub(in crate::apps::english) async fn create(
                State(drill): State<DrillState>,
                terms: DrillTerms,
                addresses: Addresses,
                frame: PageFrame,
                sent: LearnerParameters,
            ) -> Result<Response> {
                scores::make($kind, &drill, terms, addresses, frame, sent).await
            }

            #[utoipa::path(get, summary = concat!("One ", $noun), path = $one, operation_id = $show,
                tag = "English",
                params(("id" = i64, Path)), security(("Session" = [])),
                responses(
                    (status = 200, description = "It; HTML unless JSON is asked for.",
                        content(($view = "application/json"),
                            (String = "text/html")),
                        headers(("ETag" = String))),
                    (status = 401, response = NotSignedIn),
                    (status = 404, response = described::NothingThere),
                ))]
            pub(in crate::apps::english) async fn show(
                State(drill): State<DrillState>,
                Learner(learner): Learner,
                Id(id): Id,
                format: Format,
                addresses: Addresses,
                frame: PageFrame,
            ) -> Result<Response> {
                scores::one($kind, &drill, &learner, (id, format), &addresses, &frame)
            }

            #[utoipa::path(patch, summary = concat!("Change a ", $noun),
                description = "What is left out stays. What it counts stays in any case.", path = $one, operation_id = $change, tag = "English",
                params(("id" = i64, Path), described::WriteParameters,
                    ("Idempotency-Key" = Option<String>, Header),
                    ("If-Match" = Option<String>, Header)),
                security(("Session" = [])),
                request_body(content(
                    (described::$body = "application/json"),
                    (described::$body = "application/x-www-form-urlencoded"))),
                responses(
                    (status = 200, description = "It.", body = $view),
                    (status = 400, response = described::NoParameters),
                    (status = 401, response = NotSignedIn),
                    (status = 404, response = described::NothingThere),
                    (status = 422, response = described::WrongFields),
                ))]
            pub(in crate::apps::english) async fn change(
                State(drill): State<DrillState>,
                Id(id): Id,
                terms: DrillTerms,
                addresses: Addresses,
                frame: PageFrame,
                sent: LearnerParameters,
            ) -> Result<Response> {
                scores::change($kind, &drill, id, (terms, addresses), frame, sent).await
            }

            #[utoipa::path(put, summary = concat!("Change a ", $noun, " by PUT"),
                description = "The same as `PATCH`: what is left out stays.", path = $one, operation_id = $put, tag = "English",
                params(("id" = i64, Path), described::WriteParameters,
                    ("Idempotency-Key" = Option<String>, Header),
                    ("If-Match" = Option<String>, Header)),
                security(("Session" = [])),
                request_body(content(
                    (described::$body = "application/json"),
                    (described::$body = "application/x-www-form-urlencoded"))),
                responses(
                    (status = 200, description = "It.", body = $view),
                    (status = 400, response = described::NoParameters),
                    (status = 401, response = NotSignedIn),
                    (status = 404, response = described::NothingThere),
                    (status = 422, response = described::WrongFields),
                ))]
            pub(in crate::apps::english) async fn put(
                State(drill): State<DrillState>,
                Id(id): Id,
                terms: DrillTerms,
                addresses: Addresses,
                frame: PageFrame,
                sent: LearnerParameters,
            ) -> Result<Response> {
                scores::change($kind, &drill, id, (terms, addresses), frame, sent).await
            }

            #[utoipa::path(delete, summary = concat!("Remove a ", $noun), path = $one, operation_id = $remove, tag = "English",
                params(("id" = i64, Path), described::WriteParameters,
                    ("Idempotency-Key" = Option<String>, Header),
                    ("If-Match" = Option<String>, Header)),
                security(("Session" = [])),
                responses(
                    (status = 204, description = "It is gone."),
                    (status = 401, response = NotSignedIn),
                    (status = 404, response = described::NothingThere),
                    (status = 422, response = WrongFormToken),
                ))]
            pub(in crate::apps::english) async fn destroy(
                State(drill): State<DrillState>,
                Id(id): Id,
                terms: DrillTerms,
                sent: LearnerParameters,
            ) -> Result<Response> {
                scores::remove($kind, &drill, id, terms, sent).await
            }

            pub(in crate::apps::english) async fn new(
                State(drill): State<DrillState>,
                _: Learner,
                frame: PageFrame,
            ) -> Result<Response> {
                scores::new_form($kind, &drill, &frame)
            }

            pub(in crate::apps::english) async fn edit(
                State(drill): State<DrillState>,
                Learner(learner): Learner,
                Id(id): Id,
                frame: PageFrame,
            ) -> Result<Response> {
                scores::edit_form($kind, &drill, &learner, id, &frame)
            }
        }
    };
}

operations! {
    any Kind::Any; "/scores" "/scores/{id}";
    "scores" "create_score" "score" "change_score" "put_score" "destroy_score";
    ScoreView ScoreBody; "score"
    "It counts nothing, and is an attempt. The attributes may stand under the key `score` or alone."
}
operations! {
    written Kind::Written; "/score_eng_writtens" "/score_eng_writtens/{id}";
    "written_scores" "create_written_score" "written_score" "change_written_score" "put_written_score"
    "destroy_written_score"; ScoreOfKindView WrittenScoreBody; "score of a written answer"
    "It counts 2, or -2 unless it was passed. The attributes may stand under the key `score_eng_written` or \
     alone."
}
operations! {
    not_written Kind::NotWritten; "/score_eng_not_writtens" "/score_eng_not_writtens/{id}";
    "said_scores" "create_said_score" "said_score" "change_said_score" "put_said_score"
    "destroy_said_score"; ScoreOfKindView SaidScoreBody; "score of a said answer"
    "It counts 1, or -1 unless it was passed. The attributes may stand under the key `score_eng_not_written` \
     or alone."
}
