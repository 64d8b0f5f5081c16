//! What the app says of its routes beside what each handler says of itself: what they have in common, the
//! limits that are configured, how tokens are sent, and examples. No handler knows this file.

use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::ConduitSettings;
use super::described::{
    ConduitRefusal, Forbidden, NoJson, NoSuchArticle, NoSuchComment, NoSuchProfile, Taken,
    TooManyAttempts, WrongCredentials, WrongFields, WrongToken,
};
use crate::http::builtin::openapi::{add_examples, operations_mut};

const EXAMPLES: &str = include_str!("examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    components(
        schemas(ConduitRefusal),
        responses(
            NoJson, WrongToken, WrongCredentials, Forbidden, NoSuchProfile, NoSuchArticle,
            NoSuchComment, Taken, WrongFields, TooManyAttempts,
        ),
    ),
    tags((name = "Conduit", description = "Conduit: a blog with users, as RealWorld describes it.")),
)]
struct ConduitComponents;

/// The description of the app as it is configured.
pub(super) fn describe(
    operations: &OpenApi,
    settings: &ConduitSettings,
) -> serde_json::Result<OpenApi> {
    let mut document = ConduitComponents::openapi().merge_from(operations.clone());
    let key = ApiKeyValue::with_description(
        "authorization",
        "`Token ` and the token that signing in gave; `Bearer ` is taken too.",
    );
    let scheme = SecurityScheme::ApiKey(ApiKey::Header(key));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("Token", scheme);
    for (_, operation) in operations_mut(&mut document) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.name == "limit"
                && let Some(RefOr::T(Schema::Object(_))) = &mut parameter.schema
            {
                let most = settings.max_limit;
                let description = parameter.description.get_or_insert_default();
                description.push_str(&format!(" More than {most} are taken as {most}."));
            }
        }
    }
    add_examples(&mut document, EXAMPLES)?;
    Ok(document)
}
