//! Editions of the bundled data set: a later one adds to a ledger that holds an earlier one, and changes nothing in it.

use std::path::PathBuf;

use demarche::database::{Database, IfMissing};
use demarche::ledger::import::{
    ImportSummary,
    document::{self, Document},
    import,
};
use demarche::server::open;
use serde_json::{Value, json};

use crate::app::{TestApp, data, fixed_clock};
use crate::database::TestDatabase;

const FIRST: &str = "tests/data/first-edition.json";
const SECOND: &str = "data/us-third-country-removals.json";

/// Positions of all requested states by content, since numbers of statements differ between ledgers.
const POSITIONS: &str = "query ($after: String) {
  relationships(first: 100, after: $after, orderBy: { field: REQUESTED_STATE }) {
    nodes {
      requestedState { code } stance since disputed
      position {
        certain basis { summary } rivals { statement { summary } contradicts { summary } }
      }
    }
  }
}";

async fn open_database(test_db: &TestDatabase) -> Database {
    open(&test_db.url(), IfMissing::Create).await.unwrap()
}

fn read_edition(path: &str) -> Document {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    document::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

async fn import_edition(database: &Database, path: &str) -> ImportSummary {
    let document = read_edition(path);
    import(database.writer(), &document, &fixed_clock())
        .await
        .unwrap()
}

fn total<'c>(counts: impl IntoIterator<Item = &'c u32>) -> u32 {
    counts.into_iter().sum()
}

async fn positions(app: &TestApp) -> Vec<Value> {
    let response = data(app.execute(POSITIONS, json!({})).await);
    let nodes = response["relationships"]["nodes"].as_array().unwrap();
    nodes.clone()
}

fn stance_of<'p>(positions: &'p [Value], code: &str) -> &'p Value {
    let of_code = |position: &&Value| position["requestedState"]["code"] == code;
    &positions.iter().find(of_code).unwrap()["stance"]
}

#[tokio::test]
async fn a_ledger_with_the_first_edition_takes_only_what_the_second_adds() {
    let test_db = TestDatabase::empty().await;
    let database = open_database(&test_db).await;
    let first = import_edition(&database, FIRST).await;
    let second = import_edition(&database, SECOND).await;
    let counts = |summary: &ImportSummary| {
        (
            total(summary.recorded.values()),
            total(summary.present.values()),
        )
    };
    assert_eq!(counts(&first), (492, 0));
    assert_eq!(counts(&second), (184, 492));
    for edition in [FIRST, SECOND] {
        let again = import_edition(&database, edition).await;
        assert_eq!(total(again.recorded.values()), 0, "{edition}");
    }
    database.close().await.unwrap();
    let app = TestApp::start_on(test_db).await;
    let updated = positions(&app).await;
    for (code, stance) in [
        ("GT", "IMPLEMENTING"),
        ("PW", "AGREED"),
        ("ZW", "APPROACHED"),
    ] {
        assert_eq!(stance_of(&updated, code), stance, "{code}");
    }
    assert_eq!(app.discrepancies().await, []);
    let fresh = TestApp::start().await;
    assert_eq!(updated, positions(&fresh).await);
    assert_eq!(updated.len(), 58);
}

#[tokio::test]
async fn an_edition_that_corrects_what_an_editor_retracted_is_rejected_whole() {
    let test_db = TestDatabase::empty().await;
    let database = open_database(&test_db).await;
    import_edition(&database, FIRST).await;
    let app = TestApp::start_on(test_db).await;
    let found = app
        .query(r#"{ country(code: "SN") { relationships(first: 1) { nodes { position { basis { id } } } } } }"#)
        .await;
    let basis = &found["country"]["relationships"]["nodes"][0]["position"]["basis"]["id"];
    let retraction = "mutation ($id: ID!) {
      retractStatement(input: { idempotencyKey: \"sn\", statement: $id, reason: \"it was not so\" }) {
        statement { id }
      }
    }";
    data(
        app.execute_as_editor(retraction, json!({ "id": basis }))
            .await,
    );
    let before = app.head().await;
    let rejection = import(database.writer(), &read_edition(SECOND), &fixed_clock())
        .await
        .unwrap_err();
    let rejection = rejection.to_string();
    assert!(rejection.contains("retracted"), "{rejection}");
    assert_eq!(app.head().await, before);
    database.close().await.unwrap();
}
