//! `/login`, `/register` and `/logout`: how sessions begin and end. What was typed is shown again where it
//! has to be mended, but never a password.

use std::time::SystemTime;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::frame::{PageFrame, form_page};
use super::home;
use super::posted::{ApiFields, FormErrors, FormRefusal, Posted, typed};
use super::terms::FormTerms;
use crate::apps::conduit::account::{self, Credentials, NewAccount};
use crate::apps::conduit::member::SessionUser;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::{Blog, BlogState, Result};
use crate::auth::session::{ProvenUser, Session};
use crate::http::{Client, HttpError};
use crate::web::csrf::FormToken;
use crate::web::flash;
use crate::web::form::FormFields;
use crate::web::paging::with_query;
use crate::web::query::parameter;
use crate::web::redirect::{local_or, see_other};

/// Where a form is and what was typed into it. Both pages are made of it.
struct EntryForm<'p> {
    frame: &'p PageFrame,
    token: FormToken,
    /// Where to go on.
    to: String,
    username: String,
    email: String,
    errors: FormErrors,
}

impl EntryForm<'_> {
    /// The address of the other page, which goes on at the same place.
    fn other(&self, path: &str) -> String {
        let to = [("to", self.to.as_str())];
        let parameters = if self.to.is_empty() { &[][..] } else { &to };
        self.frame.url(&with_query(path, parameters, 1))
    }
}

#[derive(Template)]
#[template(path = "conduit/sign_in.html")]
struct SignInPage<'p> {
    frame: &'p PageFrame,
    entry: EntryForm<'p>,
}

#[derive(Template)]
#[template(path = "conduit/sign_up.html")]
struct SignUpPage<'p> {
    frame: &'p PageFrame,
    entry: EntryForm<'p>,
}

/// Which of the two.
#[derive(Clone, Copy)]
enum EntryKind {
    SignIn,
    SignUp,
}

impl EntryKind {
    /// The page with what was typed into `form`, and what is wrong with it.
    fn page(
        self,
        blog: &Blog,
        (frame, headers): (&PageFrame, &HeaderMap),
        (form, to): (&FormFields, &str),
        refusal: Option<&FormRefusal>,
    ) -> Result<Response> {
        let (token, seed) = FormToken::of_visitor(headers);
        let errors = refusal.map(|refusal| refusal.explained(&frame.t.field));
        let entry = EntryForm {
            frame,
            token,
            to: local_or(Some(to), "").to_owned(),
            username: typed(form, "username"),
            email: typed(form, "email"),
            errors: errors.unwrap_or_default(),
        };
        let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
        let mut response = match self {
            Self::SignIn => form_page(status, &SignInPage { frame, entry })?,
            Self::SignUp => form_page(status, &SignUpPage { frame, entry })?,
        };
        FormToken::remember(&mut response, &blog.cookies, seed.as_deref())?;
        Ok(response)
    }

