//! `/docs`: the API's description as a page, operations by tag, with examples as commands.

use askama::Template;
use axum::http::StatusCode;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Required, Response, Schema};

use super::kinds::{TextSpan, anchor, kind, limits, paragraphs, spans};
use super::navigation::Navigation;
use crate::http::builtin::openapi;
use crate::http::builtin::openapi::{Example, ExampleBody};

#[derive(Template)]
#[template(path = "builtin/reference.html")]
pub(super) struct Reference<'p> {
    navigation: &'p Navigation,
    /// Where the examples reach the server.
    address: &'p str,
    title: String,
    version: String,
    introduction: Vec<Vec<TextSpan>>,
    tags: Vec<TagPart>,
    /// Parameters that many operations take.
    shared: Vec<Row>,
    schemas: Vec<SchemaPart>,
}

struct TagPart {
    id: String,
    name: String,
    description: String,
    operations: Vec<OperationPart>,
}

struct OperationPart {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: Vec<Vec<TextSpan>>,
    parameters: Vec<Row>,
    /// The operation that takes the same parameters and was described before: its anchor and name.
    same_as: Option<(String, String)>,
    /// Names of those among the shared parameters, with their anchors.
    shared: Vec<TextSpan>,
    bodies: Vec<Row>,
    answers: Vec<DescribedResponse>,
    examples: Vec<ExamplePart>,
}

/// A parameter, a field or a body.
struct Row {
    /// Its anchor, if it has one.
    id: String,
    name: String,
    /// Where a parameter stands.
    place: &'static str,
    is_required: bool,
    kind: Vec<TextSpan>,
    limits: String,
    description: Vec<TextSpan>,
}

struct DescribedResponse {
    status: String,
    kind: Vec<TextSpan>,
    content_type: String,
    description: Vec<TextSpan>,
    headers: String,
}

struct ExamplePart {
    summary: String,
    command: String,
    status: String,
    answer: String,
}

struct SchemaPart {
    id: String,
    name: String,
    description: Vec<TextSpan>,
    kind: Vec<TextSpan>,
    fields: Vec<Row>,
}

pub(super) fn page<'p>(
    document: &OpenApi,
    navigation: &'p Navigation,
    address: &'p str,
) -> Reference<'p> {
    let none = Components::default();
    let components = document.components.as_ref().unwrap_or(&none);
    let mut described = DescribedParameters::default();
    let tags = document.tags.iter().flatten().map(|tag| TagPart {
        id: format!("tag-{}", tag.name),
        name: tag.name.clone(),
        description: tag.description.clone().unwrap_or_default(),
        operations: openapi::operations(document)
            .filter(|(_, _, operation)| operation.tags.iter().flatten().any(|of| *of == tag.name))
            .map(|(path, method, operation)| {
                let parameters = described.of(operation, components);
                operation_part(path, method, operation, components, parameters)
            })
            .collect(),
    });
    let tags = tags.collect();
    let schemas = components.schemas.iter();
    let shared = components.parameters.iter();
    let shared = shared.filter_map(|(name, given)| match given {
        RefOr::T(given) => Some(Row {
            id: parameter_anchor(name),
            ..parameter(given)
        }),
        RefOr::Ref(_) => None,
    });
    Reference {
        navigation,
        address,
        title: document.info.title.clone(),
        version: document.info.version.clone(),
        introduction: paragraphs(document.info.description.as_deref().unwrap_or_default()),
        tags,
        shared: shared.collect(),
        schemas: schemas
            .map(|(name, schema)| schema_part(name, schema))
            .collect(),
    }
}

