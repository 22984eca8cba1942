//! Operations of the page at `/`: its documents by ID, and the fields that they select.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::{TestApp, data, only_error};
use crate::fixtures::{id, initiative, record_bundled_stance, source};

const INITIATIVE: &str = "us-third-country-removals";

/// The ID of a document of the page.
fn document_id(text: &str) -> String {
    format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(text)))
}

const ATLAS: &str = include_str!("../../web/atlas/operations/Atlas.graphql");
const LIVE: &str = include_str!("../../web/atlas/operations/Live.graphql");

fn request(app: &TestApp, document: &str, variables: &Value) -> reqwest::RequestBuilder {
    let mut url = reqwest::Url::parse(&app.url("/graphql")).unwrap();
    let mut parameters = url.query_pairs_mut();
    parameters.append_pair("documentId", &document_id(document));
    parameters.append_pair("variables", &variables.to_string());
    drop(parameters);
    app.http().get(url).header("demarche-cost", "1")
}

async fn ask(app: &TestApp, document: &str, variables: &Value) -> reqwest::Response {
    request(app, document, variables).send().await.unwrap()
}

#[tokio::test]
async fn the_documents_of_the_page_are_known_by_id_without_an_option() {
    let app = TestApp::start().await;
    let variables = json!({ "i": INITIATIVE });
    let response = ask(&app, ATLAS, &variables).await;
    assert_eq!(response.status(), 200);
    let tag = response.headers()["etag"].clone();
    let cache = response.headers()["cache-control"].to_str().unwrap();
    assert!(cache.contains("public"), "{cache}");
    let response: Value = response.json().await.unwrap();
    let cost = response["extensions"]["cost"]["total"].as_u64().unwrap();
    assert!((1_000..=3_000).contains(&cost), "{cost}");
    let again = request(&app, ATLAS, &variables).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn the_answer_of_the_page_agrees_with_the_tally_and_ends_at_its_head() {
    let app = TestApp::start().await;
    let response = ask(&app, ATLAS, &json!({ "i": INITIATIVE, "lang": "fr" })).await;
    let answer = data(response.json().await.unwrap());
    let initiative = &answer["initiative"];
    let nodes = initiative["relationships"]["nodes"].as_array().unwrap();
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for node in nodes {
        *counted
            .entry(node["position"]["stance"].as_str().unwrap())
            .or_default() += 1;
    }
    let query = format!(
        r#"{{ initiative(slug: "{INITIATIVE}") {{ tally {{ byStance {{ stance count }} }} }} ledger {{ head {{ seq }} }} }}"#
    );
    let expected = app.query(&query).await;
    let tally = expected["initiative"]["tally"]["byStance"]
        .as_array()
        .unwrap();
    let tally: BTreeMap<&str, u64> = tally
        .iter()
        .map(|one| {
            (
                one["stance"].as_str().unwrap(),
                one["count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counted, tally);
    assert_eq!(
        answer["ledger"]["head"]["seq"],
        expected["ledger"]["head"]["seq"]
    );
    let vincent = nodes
        .iter()
        .find(|node| node["requestedState"]["code"] == "VC");
    assert_eq!(
        vincent.unwrap()["requestedState"]["name"],
        "Saint-Vincent-et-les Grenadines"
    );
    // A language without words has those of English.
    assert_eq!(initiative["wording"]["carriedOut"], "Took people");
    assert_eq!(
        answer["stanceChanges"]["nodes"].as_array().unwrap().len(),
        9
    );
    assert_eq!(initiative["requestingState"]["name"], "États-Unis");
}

#[tokio::test]
async fn the_page_is_told_of_each_new_entry() {
    let app = TestApp::start().await;
    let source = app.register_source().await;
    let cursor = app.head().await["cursor"].clone();
    let variables = json!({ "i": INITIATIVE, "after": cursor });
    let mut socket = app.subscribe(LIVE, variables).await;
    record_bundled_stance(&app, &source, "RW", "SUSPENDED", "2026-11-01").await;
    let event = socket.event().await;
    let change = &event["ledgerAppended"]["stanceChange"];
    assert_eq!(change["to"], "SUSPENDED");
    assert_eq!(change["relationship"]["requestedState"]["code"], "RW");
}

#[tokio::test]
async fn a_short_name_is_a_label_and_falls_back_to_the_name() {
    let app = TestApp::start_empty().await;
    let name = async |code: &str, arguments: &str| {
        let query = format!(r#"{{ country(code: "{code}") {{ name({arguments}) }} }}"#);
        app.query(&query).await["country"]["name"].clone()
    };
    assert_eq!(name("CD", "form: SHORT").await, "Congo (DRC)");
    assert_eq!(name("VC", "form: SHORT").await, "St. Vincent");
    assert_eq!(name("CD", "form: FULL").await, "Congo - Kinshasa");
    assert_eq!(
        name("RW", "form: SHORT, lang: \"ar\"").await,
        name("RW", "lang: \"ar\"").await
    );
    assert_eq!(name("HK", "form: SHORT, lang: \"de-AT\"").await, "Hongkong");
    assert_eq!(name("HK", "form: SHORT, lang: \"xx\"").await, "Hong Kong");
}

#[tokio::test]
async fn an_initiative_without_words_has_no_wording() {
    let app = TestApp::start_empty().await;
    app.mutate("openInitiative", &initiative("other")).await;
    let data = app
        .query(r#"{ initiative(slug: "other") { wording { ask } sourcesUpTo } }"#)
        .await;
    assert_eq!(
        data["initiative"],
        json!({ "wording": null, "sourcesUpTo": null })
    );
}

/// The last day of publication at a moment, such as `(at: { … })`.
async fn sources_up_to(app: &TestApp, at: &str) -> Value {
    let query = format!(r#"{{ initiative(slug: "{INITIATIVE}") {{ sourcesUpTo{at} }} }}"#);
    app.query(&query).await["initiative"]["sourcesUpTo"].clone()
}

#[tokio::test]
async fn sources_reach_to_the_last_publication_of_a_statement_that_is_valid() {
    let app = TestApp::start().await;
    let file = include_str!("../../data/us-third-country-removals.json");
    let file: Value = serde_json::from_str(file).unwrap();
    let before = sources_up_to(&app, "").await;
    let sources = file["sources"].as_array().unwrap();
    let published: Vec<&str> = sources
        .iter()
        .filter_map(|one| one["publishedOn"].as_str())
        .collect();
    assert!(published.contains(&before.as_str().unwrap()), "{before}");
    let then = sources_up_to(&app, r#"(at: { publishedBy: "2025-06-26" })"#).await;
    assert!(then.as_str().unwrap() <= "2025-06-26", "{then}");

    // A source without a date changes nothing, one with a date does, until the statement is retracted.
    let register = async |published_on: Value| {
        let mut input = source();
        input["publishedOn"] = published_on;
        let payload = app.mutate("registerSource", &input).await;
        payload["source"]["id"].as_str().unwrap().to_owned()
    };
    let undated = register(Value::Null).await;
    record_bundled_stance(&app, &undated, "FJ", "APPROACHED", "2026-11-01").await;
    assert_eq!(sources_up_to(&app, "").await, before);
    let dated = register("2026-11-20".into()).await;
    let statement = record_bundled_stance(&app, &dated, "FJ", "REFUSED", "2026-11-02").await;
    assert_eq!(sources_up_to(&app, "").await, "2026-11-20");
    let earlier = sources_up_to(&app, r#"(at: { publishedBy: "2026-11-19" })"#).await;
    assert_eq!(earlier, before);
    let retraction = json!({ "statement": id(&statement), "reason": "A test." });
    app.mutate("retractStatement", &retraction).await;
    assert_eq!(sources_up_to(&app, "").await, before);
}

#[tokio::test]
async fn changes_and_head_are_those_of_a_time_of_recording() {
    let app = TestApp::start().await;
    let source = app.register_source().await;
    app.set_clock("2026-11-25T10:00:00Z");
    record_bundled_stance(&app, &source, "RW", "SUSPENDED", "2026-11-01").await;
    let before = app.head().await;
    app.set_clock("2026-11-26T10:00:00Z");
    record_bundled_stance(&app, &source, "RW", "ENDED", "2026-11-02").await;
    let query = |at: &str| {
        format!(
            r#"{{ stanceChanges(last: 1, filter: {{ recordedBy: "{at}" }}) {{ nodes {{ to recordedAt }} }}
            ledger {{ genesis {{ cursor }} head(at: "{at}") {{ seq hash cursor recordedAt }} }} }}"#
        )
    };
    let instant = before["recordedAt"].as_str().unwrap();
    for at in [
        instant,
        "2026-11-25T23:00:00+01:00",
        "2026-11-26T09:59:59.999999Z",
    ] {
        let data = app.query(&query(at)).await;
        assert_eq!(data["stanceChanges"]["nodes"][0]["to"], "SUSPENDED", "{at}");
        assert_eq!(data["ledger"]["head"], before, "{at}");
    }
    let now = app.query(&query("2030-01-01T00:00:00Z")).await;
    assert_eq!(now["stanceChanges"]["nodes"][0]["to"], "ENDED");
    assert_eq!(now["ledger"]["head"], app.head().await);
    let data = app.query(&query("2000-01-01T00:00:00Z")).await;
    assert_eq!(data["stanceChanges"]["nodes"], json!([]));
    let genesis = &data["ledger"]["genesis"]["cursor"];
    assert_eq!(data["ledger"]["head"]["cursor"], *genesis);
    assert_eq!(data["ledger"]["head"]["recordedAt"], Value::Null);
    let response = app.execute(&query("yesterday"), json!({})).await;
    let errors = response["errors"].as_array().unwrap();
    assert!(
        errors
            .iter()
            .all(|error| error["extensions"]["code"] == "BAD_USER_INPUT")
    );
}

#[tokio::test]
async fn a_subscription_cannot_be_restricted_to_a_time_of_recording() {
    let app = TestApp::start().await;
    let query =
        r#"subscription { stanceChanged(filter: { recordedBy: "2026-11-25T10:00:00Z" }) { to } }"#;
    let mut socket = app.subscribe(query, json!({})).await;
    let message = socket.next().await;
    let (code, field) = only_error(&json!({ "errors": message["payload"] }));
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("BAD_USER_INPUT", "filter.recordedBy")
    );
}
