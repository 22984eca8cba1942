//! Pinned answers: `?seq=N` answers a query as the ledger stood just after entry N.

use demarche::database::IfMissing;
use demarche::ledger::export::export;
use demarche::ledger::restore::restore;
use demarche::model::cursor::LedgerCursor;
use demarche::server::open;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::every_field::{Types, unlimited};
use crate::random_writer::RandomWriter;

/// Queries besides the generated ones: filters, orders, pages and moments.
const QUERIES: &[&str] = &[
    "{ relationships(first: 100, orderBy: { field: CHANGED, direction: DESC }) { totalCount edges { cursor node { id stance since disputed } position { stance certain since } } pageInfo { endCursor } } }",
    "{ relationships(first: 7, orderBy: { field: STANCE }) { totalCount edges { cursor node { id stance } } } }",
    "{ relationships(first: 100, orderBy: { field: REVIEWED, direction: DESC }) { totalCount edges { cursor node { id reviewedOn day: reviewedOn(at: { validOn: \"2026-06-30\" }) initiative { reviewedOn edition { name seq } } } } } }",
    "{ relationships(first: 100) { nodes { lastReview { seq day note recordedAt initiative { slug } relationship { id } } before: lastReview(at: { validOn: \"2026-06-30\" }) { seq } } } }",
    "{ relationships(last: 5, orderBy: { field: REVIEWED }, filter: { initiative: \"asks\" }) { totalCount edges { cursor node { id reviewedOn } } } }",
    r#"{ relationships(first: 100, filter: { reviewedBefore: "2026-08-01" }) { totalCount nodes { id reviewedOn } } }"#,
    r#"{ relationships(first: 100, at: { validOn: "2026-06-30" }, orderBy: { field: REVIEWED }, filter: { reviewedBefore: "2026-06-01" }) { totalCount edges { cursor node { id } } } }"#,
    "{ relationships(last: 9, orderBy: { field: SINCE }) { totalCount edges { cursor node { id since } } } }",
    "{ relationships(last: 5) { totalCount pageInfo { hasPreviousPage startCursor } nodes { id requestedState { code } stance changes(last: 3) { totalCount nodes { seq: cursor from to } } } } }",
    r#"{ relationships(first: 100, filter: { changedSince: "2026-11-23T12:00:00Z" }) { totalCount nodes { id } } }"#,
    "{ relationships(first: 100, filter: { disputed: true }) { totalCount nodes { id position { rivals { statement { id } contradicts { id } } } } } }",
    r#"{ relationships(first: 100, filter: { stance: [AGREED, REFUSED] }, at: { publishedBy: "2026-06-30" }) { totalCount edges { cursor position { stance basis { id } } node { stance } } } }"#,
    r#"{ relationships(first: 100, at: { recordedBy: "2100-01-01T00:00:00Z" }, orderBy: { field: CHANGED }) { totalCount nodes { id stance } } }"#,
    "{ statements(last: 100) { totalCount nodes { id standing retractedAt retractionReason correctedBy { id } citation publishedOn evidence { recordedAt } contradictedBy { id } } } }",
    "{ recalled(statements: [$NODES]) { statement { number bibtex: citation(format: BIBTEX) } successors { id } current { id } revisions { kind reason recordedAt statement { id } by { id } entry { seq about { id } } } } }",
    "{ statements(last: 50, filter: { standing: [CORRECTED] }) { totalCount nodes { id } } }",
    "{ statements(last: 50, filter: { standing: [RETRACTED] }) { totalCount nodes { id } } }",
    r#"{ statements(last: 50, filter: { standing: [STANDING], countries: ["RW", "PE", "AD"] }) { totalCount nodes { id } } }"#,
    "{ statements(last: 50, at: {}, filter: { standing: [STANDING] }) { totalCount nodes { id standing } } }",
    r#"{ statements(last: 50, at: { recordedBy: "2100-01-01T00:00:00Z" }, filter: { countries: ["RW"], standing: [RETRACTED, STANDING] }) { totalCount nodes { id } } }"#,
    "{ initiatives { slug tally { total disputed byStance { stance count } } steps(clock: RECORDED) { on uncertain tally { total } moves { to disputed } } relationships(first: 2) { totalCount } } }",
    r#"{ initiative(slug: "asks") { id relationships(first: 100) { totalCount nodes { id stance timeline { stance from to } } } changes(between: { from: { recordedBy: "2026-11-23T12:00:00Z" }, to: {} }) { cause entries { seq } from { stance } to { stance } } } }"#,
    "{ stanceChanges(last: 40) { totalCount nodes { kind basis { id } revises { id } statement { standing } relationship { stance } } } }",
    "{ stanceChanges(last: 20, filter: { involves: [REFUSED], claimants: [PRESS, REQUESTED_STATE] }) { totalCount nodes { from to kind } } }",
    "{ stanceChanges(first: 20, filter: { kinds: [CORRECTION, RETRACTION] }) { totalCount edges { cursor } pageInfo { hasNextPage } } }",
    "{ statements(last: 20, filter: { kinds: [STANCE], claimants: [PRESS] }) { totalCount nodes { id } } }",
    "{ sources(last: 5) { totalCount nodes { id title } } }",
    "{ sources(first: 100) { totalCount edges { cursor node { id number version title publishedOn correctionReason derivedFrom { id title } versions { number title publishedOn correctionReason recordedAt derivedFrom { id } } } } } }",
    r#"{ sources(first: 100, filter: { title: { contains: "corrected" } }) { totalCount nodes { id version } } }"#,
    r#"{ search(text: "corrected report", first: 50) { node { id } fragments { text } } }"#,
    "{ statements(last: 100) { nodes { publishedOn evidence { source { id version title } } } } }",
    "{ ledger { head { seq hash recordedAt } entries(last: 3) { totalCount nodes { seq kind statement { standing } stanceChange { to } } } } }",
    r#"{ search(text: "ministry position", first: 50) { node { id } fragments { text matched } } }"#,
    r#"{ ledger { head(at: "2100-01-01T00:00:00Z") { seq hash } } stanceChanges(filter: { recordedBy: "2100-01-01T00:00:00Z" }, last: 2) { totalCount nodes { to } } }"#,
    r#"{ initiatives { sourcesUpTo now: sourcesUpTo(at: {}) } relationships(filter: { changedSince: "2026-12-01T00:00:00Z" }, first: 3, orderBy: { field: CHANGED, direction: DESC }) { edges { cursor } } }"#,
    r#"{ search(text: "report", first: 50) { node { id } } }"#,
    r#"{ search(text: "a", first: 50) { node { id } } }"#,
    r#"{ countries(filter: { codes: ["RW", "AD", "ZW"] }) { code stance(initiative: "asks") concerns { id } relationships(first: 5) { totalCount nodes { stance } } } }"#,
];

