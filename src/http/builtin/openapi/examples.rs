//! Examples of requests with their responses: kept as JSON by the name of their operation, shown in the
//! documentation as commands, replayed by a test.
//!
//! In the document they are the extension `x-examples` of their operation, which says all about them.
//! Bodies are also where the standard has a place for them, so that other tools find them too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::operations::operations_mut;

const EXTENSION: &str = "x-examples";

/// A request with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in a few words.
    pub summary: String,
    /// What is sent.
    pub request: ExampleRequest,
    /// What comes back.
    pub response: Response,
}

/// What an example sends; the method is its operation's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleRequest {
    /// With the query.
    pub path: String,
    /// Headers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What its body is, if it has one.
    #[serde(flatten)]
    pub body: Option<ExampleBody>,
}

impl ExampleRequest {
    /// Whether its headers say what the body is, and not its kind.
    #[must_use]
    pub fn says_content_type(&self) -> bool {
        let mut names = self.headers.keys();
        names.any(|name| name.eq_ignore_ascii_case("content-type"))
    }
}

/// The body of an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExampleBody {
    /// JSON, said to be that.
    #[serde(rename = "json")]
    Json(Value),
    /// Any text, said to be JSON unless the headers say otherwise.
    #[serde(rename = "text")]
    Text(String),
    /// A form with one file.
    #[serde(rename = "file")]
    File {
        /// The name of the form's part.
        part: String,
        /// The file.
        content: String,
    },
}

/// What an example is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Headers that it has, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its body, where that is always the same JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// One that it may have, where ids, times or tokens are others each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<Value>,
}

impl Response {
    /// The body, or one that it may have.
    #[must_use]
    pub fn shown_body(&self) -> Option<&Value> {
        self.body.as_ref().or(self.like.as_ref())
    }
}

/// Gives the operations of `document` their examples: `json` is an object of lists by operation id.
///
/// # Errors
/// When it is not.
pub fn add_examples(document: &mut OpenApi, json: &str) -> serde_json::Result<()> {
    let mut examples: BTreeMap<String, Vec<Example>> = serde_json::from_str(json)?;
    for (_, operation) in operations_mut(document) {
        let id = operation.operation_id.clone().unwrap_or_default();
        if let Some(examples) = examples.remove(&id) {
            add(operation, &examples)?;
        }
    }
    match examples.into_keys().next() {
        Some(id) => Err(serde::de::Error::custom(format!("no operation {id}"))),
        None => Ok(()),
    }
}

/// The examples of an operation.
#[must_use]
pub fn examples(operation: &Operation) -> Vec<Example> {
    let extensions = operation.extensions.as_ref();
    let list = extensions.and_then(|extensions| extensions.get(EXTENSION));
    list.and_then(|list| Vec::deserialize(list).ok())
        .unwrap_or_default()
}

/// Has the examples of an operation ask for paths that begin with `prefix`.
pub(super) fn move_below(operation: &mut Operation, prefix: &str) {
    let mut moved = examples(operation);
    for example in &mut moved {
        example.request.path.insert_str(0, prefix);
    }
    if let Some(extensions) = &mut operation.extensions
        && let Some(list) = extensions.get_mut(EXTENSION)
        && let Ok(moved) = serde_json::to_value(moved)
    {
        *list = moved;
    }
}

fn add(operation: &mut Operation, examples: &[Example]) -> serde_json::Result<()> {
    for example in examples {
        if let (Some(ExampleBody::Json(value)), 200..300) =
            (&example.request.body, example.response.status)
            && let Some(RefOr::T(body)) = &mut operation.request_body
        {
            name(body.content.values_mut(), example, value);
        }
        let status = example.response.status.to_string();
        if let Some(value) = example.response.shown_body()
            && let Some(RefOr::T(response)) = operation.responses.responses.get_mut(&status)
        {
            name(response.content.values_mut(), example, value);
        }
    }
    let list = serde_json::to_value(examples)?;
    let extensions = operation.extensions.get_or_insert_default();
    extensions.insert(EXTENSION.to_owned(), list);
    Ok(())
}

/// Adds `value` to the first of the contents as an example that is named by its summary.
fn name<'c>(
    mut contents: impl Iterator<Item = &'c mut RefOr<Content>>,
    example: &Example,
    value: &Value,
) {
    if let Some(RefOr::T(content)) = contents.next() {
        let standard = utoipa::openapi::example::ExampleBuilder::new()
            .summary(&example.summary)
            .value(Some(value.clone()))
            .build();
        let key = example.summary.to_lowercase().replace(' ', "-");
        content.examples.insert(key, standard.into());
    }
}
