//! `/settings`: what a user changes of the own account, and signing out.

use std::time::SystemTime;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::data::{self, AccountData};
use super::frame::{PageFrame, form_page};
use super::posted::{ApiFields, FormErrors, Posted, typed};
use super::terms::FormTerms;
use crate::apps::conduit::account::{self, AccountChanges};
use crate::apps::conduit::member::SessionUser;
use crate::apps::conduit::{BlogState, Result};
use crate::http::HttpError;
use crate::web::flash;
use crate::web::form::FormFields;
use crate::web::redirect::see_other;

/// What the form leaves to be said.
const SAVED: &str = "saved";

const PATH: &str = "/settings";

#[derive(Template)]
#[template(path = "conduit/settings.html")]
struct SettingsPage<'p> {
    frame: &'p PageFrame,
    account: AccountData,
    is_saved: bool,
    errors: FormErrors,
}

pub(super) async fn show(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
) -> Result<Response> {
    let Some(id) = frame.user() else {
        return Ok(see_other(&frame.sign_in()));
    };
    let is_saved = flash::word(&headers, &[SAVED]).is_some();
    let template = SettingsPage {
        frame: &frame,
        account: data::account(&blog, id)?,
        is_saved,
        errors: FormErrors::default(),
    };
    let mut response = form_page(StatusCode::OK, &template)?;
    if is_saved {
        flash::forget(&mut response, &blog.cookies, &frame.here())?;
    }
    Ok(response)
}

/// The account of a form: a password that was not typed stays, other fields are cleared with their text.
fn fields(form: &FormFields) -> ApiFields {
    let mut fields = ApiFields::of(form, &["username", "email", "bio", "image"]);
    if let Some(password) = form.text("password") {
        let password = Value::from(password);
        fields.0.insert("password".to_owned(), password);
    }
    fields
}

/// `POST /settings`.
pub(super) async fn save(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, PATH));
    };
    visitor.sent(&form)?;
    let nothing = |_: &rusqlite::Connection, _| Ok(Vec::new());
    let posted = match AccountChanges::read(&fields(&form).0) {
        Err(error) => Posted::Refused(error.into()),
        Ok(changes) => {
            Posted::of(account::apply(&blog, visitor.id, changes, terms, nothing).await?)?
        }
    };
    let refusal = match posted {
        Posted::Done(_) => {
            let mut response = flash::lead(&blog.cookies, &frame.url(PATH), SAVED)?;
            // A new password ends all sessions but this one, unless another was set elsewhere meanwhile.
            let is_new = form.text("password").is_some();
            let user = blog.store.read(|connection| -> Result<_, HttpError> {
                Ok(SessionUser::find(connection, visitor.id)?)
            })?;
            let (session, now) = (&visitor.session, SystemTime::now());
            let user = user.filter(|_| is_new);
            if let Some(session) =
                user.and_then(|user| blog.sessions.gone_on(session, user.epoch, now))
            {
                blog.sessions.set(&mut response, &session)?;
            }
            return Ok(response);
        }
        Posted::Refused(refusal) => refusal,
    };
    let text = |name| Some(typed(&form, name));
    let template = SettingsPage {
        frame: &frame,
        account: AccountData {
            email: typed(&form, "email"),
            username: typed(&form, "username"),
            bio: text("bio"),
            image: text("image"),
        },
        is_saved: false,
        errors: refusal.explained(&frame.t.field),
    };
    form_page(refusal.status, &template)
}
