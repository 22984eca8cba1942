//! Answers that are given again: quick while nothing changes, and never older than what was acknowledged or heard.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, forgetful, limits};
use crate::editor::{correction, evidence, id, standing};

/// One of each way to read: nodes, lists by every parent, counts, histories, searches.
const QUERIES: [&str; 16] = [
    "{ countries { code relationships(first: 2) { totalCount nodes { stance since disputed } } } }",
    r#"{ country(code: "RW") { stance(initiative: "us-third-country-removals") concerns { summary } } }"#,
    r#"{ country(code: "RW") { relationships { nodes { position { stance certain basis { summary } rivals { statement { summary } } } } } } }"#,
    r#"{ country(code: "PE") { relationships(direction: INCOMING) { nodes { changes { nodes { from to kind } } timeline { stance from to } } } } }"#,
    r#"{ country(code: "US") { relationships(first: 5, direction: OUTGOING) { totalCount nodes { stance } } } }"#,
    r#"{ relationships(filter: { initiative: "us-third-country-removals", stance: [AGREED] }) { totalCount nodes { stance requestedState { code } } } }"#,
    r#"{ relationships(filter: { requestedState: { codes: ["RW", "PE"] } }) { nodes { stance statements(first: 50) { totalCount nodes { summary standing } } } } }"#,
    "{ relationships(first: 3, orderBy: { field: CHANGED, direction: DESC }) { nodes { stance } } }",
    "{ relationships(filter: { disputed: true }) { totalCount } }",
    "{ statements(last: 3) { totalCount nodes { summary standing evidence { relation source { title } } contradictedBy { summary } } } }",
    r#"{ statements(filter: { countries: ["RW"] }, last: 2) { totalCount nodes { summary standing } } }"#,
    "{ stanceChanges(last: 2) { totalCount nodes { from to } } }",
    r#"{ initiative(slug: "us-third-country-removals") { tally { total byStance { stance count } } countClaims { summary } relationships(first: 1) { totalCount } } }"#,
    "{ initiatives { title } sources(last: 2) { totalCount nodes { title } } }",
    r#"{ search(text: "rwanda", first: 5) { node { __typename } } }"#,
    "{ ledger { head { seq hash } entries(last: 2) { nodes { seq kind } } } }",
];

/// Both servers answer alike: the one that keeps answers and one that never does, on the same database.
async fn compare(keeping: &TestApp, forgetting: &TestApp, after: &str) {
    for query in QUERIES {
        // Twice, so that what was kept just now is given, too.
        for _ in 0..2 {
            let kept = keeping.query(query).await;
            let fresh = forgetting.query(query).await;
            assert_eq!(kept, fresh, "after {after}: {query}");
        }
    }
}

#[tokio::test]
async fn every_write_is_seen_in_every_answer_at_once() {
    let app = TestApp::start().await;
    let forgetting = app.another(forgetful()).await;
    // What this server acknowledged, the other one hears of in its own time.
    let mut heard = forgetting
        .subscribe("subscription { ledgerAppended { seq } }", json!({}))
        .await;
    compare(&app, &forgetting, "the start").await;
    let paper = app.register().await;
    heard.next().await;
    compare(&app, &forgetting, "a source").await;
    let recorded = stand(&app, &paper, "RW", "SUSPENDED", "2026-11-01").await;
    heard.next().await;
    compare(&app, &forgetting, "a statement").await;
    let mut rival = shipped(standing(&paper, "RW", "IMPLEMENTING", "2026-11-02"));
    rival["contradicts"] = json!([id(&recorded)]);
    app.accept("recordStatement", &rival).await;
    heard.next().await;
    compare(&app, &forgetting, "a contradiction").await;
    app.accept("addEvidence", &evidence(&recorded, &paper))
        .await;
    heard.next().await;
    compare(&app, &forgetting, "evidence").await;
    let corrected = correction(&recorded["statement"], &paper, "REFUSED", "2026-11-03");
    let corrected = app.accept("correctStatement", &corrected).await;
    heard.next().await;
    compare(&app, &forgetting, "a correction").await;
    let taken_back = json!({ "statement": id(&corrected), "reason": "Never said." });
    app.accept("retractStatement", &taken_back).await;
    heard.next().await;
    compare(&app, &forgetting, "a retraction").await;
    let recorded = stand(&app, &paper, "AD", "NAMED", "2026-11-04").await;
    assert!(recorded["statement"].is_object());
    heard.next().await;
    compare(&app, &forgetting, "the first statement about a country").await;
    forgetting.stop().await;
    // Which has read everything from the database just now.
    let fresh = app.another(forgetful()).await;
    compare(&app, &fresh, "a start of another server").await;
    fresh.stop().await;
}