fn operation_part(
    path: &str,
    method: &str,
    operation: &Operation,
    components: &Components,
    parameters: TakenParameters,
) -> OperationPart {
    let body = match &operation.request_body {
        Some(RefOr::T(body)) => body.content.iter().collect(),
        _ => Vec::new(),
    };
    let bodies = body.into_iter().filter_map(|(content_type, content)| {
        let RefOr::T(content) = content else {
            return None;
        };
        let schema = content.schema.as_ref()?;
        Some(Row {
            id: String::new(),
            name: content_type.clone(),
            place: "",
            is_required: true,
            kind: kind(schema),
            limits: limits(schema),
            description: described(schema, components),
        })
    });
    let answers = operation.responses.responses.iter();
    let answers = answers.filter_map(|(status, given)| {
        found(given, &components.responses).map(|response| answer(status, response))
    });
    let examples = openapi::examples(operation);
    OperationPart {
        id: operation.operation_id.clone().unwrap_or_default(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: operation.summary.clone().unwrap_or_default(),
        description: operation
            .description
            .as_deref()
            .map(paragraphs)
            .unwrap_or_default(),
        parameters: parameters.own,
        same_as: parameters.same_as,
        shared: parameters.shared,
        bodies: bodies.collect(),
        answers: answers.collect(),
        examples: examples.iter().map(|e| example(method, e)).collect(),
    }
}

/// What an operation takes, so told that nothing is told twice.
struct TakenParameters {
    own: Vec<Row>,
    same_as: Option<(String, String)>,
    shared: Vec<TextSpan>,
}

/// The tables of parameters so far.
#[derive(Default)]
struct DescribedParameters {
    /// What each holds, with the anchor and the name of its operation.
    tables: Vec<(serde_json::Value, (String, String))>,
}

impl DescribedParameters {
    fn of(&mut self, operation: &Operation, components: &Components) -> TakenParameters {
        let (mut own, mut shared) = (Vec::new(), Vec::new());
        for given in operation.parameters.iter().flatten() {
            match (given, found(given, &components.parameters)) {
                (RefOr::T(given), _) => own.push(given),
                (RefOr::Ref(reference), Some(parameter)) => {
                    let name = last_part(&reference.ref_location);
                    shared.push(TextSpan {
                        text: parameter.name.clone(),
                        is_code: true,
                        href: Some(parameter_anchor(name)),
                    });
                }
                (RefOr::Ref(_), None) => {}
            }
        }
        TakenParameters {
            same_as: self.same_as(operation, &own),
            own: own.into_iter().map(parameter).collect(),
            shared,
        }
    }

    /// The operation before with the same parameters. One alone is told sooner than it is looked up.
    fn same_as(&mut self, operation: &Operation, own: &[&Parameter]) -> Option<(String, String)> {
        if own.len() < 2 {
            return None;
        }
        let table = serde_json::to_value(own).ok()?;
        if let Some((_, before)) = self.tables.iter().find(|(known, _)| *known == table) {
            return Some(before.clone());
        }
        let id = operation.operation_id.clone()?;
        let name = operation.summary.clone().unwrap_or_default();
        self.tables.push((table, (id, name)));
        None
    }
}

fn parameter_anchor(name: &str) -> String {
    format!("parameter-{name}")
}

fn last_part(location: &str) -> &str {
    location.rsplit('/').next().unwrap_or_default()
}

/// What is given, or the component that is referred to.
fn found<'d, T>(
    given: &'d RefOr<T>,
    components: &'d std::collections::BTreeMap<String, RefOr<T>>,
) -> Option<&'d T> {
    match given {
        RefOr::T(given) => Some(given),
        RefOr::Ref(Ref { ref_location, .. }) => match components.get(last_part(ref_location))? {
            RefOr::T(component) => Some(component),
            RefOr::Ref(_) => None,
        },
    }
}

/// What a schema, or the one that it refers to, says of itself.
fn described(schema: &RefOr<Schema>, components: &Components) -> Vec<TextSpan> {
    let description = found(schema, &components.schemas).and_then(description);
    spans(description.unwrap_or_default())
}

fn description(schema: &Schema) -> Option<&str> {
    match schema {
        Schema::Object(object) => object.description.as_deref(),
        Schema::Array(array) => array.description.as_deref(),
        Schema::OneOf(of) => of.description.as_deref(),
        Schema::AnyOf(of) => of.description.as_deref(),
        Schema::AllOf(of) => of.description.as_deref(),
        _ => None,
    }
}

fn parameter(parameter: &Parameter) -> Row {
    let schema = parameter.schema.as_ref();
    Row {
        id: String::new(),
        name: parameter.name.clone(),
        place: match parameter.parameter_in {
            ParameterIn::Query | ParameterIn::QueryString => "query",
            ParameterIn::Path => "path",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        },
        is_required: matches!(parameter.required, Required::True),
        kind: schema.map(kind).unwrap_or_default(),
        limits: schema.map(limits).unwrap_or_default(),
        description: spans(parameter.description.as_deref().unwrap_or_default()),
    }
}

fn answer(status: &str, response: &Response) -> DescribedResponse {
    let content = response.content.first();
    let schema = content.and_then(|(_, content)| match content {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    });
    let headers = response.headers.keys().map(String::as_str);
    // Every answer has one, and the introduction says so.
    let headers = headers.filter(|name| *name != "X-Request-Id");
    DescribedResponse {
        status: status.to_owned(),
        kind: schema.map(kind).unwrap_or_default(),
        content_type: content.map(|(kind, _)| kind.clone()).unwrap_or_default(),
        description: spans(&response.description),
        headers: headers.collect::<Vec<_>>().join(", "),
    }
}

