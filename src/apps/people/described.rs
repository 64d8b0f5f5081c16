//! Types that exist to be described only: the parameters of lists, and refusals in the two families of the
//! original. The handlers name them in their descriptions; this file must not know handlers.

use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoParams, ToResponse, ToSchema};
use uuid::Uuid;

use super::person;
use crate::http::builtin::openapi::refusal;

/// What is wrong with a request, in the two families of the original.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `problem` writes")]
pub(super) struct PeopleRefusal {
    #[schema(required)]
    detail: Option<String>,
    status: u16,
    #[schema(required)]
    title: Option<String>,
    /// `about:blank` for what does not go with this description, `validation` for what no person can be,
    /// `orm` for what the data refuses, `http` for what is not there.
    r#type: String,
}

/// 400 of either family.
pub(super) struct WrongRequest;

/// 415.
pub(super) struct WrongType;

/// 404.
pub(super) struct NoSuchPerson;

/// 409.
pub(super) struct SuchAPerson;

impl<'r> ToResponse<'r> for WrongRequest {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "The body, the query or a value in them is not as described \
            (`about:blank`), or no person can be like that (`validation`). With a problem document of \
            the server for an `Idempotency-Key` that is malformed.";
        let media_types = ["application/problem+json", "application/json"];
        ("WrongPeopleRequest", refused(description, &media_types))
    }
}

impl<'r> ToResponse<'r> for WrongType {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "There is a body that does not say that it is JSON.";
        let media_types = ["application/problem+json"];
        ("WrongPeopleType", refused(description, &media_types))
    }
}

impl<'r> ToResponse<'r> for NoSuchPerson {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "There is no such person.";
        ("NoSuchPerson", refused(description, &["application/json"]))
    }
}

impl<'r> ToResponse<'r> for SuchAPerson {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "There is a person with this uuid already.";
        ("SuchAPerson", refused(description, &["application/json"]))
    }
}

fn refused(description: &str, media_types: &[&str]) -> RefOr<Response> {
    refusal(description, "PeopleRefusal", media_types).into()
}

/// What lists can be asked for. Bounds are inclusive.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `query` reads")]
pub(super) struct ListParameters {
    /// People of a page.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// Where the page begins, from the `Link` of the previous page. Opaque.
    cursor: Option<String>,
    /// A key of a person, with `-` before it for the highest first. Equal ones come in the order of their
    /// arrival, or the last one first.
    #[param(
        pattern = "^-?(survived|passengerClass|name|sex|age|siblingsOrSpousesAboard|\
parentsOrChildrenAboard|fare|uuid)$"
    )]
    sort: Option<String>,
    uuid: Option<Uuid>,
    survived: Option<bool>,
    passenger_class: Option<i32>,
    min_passenger_class: Option<i32>,
    max_passenger_class: Option<i32>,
    /// The whole name.
    name: Option<String>,
    /// A part of the name, ASCII letters in any case.
    name_contains: Option<String>,
    #[param(inline)]
    sex: Option<person::Sex>,
    age: Option<i32>,
    min_age: Option<i32>,
    max_age: Option<i32>,
    siblings_or_spouses_aboard: Option<i32>,
    min_siblings_or_spouses_aboard: Option<i32>,
    max_siblings_or_spouses_aboard: Option<i32>,
    parents_or_children_aboard: Option<i32>,
    min_parents_or_children_aboard: Option<i32>,
    max_parents_or_children_aboard: Option<i32>,
    fare: Option<f64>,
    min_fare: Option<f64>,
    max_fare: Option<f64>,
}
