//! Authorization of root fields: a table with the least role per field, checked before execution on every transport.
//!
//! A test fails for a root field that is missing in the table.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery};
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Positioned, ServerError, ServerResult, Variables, async_trait::async_trait};

use crate::error::Error;
use crate::model::role::{Caller, Role};

/// The least role that may select each root field.
pub const RULES: [(&str, Role); 24] = [
    ("Query.node", Role::Reader),
    ("Query.nodes", Role::Reader),
    ("Query.country", Role::Reader),
    ("Query.countries", Role::Reader),
    ("Query.regions", Role::Reader),
    ("Query.initiative", Role::Reader),
    ("Query.initiatives", Role::Reader),
    ("Query.relationships", Role::Reader),
    ("Query.statements", Role::Reader),
    ("Query.statement", Role::Reader),
    ("Query.stanceChanges", Role::Reader),
    ("Query.sources", Role::Reader),
    ("Query.search", Role::Reader),
    ("Query.ledger", Role::Reader),
    ("Query.viewer", Role::Reader),
    ("Mutation.openInitiative", Role::Editor),
    ("Mutation.registerSource", Role::Editor),
    ("Mutation.recordStatement", Role::Editor),
    ("Mutation.correctStatement", Role::Editor),
    ("Mutation.retractStatement", Role::Editor),
    ("Mutation.addEvidence", Role::Editor),
    ("Subscription.stanceChanged", Role::Reader),
    ("Subscription.ledgerAppended", Role::Reader),
    ("Subscription.tallyChanged", Role::Reader),
];

/// The schema extension.
pub struct RootFieldAuthorization {
    /// Whether introspection is allowed.
    pub introspection: bool,
}

impl ExtensionFactory for RootFieldAuthorization {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self { ..*self })
    }
}

#[async_trait]
impl Extension for RootFieldAuthorization {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        let anonymous = Caller::anonymous();
        let caller = ctx.data_opt::<Caller>().unwrap_or(&anonymous);
        self.authorize(&document, caller)?;
        Ok(document)
    }
}

impl RootFieldAuthorization {
    /// Checks all operations of the document, so that `operationName` does not influence the check.
    fn authorize(&self, document: &ExecutableDocument, caller: &Caller) -> ServerResult<()> {
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => "Query",
                OperationType::Mutation => "Mutation",
                OperationType::Subscription => "Subscription",
            };
            self.check_set(&operation.node.selection_set.node, root, caller)?;
        }
        // A fragment on a root type contains root fields, wherever it is spread.
        for fragment in document.fragments.values() {
            let on = fragment.node.type_condition.node.on.node.as_str();
            if matches!(on, "Query" | "Mutation" | "Subscription") {
                self.check_set(&fragment.node.selection_set.node, on, caller)?;
            }
        }
        Ok(())
    }

    fn check_set(&self, set: &SelectionSet, root: &str, caller: &Caller) -> ServerResult<()> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.check_field(field, root, caller)?,
                Selection::InlineFragment(inline) => {
                    self.check_set(&inline.node.selection_set.node, root, caller)?;
                }
                Selection::FragmentSpread(_) => {} // fragments are checked by `authorize`
            }
        }
        Ok(())
    }

    fn check_field(
        &self,
        field: &Positioned<Field>,
        root: &str,
        caller: &Caller,
    ) -> ServerResult<()> {
        let name = field.node.name.node.as_str();
        let error = match name {
            "__typename" => return Ok(()),
            "__schema" | "__type" if self.introspection => return Ok(()),
            "__schema" | "__type" => Error::Forbidden("introspection is disabled on this server"),
            _ => match least_role(root, name) {
                Some(least) if caller.role >= least => return Ok(()),
                Some(_) if caller.name.is_none() => {
                    Error::Unauthenticated("an editor's token is required")
                }
                Some(_) => Error::Forbidden("the role editor is required"),
                None => return Ok(()), // no such field: validation reports it
            },
        };
        let mut denied = ServerError::new(error.to_string(), Some(field.pos));
        denied
            .extensions
            .get_or_insert_default()
            .set("code", error.code());
        Err(denied)
    }
}

fn least_role(root: &str, field: &str) -> Option<Role> {
    let is_same_field = |key: &str| key.split_once('.') == Some((root, field));
    RULES
        .iter()
        .find(|(key, _)| is_same_field(key))
        .map(|(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
    use async_graphql::parser::{parse_query, parse_schema};

    use super::*;

    fn caller(role: Role) -> Caller {
        Caller {
            name: Some("desk".to_owned()),
            role,
        }
    }

    fn root_fields() -> Vec<String> {
        let schema = parse_schema(crate::graphql::schema::sdl_without_description()).unwrap();
        let mut fields = Vec::new();
        for definition in schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            if let TypeKind::Object(object) = definition.node.kind
                && matches!(name.as_str(), "Query" | "Mutation" | "Subscription")
            {
                let names = object.fields.iter();
                fields.extend(names.map(|field| format!("{name}.{}", field.node.name.node)));
            }
        }
        fields.sort();
        fields
    }

    #[test]
    fn every_root_field_has_a_rule_and_every_rule_a_field() {
        let mut rules = RULES.map(|(key, _)| key.to_owned());
        rules.sort();
        assert_eq!(root_fields(), rules);
    }

    #[test]
    fn a_reader_can_write_nothing_in_any_notation() {
        let authorization = RootFieldAuthorization {
            introspection: true,
        };
        for (key, least) in RULES {
            let (root, field) = key.split_once('.').unwrap();
            let operation = root.to_lowercase();
            for document in [
                format!("{operation} {{ {field} }}"),
                format!("{operation} {{ harmless: {field} }}"),
                format!("{operation} {{ ... {{ ... on {root} {{ {field} }} }} }}"),
                format!("{operation} {{ ...F }} fragment F on {root} {{ {field} }}"),
                format!("query A {{ viewer }} {operation} B {{ {field} }}"),
            ] {
                let parsed = parse_query(&document).unwrap();
                let is_denied = authorization
                    .authorize(&parsed, &Caller::anonymous())
                    .is_err();
                assert_eq!(is_denied, least > Role::Reader, "{document}");
                assert!(
                    authorization
                        .authorize(&parsed, &caller(Role::Editor))
                        .is_ok(),
                    "{document}"
                );
            }
        }
    }

    #[test]
    fn introspection_can_be_disabled() {
        for document in [
            "{ __schema { x } }",
            "{ a: __type(name: \"Q\") { x } }",
            "{ ...F } fragment F on Query { __schema { x } }",
        ] {
            let parsed = parse_query(document).unwrap();
            for introspection in [true, false] {
                let authorization = RootFieldAuthorization { introspection };
                assert_eq!(
                    authorization
                        .authorize(&parsed, &caller(Role::Admin))
                        .is_ok(),
                    introspection
                );
            }
        }
    }
}
