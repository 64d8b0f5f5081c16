//! What the app says of its routes: each handler describes itself, here they come together, with the
//! limits that are configured, how tokens are sent, and examples. No handler knows this file.

use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::described::{
    ConduitRefusal, Forbidden, NoJson, NoSuchArticle, NoSuchComment, NoSuchProfile, Taken,
    TooManyAttempts, WrongCredentials, WrongFields, WrongToken,
};
use super::{
    ConduitSettings, account, article, comments, edit, favorite, feed, lists, profile, tags,
};
use crate::http::builtin::openapi::{add_examples, operations_mut};

const EXAMPLES: &str = include_str!("examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        account::register,
        account::login,
        account::current,
        account::change,
        profile::one,
        profile::follow,
        profile::unfollow,
        lists::articles,
        edit::create,
        feed::feed,
        article::one,
        edit::change,
        edit::remove,
        comments::all,
        comments::create,
        comments::remove,
        favorite::favorite,
        favorite::unfavorite,
        tags::tags,
    ),
    components(
        schemas(ConduitRefusal),
        responses(
            NoJson, WrongToken, WrongCredentials, Forbidden, NoSuchProfile, NoSuchArticle,
            NoSuchComment, Taken, WrongFields, TooManyAttempts,
        ),
    ),
    tags((name = "Conduit", description = "Conduit: a blog with users, as RealWorld describes it.")),
)]
struct ConduitHandlers;

/// The description of the app as it is configured.
pub(super) fn describe(settings: &ConduitSettings) -> serde_json::Result<OpenApi> {
    let mut document = ConduitHandlers::openapi();
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