/// An answer that was given live.
struct Answer {
    seq: i64,
    query: String,
    body: String,
}

/// The body of a query, sent by POST.
async fn post(app: &TestApp, path: &str, query: &str) -> String {
    let request = app
        .http()
        .post(app.url(path))
        .json(&json!({ "query": query }));
    request.send().await.unwrap().text().await.unwrap()
}

/// Checks that the data are those of the live answer, to the byte.
#[track_caller]
fn assert_same(pinned: &str, live: &Answer) {
    let data = live.body.strip_suffix('}').unwrap();
    let is_same = pinned.strip_prefix(data).is_some_and(|rest| {
        rest.starts_with(&format!(
            r#","extensions":{{"ledger":{{"seq":{},"#,
            live.seq
        ))
    });
    let first = data
        .bytes()
        .zip(pinned.bytes())
        .position(|(one, other)| one != other);
    let at = first
        .unwrap_or(data.len().min(pinned.len()))
        .saturating_sub(200);
    let cut = |text: &str| {
        text.get(at..)
            .unwrap_or_default()
            .chars()
            .take(400)
            .collect::<String>()
    };
    assert!(
        is_same,
        "seq {}: {}\nlive   {}\npinned {}",
        live.seq,
        &live.query[..live.query.len().min(200)],
        cut(data),
        cut(pinned)
    );
}

