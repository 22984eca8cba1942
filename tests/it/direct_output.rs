//! Queries are executed by the server's own executor, and by that of the library where a document also asks for the schema: the
//! same bytes.

use crate::app::TestApp;
use crate::every_field::{Types, unlimited};
use crate::fixtures::stance_input;
use crate::random_documents::RandomDocuments;

/// Selections of which all fields are in memory, some, or none, at several levels.
const SELECTIONS: [&str; 23] = [
    "countries { code name }",
    "countries { __typename population unMember location { latitude longitude } emoji aliases }",
    r#"countries { code german: name(lang: "de") name region { code parent { name } } }"#,
    "countries { c: code code neighbours { code region { name } languages { code nativeName } } }",
    "countries { code relationships(direction: INCOMING, first: 3) { nodes { id stance since } } }",
    "countries { code relationships { edges { cursor node { stance requestedState { name } } } totalCount } }",
    "countries(filter: { codes: [] }) { code }",
    "regions { name parent { parent { code } } countries { alpha3 currencies { name } } }",
    "initiatives { title tally { total byRegion { region { name } byStance { stance count } } } }",
    "initiatives { steps(clock: VALID) { on uncertain tally { disputed } moves { from to relationship { id } } } }",
    "relationships(first: 50) { pageInfo { hasNextPage endCursor } nodes { disputed position { stance certain } } }",
    "relationships { nodes { ...R } } another: relationships { edges { __typename node { ... on Relationship { since } } } }",
    "stanceChanges(first: 30) { nodes { from to kind occurredOn recordedAt relationship { id } } }",
    "statements(first: 5) { edges { cursor node { number } } }",
    "sources(first: 9) { nodes { kind publisher title url publishedOn language derivedFrom { title } } }",
    "organisations { code source reviewedTo memberships { joined left suspended country { name } } }",
    // Objects that are selected several times, as fragments of components do.
    "initiatives { title tally { total } tally { disputed total } requestingState { code } ... { requestingState { name code } } }",
    "relationships { nodes { ...R } nodes { requestedState { code region { name } } ... on Relationship { since id } } }",
    // Interfaces and unions.
    "statements(first: 90) { nodes { __typename id ... on StanceStatement { id stance scope } ... on CountStatement { low id } } }",
    "statements { nodes { number subject { __typename ... on Relationship { id stance } ... on Country { id code } } } }",
    "statements { nodes { ...S evidence { quote source { title } } } nodes { evidence { relation source { url } } ... on Node { id } } }",
    "statements { nodes { contradicts { number } contradictedBy { __typename ... on DenialStatement { of } } } }",
    "search(text: \"deport\") { node { __typename id ... on Country { name } ... on Statement { summary } ... S } fragments { text } }",
];

const FRAGMENT: &str =
    "fragment R on Relationship { id requestingState { ...C } requestedState { capital ...C } }
    fragment C on Country { code unMember }";
const STATEMENT_FRAGMENT: &str = "fragment S on Statement { __typename number claimant { kind label }
    ... on StanceStatement { stance } ... on AgreementStatement { cap { persons per } instrument } }";

/// Asks for the schema, and for an object twice, so that the library executes the document and makes every object.
const OF_LIBRARY: &str = "viewer { role } viewer { role } __schema { queryType { name } }";
/// What it adds to the response.
const SCHEMA: &str = r#","viewer":{"role":"READER"},"__schema":{"queryType":{"name":"Query"}}}}"#;

/// Documents of the random test; `DEMARCHE_TEST_DOCUMENTS` sets another number.
const RANDOM_DOCUMENTS: u64 = 150;

async fn post(app: &TestApp, query: &str) -> String {
    let variables = serde_json::json!({ "yes": true, "no": false });
    let body = serde_json::json!({ "query": query, "variables": variables });
    let request = app.http().post(app.url("/graphql")).json(&body);
    request.send().await.unwrap().text().await.unwrap()
}

async fn compare(app: &TestApp, selection: &str, fragments: &str) {
    compare_operations(app, "", selection, fragments).await;
}