fn schema_part(name: &str, schema: &RefOr<Schema>) -> SchemaPart {
    let (description, fields) = match schema {
        RefOr::T(schema) => (
            spans(description(schema).unwrap_or_default()),
            fields(schema),
        ),
        RefOr::Ref(_) => (Vec::new(), Vec::new()),
    };
    SchemaPart {
        id: anchor(name),
        name: name.to_owned(),
        description,
        kind: kind(schema),
        fields,
    }
}

fn fields(schema: &Schema) -> Vec<Row> {
    let Schema::Object(object) = schema else {
        return Vec::new();
    };
    let row = |(name, schema): (&String, &RefOr<Schema>)| Row {
        id: String::new(),
        name: name.clone(),
        place: "",
        is_required: object.required.contains(name),
        kind: kind(schema),
        limits: limits(schema),
        description: match schema {
            RefOr::T(schema) => spans(description(schema).unwrap_or_default()),
            RefOr::Ref(reference) => spans(&reference.description),
        },
    };
    object.properties.iter().map(row).collect()
}

fn example(method: &str, example: &Example) -> ExamplePart {
    let status = StatusCode::from_u16(example.response.status);
    let status = status.map(|status| status.to_string()).unwrap_or_default();
    let headers = example.response.headers.iter();
    let headers = headers.map(|(name, value)| format!(", {name}: {value}"));
    let body = example.response.shown_body();
    ExamplePart {
        summary: example.summary.clone(),
        command: command(method, example),
        status: format!("{status}{}", headers.collect::<String>()),
        answer: body
            .and_then(|body| serde_json::to_string_pretty(body).ok())
            .unwrap_or_default(),
    }
}

/// The example as a command of curl. It shows the head too, since many answers have nothing else.
fn command(method: &str, example: &Example) -> String {
    let request = &example.request;
    let mut words = vec!["curl -i".to_owned()];
    // What curl takes for granted.
    let usual = if request.body.is_some() {
        "POST"
    } else {
        "GET"
    };
    if method != usual {
        words.push(format!("-X {method}"));
    }
    for (name, value) in &request.headers {
        words.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
    }
    let mut input = String::new();
    match &request.body {
        None => {}
        Some(ExampleBody::File { part, content }) => {
            words.push(format!("-F '{part}=@-;filename={part}.csv'"));
            input = format!(" <<'END'\n{}\nEND", content.trim_end());
        }
        Some(ExampleBody::Json(_) | ExampleBody::Text(_)) => {
            if !request.says_content_type() {
                words.push("-H 'Content-Type: application/json'".to_owned());
            }
            words.push(format!("-d {}", quoted(&text(request.body.as_ref()))));
        }
    }
    // Paths of examples hold nothing that means something to a shell within quotes.
    words.push(format!("\"$EKIBEN{}\"", request.path));
    words.join(" ") + &input
}

fn text(body: Option<&ExampleBody>) -> String {
    match body {
        Some(ExampleBody::Json(value)) => value.to_string(),
        Some(ExampleBody::Text(text)) => text.clone(),
        Some(ExampleBody::File { .. }) | None => String::new(),
    }
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::builtin::openapi::{ExampleRequest, Response};

    #[test]
    fn commands_are_quoted_for_a_shell() {
        let example = |body| Example {
            summary: String::new(),
            request: ExampleRequest {
                path: "/a?b=c".to_owned(),
                headers: [("X".to_owned(), "it's".to_owned())].into(),
                body,
            },
            response: Response {
                status: 200,
                headers: [].into(),
                body: None,
                like: None,
            },
        };
        assert_eq!(
            command("POST", &example(None)),
            r#"curl -i -X POST -H 'X: it'\''s' "$EKIBEN/a?b=c""#
        );
        let json = ExampleBody::Json(serde_json::json!({"a": 1}));
        assert!(
            command("POST", &example(Some(json)))
                .ends_with(r#"-H 'Content-Type: application/json' -d '{"a":1}' "$EKIBEN/a?b=c""#)
        );
        let file = ExampleBody::File {
            part: "rows".to_owned(),
            content: "1,2\n".to_owned(),
        };
        let command = command("POST", &example(Some(file)));
        assert!(
            command.ends_with("\"$EKIBEN/a?b=c\" <<'END'\n1,2\nEND"),
            "{command}"
        );
    }
}
