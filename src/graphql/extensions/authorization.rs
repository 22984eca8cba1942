//! Authorization of root fields: a table with the least role per field, checked before execution on every transport.
//!
//! A test fails for a root field that is missing in the table.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextPrepareRequest,
};
use async_graphql::parser::types::{ExecutableDocument, Field, Selection};
use async_graphql::{
    Positioned, Request, ServerError, ServerResult, Variables, async_trait::async_trait,
};

use crate::error::Error;
use crate::graphql::validation::{
    find_operation, prepared_document::ValidationOnly, root_type_name,
};
use crate::model::role::{Caller, Role};

/// The least role that may select each root field.
pub const RULES: [(&str, Role); 39] = [
    ("Query.node", Role::Reader),
    ("Query.nodes", Role::Reader),
    ("Query.country", Role::Reader),
    ("Query.countries", Role::Reader),
    ("Query.countryBy", Role::Reader),
    ("Query.resolveCountries", Role::Reader),
    ("Query.regions", Role::Reader),
    ("Query.organisations", Role::Reader),
    ("Query.initiative", Role::Reader),
    ("Query.initiatives", Role::Reader),
    ("Query.relationships", Role::Reader),
    ("Query.statements", Role::Reader),
    ("Query.statement", Role::Reader),
    ("Query.recalled", Role::Reader),
    ("Query.stanceChanges", Role::Reader),
    ("Query.sources", Role::Reader),
    ("Query.search", Role::Reader),
    ("Query.ledger", Role::Reader),
    ("Query.viewer", Role::Reader),
    ("Query.webhooks", Role::Admin),
    ("Mutation.openInitiative", Role::Editor),
    ("Mutation.registerSource", Role::Editor),
    ("Mutation.recordStatement", Role::Editor),
    ("Mutation.correctStatement", Role::Editor),
    ("Mutation.retractStatement", Role::Editor),
    ("Mutation.addEvidence", Role::Editor),
    ("Mutation.recordReview", Role::Editor),
    ("Mutation.correctSource", Role::Editor),
    ("Mutation.addWebhook", Role::Admin),
    ("Mutation.pauseWebhook", Role::Admin),
    ("Mutation.resumeWebhook", Role::Admin),
    ("Mutation.replayWebhook", Role::Admin),
    ("Mutation.rotateWebhookSecret", Role::Admin),
    ("Mutation.removeWebhook", Role::Admin),
    ("Subscription.stanceChanged", Role::Reader),
    ("Subscription.disputeChanged", Role::Reader),
    ("Subscription.statementRevised", Role::Reader),
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
        Arc::new(RequestAuthorization {
            rules: Self { ..*self },
            operation_name: OnceLock::new(),
        })
    }
}

/// The check of one request.
struct RequestAuthorization {
    rules: RootFieldAuthorization,
    operation_name: OnceLock<String>,
}

#[async_trait]
impl Extension for RequestAuthorization {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let request = next.run(ctx, request).await?;
        if let Some(name) = &request.operation_name {
            drop(self.operation_name.set(name.clone()));
        }
        Ok(request)
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        if ctx.data_opt::<ValidationOnly>().is_none() {
            let anonymous = Caller::anonymous();
            let caller = ctx.data_opt::<Caller>().unwrap_or(&anonymous);
            let name = self.operation_name.get().map(String::as_str);
            self.rules.authorize(&document, name, caller)?;
        }
        Ok(document)
    }
}

impl RootFieldAuthorization {
    /// Checks the selected operation, which alone is executed; if none is selected, the library reports that.
    /// # Errors
    /// `UNAUTHENTICATED` or `FORBIDDEN` at the first field that needs a higher role.
    pub fn authorize(
        &self,
        document: &ExecutableDocument,
        name: Option<&str>,
        caller: &Caller,
    ) -> ServerResult<()> {
        let Some(operation) = find_operation(document, name) else {
            return Ok(());
        };
        let root = root_type_name(operation.ty);
        let mut visited = HashSet::new();
        let mut pending = vec![&operation.selection_set.node];
        while let Some(set) = pending.pop() {
            for item in &set.items {
                match &item.node {
                    Selection::Field(field) => self.check_field(field, root, caller)?,
                    Selection::InlineFragment(inline) => {
                        pending.push(&inline.node.selection_set.node);
                    }
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        let fragment = document.fragments.get(name);
                        // Each fragment once, so that a cycle ends.
                        pending.extend(
                            fragment
                                .filter(|_| visited.insert(name))
                                .map(|fragment| &fragment.node.selection_set.node),
                        );
                    }
                }
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
                Some(Role::Admin) if caller.name.is_none() => {
                    Error::Unauthenticated("an admin's token is required")
                }
                Some(_) if caller.name.is_none() => {
                    Error::Unauthenticated("an editor's token is required")
                }
                Some(Role::Admin) => Error::Forbidden("the role admin is required"),
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
            expires: None,
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
    fn each_role_can_select_what_it_may_and_nothing_else_in_any_notation() {
        let authorization = RootFieldAuthorization {
            introspection: true,
        };
        let callers = [
            Caller::anonymous(),
            caller(Role::Editor),
            caller(Role::Admin),
        ];
        for (key, least) in RULES {
            let (root, field) = key.split_once('.').unwrap();
            let operation = root.to_lowercase();
            for document in [
                format!("{operation} {{ {field} }}"),
                format!("{operation} {{ harmless: {field} }}"),
                format!("{operation} {{ ... {{ ... on {root} {{ {field} }} }} }}"),
                format!("{operation} {{ ...F }} fragment F on {root} {{ {field} }}"),
            ] {
                let parsed = parse_query(&document).unwrap();
                for caller in &callers {
                    let is_allowed = authorization.authorize(&parsed, None, caller).is_ok();
                    assert_eq!(is_allowed, caller.role >= least, "{document} {caller:?}");
                }
            }
        }
    }

    #[test]
    fn only_the_selected_operation_is_authorized() {
        let authorization = RootFieldAuthorization {
            introspection: false,
        };
        let check = |document: &str, name| {
            let parsed = parse_query(document).unwrap();
            authorization
                .authorize(&parsed, Some(name), &Caller::anonymous())
                .is_ok()
        };
        for second in [
            "mutation B { retractStatement }",
            "query B { __schema { x } }",
            "mutation B { ...F } fragment F on Mutation { ...G } fragment G on Mutation { addEvidence ...F }",
        ] {
            let document = format!("query A {{ viewer }} {second}");
            assert!(check(&document, "A"), "{document}");
            assert!(!check(&document, "B"), "{document}");
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
                        .authorize(&parsed, None, &caller(Role::Admin))
                        .is_ok(),
                    introspection
                );
            }
        }
    }
}
