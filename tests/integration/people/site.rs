//! The harness for the app `people`: a site over a CSV file given in the test or over the built-in list,
//! and assertions for the two families of errors.
//!
//! A refusal is compared as a whole document, with its status and its content type: a key more or less,
//! or the other family, fails. It must not know what the app answers where.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{Method, Request, header};
use ekiben::config::Mode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bake::csv::HEADER;
use crate::support::harness::{Answer, Options, Site, bake_app, escaped, people};

/// The keys of a person in the order of the specification, which is that of the CSV file too.
pub(crate) const KEYS: [&str; 9] = [
    "survived",
    "passengerClass",
    "name",
    "sex",
    "age",
    "siblingsOrSpousesAboard",
    "parentsOrChildrenAboard",
    "fare",
    "uuid",
];

/// A body that can be registered, without a uuid.
pub(crate) fn ann() -> Value {
    json!({
        "survived": true,
        "passengerClass": 3,
        "name": "Miss. Ann Example",
        "sex": "female",
        "age": 22,
        "siblingsOrSpousesAboard": 1,
        "parentsOrChildrenAboard": 0,
        "fare": 7.25
    })
}

/// [`ann`] with other values for some keys; `null` stays a `null`.
pub(crate) fn ann_with(changes: &Value) -> Value {
    merged(&ann(), changes)
}

/// `fields` with those of `changes` over them.
pub(crate) fn merged(fields: &Value, changes: &Value) -> Value {
    let mut merged = fields.clone();
    for (key, value) in changes.as_object().unwrap() {
        merged[key] = value.clone();
    }
    merged
}

/// [`ann`] without one key.
pub(crate) fn ann_without(key: &str) -> Value {
    let mut body = ann();
    let removed = body.as_object_mut().unwrap().remove(key);
    assert!(removed.is_some(), "{key} is no key");
    body
}

pub(crate) fn options(settings: &'static str) -> Options {
    Options {
        app: people(),
        settings,
        ..Options::default()
    }
}

/// Bakes a CSV file as it is.
pub(crate) fn bake_people(csv: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("people");
    fs::create_dir(&dataset).unwrap();
    fs::write(dataset.join("people.csv"), csv).unwrap();
    let baked = folder.path().join("people.sqlite");
    bake_app(people(), &dataset, &baked).unwrap();
    (folder, baked)
}

/// The built-in list, baked once for all tests of this binary.
fn built_in() -> &'static Path {
    static BAKED: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BAKED.get_or_init(|| bake_people(fs::read(built_in_csv()).unwrap()));
    path
}

/// The file of the built-in list.
pub(crate) fn built_in_csv() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dataset/people/people.csv"
    ))
}

impl Site {
    /// A primary over these rows of a CSV file, to which the header is added.
    pub(crate) fn of_people(rows: &[&str]) -> Self {
        Self::of_people_with(rows, &options(""))
    }

    pub(crate) fn of_people_with(rows: &[&str], options: &Options) -> Self {
        let mut csv = HEADER.to_owned();
        for row in rows {
            csv.push_str("\r\n");
            csv.push_str(row);
        }
        Self::of_people_csv(csv, options)
    }

    /// The same over a whole CSV file.
    pub(crate) fn of_people_csv(csv: impl AsRef<[u8]>, options: &Options) -> Self {
        let (folder, baked) = bake_people(csv);
        Self::open(folder, &baked, options)
    }

    /// A primary over the built-in list.
    pub(crate) fn all_people() -> Self {
        Self::all_people_with(&options(""))
    }

    pub(crate) fn all_people_with(options: &Options) -> Self {
        Self::open(TempDir::new().unwrap(), built_in(), options)
    }

    /// A replica over these rows.
    pub(crate) fn replica_of_people(rows: &[&str]) -> Self {
        let options = Options {
            mode: Mode::Replica,
            ..options("")
        };
        Self::of_people_with(rows, &options)
    }

