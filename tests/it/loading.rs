//! Loading of histories after the start: what is loaded, and what is answered before all are.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{SLUG, correction, evidence, id, source, stance_input};

/// Answers that are folded from histories, of every kind of subject, and filtered changes.
const QUESTIONS: [&str; 9] = [
    r#"{ initiative(slug: "asks") { tally(at: { validOn: "2025-06-01" }) { total disputed byStance { stance count } } } }"#,
    r#"{ initiative(slug: "asks") { relationships(at: { publishedBy: "2025-08-01" }) { nodes { requestedState { code } }
         edges { position { stance since certain disputed } } } } }"#,
    r#"{ initiative(slug: "asks") { steps(clock: PUBLISHED) { on uncertain moves { to disputed basis { number } } } } }"#,
    r#"{ initiative(slug: "asks") { steps(clock: RECORDED) { on uncertain moves { to disputed basis { number } } } } }"#,
    r#"{ country(code: "RW") { relationships(direction: INCOMING) { nodes { position(at: { validOn: "2025-07-01" }) { stance }
         timeline { stance from to } } } } }"#,
    r#"{ country(code: "RW") { concerns(at: { publishedBy: "2026-11-27" }) { number } } }"#,
    r#"{ statements(filter: { countries: ["RW"], standing: [STANDING] }) { totalCount nodes { number kind } } }"#,
    r#"{ stanceChanges(filter: { initiatives: ["asks"], claimants: [REQUESTED_STATE], to: [AGREED, REFUSED], involves: [NAMED, UNKNOWN] }) { totalCount nodes { from to } } }"#,
    r#"{ stanceChanges(filter: { kinds: [CORRECTION, RETRACTION], countries: ["RW", "GH"], disputed: false, unusual: false }) { totalCount nodes { from to } } }"#,
];
const TALLY: &str = r#"{ initiative(slug: "asks") { tally { total disputed byStance { stance count }
    byRegion { region { code } total } } } }"#;

/// A correction, a dispute, a retraction, evidence that was added later, and statements about a country and an initiative.
async fn start_with_every_fact() -> TestApp {
    let (app, report) = TestApp::start_with_initiative().await;
    let rwanda = app
        .record_stance(&report, "RW", "NEGOTIATING", "2025-05/2025-06")
        .await;
    app.record_stance(&report, "PE", "NAMED", "2025-05-10")
        .await;
    app.set_clock("2026-11-26T10:00:00Z");
    let correction = correction(&rwanda["statement"], &report, "AGREED", "2025-06-02~");
    let corrected = app.mutate("correctStatement", &correction).await;
    let mut denial = stance_input(&report, "RW", "REFUSED", "2025-07-01");
    denial["contradicts"] = json!([id(&corrected)]);
    app.mutate("recordStatement", &denial).await;
    let peru = app
        .record_stance(&report, "PE", "AGREED", "2025-07-15")
        .await;
    let ghana = app
        .record_stance(&report, "GH", "AGREED", "2025-07-15")
        .await;
    app.set_clock("2026-11-27T10:00:00Z");
    let mut earlier = source();
    earlier["publishedOn"] = "2025-05".into();
    let earlier = app.mutate("registerSource", &earlier).await;
    let earlier = earlier["source"]["id"].as_str().unwrap();
    app.mutate("addEvidence", &evidence(&peru, earlier)).await;
    let reason = json!({ "statement": id(&ghana), "reason": "A test." });
    app.mutate("retractStatement", &reason).await;
    for subject in [json!({ "country": "RW" }), json!({ "initiative": SLUG })] {
        let mut concern = stance_input(&report, "RW", "REFUSED", "2025-07-01");
        concern["subject"] = subject;
        concern["body"] = json!({ "concern": { "category": "TRANSPARENCY" } });
        app.mutate("recordStatement", &concern).await;
    }
    app
}

async fn answers(app: &TestApp) -> Vec<Value> {
    let mut answers = vec![app.query(TALLY).await];
    for question in QUESTIONS {
        answers.push(app.query(question).await);
    }
    answers
}

#[tokio::test]
async fn histories_that_a_start_loads_are_those_that_the_entries_made() {
    let app = start_with_every_fact().await;
    let before = answers(&app).await;
    assert_eq!(
        before[0]["initiative"]["tally"]["total"], 2,
        "{:#}",
        before[0]
    );
    let app = app.restart().await;
    let all = r#"{ statements(at: { publishedBy: "2026-11-27" }) { nodes { number } } }"#;
    let valid = app.query(all).await;
    assert_eq!(
        valid["statements"]["nodes"].as_array().unwrap().len(),
        6,
        "{valid:#}"
    );
    assert_eq!(answers(&app).await, before);
}

/// A statement that cannot be read keeps the load from its end, so every answer is given while histories are loaded.
async fn restart_without_end_of_loading(app: TestApp) -> TestApp {
    let mut unreadable = stance_input(&app.register_source().await, "RW", "REFUSED", "2025-07-01");
    unreadable["subject"] = json!({ "country": "TV" });
    unreadable["body"] = json!({ "concern": { "category": "TRANSPARENCY" } });
    let unreadable = app.mutate("recordStatement", &unreadable).await;
    let number = &unreadable["statement"]["number"];
    let damage = format!("UPDATE statement SET latest = 'someday' WHERE id = {number}");
    let (app, ()) = app
        .restart_after(async |test_db| {
            let db = test_db.connect().await;
            db.execute_unprepared(&damage).await.unwrap();
            db.close().await.unwrap();
        })
        .await;
    app
}

#[tokio::test]
async fn while_histories_are_loaded_tallies_of_now_and_single_subjects_are_answered() {
    let app = start_with_every_fact().await;
    let before = answers(&app).await;
    let app = restart_without_end_of_loading(app).await;
    assert_eq!(answers(&app).await, before);
    let source = app.register_source().await;
    app.record_stance(&source, "RW", "SUSPENDED", "2026-01-01")
        .await;
    let question = r#"{ country(code: "RW") { relationships(direction: INCOMING) { nodes { stance timeline { stance } } } } }"#;
    let now = app.query(question).await;
    let relationship = &now["country"]["relationships"]["nodes"][0];
    let timeline = relationship["timeline"].as_array().unwrap();
    assert_eq!(relationship["stance"], "SUSPENDED");
    assert_eq!(timeline.last().unwrap()["stance"], "SUSPENDED", "{now:#}");
}

#[tokio::test]
async fn while_histories_are_loaded_what_needs_all_of_them_is_unavailable() {
    let app = restart_without_end_of_loading(start_with_every_fact().await).await;
    let all = r#"{ statements(at: { publishedBy: "2026-11-27" }) { nodes { number } } }"#;
    let response = app.execute(all, json!({})).await;
    assert_eq!(
        response["errors"][0]["extensions"]["code"], "UNAVAILABLE",
        "{response:#}"
    );
    let request = app
        .http()
        .get(app.url("/export/statements.csv?publishedBy=2026-11-27"));
    let response = request.header("accept", "text/html").send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    let text = response.text().await.unwrap();
    assert!(text.contains("<h1>Try again later</h1>"), "{text}");
    // These need the histories of few subjects, which are loaded first.
    for path in ["/", "/embed", "/initiatives/asks", "/countries/RW"] {
        assert_eq!(app.get(path).await.status(), 200, "{path}");
    }
}
