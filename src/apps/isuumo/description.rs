//! What the app says of its routes beside what each handler says of itself: tags, the limits that are
//! configured, and examples.

use utoipa::OpenApi as _;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{OpenApi, RefOr, Response, Schema};

use super::{IsuumoSettings, criteria};
use crate::apps::MountContext;
use crate::http::builtin::openapi::{add_examples, operations_mut};

const EXAMPLES: &str = include_str!("examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    tags(
        (name = "Chairs", description = "ISUUMO: chairs to buy."),
        (name = "Estates", description = "ISUUMO: estates to move into."),
        (name = "Pictures", description = "ISUUMO: what both look like."),
        (name = "Operation", description = "ISUUMO: for those who run it."),
    ),
)]
struct IsuumoTags;

/// The description of the app as it is configured.
pub(super) fn describe(
    operations: &OpenApi,
    context: &MountContext<IsuumoSettings>,
) -> serde_json::Result<OpenApi> {
    let mut document = IsuumoTags::openapi().merge_from(operations.clone());
    limit(&mut document, context);
    add_examples(&mut document, EXAMPLES)?;
    Ok(document)
}

fn limit(document: &mut OpenApi, context: &MountContext<IsuumoSettings>) {
    let settings = &context.settings;
    for (_, operation) in operations_mut(document) {
        let parameters = operation.parameters.iter_mut().flatten();
        for parameter in parameters {
            if let RefOr::T(parameter) = parameter {
                limit_parameter(parameter, settings);
            }
        }
        let is_upload = |body: &RefOr<_>| match body {
            RefOr::T(utoipa::openapi::request_body::RequestBody { content, .. }) => {
                content.contains_key("multipart/form-data")
            }
            RefOr::Ref(_) => false,
        };
        if operation.request_body.as_ref().is_some_and(is_upload) {
            let bytes = context.upload_bytes;
            let responses = &mut operation.responses.responses;
            responses.insert("413".to_owned(), too_large(bytes).into());
        }
    }
    let components = document.components.get_or_insert_default();
    if let Some(RefOr::T(Schema::Object(drawing))) = components.schemas.get_mut("Drawing")
        && let Some(RefOr::T(Schema::Array(vertices))) = drawing.properties.get_mut("coordinates")
    {
        vertices.max_items = Some(settings.max_vertices);
    }
}

fn limit_parameter(parameter: &mut Parameter, settings: &IsuumoSettings) {
    let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
        return;
    };
    let description = parameter.description.get_or_insert_default();
    match parameter.name.as_str() {
        "perPage" => schema.maximum = Some(settings.max_per_page.into()),
        "features" => {
            schema.max_length = Some(criteria::LONGEST_FEATURES);
            let bytes = criteria::LONGEST_FEATURES;
            let elements = settings.max_features;
            description.push_str(&format!("; {elements} elements and {bytes} bytes at most"));
        }
        _ => {}
    }
}

fn too_large(bytes: usize) -> Response {
    crate::http::builtin::openapi::problem(&format!("The upload is larger than {bytes} bytes."))
}
