//! The directive `@live`: a query stays open, and is answered again whenever its answer changes.
//!
//! The library knows it as a directive of the location `QUERY`, so that it is part of the schema and of validation. What it does is
//! not here: an execution does not differ.

use std::borrow::Cow;

use async_graphql::parser::types::{Directive, OperationDefinition, OperationType};
use async_graphql::registry::{__DirectiveLocation, Deprecation, MetaDirective, MetaInputValue};
use async_graphql::{
    ContextDirective, CustomDirective, CustomDirectiveFactory, ServerError, ServerResult, Value,
    Variables, registry::Registry,
};
use async_graphql_value::Value as Written;

use super::syntax::LIVE;

const DESCRIPTION: &str = "Keeps a query open over WebSocket, server-sent events, multipart or JSON Lines: it is answered, and again whenever its answer changes. \
`extensions.live` of each message contains `cursor`, the state of the ledger that the answer is of. It is a state and not a log: a slow client receives the newest answer, \
and `skipped` tells that others were left out.";
const PATCH: &str = "If true, a change is sent as `extensions.live.patch`, without `data`: an RFC 6902 patch of the `data` that the client has, that of the cursor \
`extensions.live.from`; paths are relative to `data`. Where a patch would not be shorter, the whole answer is sent.";
const AFTER: &str = "The `cursor` of the last answer that the client has: it receives what changed since, or `unchanged`. If the cursor cannot be honoured, it receives the whole \
answer, with the reason as `reset`. `Last-Event-ID` overrides it.";

/// The arguments as the library writes them in the schema definition language, without their descriptions.
const WRITTEN_ARGUMENTS: &str = "@live(patch: Boolean! = false, after: String)";

/// Adds the descriptions of the arguments to a schema in the schema definition language.
pub fn describe_arguments(sdl: &str) -> String {
    let described = format!(
        "@live(\n\t\"\"\"\n\t{PATCH}\n\t\"\"\"\n\tpatch: Boolean! = false\n\t\"\"\"\n\t{AFTER}\n\t\"\"\"\n\tafter: String\n)"
    );
    sdl.replacen(WRITTEN_ARGUMENTS, &described, 1)
}

/// Declares the directive in the schema.
pub struct LiveDirective;

impl CustomDirectiveFactory for LiveDirective {
    fn name(&self) -> Cow<'static, str> {
        LIVE.into()
    }

    fn register(&self, registry: &mut Registry) {
        let arguments = [
            argument("patch", "Boolean!", Some("false"), PATCH),
            argument("after", "String", None, AFTER),
        ];
        let arguments = arguments.into_iter().map(|one| (one.name.clone(), one));
        registry.add_directive(MetaDirective {
            name: LIVE.to_owned(),
            description: Some(DESCRIPTION.to_owned()),
            locations: vec![__DirectiveLocation::QUERY],
            args: arguments.collect(),
            is_repeatable: false,
            visible: None,
            composable: None,
        });
    }

    /// Called for directives of fields only, and a document with it there is not valid.
    fn create(
        &self,
        _: &ContextDirective<'_>,
        directive: &Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        let message = "`@live` is not allowed on a field";
        Err(ServerError::new(message, Some(directive.name.pos)))
    }
}

fn argument(
    name: &str,
    kind: &str,
    default: Option<&str>,
    description: &'static str,
) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty: kind.to_owned(),
        deprecation: Deprecation::NoDeprecated,
        default_value: default.map(str::to_owned),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

/// The arguments of the directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveOptions {
    /// Whether changes are sent as patches.
    pub patch: bool,
    /// The cursor of the client's answer.
    pub after: Option<String>,
}

impl LiveOptions {
    /// `None` for an operation that is no live query. Values of a wrong type count as omitted: validation reports them.
    pub fn of_operation(operation: &OperationDefinition, variables: &Variables) -> Option<Self> {
        let mut directives = operation.directives.iter();
        let directive = directives.find(|directive| directive.node.name.node == LIVE)?;
        if operation.ty != OperationType::Query {
            return None;
        }
        let value = |name| {
            let written = directive.node.get_argument(name)?;
            Some(value_of(&written.node, operation, variables))
        };
        Some(Self {
            patch: value("patch") == Some(Value::Boolean(true)),
            after: match value("after") {
                Some(Value::String(cursor)) => Some(cursor),
                _ => None,
            },
        })
    }
}

/// The value of an argument; null for a variable that has none.
fn value_of(written: &Written, operation: &OperationDefinition, variables: &Variables) -> Value {
    let value_of_variable = |name| {
        let default = || {
            let mut definitions = operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == name)?;
            Some(definition.node.default_value.as_ref()?.node.clone())
        };
        let value = variables.get(&name).cloned().or_else(default);
        Ok::<_, std::convert::Infallible>(value.unwrap_or_default())
    };
    let Ok(value) = written.clone().into_const_with(value_of_variable);
    value
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::graphql::validation::find_operation;

    fn options(text: &str, variables: serde_json::Value) -> Option<LiveOptions> {
        let document = parse_query(text).unwrap();
        let operation = find_operation(&document, None).unwrap();
        LiveOptions::of_operation(operation, &Variables::from_json(variables))
    }

    #[test]
    fn the_schema_describes_the_arguments() {
        let sdl = crate::graphql::schema::sdl();
        assert!(
            !sdl.contains(WRITTEN_ARGUMENTS) && sdl.contains(AFTER),
            "{sdl}"
        );
    }

    #[test]
    fn arguments_are_values_variables_or_defaults() {
        let expected = |patch, after: Option<&str>| {
            let after = after.map(str::to_owned);
            Some(LiveOptions { patch, after })
        };
        assert_eq!(options("{ a }", json!({})), None);
        assert_eq!(
            options("query @live { a }", json!({})),
            expected(false, None)
        );
        let written = "query @live(patch: true, after: \"c\") { a }";
        assert_eq!(options(written, json!({})), expected(true, Some("c")));
        let variable = "query($p: Boolean! = true, $c: String) @live(patch: $p, after: $c) { a }";
        assert_eq!(options(variable, json!({})), expected(true, None));
        let values = json!({ "p": false, "c": "c" });
        assert_eq!(options(variable, values), expected(false, Some("c")));
        assert_eq!(
            options(variable, json!({ "c": null })),
            expected(true, None)
        );
    }
}