/// Two fields that meet under one name are merged by the library, which then answers everything else, too.
#[tokio::test]
async fn answers_written_at_once_are_those_of_the_library() {
    let app = TestApp::start().await;
    for query in QUERIES {
        let direct = app.query(query).await;
        let inner = query.strip_suffix('}').unwrap();
        let meeting = format!("{inner} x: regions {{ code }} x: regions {{ name }} }}");
        let mut of_library = app.query(&meeting).await;
        let extra = of_library.as_object_mut().unwrap().remove("x").unwrap();
        assert!(extra[0]["code"].is_string() && extra[0]["name"].is_string());
        assert_eq!(direct, of_library, "{query}");
        assert_eq!(direct.to_string(), of_library.to_string(), "{query}");
    }
}

/// Records a stance in the initiative that is shipped.
async fn stand(app: &TestApp, paper: &str, country: &str, stance: &str, from: &str) -> Value {
    let said = shipped(standing(paper, country, stance, from));
    app.accept("recordStatement", &said).await
}

fn shipped(mut input: Value) -> Value {
    input["subject"]["relationship"]["initiative"] = "us-third-country-removals".into();
    input
}

#[tokio::test]
async fn what_nothing_touched_costs_no_sql_and_what_was_touched_does() {
    let app = TestApp::start().await;
    let paper = app.register().await;
    let of = |code: &str| {
        format!(
            r#"{{ country(code: "{code}") {{ relationships {{ nodes {{ position {{ stance }} }} }} }} }}"#
        )
    };
    for code in ["RW", "PE"] {
        assert!(app.statements_of(&of(code)).await > 0);
        assert_eq!(app.statements_of(&of(code)).await, 0);
    }
    stand(&app, &paper, "RW", "SUSPENDED", "2026-11-01").await;
    assert!(app.statements_of(&of("RW")).await > 0);
    assert_eq!(app.statements_of(&of("PE")).await, 0);
}

#[tokio::test]
async fn what_another_process_writes_is_seen_once_it_was_heard() {
    let app = TestApp::start().await;
    let other = app.another(limits()).await;
    let paper = other.register().await;
    let query = QUERIES[2];
    let before = app.query(query).await;
    let mut socket = app
        .subscribe("subscription { stanceChanged { to } }", json!({}))
        .await;
    stand(&other, &paper, "RW", "SUSPENDED", "2026-11-01").await;
    let heard = socket.next().await;
    assert_eq!(heard["payload"]["data"]["stanceChanged"]["to"], "SUSPENDED");
    assert_ne!(app.query(query).await, before);
    other.stop().await;
}

#[tokio::test]
async fn a_crowd_that_asks_the_same_makes_one_execution() {
    let app = TestApp::start().await;
    let query = QUERIES[0];
    let before = app.server.statements();
    let crowd = (0..20).map(|_| app.query(query));
    let answers = futures_util::future::join_all(crowd).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let crowd = app.server.statements() - before;
    let alone = app.another(forgetful()).await;
    assert_eq!(crowd, alone.statements_of(query).await);
    alone.stop().await;
}

#[tokio::test]
async fn who_has_the_bytes_is_not_sent_them_again() {
    let app = TestApp::start().await;
    let url = app.url("/graphql?query=%7Binitiatives%7Btitle%7D%7D");
    let first = app.http().get(&url).send().await.unwrap();
    assert_eq!(first.headers()["cache-control"], "no-cache");
    let tag = first.headers()["etag"].clone();
    let again = app.http().get(&url).header("if-none-match", &tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["etag"], tag);
    let other = app.http().get(&url).header("if-none-match", "\"x\"");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn what_depends_on_the_caller_is_kept_for_nobody() {
    let app = TestApp::start().await;
    let other = app.another(limits()).await;
    let query = "{ viewer { name } }";
    for (token, name) in [(&app.token, "test-0"), (&other.token, "test-1")] {
        let answer = app.write_as(token, query, json!({})).await;
        assert_eq!(answer["data"]["viewer"]["name"], name);
    }
    assert_eq!(app.query(query).await["viewer"]["name"], Value::Null);
    other.stop().await;
}

#[tokio::test]
async fn an_answer_with_an_error_is_asked_for_again() {
    let app = TestApp::start().await;
    let query = r#"{ initiative(slug: "new") { title } relationships(filter: { initiative: "new" }) { totalCount } }"#;
    let failed = app.answer(query, json!({})).await;
    assert_eq!(failed["errors"][0]["extensions"]["code"], "NOT_FOUND");
    app.accept("openInitiative", &crate::editor::initiative("new"))
        .await;
    assert_eq!(app.query(query).await["relationships"]["totalCount"], 0);
}
