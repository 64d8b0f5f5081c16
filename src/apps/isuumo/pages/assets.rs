//! What pages load: the style sheet, the modules, the pictures. In memory, packed, named by their bytes.
//!
//! `/assets/{digest}/{name}`, where the digest is that of all of them together, so that modules import
//! each other by relative names. An address with today's digest never changes what it stands for and
//! is kept for ever; a page from before an update finds today's file, asked for anew each time.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};

use crate::apps::isuumo::{Result, Shared};
use crate::http::{HttpError, Precompressed};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/apps/isuumo/pages/assets");

struct Assets {
    folder: String,
    files: HashMap<&'static str, Precompressed>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    let mut files = HashMap::new();
    for file in FILES.files() {
        let Some(name) = file.path().to_str() else {
            continue;
        };
        hash.update(name);
        hash.update([0]);
        hash.update(file.contents());
        files.insert(
            name,
            Precompressed::new(kind(name), file.contents().to_vec()),
        );
    }
    let digest = hash.finalize();
    let folder = format!("/assets/{}", HEXLOWER.encode(&digest[..6]));
    Assets { folder, files }
});

fn kind(name: &str) -> HeaderValue {
    let kind = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    HeaderValue::from_static(kind)
}

/// The address of the folder with all files.
pub(super) fn folder() -> &'static str {
    &ASSETS.folder
}

pub(super) async fn asset(
    State(isu): State<Shared>,
    Path((digest, name)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response> {
    let file = ASSETS.files.get(name.as_str()).ok_or_else(|| {
        let detail = format!("There is no asset {name}.");
        HttpError::problem(StatusCode::NOT_FOUND, detail)
    })?;
    let response = file.answer(&request, isu.compress);
    let is_newest = folder().strip_prefix("/assets/") == Some(&digest);
    Ok(if is_newest {
        Precompressed::for_ever(response)
    } else {
        response
    })
}
