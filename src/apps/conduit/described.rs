//! Types that exist to be described only: bodies, parameters of lists, and refusals in the contract's form.
//! The handlers name them in their descriptions; this file must not know handlers.

use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoParams, ToResponse, ToSchema};

use super::account::User;
use super::comments::Comment;
use super::problem::ConduitError;
use super::profile::Profile;
use super::validation::BLANK;
use crate::http::builtin::openapi::{problem, refusal};

/// What is wrong, for each field or thing.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `problem` writes")]
pub(super) struct ConduitRefusal {
    errors: std::collections::BTreeMap<String, Vec<String>>,
}

/// Names a response, shows one, and says when it is given.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $example:expr, $description:literal;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl<'r> ToResponse<'r> for $name {
            fn response() -> (&'r str, RefOr<Response>) {
                ($key, refused($description, &$example))
            }
        }
    )*};
}

refusals! {
    /// 400.
    NoJson = "ConduitNoJson", ConduitError::no_json(),
        "The body is not valid JSON. With a problem document of the server for an `Idempotency-Key` that is \
        malformed.";
    /// 401 of a route that looks at tokens.
    WrongToken = "ConduitWrongToken", ConduitError::token("is missing"),
        "A token is needed and there is none, or the token is not valid, or it has expired.";
    /// 401 of a sign-in.
    WrongCredentials = "ConduitWrongCredentials", ConduitError::credentials(),
        "There is no such account, or the password is wrong.";
    /// 403.
    Forbidden = "ConduitForbidden", ConduitError::forbidden("article"),
        "It is somebody else's.";
    /// 404 of profiles.
    NoSuchProfile = "NoSuchProfile", ConduitError::not_found("profile"),
        "There is no such user.";
    /// 404 of articles.
    NoSuchArticle = "NoSuchArticle", ConduitError::not_found("article"),
        "There is no such article.";
    /// 404 of comments.
    NoSuchComment = "NoSuchComment", ConduitError::not_found("comment"),
        "There is no such article, or it has no such comment.";
    /// 409.
    Taken = "ConduitTaken", ConduitError::taken(["username"]),
        "Somebody else has the name or the address. With a problem document of the server when the request \
        was done before and its answer, which held a token, was not kept.";
    /// 422.
    WrongFields = "ConduitWrongFields", ConduitError::invalid(vec![("title", BLANK.to_owned())]),
        "Fields or parameters are not as described: all of them, each with what is wrong. With a problem \
        document of the server for an `Idempotency-Key` that was given with another request.";
}

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

fn refused(description: &str, example: &ConduitError) -> RefOr<Response> {
    let mut response = refusal(description, "ConduitRefusal", &["application/json"]);
    if let Some(RefOr::T(content)) = response.content.values_mut().next() {
        content.example = example.example();
    }
    if description.contains("problem document") {
        response.content.extend(problem(description).content);
    }
    response.into()
}

/// Which articles a list has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `query` reads")]
pub(super) struct FilterParameters {
    /// A tag that they have.
    tag: Option<String>,
    /// The name of their author.
    author: Option<String>,
    /// The name of somebody whose favorites they are.
    favorited: Option<String>,
}

/// Which page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `query` reads")]
pub(super) struct PageParameters {
    /// Articles of the page.
    #[param(value_type = Option<u128>, minimum = 1, default = 20)]
    limit: Option<u64>,
    /// Articles before the page.
    #[param(value_type = Option<u128>, minimum = 0, default = 0)]
    offset: Option<u64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` writes")]
pub(super) struct UserEnvelope {
    user: User<'static>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `profile` writes")]
pub(super) struct ProfileEnvelope {
    profile: Profile<'static>,
}

/// An article.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `article` writes")]
pub(super) struct Article {
    slug: String,
    title: String,
    description: String,
    /// Markdown.
    body: String,
    /// In the order of code points.
    tag_list: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
    /// Whether it is a favorite of the viewer.
    favorited: bool,
    /// How many users' favorite it is.
    favorites_count: i64,
    author: Profile<'static>,
}

/// An article of a list: without its text.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `article` writes")]
pub(super) struct ListedArticle {
    slug: String,
    title: String,
    description: String,
    /// In the order of code points.
    tag_list: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
    /// Whether it is a favorite of the viewer.
    favorited: bool,
    /// How many users' favorite it is.
    favorites_count: i64,
    author: Profile<'static>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `article` writes")]
pub(super) struct ArticleEnvelope {
    article: Article,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `article` writes")]
pub(super) struct ArticlesEnvelope {
    articles: Vec<ListedArticle>,
    /// Of the whole list.
    articles_count: i64,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `comments` writes")]
pub(super) struct CommentEnvelope {
    comment: Comment<'static>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `comments` writes")]
pub(super) struct CommentsEnvelope {
    comments: Vec<Comment<'static>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `tags` writes")]
pub(super) struct TagsEnvelope {
    tags: Vec<String>,
}

/// An account to be made. Keys that are not listed are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct NewUser {
    /// Blanks around it are taken away. Neither control characters nor `/`, `?`, `#`, `%`.
    #[schema(max_length = 80)]
    username: String,
    /// Blanks around it are taken away. One `@` with something on both sides.
    #[schema(max_length = 254)]
    email: String,
    /// Up to 1,024 bytes.
    #[schema(min_length = 8, max_length = 1024)]
    password: String,
    #[schema(required = false, max_length = 2000)]
    bio: Option<String>,
    /// Address of a picture, by http or https.
    #[schema(required = false, max_length = 2000)]
    image: Option<String>,
}

/// What is to change of an account. What is left out stays; keys that are not listed are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct UserChanges {
    #[schema(required = false, max_length = 80)]
    username: String,
    #[schema(required = false, max_length = 254)]
    email: String,
    #[schema(required = false, min_length = 8, max_length = 1024)]
    password: String,
    /// `null` and an empty text clear it.
    #[schema(required = false, max_length = 2000)]
    bio: Option<String>,
    /// `null` and an empty text clear it.
    #[schema(required = false, max_length = 2000)]
    image: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct Login {
    email: String,
    password: String,
}

/// An article to be written. Keys that are not listed are ignored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `edit` reads")]
pub(super) struct NewArticle {
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    #[schema(min_length = 1, max_length = 1000)]
    description: String,
    /// Markdown.
    #[schema(min_length = 1, max_length = 200_000)]
    body: String,
    /// Up to 50 tags of up to 100 characters.
    #[schema(required = false, max_items = 50)]
    tag_list: Vec<String>,
}

/// What is to change of an article. What is left out stays; keys that are not listed are ignored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `edit` reads")]
pub(super) struct ArticleChanges {
    #[schema(required = false, min_length = 1, max_length = 200)]
    title: String,
    #[schema(required = false, min_length = 1, max_length = 1000)]
    description: String,
    /// Markdown.
    #[schema(required = false, min_length = 1, max_length = 200_000)]
    body: String,
    /// All tags that it shall have.
    #[schema(required = false, max_items = 50)]
    tag_list: Vec<String>,
}

/// A comment to be written.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `comments` reads")]
pub(super) struct NewComment {
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct NewUserEnvelope {
    user: NewUser,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct UserChangesEnvelope {
    user: UserChanges,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `account` reads")]
pub(super) struct LoginEnvelope {
    user: Login,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `edit` reads")]
pub(super) struct NewArticleEnvelope {
    article: NewArticle,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `edit` reads")]
pub(super) struct ArticleChangesEnvelope {
    article: ArticleChanges,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `comments` reads")]
pub(super) struct NewCommentEnvelope {
    comment: NewComment,
}
