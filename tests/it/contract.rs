//! Schema contract: committed schema, descriptions, naming rules, error codes, playground examples.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error};

/// The introspection query of graphql-js 17 with all options.
const INTROSPECTION: &str = include_str!("introspection.graphql");

const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// The types of the schema, without those of introspection.
async fn types(app: &TestApp) -> Vec<Value> {
    let mut schema = app.query(INTROSPECTION).await["__schema"].take();
    let mut types = std::mem::take(schema["types"].as_array_mut().unwrap());
    types.retain(|each| !text(each, "name").starts_with("__"));
    types
}

#[track_caller]
fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key} in {value:#}"))
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

#[track_caller]
fn find_type<'v>(types: &'v [Value], name: &str) -> &'v Value {
    let matching = types.iter().find(|each| each["name"] == name);
    matching.unwrap_or_else(|| panic!("no type {name}"))
}

#[test]
fn the_committed_schema_equals_the_served_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let committed = std::fs::read_to_string(path).unwrap();
    // Not assert_eq!, which would print both schemas.
    assert!(
        committed == demarche::graphql::schema::sdl(),
        "schema.graphql is out of date; run `cargo run -- schema > schema.graphql` and look at the difference"
    );
}

#[tokio::test]
async fn the_schema_is_served_for_download() {
    let app = TestApp::start_empty().await;
    let response = app.get("/schema.graphql").await;
    // Not assert_eq!, as above.
    assert!(response.text().await.unwrap() == demarche::graphql::schema::sdl());
}

