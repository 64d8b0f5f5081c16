//! What pages load: style sheets, scripts, pictures. In memory, packed once, named by their bytes.
//!
//! The address of a file is `FOLDER/NAME`, where the folder is named by the digest of all files of the
//! app together, so that scripts import each other by relative names. An address with today's digest
//! never changes what it stands for and is cached for ever; a page from before an update finds today's
//! file, which is asked for anew each time.

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use include_dir::Dir;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::http::{HttpError, Precompressed, WorkPool};

/// Bytes of the digest in the folder's name.
const SHOWN: usize = 6;

/// The files of an app.
#[derive(Debug)]
pub struct Assets {
    digest: String,
    files: HashMap<&'static str, Asset>,
}

/// One file. It is packed when it is first asked for: as small as can be takes some milliseconds, which a
/// start has no time for.
#[derive(Debug)]
struct Asset {
    content: &'static [u8],
    packed: OnceCell<Precompressed>,
}

impl Assets {
    /// The files of an embedded folder, not those of folders below it.
    #[must_use]
    pub fn new(folder: &Dir<'static>) -> Self {
        let mut hash = Sha256::new();
        let mut files = HashMap::new();
        for file in folder.files() {
            let Some(name) = file.path().to_str() else {
                continue;
            };
            hash.update(name);
            hash.update([0]);
            hash.update(file.contents());
            let asset = Asset {
                content: file.contents(),
                packed: OnceCell::new(),
            };
            files.insert(name, asset);
        }
        let digest = hash.finalize();
        Self {
            digest: HEXLOWER.encode(&digest[..SHOWN]),
            files,
        }
    }

    /// The name of the folder with all files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The file `name` for a request whose address has `digest`; `work` packs it the first time.
    ///
    /// # Errors
    /// 404 when there is none, and what the pool says.
    pub async fn answer(
        &self,
        digest: &str,
        name: &str,
        request: &HeaderMap,
        compress: bool,
        work: &WorkPool,
    ) -> Result<Response, HttpError> {
        let asset = self.files.get(name).ok_or_else(|| {
            let detail = format!("There is no asset {name}.");
            HttpError::problem(StatusCode::NOT_FOUND, detail)
        })?;
        let (media_type, content) = (media_type(name), asset.content);
        let pack = async || {
            work.run(move || Precompressed::new(media_type, content.to_vec()))
                .await
        };
        let packed = asset.packed.get_or_try_init(pack).await?;
        let response = packed.answer(request, compress);
        Ok(if digest == self.digest {
            Precompressed::for_ever(response)
        } else {
            response
        })
    }
}

fn media_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            _ => "application/octet-stream",
        },
    )
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use include_dir::{DirEntry, File};

    use super::*;

    static ENTRIES: [DirEntry<'static>; 2] = [
        DirEntry::File(File::new("a.css", b"body { margin: 0 }")),
        DirEntry::File(File::new("b.bin", b"b")),
    ];

    #[tokio::test]
    async fn addresses_with_the_newest_digest_are_kept_for_ever() {
        let assets = Assets::new(&Dir::new("", &ENTRIES));
        let request = HeaderMap::new();
        let work = WorkPool::new(1, 1);
        let newest = assets
            .answer(assets.digest(), "a.css", &request, true, &work)
            .await;
        let newest = newest.unwrap();
        assert_eq!(
            newest.headers()[header::CONTENT_TYPE],
            "text/css; charset=utf-8"
        );
        let forever = "public, max-age=31536000, immutable";
        assert_eq!(newest.headers()[header::CACHE_CONTROL], forever);
        let older = assets
            .answer("000000000000", "a.css", &request, true, &work)
            .await
            .unwrap();
        assert_eq!(older.headers()[header::CACHE_CONTROL], "no-cache");
        let none = assets
            .answer(assets.digest(), "c.css", &request, true, &work)
            .await;
        assert_eq!(none.unwrap_err().status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_digest_is_that_of_all_files() {
        let both = Assets::new(&Dir::new("", &ENTRIES));
        let one = Assets::new(&Dir::new("", &ENTRIES[..1]));
        assert_eq!(both.digest().len(), 2 * SHOWN);
        assert_ne!(both.digest(), one.digest());
    }
}
