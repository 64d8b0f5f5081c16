//! The description of the API is what the server does: every route is in it, every example is answered
//! as it says, every answer has the shape of its schema.

use std::collections::{BTreeSet, HashMap};

use axum::body::Body as Bytes;
use axum::http::Request;
use ekiben::auth::password::PasswordCost;
use ekiben::config::{Layers, Sources};
use ekiben::http::openapi::{self, Example, ExampleBody};
use ekiben::serving;
use ekiben::store::{DataState, Revision, StoreError};
use ekiben::web::csrf::FormToken;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::conduit::rows_tokens::token_of;
use crate::conduit::site::{PASSWORD, SECRET};
use crate::support::documents::repository_file;
use crate::support::harness::{Answer, Options, Site, escaped};
use crate::support::json_schema::flaw;

/// The description as the server of a [`Site`] gives it.
async fn described(site: &Site) -> Value {
    site.get("/openapi.json").await.is(200).json()
}

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let site = Site::of_every_app(&Options::default());
    let served = site.get("/openapi.json").await;
    let committed = include_str!("../../../docs/openapi.json");
    assert!(
        served.is(200).body == committed,
        "docs/openapi.json is not up to date: cargo run -- openapi --app all --output docs/openapi.json"
    );
}

/// Routes as the code has them: what stands behind `.route(`, up to the end of its line or call. What
/// takes any method only says that nothing is there.
fn routes(code: &str) -> impl Iterator<Item = (String, String)> {
    let calls = code.split(".route(").skip(1);
    calls.flat_map(|call| {
        let (path, rest) = call.split_once('"').unwrap().1.split_once('"').unwrap();
        let end = rest.find(")\n").unwrap();
        let methods = ["get", "post", "put", "patch", "delete"];
        let called = |method: &&str| {
            let at = rest[..end].find(&format!("{method}("));
            at.is_some_and(|at| !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let called: Vec<_> = methods.into_iter().filter(called).collect();
        assert!(!called.is_empty() || rest[..end].contains("any("), "{call}");
        called
            .into_iter()
            .map(|method| (path.to_owned(), method.to_owned()))
            .collect::<Vec<_>>()
    })
}

#[tokio::test]
async fn every_route_is_described_and_no_other() {
    let site = Site::of_every_app(&Options::default());
    let document = described(&site).await;
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (path.clone(), method.clone()))
        })
        .collect();
    // Apps hand in operations, which are served where they are described. What else they route says that
    // nothing is there.
    for app in [
        include_str!("../../../src/apps/isuumo/mod.rs"),
        include_str!("../../../src/apps/people/mod.rs"),
        include_str!("../../../src/apps/conduit/mod.rs"),
    ] {
        assert_eq!(routes(app).next(), None);
        assert!(app.contains(".operations(routes!("));
    }
    let code = [
        include_str!("../../../src/http/builtin/health.rs"),
        include_str!("../../../src/http/builtin/version.rs"),
        include_str!("../../../src/http/builtin/pages/mod.rs"),
    ];
    let mut builtin: BTreeSet<_> = code.into_iter().flat_map(routes).collect();
    // Not an answer that anybody asks for by itself.
    for path in [
        "/docs/style.css",
        "/favicon.svg",
        "/favicon.ico",
        "/robots.txt",
    ] {
        assert!(builtin.remove(&(path.to_owned(), "get".to_owned())));
    }
    assert!(described.is_superset(&builtin), "{builtin:?}");
}

#[tokio::test]
async fn operations_have_ids_texts_and_parameters_of_their_paths() {
    let site = Site::of_every_app(&Options::default());
    let document = described(&site).await;
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap()),
                "{at}"
            );
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{at}");
            let parameters = operation["parameters"].as_array();
            let named = parameters
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path");
            let named = named.map(|p| format!("{{{}}}", p["name"].as_str().unwrap()));
            let in_path = path.split('/').filter(|part| part.starts_with('{'));
            assert_eq!(
                named.collect::<Vec<_>>(),
                in_path.collect::<Vec<_>>(),
                "{at}"
            );
        }
    }
}

#[tokio::test]
async fn references_lead_somewhere() {
    let site = Site::of_every_app(&Options::default());
    let document = described(&site).await;
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                fields.values().for_each(|value| walk(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(document, value)),
            _ => {}
        }
    }
    walk(&document, &document);
}

async fn replay(site: &Site, method: &str, example: &Example, session: &DrillSession) -> Answer {
    let request = Request::builder().method(method);
    let mut request = request.uri(escaped(&example.request.path));
    for (name, value) in &example.request.headers {
        let value = value.replace("$TOKEN", &token_of(1, 600, SECRET));
        let value = value.replace("$STREAMING", "the token of the streaming service");
        let value = value.replace("$SESSION", &session.cookie);
        request = request.header(name, value.replace("$CSRF", &session.token));
    }
    let (kind, body) = match &example.request.body {
        None => (None, String::new()),
        Some(ExampleBody::Json(value)) => (Some("application/json"), value.to_string()),
        Some(ExampleBody::Text(text)) => (Some("application/json"), text.clone()),
        Some(ExampleBody::File { part, content }) => {
            let head = format!("form-data; name=\"{part}\"; filename=\"{part}.csv\"");
            let form = format!("--X\r\nContent-Disposition: {head}\r\n\r\n{content}\r\n--X--\r\n");
            (Some("multipart/form-data; boundary=X"), form)
        }
    };
    let says_itself = example.request.says_content_type();
    if let Some(kind) = kind.filter(|_| !says_itself) {
        request = request.header("content-type", kind);
    }
    site.send(request.body(Bytes::from(body)).unwrap()).await
}

