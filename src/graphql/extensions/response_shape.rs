//! Response shape by the GraphQL specification: null propagation (6.4.4) and the order of fields (7.2.2).
//!
//! async-graphql 7.2.1 omits a failed field from its parent, and lists fields in the order in which they are ready
//! (`resolver_utils/container.rs`), so that keys of the selection may be missing. Here an error becomes null at the
//! nearest nullable field, and fields are in the order of the selection. Direct JSON output (see
//! [`crate::graphql::output::direct_json`]) does both itself.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextResolve,
    ResolveInfo,
};
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{
    QueryPathNode, Response, ServerError, ServerResult, Value, Variables, async_trait::async_trait,
};
use parking_lot::Mutex;

use crate::graphql::description::DESCRIPTION;
use crate::graphql::output::field_order::{ObjectTypes, Order, sort_fields, sort_typed_fields};
use crate::graphql::validation::{find_operation, prepared_document::PreparedDocument};

/// The schema extension.
pub struct ResponseShape;

impl ExtensionFactory for ResponseShape {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Request::default())
    }
}

#[derive(Default)]
struct Request {
    propagation: Mutex<NullPropagation>,
    /// With the defaults of those that have no value.
    variables: Mutex<Variables>,
    /// The types of the objects of a mutation, by path: its objects are all made by the library.
    types: OnceLock<Mutex<HashMap<String, String>>>,
}

#[derive(Default)]
struct NullPropagation {
    /// Paths that must be null because of an error in a non-null field below.
    null_paths: HashSet<String>,
    /// Errors of nullable fields.
    errors: Vec<ServerError>,
}

#[async_trait]
impl Extension for Request {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        self.variables.lock().clone_from(variables);
        let document = next.run(ctx, query, variables).await?;
        let mut operations = document.operations.iter();
        if operations.any(|(_, operation)| operation.node.ty == OperationType::Mutation) {
            self.types.get_or_init(Mutex::default);
        }
        Ok(document)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let propagation = std::mem::take(&mut *self.propagation.lock());
        response.errors.extend(propagation.errors);
        if propagation.null_paths.contains("") {
            response.data = Value::Null;
        }
        if let Some(prepared) = ctx.data_opt::<Arc<PreparedDocument>>()
            && let Some(operation) = find_operation(prepared.executable(), operation_name)
        {
            let selection = &operation.selection_set.node;
            let order = Order {
                fragments: &prepared.executable().fragments,
                variables: &self.variables.lock(),
            };
            match self.types.get() {
                Some(types) => {
                    let types = ObjectTypes {
                        by_path: &types.lock(),
                        registry: &ctx.schema_env.registry,
                    };
                    sort_typed_fields(&mut response.data, "", &[selection], (&order, &types));
                }
                None => sort_fields(vec![&mut response.data], &[selection], &order),
            }
        }
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // The library returns the description of the type `__Schema` instead of that of the schema.
        if info.parent_type == "__Schema" && info.name == "description" {
            return Ok(Some(Value::String(DESCRIPTION.to_owned())));
        }
        if let Some(types) = self.types.get() {
            let (path, parent_type) = (parent_path(info.path_node), info.parent_type);
            types
                .lock()
                .entry(path)
                .or_insert_with(|| parent_type.to_owned());
        }
        let (path, is_nullable) = (info.path_node, !info.return_type.ends_with('!'));
        let result = next.run(ctx, info).await;
        let mut propagation = self.propagation.lock();
        let must_be_null = !propagation.null_paths.is_empty()
            && propagation.null_paths.contains(&path.to_string());
        if !is_nullable && (must_be_null || result.is_err()) {
            propagation.null_paths.insert(parent_path(path));
        }
        match result {
            Err(error) if is_nullable => {
                propagation.errors.push(error);
                Ok(Some(Value::Null))
            }
            Ok(_) if must_be_null => Ok(Some(Value::Null)),
            result => result,
        }
    }
}

/// The path of the object or list around a field or item; empty for the root.
fn parent_path(path: &QueryPathNode<'_>) -> String {
    path.parent.map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Result, Schema};

    use super::*;
    use crate::graphql::extensions::spec_validation::SpecValidation;

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
        let schema = schema
            .extension(ResponseShape)
            .extension(SpecValidation)
            .finish();
        let response = schema.execute(query).await;
        assert_eq!(response.data.to_string(), expected, "{query}");
        assert_eq!(response.is_err(), query.contains("ail"), "{query}");
    }

    #[tokio::test]
    async fn fields_are_in_the_order_of_the_selection() {
        check("{ slow fast b: slow }", "{slow: 1, fast: 2, b: 1}").await;
        let query = "{ all { slow ...F fast } } fragment F on Root { b: slow maybe { slow fast } }";
        let expected = "{all: [{slow: 1, b: 1, maybe: {slow: 1, fast: 2}, fast: 2}]}";
        check(query, expected).await;
    }

    #[tokio::test]
    async fn what_is_skipped_does_not_count_for_the_order() {
        check("{ slow @skip(if: true) fast slow }", "{fast: 2, slow: 1}").await;
        check(
            "query($no: Boolean = false) { maybe { ...F @include(if: $no) fast slow ...F } } fragment F on Root { b: slow fast }",
            "{maybe: {fast: 2, slow: 1, b: 1}}",
        )
        .await;
    }

    #[tokio::test]
    async fn an_error_becomes_null_at_the_nearest_nullable_field() {
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
