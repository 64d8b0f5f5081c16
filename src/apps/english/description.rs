//! What the app says of its routes beside what each handler says of itself: what they have in common, how
//! sessions are sent, and examples. No handler knows this file.

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use super::accounts::users::Account;
use super::described::{
    DrillTooManyAttempts, EnglishFieldErrors, NoParameters, NoRecording, NoSignUp, NobodyNamed,
    NotAnEditor, NotYours, NothingThere, TooShort, WrongFields,
};
use super::pages::accounts::described::{
    AccountRefusal, AlreadySignedIn, Done, NotSignedIn, RequestToken, SignInRefusal, SignedIn,
    TokenToBring, WrongAccount, WrongCredentials, WrongFormToken,
};
use crate::http::builtin::openapi::add_examples;

const EXAMPLES: &str = include_str!("examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    components(
        schemas(Account, AccountRefusal, EnglishFieldErrors, RequestToken, SignInRefusal),
        responses(
            AlreadySignedIn, Done, NoParameters, NoRecording, NoSignUp, NobodyNamed, NotAnEditor, NotSignedIn, NotYours,
            NothingThere, SignedIn, TokenToBring, DrillTooManyAttempts, TooShort, WrongAccount, WrongCredentials,
            WrongFields, WrongFormToken,
        ),
    ),
    tags((name = "English", description = "Sentences to learn, and how well they are known. The pages are at \
        the same addresses: JSON is what an address with `.json` behind it gives, and `Accept: \
        application/json`.")),
)]
struct EnglishComponents;

/// The description of the app.
pub(super) fn describe(operations: &OpenApi) -> serde_json::Result<OpenApi> {
    let mut document = EnglishComponents::openapi().merge_from(operations.clone());
    let key = ApiKeyValue::with_description(
        "english_session",
        "The cookie that signing in gave. What changes something wants the token of its pages, too.",
    );
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("Session", SecurityScheme::ApiKey(ApiKey::Cookie(key)));
    let mut token = Http::new(HttpAuthScheme::Bearer);
    token.description = Some("What `english.streaming_token` says.".to_owned());
    components.add_security_scheme("StreamingToken", SecurityScheme::Http(token));
    add_examples(&mut document, EXAMPLES)?;
    Ok(document)
}