/// Fails unless `answer` is what the document's `response` says.
fn assert_conforms(document: &Value, response: &Value, answer: &Answer) {
    let response = match response["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => response,
    };
    for name in ["ETag", "X-Request-Id", "Retry-After"] {
        let is_there = !answer.header(name).is_empty();
        let is_described = response["headers"][name].is_object();
        assert_eq!(is_there, is_described, "{name}: {answer}");
    }
    let Some(content) = response["content"].as_object() else {
        let kind = answer.header("content-type");
        let is_problem = kind == "application/problem+json";
        let may_be = response["description"].as_str().unwrap();
        let may_be = may_be.contains("with a problem document");
        assert!(answer.body.is_empty() || is_problem && may_be, "{answer}");
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap();
    let content = content
        .get(kind)
        .unwrap_or_else(|| panic!("{kind} is not described: {answer}"));
    if kind.ends_with("json") {
        let body = serde_json::from_slice(&answer.body).unwrap();
        let flaw = flaw(document, &content["schema"], &body);
        assert!(flaw.is_none(), "{flaw:?}{answer}");
    }
}

/// What the examples of the drill stand on: a session of its first user, and the token of that session.
struct DrillSession {
    cookie: String,
    token: String,
}

impl DrillSession {
    /// That of somebody who signs up, and so is the first user.
    async fn begin(site: &Site) -> Self {
        let seed = "0123456789abcdef0123456789abcdef";
        let token = FormToken::of_seed(seed.as_bytes());
        let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
        let request = Request::post("/users")
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("cookie", format!("form_seed={seed}"))
            .header("x-csrf-token", token.text());
        let answer = site.send(request.body(Bytes::from(body.to_string())).unwrap());
        let answer = answer.await;
        let cookies = answer.is(201).headers.get_all("set-cookie").iter();
        let mut cookies = cookies.map(|line| line.to_str().unwrap());
        let cookie = cookies.find_map(|line| line.strip_prefix("english_session="));
        Self {
            cookie: cookie.unwrap().split(';').next().unwrap().to_owned(),
            token: answer.header("x-csrf-token").to_owned(),
        }
    }
}

/// Brings the first user of the drill back, who is an editor, with a grading of each kind and the password of
/// the examples.
async fn bring_a_learner_back(site: &Site) {
    let cost = PasswordCost {
        memory_kib: 8,
        passes: 1,
    };
    let hash = cost.hash(&PASSWORD.into()).unwrap();
    let mut apps = site.site.apps().iter();
    let drill = apps.find(|app| app.name == "english").unwrap();
    let set = move |connection: &Connection| -> Result<_, StoreError> {
        let user = "INSERT INTO users (id, email, encrypted_password, mode, created_at, updated_at, role) \
            VALUES (1, 'ann@example.com', ?1, 'normal', ?2, ?2, 'editor')";
        let time = "2026-01-01 00:00:00.000000";
        connection.execute(user, (hash, time))?;
        let scores = "INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
            VALUES (1, 2, 1, 1, 'ScoreEngWritten', ?1, ?1), (1, 1, 1, 1, 'ScoreEngNotWritten', ?1, ?1)";
        Ok(connection.execute(scores, [time])?)
    };
    assert_eq!(drill.store.write(set).await.unwrap(), 2);
}

/// Gives the first user of the blog, whose token the examples have, the password that they have too: no
/// account of a dataset has one.
async fn give_a_password(site: &Site) {
    let cost = PasswordCost {
        memory_kib: 8,
        passes: 1,
    };
    let hash = cost.hash(&PASSWORD.into()).unwrap();
    let mut apps = site.site.apps().iter();
    let blog = apps.find(|app| app.name == "conduit").unwrap();
    let set = move |connection: &Connection| -> Result<_, StoreError> {
        Ok(connection.execute("UPDATE user SET password = ?1 WHERE id = 1", [hash])?)
    };
    assert_eq!(blog.store.write(set).await.unwrap(), 1);
}

/// Brings the baked data back with what the examples stand on, where it is not as it was `prepared`.
async fn begin_anew(site: &Site, prepared: &mut HashMap<&'static str, Option<Revision>>) {
    for app in site.site.apps() {
        let before = prepared.get(app.name).copied();
        let is_other = move |state: &DataState| before != Some(state.revision);
        if !app.store.reset_if(is_other).await.unwrap() {
            continue;
        }
        match app.name {
            "conduit" => give_a_password(site).await,
            "english" => bring_a_learner_back(site).await,
            _ => {}
        }
        let state = app.store.state_probe().state();
        assert!(state.revision.is_some());
        prepared.insert(app.name, state.revision);
    }
}

/// Fails unless `answered` has the keys and kinds of `body`, and its texts but for tokens, times and numbers.
#[track_caller]
fn assert_alike(answered: &Value, body: &Value, answer: &Answer) {
    match (answered, body) {
        (Value::Object(answered), Value::Object(body)) => {
            let names = |object: &Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(answered), names(body), "{answer}");
            for (name, value) in body {
                if name == "token" || name.ends_with("At") || name == "id" {
                    assert_eq!(answered[name].is_string(), value.is_string(), "{answer}");
                } else {
                    assert_alike(&answered[name], value, answer);
                }
            }
        }
        // Of long lists, the beginning.
        (Value::Array(answered), Value::Array(body)) => {
            assert!(answered.starts_with(body), "{answer}");
        }
        _ => assert_eq!(answered, body, "{answer}"),
    }
}

