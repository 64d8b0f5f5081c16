//! What a request that changes something says: a form or a JSON body, as Rails reads both, and the proof that
//! it came from a page of ours.
//!
//! `sentence[no]=1` and `{"sentence": {"no": 1}}` are the same, and so is `{"no": 1}` where a sentence is
//! expected. The proof is a token in the body or in a header, of the session, or of a visitor's cookie: a
//! request without one is refused before anything else is looked at, whoever sent it. It must not know what
//! parameters mean.

use std::sync::{Arc, LazyLock};

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::DrillState;
use super::format::Format;
use super::learner::Visitor;
use super::target::sign_in_first;
use crate::config::Mount;
use crate::http::{HttpError, Viewer};
use crate::web::csrf::FormToken;
use crate::web::form::{FormFields, KEY_FIELD, METHOD_FIELD};

/// The parameter with the token.
pub(super) const TOKEN: &str = "authenticity_token";

/// Where a JSON body that is a list stands among the parameters, as in Rails.
const LIST: &str = "_json";

/// The header with the token, of requests and of answers that tell it.
pub(super) const TOKEN_HEADER: &str = "x-csrf-token";

/// The parameters of a request that changes something. An extractor.
pub(super) struct Parameters {
    all: Map<String, Value>,
    is_json: bool,
    /// Who sent it, if that is known.
    pub(super) visitor: Option<Arc<Visitor>>,
    /// What is wanted in return.
    pub(super) format: Format,
    pub(super) headers: HeaderMap,
}

/// The parameters of somebody who is signed in. An extractor.
pub(super) struct LearnerParameters {
    pub(super) parameters: Parameters,
    pub(super) learner: Arc<Visitor>,
}

impl Parameters {
    /// A parameter at the top.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        text(self.all.get(name)?)
    }

    /// Those that stand under `key`, of which there must be some. A JSON body that leaves the key out must have
    /// one of `names`.
    pub(super) fn required(&self, key: &str, names: &[&str]) -> Result<Nested<'_>, HttpError> {
        let nested = self.under(key).filter(|nested| {
            let is_bare = !self.all.contains_key(key);
            !nested.0.is_empty() && (!is_bare || names.iter().any(|name| nested.has(name)))
        });
        nested.ok_or_else(|| {
            let detail = format!("The parameter {key} is missing or has nothing in it.");
            HttpError::problem(StatusCode::BAD_REQUEST, detail)
        })
    }

    /// All of them but what proves where they came from, as bytes that stand for them.
    pub(super) fn without_proof(&self) -> Result<Vec<u8>, HttpError> {
        let is_proof = |name: &str| [TOKEN, KEY_FIELD, METHOD_FIELD].contains(&name);
        let said: Vec<_> = self
            .all
            .iter()
            .filter(|(name, _)| !is_proof(name))
            .collect();
        serde_json::to_vec(&said).map_err(HttpError::internal)
    }

    /// What is listed under `key`, or by a JSON body that is a list. What has no parameters in it has none.
    pub(super) fn listed(&self, key: &str) -> Option<Vec<Nested<'_>>> {
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        let list = self.all.get(LIST).or_else(|| self.all.get(key))?;
        let items = list.as_array()?.iter();
        let nested = items.map(|item| Nested(item.as_object().unwrap_or(&NOTHING)));
        Some(nested.collect())
    }

    /// Those that stand under `key`. A JSON body may leave the key out.
    pub(super) fn under(&self, key: &str) -> Option<Nested<'_>> {
        match self.all.get(key) {
            Some(Value::Object(nested)) => Some(Nested(nested)),
            None if self.is_json => Some(Nested(&self.all)),
            _ => None,
        }
    }
}

/// Parameters under a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nested<'p>(&'p Map<String, Value>);

impl Nested<'_> {
    /// Whether a parameter is there, null or not.
    pub(super) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text; numbers and truth values as JSON writes them. Null, lists and objects are none.
    pub(super) fn text(self, name: &str) -> Option<String> {
        text(self.0.get(name)?)
    }

    /// A whole number, as far as a text begins with one; 0 for other texts. Nothing is none, and what is too
    /// large the largest.
    pub(super) fn integer(self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::Bool(value) => Some(i64::from(*value)),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the fraction goes, as in Rails; what is too large becomes the largest"
            )]
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().map(|number| number as i64)),
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(integer(text.trim())),
            _ => None,
        }
    }

    /// A truth value: everything is true but what says otherwise. Nothing is none.
    pub(super) fn boolean(self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::Bool(value) => Some(*value),
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => {
                let is_no = ["false", "f", "0", "off"];
                Some(!is_no.iter().any(|no| text.eq_ignore_ascii_case(no)))
            }
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            Value::Array(_) | Value::Object(_) => Some(true),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The number that a text begins with, or 0. One that is too large is the largest that there is, so that it is
/// not taken for another.
pub(super) fn integer(text: &str) -> i64 {
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text[sign..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(text.len(), |end| sign + end);
    match text[..digits].parse() {
        Ok(number) => number,
        Err(_) if digits == sign => 0,
        Err(_) if text.starts_with('-') => i64::MIN,
        Err(_) => i64::MAX,
    }
}

impl FromRequest<DrillState> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, drill: &DrillState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // Says of the answer that it depends on who asks, too.
        let _ = Viewer::from_request_parts(&mut parts, drill).await;
        let format = Format::of(&parts, drill);
        let headers = parts.headers.clone();
        let visitor = Visitor::of(&parts.extensions);
        let request = Request::from_parts(parts, body);
        let is_json = is_json(&headers);
        let all = if is_json {
            json_body(request, drill).await
        } else {
            let fields = FormFields::from_request(request, drill).await;
            fields.map(|fields| nested(&fields))
        };
        let all = all.map_err(HttpError::into_response)?;
        let parameters = Self {
            all,
            is_json,
            visitor,
            format,
            headers,
        };
        parameters
            .came_from_us(&drill.mount)
            .map_err(HttpError::into_response)?;
        Ok(parameters)
    }
}

