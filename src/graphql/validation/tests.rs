//! Helpers for the tests of all rules, and tests that concern all rules.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, Value, Variables, async_trait::async_trait};
use futures_util::FutureExt;
use serde_json::json;

use crate::graphql::{extensions::spec_validation::SpecValidation, schema::builder};

/// Replaces execution after validation, so that a test needs no database.
struct Unexecuted;

impl ExtensionFactory for Unexecuted {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Unexecuted {
    async fn execute(
        &self,
        _: &ExtensionContext<'_>,
        _: Option<&str>,
        _: NextExecute<'_>,
    ) -> Response {
        Response::new(Value::Null)
    }
}

pub(super) fn messages(document: &str, variables: serde_json::Value) -> Vec<String> {
    let schema = builder()
        .extension(Unexecuted)
        .extension(SpecValidation)
        .finish();
    let request = Request::new(document).variables(Variables::from_json(variables));
    let response = schema.execute(request).now_or_never().unwrap();
    let errors = response.errors.into_iter();
    errors.map(|error| error.message).collect()
}

#[track_caller]
pub(super) fn accepts(documents: &[&str]) {
    for document in documents {
        let messages = messages(document, json!({}));
        assert_eq!(messages, Vec::<String>::new(), "{document}");
    }
}

/// Each document has exactly one error.
#[track_caller]
pub(super) fn rejects(documents: &[&str]) {
    for document in documents {
        let messages = messages(document, json!({}));
        assert_eq!(messages.len(), 1, "{document} {messages:?}");
    }
}

#[test]
fn at_most_a_hundred_errors_are_reported_in_document_order() {
    let messages_of_unknown_fields = |count: usize| {
        let names: Vec<_> = (100..100 + count).map(|n| format!("a{n}")).collect();
        messages(&format!("{{ {} }}", names.join(" ")), json!({}))
    };
    assert_eq!(messages_of_unknown_fields(100).len(), 100);
    let many = messages_of_unknown_fields(101);
    assert_eq!(many.len(), 100);
    assert!(many[98].contains("a198"), "{}", many[98]);
    assert_eq!(many[99], "too many errors; only the first 99 are shown");
}

#[test]
fn an_error_is_reported_once_and_a_fragment_cycle_by_the_library() {
    rejects(&[
        "query($x: Nope) { country(code: $x) { code } }",
        "{ relationships(first: \"1\") { totalCount } }",
        "{ ...F } fragment F on Query { ...F }",
    ]);
}

#[test]
fn a_field_occurs_once_in_an_input_object() {
    rejects(&[
        "{ relationships(filter: { disputed: true, disputed: false }) { totalCount } }",
        "{ countries(filter: { name: { equals: \"a\", in: [] equals: \"b\" } }) { code } }",
        "query($x: CountryFilter = { codes: [] codes: [] }) { countries(filter: $x) { code } }",
    ]);
    accepts(&[
        "{ a: viewer { a: role } a: viewer { a: role } }",
        "{ countries(filter: { codes: [\"codes:\"], name: { equals: \"{codes:1\" } }) { code } }",
        "query($x: CountryFilter = { codes: [], name: { in: [] } }, $y: CountryFilter = { codes: [] })
         { countries(filter: $x) { code } a: countries(filter: $y) { code } }",
    ]);
}