/// What the layers around it refuse has problem documents, which say themselves what they are.
#[tokio::test]
async fn every_answer_of_conduit_has_an_example_of_its_body() {
    let site = Site::of_every_app(&Options::default());
    let document = described(&site).await;
    let mut bodies = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["tags"][0] != "Conduit" {
                continue;
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let response = match response["$ref"].as_str() {
                    Some(reference) => document.pointer(&reference[1..]).unwrap(),
                    None => response,
                };
                let content = &response["content"]["application/json"];
                if content.is_null() {
                    continue;
                }
                let named = content["examples"].as_object();
                let examples = named
                    .into_iter()
                    .flatten()
                    .map(|(_, named)| &named["value"]);
                let examples = examples.chain(content.get("example"));
                let examples: Vec<_> = examples.collect();
                assert!(!examples.is_empty(), "{method} {path} {status}");
                for example in examples {
                    let flaw = flaw(&document, &content["schema"], example);
                    assert!(flaw.is_none(), "{method} {path} {status}: {flaw:?}");
                }
                bodies += 1;
            }
        }
    }
    assert!(bodies > 60, "{bodies}");
}

#[tokio::test]
async fn examples_are_answered_as_they_say() {
    let mut options = Options {
        settings: "[conduit]\nsecret = \"the secret of the tests, 32 bytes at least\"\n\
            [english]\nstreaming_token = \"the token of the streaming service\"\n",
        ..Options::default()
    };
    options.config.auth.memory_kib = 8;
    let site = Site::of_every_app(&options);
    let session = DrillSession::begin(&site).await;
    let json = described(&site).await;
    let app_defaults = ekiben::apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), app.default_settings()));
    let layers = Layers::load(&Sources {
        app_defaults: app_defaults.collect(),
        ..Default::default()
    });
    let layers = layers.unwrap();
    let mounted = serving::mount(ekiben::apps::ALL, &layers).unwrap();
    let document = mounted.description();
    let mut prepared = HashMap::new();
    for (path, method, operation) in openapi::operations(&document) {
        let at = format!("{method} {path}");
        begin_anew(&site, &mut prepared).await;
        let responses = &json["paths"][path][method.to_lowercase()]["responses"];
        let mut shown = BTreeSet::new();
        for example in openapi::examples(operation) {
            let answer = replay(&site, method, &example, &session).await;
            let status = example.response.status.to_string();
            let _ = answer.is(example.response.status);
            for (name, value) in &example.response.headers {
                assert_eq!(answer.header(name), value, "{answer}");
            }
            if let Some(body) = &example.response.body {
                let answered: Value = serde_json::from_slice(&answer.body).unwrap();
                assert_eq!(&answered, body, "{answer}");
            }
            if let Some(body) = &example.response.like {
                let answered: Value = serde_json::from_slice(&answer.body).unwrap();
                assert_alike(&answered, body, &answer);
            }
            assert_conforms(&json, &responses[&status], &answer);
            shown.insert(status);
        }
        // What the app itself answers has an example; what the layers around it do, has not.
        for (status, response) in responses.as_object().unwrap() {
            let is_common = response.get("$ref").is_some() || status == "413" || path == "/readyz";
            assert!(
                is_common || shown.contains(status),
                "{at}: no example of {status}"
            );
        }
    }
}

/// The document of HTTP names every write that can be repeated, of whatever app.
#[test]
fn every_write_with_a_key_is_in_the_document() {
    let document = repository_file("docs/http.md");
    let section = document.split("## Repeated writes").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let description = include_str!("../../../docs/openapi.json");
    let description: Value = serde_json::from_str(description).unwrap();
    let mut writes = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].to_string();
            if parameters.contains("parameters/Idempotency-Key") {
                let named = format!("`{} {path}`", method.to_uppercase());
                assert!(section.contains(&named), "{named} is missing");
                writes += 1;
            }
        }
    }
    assert_eq!(writes, 39);
}
