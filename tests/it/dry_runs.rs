//! Dry runs: `dryRun: true` checks an input as the write does, says what would change, and writes nothing. All errors of an
//! input are reported at once, with it and without.

use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::model::time::Timestamp;
use serde_json::{Value, json};

use crate::app::{NOW, TestApp, only_error};
use crate::fixtures::{
    SLUG, correction, dry_run_of, evidence, initiative, request, source, stance_input,
};
use crate::random_writer::RandomWriter;

/// Everything that a client can see of the ledger.
const STATE: &str = "{ ledger { head { seq hash } entries(first: 100) { totalCount } }
    initiatives { slug relationships(first: 50) { nodes { stance disputed requestedState { code } } } }
    statements(first: 100) { totalCount nodes { id standing publishedOn } }
    stanceChanges(first: 100) { totalCount } sources { totalCount } }";

/// Makes a dry run, which must write nothing, and the write with the same key, which must do what the dry run said.
async fn rehearse(app: &TestApp, mutation: &str, mut input: Value, key: &str) -> Value {
    input["idempotencyKey"] = key.into();
    let before = app.query(STATE).await;
    let planned = dry_run_of(app, mutation, &input).await;
    assert_eq!(app.query(STATE).await, before, "{mutation} wrote something");
    let planned = &planned["data"][mutation];
    assert_eq!(
        planned["ledgerHead"]["hash"],
        before["ledger"]["head"]["hash"]
    );
    assert_eq!(planned["dryRun"]["alreadyRecorded"], false, "{mutation}");
    let written = app.mutate(mutation, &input).await;
    for field in ["from", "to", "kind"] {
        assert_eq!(
            planned["dryRun"]["stanceChange"][field], written["stanceChange"][field],
            "{mutation}"
        );
    }
    let again = dry_run_of(app, mutation, &input).await;
    let expected = json!({ "alreadyRecorded": true, "stanceChange": null });
    assert_eq!(again["data"][mutation]["dryRun"], expected, "{mutation}");
    written
}

#[tokio::test]
async fn a_dry_run_of_each_mutation_writes_nothing_and_says_what_the_write_then_does() {
    let app = TestApp::start_empty().await;
    let mut events = app
        .subscribe("subscription { ledgerAppended { kind } }", json!({}))
        .await;
    rehearse(&app, "openInitiative", initiative(SLUG), "a").await;
    let source = rehearse(&app, "registerSource", source(), "b").await;
    let source = source["source"]["id"].as_str().unwrap();
    let stance = stance_input(source, "RW", "AGREED", "2025-06-03");
    let first = rehearse(&app, "recordStatement", stance, "c").await;
    assert_eq!(first["stanceChange"]["to"], "AGREED");
    let other = correction(&first["statement"], source, "REFUSED", "2025-06-03");
    let second = rehearse(&app, "correctStatement", other, "d").await;
    assert_eq!(second["stanceChange"]["to"], "REFUSED");
    rehearse(&app, "addEvidence", evidence(&second, source), "e").await;
    let retraction = json!({ "statement": second["statement"]["id"], "reason": "Never said." });
    let last = rehearse(&app, "retractStatement", retraction, "f").await;
    assert_eq!(last["stanceChange"]["to"], "AGREED");
    let review = json!({ "subject": { "initiative": SLUG } });
    rehearse(&app, "recordReview", review, "g").await;
    // Subscribers received the seven writes, and nothing of the fourteen dry runs.
    for kind in [
        "INITIATIVE_OPENED",
        "SOURCE_REGISTERED",
        "STATEMENT_RECORDED",
        "STATEMENT_CORRECTED",
        "EVIDENCE_ADDED",
        "STATEMENT_RETRACTED",
        "REVIEW_RECORDED",
    ] {
        assert_eq!(events.event().await["ledgerAppended"]["kind"], kind);
    }
    assert_eq!(app.head().await["seq"], 7);
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn random_writes_do_what_their_dry_runs_said() {
    let app = TestApp::start().await;
    // It makes a dry run before each write, and compares both answers.
    RandomWriter::start(&app, 15).await.write(80).await;
    assert_eq!(app.discrepancies().await, []);
}

/// (code, field) of each error that the only error of a response lists.
fn listed_errors(response: &Value) -> Vec<(String, String)> {
    let first = only_error(response);
    let listed = response["errors"][0]["extensions"]["errors"].as_array();
    let listed = listed.unwrap_or_else(|| panic!("one error only: {response:#}"));
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let listed: Vec<_> = listed
        .iter()
        .map(|error| {
            assert!(!text(error, "message").is_empty());
            (text(error, "code"), text(error, "field"))
        })
        .collect();
    assert_eq!(listed[0], first);
    listed
}

#[track_caller]
fn assert_listed(response: &Value, expected: &[(&str, &str)]) {
    let mut listed = listed_errors(response);
    listed.sort();
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(code, field)| ((*code).to_owned(), format!("input.{field}")))
        .collect();
    expected.sort();
    assert_eq!(listed, expected, "{response:#}");
}

