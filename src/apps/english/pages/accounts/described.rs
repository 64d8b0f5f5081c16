//! Types of accounts that exist to be described only: bodies and answers. The handlers name them in their
//! descriptions; this file must not know handlers.

use std::collections::BTreeMap;

use utoipa::openapi::{RefOr, Response};
use utoipa::{ToResponse, ToSchema};

use crate::http::builtin::openapi::{problem, refusal};

const JSON: &[&str] = &["application/json"];

/// What is wrong, for each field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `Flaws` writes")]
pub(in crate::apps::english) struct AccountRefusal {
    errors: BTreeMap<String, Vec<String>>,
}

/// Why somebody is not signed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what handlers write")]
pub(in crate::apps::english) struct SignInRefusal {
    error: String,
}

/// The token that a request brings which changes something.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `PageFrame` writes")]
pub(in crate::apps::english) struct RequestToken {
    authenticity_token: String,
}

/// Names a response, and says when it is given.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $schema:literal, $media:expr, $description:literal;)*) => {$(
        $(#[$doc])*
        pub(in crate::apps::english) struct $name;

        impl<'r> ToResponse<'r> for $name {
            fn response() -> (&'r str, RefOr<Response>) {
                ($key, refusal($description, $schema, $media).into())
            }
        }
    )*};
}

answers! {
    /// 200 of what says the token to programs.
    TokenToBring = "EnglishTokenToBring", "RequestToken", JSON,
        "The token, which `X-CSRF-Token` says, too. It belongs to the cookie `form_seed`, which the answer sets \
         unless the request had it, or to the session.";
    /// 201 of everything that begins a session.
    SignedIn = "EnglishSignedIn", "Account", JSON,
        "The account. The answer sets the session's cookie, and says the token of the next requests in \
         `X-CSRF-Token`.";
    /// 204.
    Done = "EnglishDone", "", &[], "It is done.";
    /// 401 of a sign-in.
    WrongCredentials = "EnglishWrongCredentials", "SignInRefusal", JSON,
        "There is no such account, or the password is wrong.";
    /// 403 of a sign-up.
    AlreadySignedIn = "EnglishAlreadySignedIn", "SignInRefusal", JSON, "Somebody is signed in.";
    /// 401 of everything that needs a session.
    NotSignedIn = "EnglishNotSignedIn", "SignInRefusal", JSON, "Nobody is signed in.";
    /// 422 of what has no fields.
    WrongFormToken = "EnglishWrongFormToken", "Problem", &[crate::http::PROBLEM_TYPE],
        "`X-CSRF-Token` is not the one of the session, or of the visitor's cookie.";
}

/// 422 of what has fields.
pub(in crate::apps::english) struct WrongAccount;

impl<'r> ToResponse<'r> for WrongAccount {
    fn response() -> (&'r str, RefOr<Response>) {
        let description = "Fields are not as described: all of them, each with what is wrong. With a problem \
            document when `X-CSRF-Token` is not the one of the session, or of the visitor's cookie.";
        let mut response = refusal(description, "AccountRefusal", JSON);
        response.content.extend(problem(description).content);
        ("EnglishWrongAccount", response.into())
    }
}

/// What somebody signs in with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct SignInBody {
    user: Credentials,
}

/// An address and its password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct Credentials {
    email: String,
    password: String,
    /// Whether the session outlasts the browser.
    remember_me: Option<bool>,
}

/// A new account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct SignUpBody {
    user: NewAccount,
}

/// What a new account has.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct NewAccount {
    #[schema(max_length = 255)]
    email: String,
    #[schema(min_length = 6, max_length = 128)]
    password: String,
    /// The password once more. It may be left out.
    password_confirmation: Option<String>,
}

/// Who forgot a password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct ForgottenBody {
    user: ForgottenAccount,
}

/// An address, whether it is anybody's or not.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct ForgottenAccount {
    email: String,
}

/// A new password, and what allows to set it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct ResetBody {
    user: Reset,
}

/// What the link of a mail leads to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct Reset {
    /// What the link holds.
    reset_password_token: String,
    #[schema(min_length = 6, max_length = 128)]
    password: String,
    /// The password once more. It may be left out.
    password_confirmation: Option<String>,
}

/// An object without members.
#[derive(ToSchema)]
pub(in crate::apps::english) struct Nothing {}

/// What is to change of the own account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct AccountChangesBody {
    user: AccountChanges,
}

/// What is left out stays, and so does the password where it is empty.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `GivenAccount` reads")]
pub(in crate::apps::english) struct AccountChanges {
    #[schema(max_length = 255)]
    email: Option<String>,
    /// 6 to 128 characters.
    password: Option<String>,
    /// The password once more. It may be left out.
    password_confirmation: Option<String>,
    /// Without it nothing is changed.
    current_password: String,
}
