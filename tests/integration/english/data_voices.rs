//! Recordings below `/voice/`: whole and in parts, built in and from a folder, and nothing else from there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request};
use tempfile::TempDir;

use crate::english::site::{english, options};
use crate::support::harness::{Answer, Site, bake_app, escaped};

const RECORDING: &str = "/voice/lesson-001.mp3";

fn of_folder(folder: Option<&Path>) -> Site {
    let own = TempDir::new().unwrap();
    let dataset = own.path().join("english");
    fs::create_dir(&dataset).unwrap();
    fs::write(dataset.join("sentences.csv"), "no,jp,en,voice_data\n").unwrap();
    let baked = own.path().join("english.sqlite");
    bake_app(english(), &dataset, &baked).unwrap();
    let mut options = options();
    if let Some(folder) = folder {
        let setting = format!("{}voice_dir = {:?}\n", options.settings, folder);
        options.settings = setting.leak();
    }
    Site::open(own, &baked, &options)
}

async fn ask(site: &Site, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(escaped(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

/// What both sets of recordings answer; `path` has `bytes`.
async fn assert_served_in_parts(site: &Site, path: &str, bytes: &[u8]) {
    let length = bytes.len();
    let get = async |headers: &[(&str, &str)]| ask(site, Method::GET, path, headers).await;
    let whole = get(&[("accept-encoding", "gzip, zstd")]).await;
    assert_eq!(whole.is(200).body, bytes);
    assert_eq!(whole.header("content-type"), "audio/mpeg");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("cache-control"), "public, max-age=3600");
    assert!(!whole.headers.contains_key("content-encoding"), "{whole}");
    let tag = whole.header("etag").to_owned();
    let part = get(&[("range", "bytes=10-19"), ("accept-encoding", "gzip")]).await;
    assert_eq!(part.is(206).body, bytes[10..20]);
    assert_eq!(
        part.header("content-range"),
        format!("bytes 10-19/{length}")
    );
    assert_eq!(part.header("content-length"), "10");
    assert_eq!(part.header("etag"), tag);
    assert_eq!(part.header("content-type"), "audio/mpeg");
    let end = get(&[("range", "bytes=-5")]).await;
    assert_eq!(end.is(206).body, bytes[length - 5..]);
    let begun = get(&[("range", "bytes=0-3"), ("if-range", &tag)]).await;
    assert_eq!(begun.is(206).body, bytes[..4]);
    let other = get(&[("range", "bytes=0-3"), ("if-range", "\"other\"")]).await;
    assert_eq!(other.is(200).body, bytes);
    let behind = get(&[("range", &format!("bytes={length}-"))]).await;
    assert_eq!(
        behind.is(416).header("content-range"),
        format!("bytes */{length}")
    );
    for headers in [vec![], vec![("range", "bytes=0-3")]] {
        let known = [headers, vec![("if-none-match", tag.as_str())]].concat();
        let known = get(&known).await;
        assert!(known.is(304).body.is_empty());
        assert!(!known.headers.contains_key("content-range"), "{known}");
    }
    let head = ask(site, Method::HEAD, path, &[("range", "bytes=0-3")]).await;
    assert!(head.is(200).body.is_empty());
    assert_eq!(head.header("content-length"), length.to_string());
    let posted = ask(site, Method::POST, path, &[]).await;
    posted.is(405);
}

#[tokio::test]
async fn built_in_recordings_are_served_in_parts() {
    let site = of_folder(None);
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/apps/english/voices/lesson-001.mp3"
    );
    assert_served_in_parts(&site, RECORDING, &fs::read(path).unwrap()).await;
    for none in [
        "/voice/001.mp3",
        "/voice/",
        "/voice/lesson-001",
        "/voice/..%2Fsettings.rs",
    ] {
        ask(&site, Method::GET, none, &[]).await.is(404);
    }
}

/// Advice 27: the mounted folder itself, 404 for what is missing, and parts.
#[tokio::test]
async fn recordings_of_a_folder_are_served_in_parts() {
    let folder = TempDir::new().unwrap();
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    fs::write(folder.path().join("001.mp3"), &bytes).unwrap();
    let site = of_folder(Some(folder.path()));
    assert_served_in_parts(&site, "/voice/001.mp3", &bytes).await;
    // What is built in is of other sentences.
    ask(&site, Method::GET, RECORDING, &[]).await.is(404);
    let before = ask(&site, Method::GET, "/voice/001.mp3", &[]).await;
    fs::write(folder.path().join("001.mp3"), b"another one").unwrap();
    let after = ask(&site, Method::GET, "/voice/001.mp3", &[]).await;
    assert_eq!(after.is(200).body, b"another one"[..]);
    assert_ne!(after.header("etag"), before.header("etag"));
    // A folder may be mounted after the start, or go.
    drop(folder);
    ask(&site, Method::GET, "/voice/001.mp3", &[]).await.is(404);
}

#[tokio::test]
async fn nothing_but_recordings_comes_out_of_the_folder() {
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("secret.mp3"), "secret").unwrap();
    let folder = outside.path().join("voice");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("here.ogg"), "here").unwrap();
    for name in [".hidden.mp3", "notes.txt", "noend"] {
        fs::write(folder.join(name), "secret").unwrap();
    }
    fs::create_dir(folder.join("folder.mp3")).unwrap();
    fs::write(folder.join("folder.mp3/a.mp3"), "secret").unwrap();
    symlink("../secret.mp3", folder.join("out.mp3")).unwrap();
    symlink("here.ogg", folder.join("within.ogg")).unwrap();
    symlink("nowhere.mp3", folder.join("broken.mp3")).unwrap();
    symlink("loop.mp3", folder.join("loop.mp3")).unwrap();
    let large = fs::File::create(folder.join("large.mp3")).unwrap();
    large.set_len(8 * 1024 * 1024 + 1).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(folder.join("pipe.mp3"))
        .status();
    assert!(pipe.unwrap().success());
    let site = of_folder(Some(&folder));
    for name in ["here.ogg", "within.ogg"] {
        let found = ask(&site, Method::GET, &format!("/voice/{name}"), &[]).await;
        assert_eq!(found.is(200).body, b"here"[..]);
        assert_eq!(found.header("content-type"), "audio/ogg");
    }
    for none in [
        "../secret.mp3",
        "..%2Fsecret.mp3",
        "%2e%2e%2fsecret.mp3",
        "out.mp3",
        "broken.mp3",
        ".hidden.mp3",
        "%2Ehidden.mp3",
        "notes.txt",
        "noend",
        "folder.mp3",
        "folder.mp3/a.mp3",
        "folder.mp3%2Fa.mp3",
        "pipe.mp3",
        "large.mp3",
        "here.ogg%00.mp3",
        "..%5Csecret.mp3",
        "none.mp3",
        "loop.mp3",
        &format!("{}.mp3", "a".repeat(300)),
        &format!("{}.mp3", "a/".repeat(3_000)).replace('/', "%2F"),
    ] {
        let answer = ask(&site, Method::GET, &format!("/voice/{none}"), &[]).await;
        assert_eq!(answer.status, 404, "{none}: {answer}");
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("secret\""),
            "{none}"
        );
    }
}