const BAD: &str = "BAD_USER_INPUT";
const ABSENT: &str = "NOT_FOUND";

/// Code and field of errors.
type Expected = Vec<(&'static str, &'static str)>;

/// Inputs with many errors, and the code and field of each.
fn invalid_inputs(source: &str) -> Vec<(&'static str, Value, Expected)> {
    let mut statement = stance_input(source, "ZZ", "UNKNOWN", "2025-02-30");
    statement["subject"]["relationship"]["initiative"] = "nowhere".into();
    statement["claimant"]["label"] = "".into();
    statement["summary"] = "x".repeat(301).into();
    statement["note"] = " ".into();
    statement["evidence"] = json!([
        { "source": "no ID", "relation": "MENTIONS" },
        { "source": source, "relation": "MENTIONS", "quote": "x".repeat(201), "locator": "" },
    ]);
    statement["contradicts"] = json!(["no ID", "also none"]);
    let statement_errors = vec![
        (ABSENT, "subject.relationship.initiative"),
        (ABSENT, "subject.relationship.requestedState"),
        (BAD, "claimant.label"),
        (BAD, "validFrom"),
        (BAD, "summary"),
        (BAD, "note"),
        (BAD, "body.stance.stance"),
        (BAD, "evidence"),
        (ABSENT, "evidence[0].source"),
        (BAD, "evidence[1].quote"),
        (BAD, "evidence[1].locator"),
        (ABSENT, "contradicts[0]"),
        (ABSENT, "contradicts[1]"),
    ];
    let mut correction = correction(&json!({ "id": "no ID" }), source, "AGREED", "2025");
    correction["body"] = json!({ "agreement": {
        "instrument": "MEMORANDUM", "binding": "YES", "text": "UNKNOWN", "signedOn": "2025-13",
        "cap": { "persons": -1, "per": "YEAR" }, "scope": "" } });
    correction["reason"] = "".into();
    let correction_errors = vec![
        (ABSENT, "statement"),
        (BAD, "reason"),
        (BAD, "body.agreement.signedOn"),
        (BAD, "body.agreement.cap.persons"),
        (BAD, "body.agreement.scope"),
    ];
    vec![
        ("recordStatement", statement, statement_errors),
        ("correctStatement", correction, correction_errors),
        (
            "retractStatement",
            json!({ "statement": "no ID", "reason": "" }),
            vec![(ABSENT, "statement"), (BAD, "reason")],
        ),
        (
            "addEvidence",
            json!({ "statement": "no ID", "evidence": [] }),
            vec![(ABSENT, "statement"), (BAD, "evidence")],
        ),
        (
            "registerSource",
            json!({ "kind": "NEWS", "publisher": "", "title": "", "url": "ftp://example.org",
                "publishedOn": "2999", "language": "English", "derivedFrom": "no ID" }),
            vec![
                (BAD, "publisher"),
                (BAD, "title"),
                (BAD, "url"),
                (BAD, "publishedOn"),
                (BAD, "language"),
                (ABSENT, "derivedFrom"),
            ],
        ),
        (
            "openInitiative",
            json!({ "idempotencyKey": "", "slug": "Not a slug", "title": "", "summary": "", "requestingState": "ZZ",
                "startedOn": "2025-21" }),
            vec![
                (BAD, "idempotencyKey"),
                (BAD, "slug"),
                (BAD, "title"),
                (BAD, "summary"),
                (ABSENT, "requestingState"),
                (BAD, "startedOn"),
            ],
        ),
    ]
}

