//! The shape of an answer, as the GraphQL specification wants it (sections 6.4.4 and 7.2.2).
//!
//! async-graphql 7.2.1 leaves a field that fails out of its parent, and lists fields in the order in which they are
//! ready (`resolver_utils/container.rs`). A client would miss a key that the schema promises. Here a failure becomes
//! null at the nearest place that may be null, and fields stand in the order of the selection. Objects that are written
//! directly (see [`crate::graphql::output::direct_json`]) do both by themselves.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
};
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{
    Name, QueryPathNode, Response, ServerError, ServerResult, Value, async_trait::async_trait,
    indexmap::IndexMap,
};

use crate::graphql::validation::{find_operation, prepared_document::Prepared};

/// The schema extension.
pub struct Shape;

impl ExtensionFactory for Shape {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Request::default())
    }
}

#[derive(Default)]
struct Request {
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    /// Paths of what must be null, because something below that may not be null failed.
    void: HashSet<String>,
    /// Of fields that may be null themselves.
    errors: Vec<ServerError>,
}

#[async_trait]
impl Extension for Request {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let failures = std::mem::take(&mut *lock(&self.failures));
        response.errors.extend(failures.errors);
        if failures.void.contains("") {
            response.data = Value::Null;
        }
        if let Some(prepared) = ctx.data_opt::<Arc<Prepared>>()
            && let Some(operation) = find_operation(prepared.runs_as(), operation_name)
        {
            let selection = &operation.selection_set.node;
            arrange(vec![&mut response.data], &[selection], prepared.runs_as());
        }
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // Its text would be the library's on the type of schemas, while ours has none of its own.
        if info.parent_type == "__Schema" && info.name == "description" {
            return Ok(Some(Value::Null));
        }
        let (place, may_be_null) = (info.path_node, !info.return_type.ends_with('!'));
        let answer = next.run(ctx, info).await;
        let mut failures = lock(&self.failures);
        let is_void = !failures.void.is_empty() && failures.void.contains(&place.to_string());
        if !may_be_null && (is_void || answer.is_err()) {
            failures.void.insert(parent(place));
        }
        match answer {
            Err(error) if may_be_null => {
                failures.errors.push(error);
                Ok(Some(Value::Null))
            }
            Ok(_) if is_void => Ok(Some(Value::Null)),
            answer => answer,
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path of what a field or item is in; empty for the root.
fn parent(place: &QueryPathNode<'_>) -> String {
    place.parent.map_or_else(String::new, ToString::to_string)
}

type Fields<'d> = IndexMap<Name, Vec<&'d SelectionSet>>;

/// Puts the fields of values that share their selections into the order of those.
fn arrange(values: Vec<&mut Value>, selections: &[&SelectionSet], document: &ExecutableDocument) {
    let mut objects = Vec::new();
    let mut rest = values;
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(object) => objects.push(object),
            Value::List(items) => rest.extend(items),
            _ => {}
        }
    }
    if objects.is_empty() {
        return;
    }
    let mut fields = Fields::new();
    let mut seen = HashSet::new();
    for selection in selections {
        collect(selection, document, &mut fields, &mut seen);
    }
    for object in &mut objects {
        object
            .sort_by(|one, _, other, _| fields.get_index_of(one).cmp(&fields.get_index_of(other)));
    }
    for (key, selections) in &fields {
        let below = objects.iter_mut().filter_map(|object| object.get_mut(key));
        arrange(below.collect(), selections, document);
    }
}

/// Fields by the key of the answer, in the order of the text. Each fragment is entered once, as it is in execution.
fn collect<'d>(
    selection: &'d SelectionSet,
    document: &'d ExecutableDocument,
    fields: &mut Fields<'d>,
    seen: &mut HashSet<&'d Name>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.clone();
                fields
                    .entry(key)
                    .or_default()
                    .push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => {
                collect(&inline.node.selection_set.node, document, fields, seen);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if seen.insert(name)
                    && let Some(fragment) = document.fragments.get(name)
                {
                    collect(&fragment.node.selection_set.node, document, fields, seen);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Result, Schema};

    use super::*;
    use crate::graphql::extensions::spec_validation::Rules;

    struct Root;

    #[Object]
    impl Root {
        async fn slow(&self) -> i32 {
            tokio::task::yield_now().await;
            1
        }

        async fn fast(&self) -> i32 {
            2
        }

        async fn maybe(&self) -> Option<Root> {
            Some(Self)
        }

        async fn all(&self) -> Vec<Root> {
            vec![Self]
        }

        async fn fails(&self) -> Result<i32> {
            Err("it failed".into())
        }

        async fn may_fail(&self) -> Result<Option<i32>> {
            Err("it failed".into())
        }
    }

    async fn check(query: &str, expected: &str) {
        let schema = Schema::build(Root, EmptyMutation, EmptySubscription);
        let schema = schema.extension(Shape).extension(Rules).finish();
        let response = schema.execute(query).await;
        assert_eq!(response.data.to_string(), expected, "{query}");
        assert_eq!(response.is_err(), query.contains("ail"), "{query}");
    }

    #[tokio::test]
    async fn fields_stand_in_the_order_of_the_selection() {
        check("{ slow fast b: slow }", "{slow: 1, fast: 2, b: 1}").await;
        let query = "{ all { slow ...F fast } } fragment F on Root { b: slow maybe { slow fast } }";
        let expected = "{all: [{slow: 1, b: 1, maybe: {slow: 1, fast: 2}, fast: 2}]}";
        check(query, expected).await;
    }

    #[tokio::test]
    async fn a_failure_is_null_at_the_nearest_place_that_may_be() {
        check("{ fast mayFail }", "{fast: 2, mayFail: null}").await;
        check("{ fast maybe { fast fails } }", "{fast: 2, maybe: null}").await;
        check(
            "{ maybe { all { fast fails } } fast }",
            "{maybe: null, fast: 2}",
        )
        .await;
        check("{ fast all { fails } }", "null").await;
    }
}
