//! What the routes of every site say of themselves, joined with the descriptions of the apps.
//!
//! It knows the routes so that `openapi`, which their pages are made with, need not. It must not know
//! any app.

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use super::openapi::{self, NoSuchThing, StorageFull, add_examples};
use super::{health, pages, version};
use crate::http::LayerLimits;

/// The routes that every site has.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Ekiben", description = INTRODUCTION),
    paths(
        health::live,
        health::ready,
        version::version,
        pages::about_page,
        pages::documentation,
        pages::description,
    ),
    components(responses(StorageFull, NoSuchThing)),
    tags((name = "Service", description = "What is served, and whether it is well.")),
)]
struct SharedComponents;

const INTRODUCTION: &str = "\
An application and its data in one box. The apps that this server has on are described here, with the \
limits that it is configured to.

Every answer has an `X-Request-Id`, but for those to what is no request yet: 400 for what is no HTTP, and \
for a target or a `Host` that is none; 431; 501 for `CONNECT` and for a transfer coding; 503 for a \
connection too many. `HEAD` works wherever `GET` does, `OPTIONS` is \
204 with `Allow`. \
Errors that an app's contract names may have an empty body; all others are problem documents \
(`application/problem+json`, RFC 9457), also a 500 that is the server's own failure. Beside what is \
listed, any request may be answered 404 (no such path), 405 (another method, with `Allow`) and 406 (a \
client that refuses every encoding), any with a body 408 (it came too slowly), and any that writes 403 (a \
page of another site sent it).";

/// The examples of [`SharedComponents`].
const EXAMPLES: &str = include_str!("examples.json");

/// The whole description: of `apps`, each the part that one app hands in, and of what every site has.
pub(crate) fn document(apps: impl IntoIterator<Item = OpenApi>, limits: &LayerLimits) -> OpenApi {
    let mut shared = SharedComponents::openapi();
    // The examples lie beside the code and are replayed by a test.
    drop(add_examples(&mut shared, EXAMPLES));
    openapi::assemble(shared, apps, limits)
}
