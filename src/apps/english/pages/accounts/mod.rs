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

use axum::routing::get;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::apps::english::DrillState;
use crate::http::Routes;
use crate::web::form::method_override;

/// All of them.
pub(in crate::apps::english) fn routes() -> Routes<DrillState> {
    let routes = Routes::slashed()
        .route("/users/cancel", get(sign_up::cancel))
        .route("/users/edit", get(edit::form))
        .route("/users/password/new", get(forgotten::form))
        .route("/users/password/edit", get(forgotten::edit));
    let routes = forms(routes, routes!(sign_in::form, sign_in::enter));
    let routes = forms(routes, routes!(sign_in::leave));
    let routes = forms(routes, routes!(sign_up::form));
    let own = routes!(
        sign_up::register,
        edit::change,
        edit::replace,
        closing::remove
    );
    let routes = forms(routes, own);
    let password = routes!(forgotten::ask, forgotten::change, forgotten::replace);
    forms(routes, password)
}

/// The operations of one path, which forms reach too. They are there with `.json` behind the path, as well.
fn forms(
    routes: Routes<DrillState>,
    operations: UtoipaMethodRouter<DrillState>,
) -> Routes<DrillState> {
    let (schemas, described, methods) = operations;
    let path = described.paths.keys().next().cloned().unwrap_or_default();
    let all = method_override(methods);
    routes
        .operations((schemas, described, all.clone()))
        .route(&format!("{path}.json"), all)
}
