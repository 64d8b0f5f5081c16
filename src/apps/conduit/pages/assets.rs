//! What the pages load: the style sheet, the modules, the icon, under `/assets/{digest}/{name}`.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use include_dir::{Dir, include_dir};

use crate::apps::conduit::{BlogState, Result};
use crate::web::assets::Assets;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/apps/conduit/pages/assets");

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets::new(&FILES));

/// The path of the folder with all files.
pub(super) fn folder() -> String {
    format!("/assets/{}", ASSETS.digest())
}

pub(super) async fn asset(
    State(blog): State<BlogState>,
    Path((digest, name)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response> {
    ASSETS
        .answer(&digest, &name, &request, blog.compress, &blog.work)
        .await
}