    /// Sends a body that says it is JSON, whatever it is.
    pub(crate) async fn write(&self, method: Method, path: &str, body: &str) -> Answer {
        self.write_as(method, path, Some("application/json"), body)
            .await
    }

    /// Sends a body with this content type, or without one.
    pub(crate) async fn write_as(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(escaped(path));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn register(&self, body: &Value) -> Answer {
        self.post_json("/people", &body.to_string()).await
    }

    /// Registers somebody; their uuid.
    pub(crate) async fn registered(&self, body: &Value) -> String {
        let person = self.register(body).await.is(200).json();
        person["uuid"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn change(&self, uuid: &str, body: &Value) -> Answer {
        let path = format!("/people/{uuid}");
        self.write(Method::PUT, &path, &body.to_string()).await
    }

    pub(crate) async fn remove(&self, uuid: &str) -> Answer {
        self.write_as(Method::DELETE, &format!("/people/{uuid}"), None, "")
            .await
    }

    pub(crate) async fn person(&self, uuid: &str) -> Answer {
        self.get(&format!("/people/{uuid}")).await
    }

    /// Everybody that `/people` with this query shows.
    pub(crate) async fn list(&self, query: &str) -> Vec<Value> {
        self.get(&format!("/people{query}")).await.people()
    }
}

impl Answer {
    /// The people of a list.
    #[track_caller]
    pub(crate) fn people(&self) -> Vec<Value> {
        let json = self.is(200).json();
        json.as_array()
            .unwrap_or_else(|| panic!("no list: {self}"))
            .clone()
    }

    /// A refusal of family A, made by the framework. `null` stands for no title and no detail.
    #[track_caller]
    pub(crate) fn is_a(&self, status: u16, title: impl Into<Value>, detail: impl Into<Value>) {
        self.is_document(
            "application/problem+json",
            status,
            &json!({
                "detail": detail.into(),
                "status": status,
                "title": title.into(),
                "type": "about:blank"
            }),
        );
    }

    /// 400 of family A: what does not go with the specification.
    #[track_caller]
    pub(crate) fn is_bad(&self, detail: &str) {
        self.is_a(400, "Bad Request", detail);
    }

    /// A refusal of family B, made by the app's own handlers.
    #[track_caller]
    pub(crate) fn is_b(&self, status: u16, title: &str, kind: &str, detail: &str) {
        self.is_document(
            "application/json",
            status,
            &json!({"detail": detail, "status": status, "title": title, "type": kind}),
        );
    }

    /// 400 of family B: what no person can be.
    #[track_caller]
    pub(crate) fn is_invalid(&self, detail: &str) {
        self.is_b(400, "Bad Request", "validation", detail);
    }

    /// 404 of family B.
    #[track_caller]
    pub(crate) fn is_not_found(&self) {
        let detail = "404 Not Found: The requested URL was not found on the server. If you entered \
                      the URL manually please check your spelling and try again.";
        self.is_b(404, "Not Found", "http", detail);
    }

    #[track_caller]
    fn is_document(&self, kind: &str, status: u16, document: &Value) {
        self.is(status);
        assert_eq!(self.header("content-type"), kind, "{self}");
        let found: Value =
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"));
        assert_eq!(found, *document, "{self}");
    }

    /// The methods in `Allow`, sorted.
    #[track_caller]
    pub(crate) fn allowed(&self) -> Vec<&str> {
        let mut methods: Vec<_> = self.header("allow").split(',').map(str::trim).collect();
        methods.sort_unstable();
        methods
    }

    /// The address in `Link` with this relation.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let relation = format!("; rel=\"{relation}\"");
        let links = self.header("link").split(", ");
        let mut found = links.filter_map(|link| link.strip_suffix(relation.as_str()));
        let link = found.next()?;
        assert_eq!(found.next(), None, "one of each relation: {self}");
        let target = link.strip_prefix('<')?.strip_suffix('>')?;
        Some(target.to_owned())
    }
}