#[tokio::test]
async fn all_errors_of_an_input_are_reported_at_once_by_the_write_and_its_dry_run() {
    let (app, source) = TestApp::start_with_initiative().await;
    let before = app.query(STATE).await;
    for (mutation, input, expected) in invalid_inputs(&source) {
        assert_listed(&app.try_mutate(mutation, &input).await, &expected);
        assert_listed(&dry_run_of(&app, mutation, &input).await, &expected);
    }
    assert_eq!(app.query(STATE).await, before);
}

#[tokio::test]
async fn errors_that_only_the_recorded_rows_show_are_reported_together_too() {
    let (app, source) = TestApp::start_with_initiative().await;
    let statement = app
        .record_stance(&source, "RW", "AGREED", "2025-06-03")
        .await;
    let id = &statement["statement"]["id"];
    let mut input = stance_input(&source, "US", "AGREED", "2025-06-03");
    input["contradicts"] = json!([id, id, "no ID"]);
    input["evidence"] = json!([
        { "source": source, "relation": "SUPPORTS" }, { "source": id, "relation": "SUPPORTS" },
    ]);
    let expected = [
        (BAD, "subject.relationship.requestedState"),
        (BAD, "contradicts[1]"),
        (ABSENT, "contradicts[2]"),
        (ABSENT, "evidence[1].source"),
    ];
    assert_listed(&app.try_mutate("recordStatement", &input).await, &expected);
    assert_listed(
        &dry_run_of(&app, "recordStatement", &input).await,
        &expected,
    );
    // A key with other content is the only error of a valid input.
    let mut used = stance_input(&source, "RW", "AGREED", "2025-06-03");
    used["idempotencyKey"] = "used".into();
    app.mutate("recordStatement", &used).await;
    used["summary"] = "Another summary.".into();
    let rejected = dry_run_of(&app, "recordStatement", &used).await;
    let conflict = ("CONFLICT".to_owned(), "input.idempotencyKey".to_owned());
    assert_eq!(only_error(&rejected), conflict);
}

#[tokio::test]
async fn the_number_and_length_of_listed_errors_are_bounded() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "AGREED", "2025-06-03");
    let item = json!({ "source": "x".repeat(800), "relation": "SUPPORTS" });
    input["evidence"] = vec![item; 120].into();
    for response in [
        app.try_mutate("recordStatement", &input).await,
        dry_run_of(&app, "recordStatement", &input).await,
    ] {
        // Ten of the items, and that they are too many.
        assert_eq!(listed_errors(&response).len(), 11);
        assert!(response.to_string().len() < 50_000);
    }
}

#[tokio::test]
async fn a_dry_run_needs_the_role_of_its_write_and_is_charged() {
    let (app, source) = TestApp::start_with_initiative().await;
    let input = stance_input(&source, "RW", "AGREED", "2025-06-03");
    let (text, variables) = request("recordStatement", &input);
    let text = text.replace("(input: $input)", "(input: $input, dryRun: true)");
    let anonymous = app.execute(&text, variables.clone()).await;
    assert_eq!(only_error(&anonymous).0, "UNAUTHENTICATED");
    let database = app.connect_to_database().await;
    let reader = api_tokens::create(&database, Role::Reader, "reader", [7; 32], Timestamp(NOW));
    let response = app
        .execute_with_token(&reader.await.unwrap(), &text, variables.clone())
        .await;
    assert_eq!(only_error(&response).0, "FORBIDDEN");
    let body = json!({ "query": text, "variables": variables });
    let request = app.http().post(app.url("/graphql")).bearer_auth(&app.token);
    let request = request.header("demarche-cost", "1").json(&body);
    let response: Value = request.send().await.unwrap().json().await.unwrap();
    let work = &response["extensions"]["cost"]["work"];
    assert!(work.as_u64().unwrap() > 1_000, "{response:#}");
}
