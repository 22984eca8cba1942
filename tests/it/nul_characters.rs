//! U+0000 in any string of a request is refused: by every argument and input field that the schema has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::app::TestApp;

/// The introspection query of graphql-js 17 with all options.
const INTROSPECTION: &str = include_str!("introspection.graphql");
/// Scalars whose values are no strings.
const OTHER_SCALARS: [&str; 3] = ["Boolean", "Float", "Int"];
/// Nested inputs are followed up to here.
const MAX_DEPTH: usize = 5;

struct Types(BTreeMap<String, Value>);

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

/// The named type within lists and non-null types.
fn named(kind: &Value) -> &str {
    let mut kind = kind;
    while kind["ofType"].is_object() {
        kind = &kind["ofType"];
    }
    name(kind)
}

impl Types {
    async fn of(app: &TestApp) -> Self {
        let schema = app.query(INTROSPECTION).await["__schema"].take();
        let types = list(&schema, "types").map(|each| (name(each).to_owned(), each.clone()));
        Self(types.collect())
    }

    /// A literal for each string in a value of this type, with U+0000 there, and the path of the string.
    fn literals(&self, kind: &str, depth: usize) -> Vec<(String, String)> {
        let found = &self.0[kind];
        match found["kind"].as_str().unwrap() {
            "SCALAR" if !OTHER_SCALARS.contains(&kind) => {
                vec![(r#""a\u0000b""#.to_owned(), String::new())]
            }
            "INPUT_OBJECT" if depth < MAX_DEPTH => {
                let fields = list(found, "inputFields");
                let literals = fields.flat_map(|field| {
                    let below = self.literals(named(&field["type"]), depth + 1).into_iter();
                    let name = name(field);
                    below.map(move |(literal, path)| {
                        (format!("{{ {name}: {literal} }}"), format!(".{name}{path}"))
                    })
                });
                literals.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Each object type that can be reached from the query type, with the fields that lead to it.
    fn paths(&self) -> BTreeMap<&str, Vec<String>> {
        let mut paths = BTreeMap::from([("Query", Vec::new())]);
        let mut pending = vec!["Query"];
        while let Some(kind) = pending.pop() {
            for field in list(&self.0[kind], "fields") {
                let result = named(&field["type"]);
                let possible = list(&self.0[result], "possibleTypes").map(name);
                for reached in possible.chain([result]) {
                    let is_object = self.0[reached]["kind"] == "OBJECT";
                    if !is_object || paths.contains_key(reached) {
                        continue;
                    }
                    let mut path = paths[kind].clone();
                    path.push(format!("{}{}", name(field), required(field)));
                    path.push(format!("... on {reached}"));
                    paths.insert(reached, path);
                    pending.push(reached);
                }
            }
        }
        paths
    }
}

/// The required arguments of a field, which all take a string or a number.
fn required(field: &Value) -> String {
    let arguments = list(field, "args");
    let arguments = arguments.filter(|argument| {
        argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
    });
    let arguments = arguments.map(|argument| {
        let value = match named(&argument["type"]) {
            "Int" => "1",
            _ => r#""x""#,
        };
        format!("{}: {value}", name(argument))
    });
    let arguments: Vec<String> = arguments.collect();
    if arguments.is_empty() {
        String::new()
    } else {
        format!("({})", arguments.join(", "))
    }
}

/// A request with U+0000 in one string, and the path of that string.
fn documents(types: &Types) -> BTreeSet<(String, String)> {
    let mut documents = BTreeSet::new();
    let mut paths = types.paths();
    paths.insert("Mutation", Vec::new());
    for (kind, path) in paths {
        let operation = if kind == "Mutation" {
            "mutation"
        } else {
            "query"
        };
        let (open, close) = (path.join(" { "), " }".repeat(path.len()));
        let open = if open.is_empty() { open } else { open + " { " };
        for field in list(&types.0[kind], "fields") {
            for argument in list(field, "args") {
                for (literal, below) in types.literals(named(&argument["type"]), 0) {
                    let (field_name, argument) = (name(field), name(argument));
                    let document = format!(
                        "{operation} {{ {open}{field_name}({argument}: {literal}){close} }}"
                    );
                    documents.insert((document, format!("{argument}{below}")));
                }
            }
        }
    }
    documents
}

fn assert_refused(response: &Value, field: &str, document: &str) {
    let is_refusal = |error: &&Value| {
        error["extensions"]["code"] == "BAD_USER_INPUT"
            && error["message"].as_str().unwrap().contains("U+0000")
            && error["extensions"]["field"]
                .as_str()
                .is_some_and(|path| path == field)
    };
    let found = list(response, "errors").any(|error| is_refusal(&error));
    assert!(found, "{document}: {response:#}");
    assert!(response["data"].is_null(), "{document}: {response:#}");
}

#[tokio::test]
async fn a_nul_is_refused_in_every_string_of_the_schema() {
    let app = TestApp::start_empty().await;
    let types = Types::of(&app).await;
    let documents = documents(&types);
    assert!(documents.len() > 150, "{}", documents.len());
    let token = app.create_admin_token().await;
    for (document, field) in documents {
        let response = app.execute_with_token(&token, &document, json!({})).await;
        assert_refused(&response, &field, &document);
    }
}

#[tokio::test]
async fn a_nul_is_refused_in_variables() {
    let app = TestApp::start_empty().await;
    for (kind, argument, value, field) in [
        (
            "SourceFilter",
            "sources(filter: $v) { totalCount }",
            json!({ "language": "\0" }),
            "v.language",
        ),
        (
            "SourceFilter",
            "sources(filter: $v) { totalCount }",
            json!({ "title": { "in": ["a", "b\0"] } }),
            "v.title.in[1]",
        ),
        (
            "String!",
            "search(text: $v) { node { id } }",
            json!("rwanda\0"),
            "v",
        ),
        ("ID!", "country(code: $v) { name }", json!("R\0"), "v"),
    ] {
        let document = format!("query($v: {kind}) {{ {argument} }}");
        for _ in 0..2 {
            let response = app.execute(&document, json!({ "v": value })).await;
            assert_refused(&response, field, &document);
        }
    }
}