#[tokio::test]
async fn the_schema_has_the_same_description_in_introspection_and_in_its_sdl() {
    let app = TestApp::start_empty().await;
    let schema = app.query("{ __schema { description } }").await["__schema"].take();
    let definition = format!(
        "\n\"\"\"\n{}\n\"\"\"\nschema {{",
        text(&schema, "description")
    );
    assert!(demarche::graphql::schema::sdl().contains(&definition));
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let app = TestApp::start_empty().await;
    let is_bare = |value: &Value| {
        value["description"]
            .as_str()
            .is_none_or(|text| text.trim().is_empty())
    };
    let mut bare = Vec::new();
    for each in types(&app).await {
        let name = text(&each, "name");
        if is_bare(&each) && !BUILT_IN.contains(&name) {
            bare.push(name.to_owned());
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for member in list(&each, part) {
                let path = format!("{name}.{}", text(member, "name"));
                let arguments = list(member, "args").filter(|argument| is_bare(argument));
                bare.extend(
                    arguments.map(|argument| format!("{path}({})", text(argument, "name"))),
                );
                if is_bare(member) {
                    bare.push(path);
                }
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[tokio::test]
async fn every_custom_scalar_names_its_specification() {
    let app = TestApp::start_empty().await;
    let types = types(&app).await;
    let scalars = types.iter().filter(|each| each["kind"] == "SCALAR");
    let custom: Vec<&Value> = scalars
        .filter(|each| !BUILT_IN.contains(&text(each, "name")))
        .collect();
    let names: Vec<&str> = custom.iter().map(|each| text(each, "name")).collect();
    assert_eq!(names, ["Date", "DateTime", "Decimal", "Edtf", "Url"]);
    for scalar in custom {
        assert!(
            text(scalar, "specifiedByURL").starts_with("https://"),
            "{scalar:#}"
        );
    }
}

#[tokio::test]
async fn the_root_fields_are_the_promised_ones() {
    let app = TestApp::start_empty().await;
    let types = types(&app).await;
    for (root, promised) in [
        (
            "Query",
            "node nodes country countries countryBy resolveCountries regions organisations initiative initiatives relationships statements statement recalled stanceChanges sources search ledger viewer webhooks",
        ),
        (
            "Mutation",
            "openInitiative registerSource correctSource recordStatement correctStatement retractStatement addEvidence recordReview addWebhook pauseWebhook resumeWebhook replayWebhook rotateWebhookSecret removeWebhook",
        ),
        (
            "Subscription",
            "stanceChanged disputeChanged statementRevised ledgerAppended tallyChanged",
        ),
    ] {
        let fields: Vec<&str> = list(find_type(&types, root), "fields")
            .map(|field| text(field, "name"))
            .collect();
        assert_eq!(fields, promised.split(' ').collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn every_mutation_of_the_ledger_takes_an_input_with_a_key_and_dry_run_and_returns_the_head() {
    let app = TestApp::start_empty().await;
    let types = types(&app).await;
    let mutations = list(find_type(&types, "Mutation"), "fields");
    for mutation in mutations.filter(|field| !text(field, "name").contains("Webhook")) {
        let arguments: Vec<&Value> = list(mutation, "args").collect();
        let names = arguments.iter().map(|argument| text(argument, "name"));
        assert_eq!(names.collect::<Vec<_>>(), ["input", "dryRun"]);
        assert_eq!(arguments[1]["defaultValue"], "false");
        let input = find_type(&types, text(&arguments[0]["type"]["ofType"], "name"));
        let key = list(input, "inputFields")
            .find(|field| field["name"] == "idempotencyKey")
            .unwrap();
        assert_eq!(key["type"]["kind"], "NON_NULL");
        let payload = find_type(&types, text(&mutation["type"]["ofType"], "name"));
        let fields: Vec<&str> = list(payload, "fields")
            .map(|field| text(field, "name"))
            .collect();
        let expected = ["ledgerHead", "stanceChange", "dryRun"];
        assert_eq!(fields[1..], expected, "{payload:#}");
    }
}

#[tokio::test]
async fn every_connection_has_page_info_edges_nodes_and_a_count() {
    let app = TestApp::start_empty().await;
    let types = types(&app).await;
    let is_connection = |each: &&Value| text(each, "name").ends_with("Connection");
    assert_eq!(types.iter().filter(is_connection).count(), 5);
    for each in types.iter().filter(is_connection) {
        let fields: Vec<&str> = list(each, "fields")
            .map(|field| text(field, "name"))
            .collect();
        assert_eq!(fields, ["pageInfo", "edges", "nodes", "totalCount"]);
    }
    for field in types.iter().flat_map(|each| list(each, "fields")) {
        let name = field["type"]["ofType"]["name"].as_str().unwrap_or_default();
        if name.ends_with("Connection") {
            let arguments: Vec<&str> = list(field, "args")
                .map(|argument| text(argument, "name"))
                .collect();
            assert!(
                arguments.ends_with(&["first", "after", "last", "before"]),
                "{field:#}"
            );
        }
    }
}

#[tokio::test]
async fn the_statement_body_is_a_one_of_input() {
    let app = TestApp::start_empty().await;
    let types = types(&app).await;
    assert_eq!(find_type(&types, "BodyInput")["isOneOf"], true);
    let response = app
        .execute_as_editor(
            r#"mutation { recordStatement(input: { idempotencyKey: "1", subject: { country: "RW" }, claimant: { kind: PRESS, label: "A" }, validFrom: "2025", summary: "B", evidence: [], body: { stance: { stance: REFUSED }, concern: { category: DETENTION_CONDITIONS } } }) { statement { id } } }"#,
            json!({}),
        )
        .await;
    assert_eq!(
        response["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{response:#}"
    );
}

#[tokio::test]
async fn unknown_names_are_client_errors() {
    let app = TestApp::start_empty().await;
    for query in [
        "{ nothing }",
        "{ country { code } }",
        "{ country(code: \"RW\", colour: 1) { code } }",
        "{ relationships(first: \"many\") { totalCount } }",
        "{ relationships(filter: { stance: [MAYBE] }) { totalCount } }",
        "{ country(code: \"RW\") { ...Missing } }",
    ] {
        let response = app.execute(query, json!({})).await;
        let errors = response["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{query}: {response:#}"));
        assert!(
            errors
                .iter()
                .all(|error| error["extensions"]["code"] == "BAD_USER_INPUT"),
            "{query}: {response:#}"
        );
        assert!(response.get("data").is_none(), "{query}: {response:#}");
    }
}

#[tokio::test]
async fn invalid_graphql_is_reported_as_a_parse_error() {
    let app = TestApp::start_empty().await;
    for query in ["{", "}", "{ country(code: }", "SELECT 1"] {
        let (code, _) = only_error(&app.execute(query, json!({})).await);
        assert_eq!(code, "GRAPHQL_PARSE_FAILED", "{query}");
    }
}

#[tokio::test]
async fn a_query_beyond_the_limits_is_too_complex() {
    let app = TestApp::start_empty().await;
    let deep = format!(
        "{{ regions {} }}",
        "{ countries { region ".repeat(12) + "{ code }" + &" } }".repeat(12)
    );
    let wide = "{ relationships(first: 100) { nodes { initiative { relationships(first: 100) { nodes { statements(first: 100) { nodes { id } } } } } } } }";
    for query in [&deep, wide] {
        let (code, _) = only_error(&app.execute(query, json!({})).await);
        assert_eq!(code, "QUERY_TOO_COMPLEX", "{query}");
    }
}

#[tokio::test]
async fn no_error_contains_text_of_the_database() {
    let app = TestApp::start().await;
    let hostile = "'; DROP TABLE country; -- \" \u{0} % \\ 🦀";
    for query in [
        "query($t: String) { sources(filter: { title: { contains: $t, startsWith: $t, in: [\"a\"], equals: $t } }) { totalCount } }",
        "query($t: String!) { search(text: $t) { fragments { text } } }",
        "query($t: String) { relationships(after: $t) { totalCount } }",
        "query($t: String) { stanceChanges(after: $t) { totalCount } }",
        "query($t: ID!) { node(id: $t) { id } }",
        "query($t: ID!) { initiative(slug: $t) { id } }",
        "query($t: ID!) { statement(number: $t) { id } }",
        "query($t: ID!) { country(code: $t) { id } }",
        "query($t: ID!) { country(code: \"RW\") { stance(initiative: $t) } }",
        "query($t: ID!) { relationships(filter: { initiative: $t }) { totalCount } }",
        "query($t: ID!) { stanceChanges(filter: { countries: [$t] }) { totalCount } }",
    ] {
        let response = app.execute(query, json!({ "t": hostile })).await;
        for error in list(&response, "errors") {
            assert_ne!(
                error["extensions"]["code"], "INTERNAL_SERVER_ERROR",
                "{query}: {error:#}"
            );
            let message = text(error, "message").to_lowercase();
            for word in ["sqlite", "select ", "syntax error", "near \""] {
                assert!(!message.contains(word), "{query}: {message}");
            }
        }
    }
    let countries = app.query("{ countries { code } }").await;
    assert_eq!(list(&countries, "countries").count(), 250);
}

/// The examples of the playground, by file name.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/playground/examples");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    files.into_iter().map(read).collect()
}

fn has_operation(example: &str, operation: &str) -> bool {
    example.lines().any(|line| line.starts_with(operation))
}

#[tokio::test]
async fn queries_of_the_playground_return_data() {
    let app = TestApp::start().await;
    let examples = examples();
    let queries: Vec<_> = examples
        .iter()
        .filter(|(_, example)| has_operation(example, "query "))
        .collect();
    assert_eq!(queries.len(), 4);
    for (name, query) in queries {
        let result = data(app.execute(query, json!({})).await);
        let root = result.as_object().unwrap().values().next().unwrap();
        assert!(root.is_object(), "{name}: {result:#}");
    }
}

#[tokio::test]
async fn the_playgrounds_mutation_needs_a_token_and_a_source_and_then_records() {
    let app = TestApp::start().await;
    let examples = examples();
    let (_, mutation) = examples
        .iter()
        .find(|(_, example)| has_operation(example, "mutation "))
        .unwrap();
    let (code, _) = only_error(&app.execute(mutation, json!({})).await);
    assert_eq!(code, "UNAUTHENTICATED");
    let (code, field) = only_error(&app.execute_as_editor(mutation, json!({})).await);
    assert_eq!(code, "NOT_FOUND", "{field}");
    let sources = app.query("{ sources(first: 1) { nodes { id } } }").await;
    let mutation = mutation.replace(
        "PASTE_A_SOURCE_ID",
        text(&sources["sources"]["nodes"][0], "id"),
    );
    let recorded = data(app.execute_as_editor(&mutation, json!({})).await);
    assert_eq!(
        recorded["recordStatement"]["statement"]["standing"],
        "STANDING"
    );
    assert_eq!(recorded["recordStatement"]["stanceChange"]["to"], "REFUSED");
}

#[tokio::test]
async fn the_playgrounds_subscription_receives_refusals() {
    let app = TestApp::start().await;
    let examples = examples();
    let (_, subscription) = examples
        .iter()
        .find(|(_, example)| has_operation(example, "subscription "))
        .unwrap();
    let genesis =
        app.query("{ ledger { genesis { cursor } } }").await["ledger"]["genesis"]["cursor"].take();
    let resumed = subscription.replace(
        "stanceChanged(",
        &format!("stanceChanged(after: {genesis}, "),
    );
    assert_ne!(&resumed, subscription);
    let mut socket = app.subscribe(&resumed, json!({})).await;
    let change = &socket.event().await["stanceChanged"];
    assert_eq!(change["to"], "REFUSED");
    assert_eq!(change["relationship"]["requestedState"]["name"], "Bahamas");
}
