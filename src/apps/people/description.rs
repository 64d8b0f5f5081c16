//! What the app says of its routes beside what each handler says of itself: what they have in common, the
//! limits that are configured, the two families of errors and examples. No handler knows this file.

use utoipa::OpenApi as _;
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::described::{NoSuchPerson, PeopleRefusal, SuchAPerson, WrongRequest, WrongType};
use super::{PeopleSettings, person};
use crate::http::builtin::openapi::{add_examples, operations_mut};

const EXAMPLES: &str = include_str!("examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    components(
        schemas(person::Person, PeopleRefusal),
        responses(WrongRequest, WrongType, NoSuchPerson, SuchAPerson),
    ),
    tags((name = "People", description = "People: the passengers of the Titanic.")),
)]
struct PeopleComponents;

/// The description of the app as it is configured.
pub(super) fn describe(
    operations: &OpenApi,
    settings: &PeopleSettings,
) -> serde_json::Result<OpenApi> {
    let mut document = PeopleComponents::openapi().merge_from(operations.clone());
    for (_, operation) in operations_mut(&mut document) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.name == "limit"
                && let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
            {
                schema.maximum = Some(settings.max_limit.into());
                let most = settings.max_rows;
                let description = parameter.description.get_or_insert_default();
                description.push_str(&format!(" Without it, all of up to {most} people."));
            }
        }
    }
    add_examples(&mut document, EXAMPLES)?;
    Ok(document)
}
