//! Manifests of persisted documents: the files that build tools of clients write.
//!
//! Relay, graphql-codegen and gql.tada write an object from IDs to documents, Apollo's tool a list of operations. An ID is
//! any text: tools hash differently, and with or without the name of the algorithm in front.

use std::collections::{HashMap, hash_map::Entry};

use serde::Deserialize;

const APOLLO_FORMAT: &str = "apollo-persisted-query-manifest";

#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo(ApolloManifest),
    ById(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ApolloManifest {
    format: String,
    version: u32,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

/// The documents of a manifest, by ID.
/// # Errors
/// The reason why it is not a manifest.
pub(super) fn read_manifest(text: &str) -> Result<HashMap<String, String>, String> {
    // First as any JSON: errors of its syntax have a position.
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let manifest = Manifest::deserialize(json).map_err(|_| {
        format!(
            "not a manifest: expected a JSON object from IDs to documents (Relay, graphql-codegen, gql.tada), or one with \
             \"format\": \"{APOLLO_FORMAT}\", \"version\": 1 and \"operations\" with \"id\" and \"body\" (Apollo)"
        )
    })?;
    match manifest {
        Manifest::ById(documents) => Ok(documents),
        Manifest::Apollo(manifest) => from_apollo(manifest),
    }
}

fn from_apollo(manifest: ApolloManifest) -> Result<HashMap<String, String>, String> {
    let ApolloManifest {
        format, version, ..
    } = &manifest;
    if format != APOLLO_FORMAT || *version != 1 {
        return Err(format!(
            "the manifest has the format `{format}`, version {version}; supported is `{APOLLO_FORMAT}`, version 1"
        ));
    }
    let mut documents = HashMap::new();
    for ApolloOperation { id, body } in manifest.operations {
        match documents.entry(id) {
            Entry::Vacant(vacant) => {
                vacant.insert(body);
            }
            Entry::Occupied(occupied) if *occupied.get() == body => {}
            Entry::Occupied(occupied) => {
                return Err(format!("`{}` names two documents", occupied.key()));
            }
        }
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_document(manifest: &str, id: &str, document: &str) {
        let documents = read_manifest(manifest).unwrap();
        assert_eq!(documents.get(id).map(String::as_str), Some(document));
    }

    #[test]
    fn the_manifests_of_common_tools_are_read() {
        let apollo = r#"{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            { "id": "dc67510f", "name": "A", "type": "query", "body": "query A { a }" },
            { "id": "f11e4dcb", "name": "B", "type": "subscription", "body": "subscription B { b }" } ] }"#;
        assert_document(apollo, "dc67510f", "query A { a }");
        assert_document(apollo, "f11e4dcb", "subscription B { b }");
        let relay = r#"{ "5ff6e2f4f2cd6ea8e8ae9b1a0a2c8fd1": "query A {\n  a\n}\n" }"#;
        assert_document(
            relay,
            "5ff6e2f4f2cd6ea8e8ae9b1a0a2c8fd1",
            "query A {\n  a\n}\n",
        );
        let codegen = r#"{ "sha256:1ff4": "query A { a }" }"#;
        assert_document(codegen, "sha256:1ff4", "query A { a }");
        let gql_tada = r#"{ "my-id": "query A { ...F }\n\nfragment F on Query { a }" }"#;
        assert_document(
            gql_tada,
            "my-id",
            "query A { ...F }\n\nfragment F on Query { a }",
        );
    }

    #[test]
    fn another_file_is_rejected_with_the_reason() {
        for (text, reason) in [
            ("{", "EOF"),
            ("[]", "not a manifest"),
            (r#"{"a":{"body":"{a}"}}"#, "not a manifest"),
            (
                r#"{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}"#,
                "version 2",
            ),
            (
                r#"{"format":"other","version":1,"operations":[]}"#,
                "`other`",
            ),
            (
                r#"{"format":"apollo-persisted-query-manifest","version":1,"operations":[
                    {"id":"a","body":"{a}"},{"id":"a","body":"{b}"}]}"#,
                "`a` names two documents",
            ),
        ] {
            let error = read_manifest(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
