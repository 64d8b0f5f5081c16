//! `GET /voice/{name}`: recordings of sentences, from the binary or from a folder, whole or in parts.
//!
//! A configured folder takes the place of what is built in: recordings are named by numbers, and those of
//! other sentences would be wrong ones. Nothing but recordings is given out of it, by the name of their kind,
//! and nothing that lies elsewhere. Both answer alike. It must not know which sentence a recording is of.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::UNIX_EPOCH;

use axum::body::Bytes;
use axum::extract::{self, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::{DrillState, Result};
use crate::http::HttpError;
use crate::web::media::{AskedBytes, Media};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/apps/english/voices");

/// What is built in, by name.
static BUILT_IN: LazyLock<HashMap<&'static str, BuiltIn>> = LazyLock::new(|| {
    let files = FILES.files();
    let named = files.filter_map(|file| Some((file.path().to_str()?, file.contents())));
    named
        .map(|(name, bytes)| (name, BuiltIn::of(bytes)))
        .collect()
});

/// Bytes of the largest recording in a folder: a sentence is read in seconds.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Files that are read at the same time. The folder may lie on another machine, which answers late or never.
const READERS: usize = 8;

/// The kinds of recordings, by the ends of their names.
const KINDS: [(&str, &str); 9] = [
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
    ("webm", "audio/webm"),
];

/// Where recordings are.
pub(super) struct Voices {
    /// Instead of the built-in ones.
    folder: Option<Arc<Path>>,
    readers: Semaphore,
}

#[derive(Debug)]
struct BuiltIn {
    tag: HeaderValue,
    bytes: &'static [u8],
}

impl BuiltIn {
    fn of(bytes: &'static [u8]) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(bytes)[..16]);
        Self {
            tag: tag(&digest),
            bytes,
        }
    }
}

impl Voices {
    /// Those in `folder`, or the built-in ones if its path is empty.
    pub(super) fn new(folder: PathBuf) -> Self {
        let folder = (!folder.as_os_str().is_empty()).then(|| Arc::from(folder));
        if let Some(folder) = folder.as_deref().filter(|folder: &&Path| !folder.is_dir()) {
            // It may be mounted later.
            tracing::warn!(folder = %folder.display(), "english.voice_dir is no folder (yet)");
        }
        Self {
            folder,
            readers: Semaphore::new(READERS),
        }
    }

    async fn answer(&self, name: String, method: Method, request: HeaderMap) -> Result<Response> {
        let Some(kind) = kind(&name) else {
            return Err(no_recording());
        };
        let Some(folder) = &self.folder else {
            let BuiltIn { tag, bytes } = BUILT_IN.get(name.as_str()).ok_or_else(no_recording)?;
            let media = Media {
                kind,
                tag: tag.clone(),
                length: bytes.len() as u64,
            };
            return Ok(match media.asked(&method, &request) {
                Ok(asked) => {
                    let (from, length) = asked.place(media.length);
                    let bytes = part(bytes, from, length);
                    media.answer(&asked, Bytes::from_static(bytes))
                }
                Err(none) => *none,
            });
        };
        let _reader = self.readers.acquire().await.map_err(HttpError::internal)?;
        let folder = Arc::clone(folder);
        let read = move || read(&folder, &name, kind, &method, &request);
        let read = tokio::task::spawn_blocking(read).await;
        match read.map_err(HttpError::internal)? {
            Ok(Some(response)) => Ok(response),
            Ok(None) => Err(no_recording()),
            Err(cause) if is_of_name(&cause) => Err(no_recording()),
            Err(cause) => Err(HttpError::internal(cause)),
        }
    }
}

/// Recordings
///
/// The sound of a sentence, at the path that its `voice_data` says.
#[utoipa::path(get, path = "/voice/{name}", operation_id = "voice", tag = "English",
    params(("name" = String, Path, description = "`lesson-001.mp3`, for example"),
        ("Range" = Option<String>, Header, description = "`bytes=0-1023`")),
    responses(
        (status = 200, description = "The recording.", content_type = "audio/mpeg",
            headers(("ETag" = String), ("Accept-Ranges" = String))),
        (status = 206, description = "The part that was asked for.", content_type = "audio/mpeg",
            headers(("ETag" = String), ("Content-Range" = String))),
        (status = 404, response = super::described::NoRecording),
        (status = 416, response = super::described::TooShort),
    ))]
