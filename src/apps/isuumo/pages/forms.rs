//! The forms that work without JavaScript: buying a chair, requesting an estate's documents.
//!
//! Both are answered 303, so that reloading what follows sends nothing again; what became of it is reported by
//! a message that the page shows once. The form that buys has a key of its own, so that a double click buys
//! one chair. The e-mail address is in the body only: it comes into no address and no log, and is not
//! stored.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::addresses::page_id;
use super::detail::{self, Notice};
use super::frame::PageFrame;
use crate::apps::isuumo::{IsuumoState, Result, purchase};
use crate::http::{FormKey, Preconditions};
use crate::store::{Once, Outcome};
use crate::web::flash;
use crate::web::form::{FormFields, KEY_FIELD};

/// `POST /chair/{id}/buy`.
pub(super) async fn buy(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    frame: PageFrame,
    key: FormKey,
    conditions: Preconditions,
    form: FormFields,
) -> Result<Response> {
    let id = page_id(&id)?;
    let page = format!("/chair/{id}");
    if let Err(email) = email(&form) {
        return detail::chair_page(&isu, &frame.at(page), id, Notice::Invalid(email));
    }
    // The key alone says which purchase it is: who mends the address before the second click means the same.
    let once = key.once(form.text(KEY_FIELD), b"")?;
    let outcome = purchase::take_one(&isu, id, once, conditions).await?;
    if outcome == Outcome::KeyTaken {
        return Ok(outcome.into_response());
    }
    if is_done(outcome) {
        return flash::lead(&isu.cookies, &isu.mount.url(&page), detail::DONE);
    }
    detail::chair_page(&isu, &frame.at(page), id, Notice::TooLate)
}

/// `POST /estate/{id}/request`.
pub(super) async fn request(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    frame: PageFrame,
    conditions: Preconditions,
    form: FormFields,
) -> Result<Response> {
    let id = page_id(&id)?;
    let page = format!("/estate/{id}");
    if let Err(email) = email(&form) {
        return detail::estate_page(&isu, &frame.at(page), id, Notice::Invalid(email)).await;
    }
    let outcome = purchase::request(&isu, id, Once::default(), conditions).await?;
    if is_done(outcome) {
        return flash::lead(&isu.cookies, &isu.mount.url(&page), detail::DONE);
    }
    detail::estate_page(&isu, &frame.at(page), id, Notice::TooLate).await
}

fn is_done(outcome: Outcome) -> bool {
    outcome.into_response().status().is_success()
}

/// The address in a form, or, as an error, what cannot be one.
fn email(form: &FormFields) -> Result<(), String> {
    let email = form.text("email").unwrap_or_default().trim();
    if is_email(email) {
        Ok(())
    } else {
        Err(email.to_owned())
    }
}

/// Something, an at sign, something: only a message to it would tell whether there is such an address.
fn is_email(text: &str) -> bool {
    /// The longest there can be (RFC 5321).
    const LONGEST: usize = 254;
    let is_fine = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST && parts.is_some_and(|(name, host)| is_fine(name) && is_fine(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_name_and_a_host() {
        for good in [
            "a@b",
            "you+me@example.com",
            "\"a@b\"@example.com",
            "椅子@例え.jp",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@", "a@", "@b", "a b@c", "a@b\nc"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