impl Parameters {
    /// Whether the token is that of the session or of the visitor's cookie.
    fn came_from_us(&self, mount: &Mount) -> Result<(), HttpError> {
        let in_header = self.headers.get(TOKEN_HEADER);
        let in_header = in_header.and_then(|value| value.to_str().ok());
        let given = in_header.map(str::to_owned).or_else(|| self.text(TOKEN));
        let expected = match &self.visitor {
            Some(visitor) => visitor.form_token().clone(),
            None => FormToken::of_visitor(&self.headers).0,
        };
        let checked = expected.check_text(given.as_deref().unwrap_or_default());
        checked.map_err(|_| {
            let address = mount.url("/users/sign_in.json");
            let detail =
                format!("Can't verify CSRF token authenticity. GET {address} says the token.");
            HttpError::problem(StatusCode::UNPROCESSABLE_ENTITY, detail)
        })
    }
}

impl FromRequest<DrillState> for LearnerParameters {
    type Rejection = Response;

    async fn from_request(request: Request, drill: &DrillState) -> Result<Self, Response> {
        let parameters = Parameters::from_request(request, drill).await?;
        match &parameters.visitor {
            Some(learner) => Ok(Self {
                learner: Arc::clone(learner),
                parameters,
            }),
            None => Err(sign_in_first(drill, parameters.format, None)),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| {
        let kind = kind.as_bytes().to_ascii_lowercase();
        kind.starts_with(b"application/json")
    })
}

async fn json_body(request: Request, drill: &DrillState) -> Result<Map<String, Value>, HttpError> {
    let body = axum::body::Bytes::from_request(request, drill).await?;
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(all)) => Ok(all),
        Ok(list @ Value::Array(_)) => Ok(Map::from_iter([(LIST.to_owned(), list)])),
        Ok(_) => Err(HttpError::problem(
            StatusCode::BAD_REQUEST,
            "The body is neither a JSON object nor a list.",
        )),
        Err(cause) => {
            let detail = format!("The body is no JSON: {cause}.");
            Err(HttpError::problem(StatusCode::BAD_REQUEST, detail))
        }
    }
}

/// The fields of a form, those called `a[b]` under `a`. The last of a name counts.
fn nested(fields: &FormFields) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, value) in fields.all() {
        let value = Value::String(value.to_owned());
        match name.split_once('[') {
            Some((outer, inner)) => {
                let inner = inner.strip_suffix(']').unwrap_or(inner);
                let below = all
                    .entry(outer)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(below) = below {
                    below.insert(inner.to_owned(), value);
                }
            }
            None => {
                all.insert(name.to_owned(), value);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Parameters {
        Parameters {
            all: nested(&FormFields::parse(body.as_bytes()).unwrap()),
            is_json: false,
            visitor: None,
            format: Format::Html,
            headers: HeaderMap::new(),
        }
    }

    #[test]
    fn a_form_has_what_stands_in_brackets_under_its_key() {
        let form =
            form("sentence[no]=7x&sentence[en]=a%26b&sentence[jp]=&commit=Go&sentence[no]=8");
        let sentence = form.under("sentence").unwrap();
        assert_eq!(sentence.integer("no"), Some(8));
        assert_eq!(sentence.text("en").as_deref(), Some("a&b"));
        assert_eq!(sentence.text("jp").as_deref(), Some(""));
        assert_eq!(
            (sentence.integer("jp"), sentence.boolean("jp")),
            (None, None)
        );
        assert_eq!(form.text("commit").as_deref(), Some("Go"));
        assert!(form.under("score").is_none());
        // A key that is a text and one that has some under it.
        assert!(self::form("a=1&a[b]=2").under("a").is_none());
    }

    #[test]
    fn json_may_leave_the_key_out() {
        let json = |text: &str| Parameters {
            all: serde_json::from_str(text).unwrap(),
            is_json: true,
            ..form("")
        };
        let bare = json(r#"{"no": 3, "en": null}"#);
        let bare = bare.under("sentence").unwrap();
        assert_eq!((bare.integer("no"), bare.text("en")), (Some(3), None));
        assert!(bare.has("en") && !bare.has("jp"));
        let under = json(r#"{"sentence": {"no": "abc"}}"#);
        assert_eq!(under.under("sentence").unwrap().integer("no"), Some(0));
    }

    #[test]
    fn truth_is_what_is_not_denied() {
        let all = form("s[a]=1&s[b]=0&s[c]=false&s[d]=yes&s[e]=");
        let of = |name| all.under("s").unwrap().boolean(name);
        let expected = [Some(true), Some(false), Some(false), Some(true), None, None];
        assert_eq!(["a", "b", "c", "d", "e", "f"].map(of), expected);
        assert_eq!(
            ["12", "-3x", "x", "+", "", "+7"].map(integer),
            [12, -3, 0, 0, 0, 7]
        );
        assert_eq!(
            ["99999999999999999999x", "-99999999999999999999"].map(integer),
            [i64::MAX, i64::MIN]
        );
    }
}