pub(super) async fn voice(
    State(drill): State<DrillState>,
    extract::Path(name): extract::Path<String>,
    method: Method,
    request: HeaderMap,
) -> Result<Response> {
    drill.voices.answer(name, method, request).await
}

/// Whether a failure is that nothing can be had by a name: it is too long, or in a folder that is a file, or a
/// link to itself. Whoever asks has made up the name.
fn is_of_name(cause: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    // The kind of a loop of links is not stable yet.
    let is_loop = cause.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    let kinds = [InvalidFilename, InvalidInput, NotADirectory, NotFound];
    is_loop || kinds.contains(&cause.kind())
}

/// What a recording in `folder` is answered, if there is one.
fn read(
    folder: &Path,
    name: &str,
    kind: HeaderValue,
    method: &Method,
    request: &HeaderMap,
) -> io::Result<Option<Response>> {
    let folder = folder.canonicalize()?;
    // Links within the folder are followed: volumes of Kubernetes consist of them.
    let path = folder.join(name).canonicalize()?;
    // Opening what is no file may wait for ever.
    if !path.starts_with(&folder) || !fs::symlink_metadata(&path)?.is_file() {
        return Ok(None);
    }
    let mut file = File::open(&path)?;
    let metadata = file.metadata()?;
    if metadata.len() > MOST_BYTES {
        let bytes = metadata.len();
        tracing::warn!(path = %path.display(), bytes, "a recording is too large to be served");
        return Ok(None);
    }
    let media = Media {
        kind,
        tag: tag_of_file(&metadata),
        length: metadata.len(),
    };
    let asked = match media.asked(method, request) {
        Ok(asked) => asked,
        Err(none) => return Ok(Some(*none)),
    };
    let bytes = bytes(&mut file, &asked, media.length)?;
    Ok(Some(media.answer(&asked, bytes)))
}

fn bytes(file: &mut File, asked: &AskedBytes, length: u64) -> io::Result<Bytes> {
    let (from, length) = asked.place(length);
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(from))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

fn part(bytes: &'static [u8], from: u64, length: u64) -> &'static [u8] {
    let [from, length] = [from, length].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    let rest = bytes.get(from..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

/// The media type of a recording of this name, if it is a name of one: nothing hidden, nothing elsewhere.
fn kind(name: &str) -> Option<HeaderValue> {
    let is_plain = |c: char| !c.is_control() && c != '/' && c != '\\';
    if name.starts_with('.') || !name.chars().all(is_plain) {
        return None;
    }
    let (_, end) = name.rsplit_once('.')?;
    let mut kinds = KINDS.iter();
    let (_, kind) = kinds.find(|(suffix, _)| end.eq_ignore_ascii_case(suffix))?;
    Some(HeaderValue::from_static(kind))
}

fn tag_of_file(metadata: &Metadata) -> HeaderValue {
    let written = metadata.modified().ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let written = written.map_or(0, |time| time.as_nanos());
    tag(&format!("{written:x}-{:x}", metadata.len()))
}

fn tag(text: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{text}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

fn no_recording() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "There is no such recording.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recordings_have_a_kind() {
        assert_eq!(kind("001.mp3").unwrap(), "audio/mpeg");
        assert_eq!(kind("朝.OGG").unwrap(), "audio/ogg");
        for none in [
            "",
            "001",
            "001.txt",
            ".mp3",
            "..",
            "../a.mp3",
            "a/b.mp3",
            "a\\b.mp3",
            "a\0.mp3",
            ".hidden.mp3",
            "a.mp3/",
            "a.mp3.exe",
        ] {
            assert_eq!(kind(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_dozen_sentences_have_recordings() {
        assert_eq!(BUILT_IN.len(), 12);
        for (name, recording) in &*BUILT_IN {
            assert!(kind(name).is_some(), "{name}");
            assert!(recording.bytes.len() < 16 * 1024, "{name}");
        }
    }
}
