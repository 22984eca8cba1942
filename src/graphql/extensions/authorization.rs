//! Who may ask for which root field: one table, asked before anything of an operation runs, on every transport.
//!
//! A root field that is missing here fails a test.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery};
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Positioned, ServerError, ServerResult, Variables, async_trait::async_trait};

use crate::error::Error;
use crate::model::role::{Caller, Role};

/// The least role for each root field.
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
pub struct Access {
    /// Whether the schema may be asked for.
    pub introspection: bool,
}

impl ExtensionFactory for Access {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self { ..*self })
    }
}

#[async_trait]
impl Extension for Access {
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
        self.check(&document, caller)?;
        Ok(document)
    }
}

impl Access {
    /// All operations of the document, so that no name of an operation chooses what is checked.
    fn check(&self, document: &ExecutableDocument, caller: &Caller) -> ServerResult<()> {
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => "Query",
                OperationType::Mutation => "Mutation",
                OperationType::Subscription => "Subscription",
            };
            self.check_set(&operation.node.selection_set.node, root, caller)?;
        }
        // A fragment on a root type holds root fields, wherever it is spread.
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
                Selection::FragmentSpread(_) => {} // looked at once, as a fragment
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
            "__schema" | "__type" => Error::Forbidden("introspection is switched off here"),
            _ => match rule(root, name) {
                Some(least) if caller.role >= least => return Ok(()),
                Some(_) if caller.name.is_none() => {
                    Error::Unauthenticated("this needs the token of an editor")
                }
                Some(_) => Error::Forbidden("this needs the role editor"),
                None => return Ok(()), // no such field: validation says so
            },
        };
        let mut refused = ServerError::new(error.to_string(), Some(field.pos));
        refused
            .extensions
            .get_or_insert_default()
            .set("code", error.code());
        Err(refused)
    }
}

fn rule(root: &str, field: &str) -> Option<Role> {
    let is_it = |key: &str| key.split_once('.') == Some((root, field));
    RULES
        .iter()
        .find(|(key, _)| is_it(key))
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
        let schema = parse_schema(crate::graphql::schema::sdl()).unwrap();
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
    fn whoever_only_reads_writes_nothing_however_it_is_written() {
        let access = Access {
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
                let refused = access.check(&parsed, &Caller::anonymous()).is_err();
                assert_eq!(refused, least > Role::Reader, "{document}");
                assert!(
                    access.check(&parsed, &caller(Role::Editor)).is_ok(),
                    "{document}"
                );
            }
        }
    }

    #[test]
    fn introspection_can_be_switched_off() {
        for document in [
            "{ __schema { x } }",
            "{ a: __type(name: \"Q\") { x } }",
            "{ ...F } fragment F on Query { __schema { x } }",
        ] {
            let parsed = parse_query(document).unwrap();
            for introspection in [true, false] {
                let access = Access { introspection };
                assert_eq!(
                    access.check(&parsed, &caller(Role::Admin)).is_ok(),
                    introspection
                );
            }
        }
    }
}