async fn answer_all(app: &TestApp, queries: &[String], answers: &mut Vec<Answer>) {
    let seq = app.head().await["seq"].as_i64().unwrap();
    let statements = app
        .query("{ statements(last: 60) { nodes { id number } } }")
        .await;
    let nodes = statements["statements"]["nodes"].as_array().unwrap();
    let ids: Vec<String> = nodes.iter().map(|node| node["id"].to_string()).collect();
    for query in queries {
        let query = query
            .replace("$NUMBER", &nodes[7]["number"].to_string())
            .replace("\"$NODE\"", &ids[3])
            .replace("$NODES", &ids.join(", "));
        let body = post(app, "/graphql", &query).await;
        assert!(
            body.starts_with(r#"{"data":"#) && !body.contains(r#","errors":["#),
            "{query}: {body}"
        );
        answers.push(Answer { seq, query, body });
    }
}

async fn check_all(app: &TestApp, answers: &[Answer]) {
    for answer in answers {
        let pinned = post(app, &format!("/graphql?seq={}", answer.seq), &answer.query).await;
        assert_same(&pinned, answer);
    }
}

/// The answer with cursors and the generation replaced by what a restore leaves.
fn without_generation(answer: &Value, generation: &str) -> Value {
    match answer {
        Value::String(text) if text == generation => "generation".into(),
        Value::String(text) => match LedgerCursor::parse(text) {
            Some(cursor) => {
                assert_eq!(cursor.generation, generation);
                json!([cursor.seq, cursor.hash_prefix])
            }
            None => answer.clone(),
        },
        Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| without_generation(item, generation));
            Value::Array(items.collect())
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields =
                fields.map(|(key, value)| (key.clone(), without_generation(value, generation)));
            Value::Object(fields.collect())
        }
        _ => answer.clone(),
    }
}

async fn generation(app: &TestApp) -> String {
    let ledger = app.query("{ ledger { generation } }").await;
    ledger["ledger"]["generation"].as_str().unwrap().to_owned()
}

/// Entries after the answers; the long form has more.
#[expect(clippy::disallowed_methods, reason = "an option of this test")]
fn further_entries() -> i64 {
    let entries = std::env::var("DEMARCHE_TEST_FURTHER_ENTRIES");
    entries.map_or(100, |entries| entries.parse().unwrap())
}

#[tokio::test]
async fn what_was_answered_live_is_answered_again_after_further_writes_and_a_restore() {
    let app = TestApp::start_with_limits(unlimited()).await;
    let types = Types::load(&app).await;
    let fixed = QUERIES.iter().map(|query| (*query).to_owned());
    let queries: Vec<String> = types.queries().into_iter().chain(fixed).collect();
    let mut writer = RandomWriter::start(&app, 20_261_129).await;
    let mut answers = Vec::new();
    for round in 0..3 {
        app.set_clock(&format!("2026-12-{:02}T09:00:00Z", round + 1));
        writer.write(25).await;
        answer_all(&app, &queries, &mut answers).await;
    }
    app.mutate("openInitiative", &crate::fixtures::initiative("later"))
        .await;
    writer.write_entries(further_entries()).await;
    check_all(&app, &answers).await;
    assert_eq!(app.discrepancies().await, []);

    let mut file = Vec::new();
    let from = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    export(from.reader(), &mut file).await.unwrap();
    let empty = TestApp::start_empty().await;
    let into = open(&empty.database_url(), IfMissing::Fail).await.unwrap();
    restore(into.writer(), || Ok(file.as_slice()))
        .await
        .unwrap();
    let restored = empty.start_another(unlimited()).await;
    let (before, after) = (generation(&app).await, generation(&restored).await);
    assert_ne!(before, after);
    for answer in &answers {
        let pinned = post(
            &restored,
            &format!("/graphql?seq={}", answer.seq),
            &answer.query,
        )
        .await;
        let parse = |body: &str| -> Value { serde_json::from_str(body).unwrap() };
        let (live, pinned) = (parse(&answer.body), parse(&pinned));
        let live = without_generation(&live["data"], &before);
        assert_eq!(
            live,
            without_generation(&pinned["data"], &after),
            "{}",
            answer.query
        );
    }
}
