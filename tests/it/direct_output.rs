//! Direct output of objects and lists, and that of the library, which is used where a document selects an object twice: the
//! same bytes.

use crate::app::TestApp;
use crate::every_field::{Types, unlimited};

/// Selections of which all fields are in memory, some, or none, at several levels.
const SELECTIONS: [&str; 16] = [
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
];

const FRAGMENT: &str =
    "fragment R on Relationship { id requestingState { ...C } requestedState { capital ...C } }
    fragment C on Country { code unMember }";

/// Selects an object twice, so that the library resolves the document.
const MERGED: &str = "viewer { role } viewer { role }";

async fn post(app: &TestApp, query: &str) -> String {
    let body = serde_json::json!({ "query": query });
    let request = app.http().post(app.url("/graphql")).json(&body);
    request.send().await.unwrap().text().await.unwrap()
}

async fn compare(app: &TestApp, selection: &str, fragments: &str) {
    let direct = post(app, &format!("{{ {selection} }} {fragments}")).await;
    let merged = post(app, &format!("{{ {selection} {MERGED} }} {fragments}")).await;
    assert!(direct.starts_with(r#"{"data":{""#), "{selection}: {direct}");
    let expected = direct.strip_suffix("}}").unwrap();
    let rest = merged.strip_prefix(expected);
    assert_eq!(
        rest,
        Some(r#","viewer":{"role":"READER"}}}"#),
        "{selection}"
    );
}

#[tokio::test]
async fn direct_output_has_the_bytes_of_the_library() {
    let app = TestApp::start_with_limits(unlimited()).await;
    for selection in SELECTIONS {
        let fragments = if selection.contains("...R") {
            FRAGMENT
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