    fn show(
        self,
        blog: &Blog,
        frame: &PageFrame,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Response> {
        let to = parameter(query, "to").unwrap_or_default();
        if frame.visitor.is_some() {
            return Ok(see_other(local_or(Some(&to), &frame.url("/"))));
        }
        self.page(blog, (frame, headers), (&FormFields::default(), &to), None)
    }
}

pub(super) async fn sign_in(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    EntryKind::SignIn.show(&blog, &frame, &headers, query.as_deref())
}

pub(super) async fn sign_up(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    EntryKind::SignUp.show(&blog, &frame, &headers, query.as_deref())
}

/// Whether a form came from a page that this visitor was shown.
fn sent(headers: &HeaderMap, form: &FormFields) -> Result<(), FormRefusal> {
    let (token, _) = FormToken::of_visitor(headers);
    token.check(form).map_err(|_| FormRefusal::outdated())
}

/// `POST /login`.
pub(super) async fn enter(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    extensions: Extensions,
    form: FormFields,
) -> Result<Response> {
    let to = form.text("to").unwrap_or_default().to_owned();
    if let Err(refusal) = sent(&headers, &form) {
        let frame = frame.at("/login");
        return EntryKind::SignIn.page(&blog, (&frame, &headers), (&form, &to), Some(&refusal));
    }
    let fields = ApiFields::of(&form, &["email"]);
    let credentials = Credentials::read(&with_password(fields, &form).0);
    let refusal = match credentials {
        Err(error) => error,
        Ok(credentials) => {
            let client = blog.users.client(&extensions, &headers);
            match account::sign_in(&blog, client, credentials).await? {
                Some(user) => {
                    let remember = form.text("remember").is_some();
                    let mut response = see_other(local_or(Some(&to), &frame.url("/")));
                    begin(&blog, &mut response, user, remember)?;
                    return Ok(response);
                }
                None => ConduitError::credentials(),
            }
        }
    };
    let frame = frame.at("/login");
    let refusal = FormRefusal::from(refusal);
    EntryKind::SignIn.page(&blog, (&frame, &headers), (&form, &to), Some(&refusal))
}

/// `POST /register`.
pub(super) async fn register(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    extensions: Extensions,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let to = form.text("to").unwrap_or_default().to_owned();
    if let Err(refusal) = sent(&headers, &form) {
        let frame = frame.at("/register");
        return EntryKind::SignUp.page(&blog, (&frame, &headers), (&form, &to), Some(&refusal));
    }
    let client = blog.users.client(&extensions, &headers);
    let fields = ApiFields::of(&form, &["username", "email"]);
    let posted = match NewAccount::read(&with_password(fields, &form).0) {
        Err(error) => Posted::Refused(error.into()),
        Ok(new) => {
            let made = |connection: &rusqlite::Connection, id: i64| -> Result<_> {
                let user = SessionUser::find(connection, id)?;
                let epoch = user.map(|user| user.epoch).unwrap_or_default();
                serde_json::to_vec(&MadeUser { id, epoch }).map_err(HttpError::internal)
            };
            Posted::of(account::insert(&blog, client, new, terms, made).await?)?
        }
    };
    match posted {
        Posted::Done(body) => {
            let MadeUser { id, epoch } =
                serde_json::from_slice(&body).map_err(HttpError::internal)?;
            let home = frame.url("/");
            let mut response = match local_or(Some(&to), &home) {
                to if to == home => flash::lead(&blog.cookies, to, home::WELCOME)?,
                to => see_other(to),
            };
            begin(&blog, &mut response, ProvenUser { id, epoch }, false)?;
            Ok(response)
        }
        Posted::Refused(refusal) => {
            if let Some(user) = same_account(&blog, &refusal, client, &form).await? {
                let mut response = see_other(local_or(Some(&to), &frame.url("/")));
                begin(&blog, &mut response, user, false)?;
                return Ok(response);
            }
            let frame = frame.at("/register");
            EntryKind::SignUp.page(&blog, (&frame, &headers), (&form, &to), Some(&refusal))
        }
    }
}

/// What the writer says of a new account. A form that is sent again is told the same, so it proves no more than
/// the first did.
#[derive(Serialize, Deserialize)]
struct MadeUser {
    id: i64,
    epoch: i64,
}

/// The account that a form was refused for, if it is the one that the form wants, password included: the form
/// was sent twice.
async fn same_account(
    blog: &Blog,
    refusal: &FormRefusal,
    client: Client,
    form: &FormFields,
) -> Result<Option<ProvenUser>> {
    let is_taken = refusal.status == StatusCode::CONFLICT;
    if !is_taken || !refusal.concerns(&["username", "email"]) {
        return Ok(None);
    }
    match Credentials::read(&with_password(ApiFields::of(form, &["email"]), form).0) {
        Ok(credentials) => account::sign_in(blog, client, credentials).await,
        Err(_) => Ok(None),
    }
}

/// Passwords are taken as they are: line ends belong to them.
fn with_password(mut fields: ApiFields, form: &FormFields) -> ApiFields {
    let password = form.text("password").unwrap_or_default();
    fields.0.insert("password".to_owned(), password.into());
    fields
}

/// Begins a session of `user`.
fn begin(blog: &Blog, response: &mut Response, user: ProvenUser, remember: bool) -> Result<()> {
    let session = Session::begin(user, remember, SystemTime::now());
    let session = session.map_err(HttpError::internal)?;
    blog.sessions.set(response, &session)
}

/// `POST /logout`: here, or on every device where the field `everywhere` is there.
pub(super) async fn sign_out(
    State(blog): State<BlogState>,
    frame: PageFrame,
    form: FormFields,
) -> Result<Response> {
    // Whose session has ended already is signed out.
    if let Some(visitor) = &frame.visitor {
        visitor.sent(&form)?;
        if form.text("everywhere").is_some() {
            let id = visitor.id;
            let end = move |connection: &rusqlite::Connection| -> Result<_> {
                Ok(SessionUser::end_sessions(connection, id)?)
            };
            blog.store.write(end).await?;
        }
    }
    let mut response = flash::lead(&blog.cookies, &frame.url("/"), home::SIGNED_OUT)?;
    blog.sessions.end(&mut response)?;
    Ok(response)
}
