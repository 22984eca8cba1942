//! Directives on the definitions of variables (GraphQL, 5.7). async-graphql 7.2.1 does not visit them.

use async_graphql::ServerError;
use async_graphql::parser::types::{Directive, ExecutableDocument};
use async_graphql::registry::{__DirectiveLocation, Registry};

use super::fault;

pub(super) fn check(document: &ExecutableDocument, registry: &Registry) -> Vec<ServerError> {
    let operations = document.operations.iter();
    operations
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .flat_map(|definition| &definition.node.directives)
        .filter_map(|directive| Some(fault(reason(&directive.node, registry)?, [directive.pos])))
        .collect()
}

/// No directive of the schema may stand there, so neither arguments nor repetition are looked at.
fn reason(directive: &Directive, registry: &Registry) -> Option<String> {
    let name = &directive.name.node;
    match registry.directives.get(name.as_str()) {
        None => Some(format!("there is no directive `@{name}`")),
        Some(known)
            if !known
                .locations
                .contains(&__DirectiveLocation::VARIABLE_DEFINITION) =>
        {
            Some(format!("`@{name}` may not stand on a variable"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, refuses};

    const PLACES: [&str; 4] = [
        "{ viewer { role HERE } }",
        "{ viewer { __typename HERE } }",
        "{ viewer { ... HERE { role } } }",
        "{ viewer { ...F HERE } } fragment F on Viewer { role }",
    ];

    #[test]
    fn directives_are_validated_wherever_they_are_selected() {
        for place in PLACES {
            for directive in [
                "@nope",
                "@oneOf",
                "@skip",
                "@skip(if: 1)",
                "@skip(if: null)",
            ] {
                refuses(&[&place.replace("HERE", directive)]);
            }
            let place = place.replace("HERE", "@skip(if: $x)");
            for kind in [
                "Boolean",
                "Boolean = null",
                "String = \"x\"",
                "[Boolean!] = [true]",
            ] {
                refuses(&[&format!("query($x: {kind}) {place}")]);
            }
            for kind in ["Boolean = true", "Boolean! = true"] {
                accepts(&[&format!("query($x: {kind}) {place}")]);
            }
        }
    }

    #[test]
    fn definitions_carry_no_directives() {
        for directive in ["@nope", "@skip(if: true)", "@deprecated"] {
            refuses(&[
                &format!("query($x: ID! {directive} = 1) {{ country(code: $x) {{ code }} }}"),
                &format!("query {directive} {{ viewer {{ role }} }}"),
                &format!("{{ ...F }} fragment F on Query {directive} {{ viewer {{ role }} }}"),
            ]);
        }
    }
}
