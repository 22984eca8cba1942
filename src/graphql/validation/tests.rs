//! What the tests of every rule ask, and what holds of all rules.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, Value, Variables, async_trait::async_trait};
use futures_util::FutureExt;
use serde_json::json;

use crate::graphql::{extensions::spec_validation::Rules, schema::builder};

/// Answers what passed validation, so that a test needs no database.
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
    let schema = builder().extension(Unexecuted).extension(Rules).finish();
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

/// Each with one error.
#[track_caller]
pub(super) fn refuses(documents: &[&str]) {
    for document in documents {
        let messages = messages(document, json!({}));
        assert_eq!(messages.len(), 1, "{document} {messages:?}");
    }
}

#[test]
fn an_answer_has_a_hundred_errors_at_most_in_the_order_of_the_text() {
    let unknown = |count: usize| {
        let names: Vec<_> = (100..100 + count).map(|n| format!("a{n}")).collect();
        messages(&format!("{{ {} }}", names.join(" ")), json!({}))
    };
    assert_eq!(unknown(100).len(), 100);
    let many = unknown(101);
    assert_eq!(many.len(), 100);
    assert!(many[98].contains("a198"), "{}", many[98]);
    assert_eq!(
        many[99],
        "there are more than 100 errors; the others are not shown"
    );
}

#[test]
fn a_fault_is_told_once_and_a_circle_by_the_library() {
    refuses(&[
        "query($x: Nope) { country(code: $x) { code } }",
        "{ relationships(first: \"1\") { totalCount } }",
        "{ ...F } fragment F on Query { ...F }",
    ]);
}
