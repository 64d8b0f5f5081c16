//! A schema in words: "array of Chair", "integer or null", "at least 0".

use utoipa::openapi::schema::{Array, ArrayItems, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextSpan {
    pub(super) text: String,
    pub(super) is_code: bool,
    /// The anchor that it leads to.
    pub(super) href: Option<String>,
}

impl TextSpan {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_code: false,
            href: None,
        }
    }
}

/// Text with `code` in backquotes, as the spans it is made of.
pub(super) fn spans(text: &str) -> Vec<TextSpan> {
    let parts = text.split('`').enumerate();
    let parts = parts.filter(|(_, part)| !part.is_empty());
    parts
        .map(|(index, part)| TextSpan {
            is_code: index % 2 == 1,
            ..TextSpan::plain(part)
        })
        .collect()
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<TextSpan>> {
    text.split("\n\n").map(spans).collect()
}

/// The anchor of a schema.
pub(super) fn anchor(name: &str) -> String {
    format!("schema-{name}")
}

/// The type of a schema.
pub(super) fn kind(schema: &RefOr<Schema>) -> Vec<TextSpan> {
    match schema {
        RefOr::Ref(reference) => vec![link(reference)],
        RefOr::T(Schema::Array(array)) => of_array(array),
        RefOr::T(Schema::Object(object)) => vec![TextSpan::plain(of_object(object))],
        RefOr::T(Schema::OneOf(of)) => alternatives(&of.items, " or "),
        RefOr::T(Schema::AnyOf(of)) => alternatives(&of.items, " or "),
        RefOr::T(Schema::AllOf(of)) => alternatives(&of.items, " and "),
        RefOr::T(_) => vec![TextSpan::plain("anything")],
    }
}

fn link(reference: &Ref) -> TextSpan {
    let name = reference
        .ref_location
        .rsplit('/')
        .next()
        .unwrap_or_default();
    TextSpan {
        href: Some(anchor(name)),
        ..TextSpan::plain(name)
    }
}

fn of_array(array: &Array) -> Vec<TextSpan> {
    let mut spans = vec![TextSpan::plain("array of ")];
    match &array.items {
        ArrayItems::RefOrSchema(items) => spans.extend(kind(items)),
        ArrayItems::False => spans.push(TextSpan::plain("nothing")),
    }
    if matches!(&array.schema_type, SchemaType::Array(types) if types.contains(&Type::Null)) {
        spans.push(TextSpan::plain(", or null"));
    }
    spans
}

fn of_object(object: &Object) -> String {
    if let Some(values) = &object.enum_values {
        let values = values.iter().map(ToString::to_string);
        return values.collect::<Vec<_>>().join(" or ");
    }
    let name = |kind: &Type| {
        serde_json::to_value(kind)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    match &object.schema_type {
        SchemaType::Type(kind) => name(kind),
        SchemaType::Array(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" or "),
        SchemaType::AnyValue => "anything".to_owned(),
    }
}

fn alternatives(schemas: &[RefOr<Schema>], between: &str) -> Vec<TextSpan> {
    let mut spans = Vec::new();
    // `null` comes last, as one would say it.
    let is_null = |schema: &&RefOr<Schema>| {
        matches!(schema, RefOr::T(Schema::Object(object))
            if object.schema_type == SchemaType::Type(Type::Null))
    };
    let others = schemas.iter().filter(|schema| !is_null(schema));
    for schema in others.chain(schemas.iter().filter(is_null)) {
        if !spans.is_empty() {
            spans.push(TextSpan::plain(between));
        }
        spans.extend(kind(schema));
    }
    spans
}

/// What a schema says of the values that it takes, beside their type.
pub(super) fn limits(schema: &RefOr<Schema>) -> String {
    let mut said = Vec::new();
    let mut say = |words: &str, value: Option<String>| {
        said.extend(value.map(|value| format!("{words} {value}")));
    };
    match schema {
        RefOr::T(Schema::Object(object)) => {
            let number = |number: &Option<utoipa::Number>| {
                let number = number.as_ref();
                number.and_then(|number| serde_json::to_string(number).ok())
            };
            let length = |length: Option<usize>| length.map(|length| length.to_string());
            say("at least", number(&object.minimum));
            say("at most", number(&object.maximum));
            say("length at least", length(object.min_length));
            say("length at most", length(object.max_length));
            say("pattern", object.pattern.clone());
            say("format", object.format.as_ref().map(format_name));
            let media_type = Some(object.content_media_type.clone());
            say("contains", media_type.filter(|kind| !kind.is_empty()));
        }
        RefOr::T(Schema::Array(array)) => {
            say("at least", array.min_items.map(|n| format!("{n} items")));
            say("at most", array.max_items.map(|n| format!("{n} items")));
        }
        _ => {}
    }
    said.join(", ")
}

fn format_name(format: &SchemaFormat) -> String {
    serde_json::to_value(format)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backquotes_are_code() {
        let told: Vec<_> = spans("a `b` c").into_iter().collect();
        let told: Vec<_> = told.iter().map(|s| (&*s.text, s.is_code)).collect();
        assert_eq!(told, [("a ", false), ("b", true), (" c", false)]);
        assert_eq!(paragraphs("a\n\nb").len(), 2);
    }
}
