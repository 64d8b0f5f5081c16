//! Accounts: how sessions begin and end, and what a learner changes of the own account. The addresses are
//! those of Devise, which the original has; each takes a form or JSON, and answers in kind.
//!
//! What was typed is shown again where it has to be mended, but never a password. What may be written is
//! `accounts`' to say.
//!
//! # Layout
//! - `sign_in`, `sign_up`, `edit`, `closing`, `forgotten`: what their names say
//! - `described`: what exists to be described only
//! - `entry`: how a session begins, whatever it begins with; `fields`: the fields of these forms

mod closing;
pub(in crate::apps::english) mod described;
mod edit;
mod entry;
mod fields;
mod forgotten;
mod sign_in;
mod sign_up;

use axum::routing::{MethodRouter, get};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::apps::english::DrillState;
use crate::http::Routes;
use crate::web::form::method_override;

/// All of them.
pub(in crate::apps::english) fn routes() -> Routes<DrillState> {
    let none = MethodRouter::new;
    let routes = Routes::new()
        .route("/users/sign_up", get(sign_up::form))
        .route("/users/cancel", get(sign_up::cancel))
        .route("/users/edit", get(edit::form))
        .route("/users/password/new", get(forgotten::form))
        .route("/users/password/edit", get(forgotten::edit));
    let routes = forms(routes, routes!(sign_in::enter), get(sign_in::form));
    let routes = forms(routes, routes!(sign_in::leave), none());
    let own = routes!(
        sign_up::register,
        edit::change,
        edit::replace,
        closing::remove
    );
    let routes = forms(routes, own, none());
    let password = routes!(forgotten::ask, forgotten::change, forgotten::replace);
    forms(routes, password, none())
}

/// The operations of one path, which forms reach too, and the pages that are there. With `.json` behind its
/// path there are the operations alone.
fn forms(
    routes: Routes<DrillState>,
    operations: UtoipaMethodRouter<DrillState>,
    pages: MethodRouter<DrillState>,
) -> Routes<DrillState> {
    let (schemas, described, methods) = operations;
    let path = described.paths.keys().next().cloned().unwrap_or_default();
    let all = method_override(methods.clone().merge(pages));
    routes
        .operations((schemas, described, all))
        .route(&format!("{path}.json"), method_override(methods))
}
