//! The operations of a description, each with its path and method.
//!
//! It owns the one list of the methods that a path may have. It must not know what an operation is for.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

/// The operations of a path with their methods. The one list of a `PathItem`'s methods; a
/// test finds what it lacks.
macro_rules! operations_of {
    ($item:expr, $iter:ident, $as_ref:ident) => {{
        let PathItem {
            get,
            put,
            post,
            delete,
            options,
            head,
            patch,
            trace,
            query,
            additional_operations,
            ..
        } = $item;
        let fixed = [
            ("GET", get),
            ("POST", post),
            ("PUT", put),
            ("PATCH", patch),
            ("DELETE", delete),
            ("HEAD", head),
            ("OPTIONS", options),
            ("TRACE", trace),
            ("QUERY", query),
        ];
        let fixed = fixed
            .into_iter()
            .filter_map(|(method, operation)| Some((method, operation.$as_ref()?)));
        let more = additional_operations.$iter();
        fixed.chain(more.map(|(method, operation)| (method.as_str(), operation)))
    }};
}

/// All operations with their methods, in the order of the document.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (&String, &str, &Operation)> {
    let items = document.paths.paths.iter();
    items.flat_map(|(path, item)| {
        let operations = operations_of!(item, iter, as_ref);
        operations.map(move |(method, operation)| (path, method, operation))
    })
}

/// All operations with their methods, to be changed.
pub fn operations_mut(document: &mut OpenApi) -> impl Iterator<Item = (&str, &mut Operation)> {
    let items = document.paths.paths.values_mut();
    items.flat_map(|item| operations_of!(item, iter_mut, as_mut))
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::OperationBuilder;

    use super::*;

    #[test]
    fn every_operation_of_a_path_is_found() {
        let operation = OperationBuilder::new().build();
        let json = serde_json::to_value(&operation).unwrap();
        let methods = [
            "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
        ];
        let mut item: serde_json::Map<_, _> = methods
            .iter()
            .map(|method| ((*method).to_owned(), json.clone()))
            .collect();
        item.insert(
            "additionalOperations".to_owned(),
            serde_json::json!({ "COPY": json }),
        );
        let item: PathItem = serde_json::from_value(item.into()).unwrap();
        let mut document = OpenApi::default();
        document.paths.paths.insert("/x".to_owned(), item);
        let mut found: Vec<_> = operations(&document)
            .map(|(_, method, _)| method.to_lowercase())
            .collect();
        found.sort();
        let mut expected = [&methods[..], &["copy"]].concat();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(operations_mut(&mut document).count(), expected.len());
    }
}