/// As [`compare`], with the start of an operation.
async fn compare_operations(app: &TestApp, head: &str, selection: &str, fragments: &str) {
    let direct = post(app, &format!("{head}{{ {selection} }} {fragments}")).await;
    let of_library = format!("{head}{{ {selection} {OF_LIBRARY} }} {fragments}");
    let of_library = post(app, &of_library).await;
    assert!(
        direct.starts_with(r#"{"data":{""#),
        "{selection} {fragments}: {direct}"
    );
    let expected = format!("{}{SCHEMA}", direct.strip_suffix("}}").unwrap());
    let same = expected.bytes().zip(of_library.bytes());
    let same = same.take_while(|(one, other)| one == other).count();
    let (direct, of_library) = (from(&expected, same), from(&of_library, same));
    assert_eq!(direct, of_library, "{selection} {fragments}");
}

/// The text around the first difference.
fn from(text: &str, at: usize) -> &str {
    let start = (0..=at.saturating_sub(60))
        .rev()
        .find(|start| text.is_char_boundary(*start));
    let end = (at + 60..text.len()).find(|end| text.is_char_boundary(*end));
    &text[start.unwrap_or(0)..end.unwrap_or(text.len())]
}

#[tokio::test]
async fn direct_output_has_the_bytes_of_the_library() {
    let app = TestApp::start_with_limits(unlimited()).await;
    for selection in SELECTIONS {
        let fragments = if selection.contains("...R") {
            FRAGMENT
        } else if selection.contains("...S") || selection.contains("... S") {
            STATEMENT_FRAGMENT
        } else {
            ""
        };
        compare(&app, selection, fragments).await;
    }
    let queries = Types::load(&app).await.queries();
    // Those with a `$` need ids.
    for query in queries.iter().filter(|query| !query.contains('$')) {
        let selection = query
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        compare(&app, selection.unwrap(), "").await;
    }
}

#[expect(clippy::disallowed_methods, reason = "an option of this test")]
fn random_documents() -> u64 {
    let count = std::env::var("DEMARCHE_TEST_DOCUMENTS");
    count.map_or(RANDOM_DOCUMENTS, |count| count.parse().unwrap())
}

#[tokio::test]
async fn random_documents_have_the_bytes_of_the_library() {
    let app = TestApp::start_with_limits(unlimited()).await;
    let types = Types::load(&app).await;
    for seed in 0..random_documents() {
        let random = RandomDocuments::new(&types, seed);
        if seed % 2 == 0 {
            let document = random.document(false);
            compare(&app, &document.selection, &document.fragments).await;
        } else {
            let document = random.document(true);
            let head = "query($yes: Boolean!, $no: Boolean!) ";
            compare_operations(&app, head, &document.selection, &document.fragments).await;
        }
    }
}

/// The answer to a mutation, which the library executes; with `$yes`, which is true.
async fn record(app: &TestApp, source: &str, selection: &str) -> String {
    let input = stance_input(source, "RW", "AGREED", "2025");
    let mutation = format!(
        "mutation($input: RecordStatementInput!, $yes: Boolean = true) {{ recordStatement(input: $input) {{ {selection} }} }}
         fragment F on Statement {{ standing kind }} fragment S on StanceStatement {{ kind number }}"
    );
    let mut variables = serde_json::json!({ "input": input });
    variables["input"]["idempotencyKey"] = selection.len().to_string().into();
    let body = serde_json::json!({ "query": mutation, "variables": variables });
    let request = app.http().post(app.url("/graphql")).json(&body);
    let request = request.bearer_auth(&app.token);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn what_a_mutation_skips_and_what_it_asks_of_other_types_does_not_count_for_the_order() {
    let (app, source) = TestApp::start_with_initiative().await;
    for (selection, expected) in [
        (
            "ledgerHead @skip(if: $yes) { hash } statement { number @skip(if: true) kind ...F @include(if: false) number standing ...F }
             ledgerHead { cursor @include(if: false) seq } statement { ...S }",
            r#"{"statement":{"kind":"STANCE","number":3,"standing":"STANDING"},"ledgerHead":{"seq":3}}"#,
        ),
        (
            "statement { ... on CountStatement { number kind } ...S ... on Node { id @skip(if: $yes) } ...F
             subject { ... on Country { name code } ... on Relationship { stance requestedState { code name } } } }",
            r#"{"statement":{"kind":"STANCE","number":4,"standing":"STANDING","subject":{"stance":"AGREED","requestedState":{"code":"RW","name":"Rwanda"}}}}"#,
        ),
    ] {
        let answer = record(&app, &source, selection).await;
        let expected = format!(r#"{{"data":{{"recordStatement":{expected}}}}}"#);
        assert_eq!(answer, expected, "{selection}");
    }
}
