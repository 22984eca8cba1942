//! Directives on variable definitions (GraphQL, 5.7). async-graphql 7.2.1 does not visit them.

use async_graphql::ServerError;
use async_graphql::parser::types::{Directive, ExecutableDocument};
use async_graphql::registry::{__DirectiveLocation, Registry};

use super::validation_error;

pub(super) fn check_definitions(
    document: &ExecutableDocument,
    registry: &Registry,
) -> Vec<ServerError> {
    let operations = document.operations.iter();
    operations
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .flat_map(|definition| &definition.node.directives)
        .filter_map(|directive| {
            Some(validation_error(
                violation(&directive.node, registry)?,
                [directive.pos],
            ))
        })
        .collect()
}

/// No directive of the schema is allowed there, so arguments and repetition are not checked.
fn violation(directive: &Directive, registry: &Registry) -> Option<String> {
    let name = &directive.name.node;
    match registry.directives.get(name.as_str()) {
        None => Some(format!("there is no directive `@{name}`")),
        Some(definition)
            if !definition
                .locations
                .contains(&__DirectiveLocation::VARIABLE_DEFINITION) =>
        {
            Some(format!("`@{name}` is not allowed on a variable definition"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, rejects};

    const LOCATIONS: [&str; 4] = [
        "{ viewer { role HERE } }",
        "{ viewer { __typename HERE } }",
        "{ viewer { ... HERE { role } } }",
        "{ viewer { ...F HERE } } fragment F on Viewer { role }",
    ];

    #[test]
    fn directives_on_selections_are_validated() {
        for location in LOCATIONS {
            for directive in [
                "@nope",
                "@oneOf",
                "@skip",
                "@skip(if: 1)",
                "@skip(if: null)",
            ] {
                rejects(&[&location.replace("HERE", directive)]);
            }
            let location = location.replace("HERE", "@skip(if: $x)");
            for kind in [
                "Boolean",
                "Boolean = null",
                "String = \"x\"",
                "[Boolean!] = [true]",
            ] {
                rejects(&[&format!("query($x: {kind}) {location}")]);
            }
            for kind in ["Boolean = true", "Boolean! = true"] {
                accepts(&[&format!("query($x: {kind}) {location}")]);
            }
        }
    }

    #[test]
    fn definitions_may_not_have_directives() {
        for directive in ["@nope", "@skip(if: true)", "@deprecated"] {
            rejects(&[
                &format!("query($x: ID! = 1 {directive}) {{ country(code: $x) {{ code }} }}"),
                &format!("query {directive} {{ viewer {{ role }} }}"),
                &format!("{{ ...F }} fragment F on Query {directive} {{ viewer {{ role }} }}"),
            ]);
        }
    }
}
