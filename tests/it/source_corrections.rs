//! Corrections of sources: their data and days of publication now and in the past, and what rests on them.

use demarche::database::IfMissing;
use demarche::ledger::export::export;
use demarche::ledger::restore::restore;
use demarche::server::open;
use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error, try_demarche};
use crate::fixtures::{SLUG, document, dry_run_of, evidence, id as id_of, source, stance_input};

/// What a correction gives: the data of [`source`] with some changes.
fn corrected(id: &str, version: i64, changes: &Value) -> Value {
    let mut input = source();
    input["source"] = id.into();
    input["version"] = version.into();
    input["reason"] = "The date was that of another report.".into();
    for (key, value) in changes.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

async fn correct(app: &TestApp, id: &str, version: i64, changes: Value) -> i64 {
    let input = corrected(id, version, &changes);
    let payload = app.mutate("correctSource", &input).await;
    assert_eq!(payload["source"]["id"], id);
    payload["ledgerHead"]["seq"].as_i64().unwrap()
}

/// The stance of Rwanda at a moment, with parameters of the address.
async fn stance(app: &TestApp, parameters: &str, at: &str) -> String {
    let query = format!("{{ relationships {{ nodes {{ position(at: {at}) {{ stance }} }} }} }}");
    let request = app.http().post(app.url(&format!("/graphql{parameters}")));
    let response = request.json(&json!({ "query": query })).send().await;
    let response: Value = response.unwrap().json().await.unwrap();
    let node = &response["data"]["relationships"]["nodes"][0];
    let stance = node["position"]["stance"].as_str();
    stance.unwrap_or_else(|| panic!("{response}")).to_owned()
}

async fn published_on(app: &TestApp, number: i64) -> String {
    let query = format!("{{ statement(number: {number}) {{ publishedOn }} }}");
    let day = app.query(&query).await["statement"]["publishedOn"].take();
    day.as_str().unwrap().to_owned()
}

const SOURCES: &str =
    "{ sources { totalCount nodes { id number version title publishedOn correctionReason
    versions { number title publishedOn correctionReason derivedFrom { number } } } } }";

#[tokio::test]
async fn a_source_keeps_its_number_and_its_earlier_data() {
    let (app, id) = TestApp::start_with_initiative().await;
    let other = app.register_source().await;
    let changes = json!({ "title": "Another report", "publishedOn": "2025-07-01" });
    let first = correct(&app, &id, 2, changes).await;
    let second = correct(&app, &id, first, json!({ "title": "A third report" })).await;
    let sources = app.query(SOURCES).await["sources"].take();
    assert_eq!(sources["totalCount"], 2);
    let reason = "The date was that of another report.";
    let expected = json!({
        "id": id, "number": 2, "version": second, "title": "A third report", "publishedOn": "2025-06-25",
        "correctionReason": reason,
        "versions": [
            { "number": 2, "title": "A report", "publishedOn": "2025-06-25", "correctionReason": null,
              "derivedFrom": null },
            { "number": first, "title": "Another report", "publishedOn": "2025-07-01",
              "correctionReason": reason, "derivedFrom": null },
            { "number": second, "title": "A third report", "publishedOn": "2025-06-25",
              "correctionReason": reason, "derivedFrom": null },
        ],
    });
    assert_eq!(sources["nodes"][0], expected);
    assert_eq!(sources["nodes"][1]["id"], other);
    assert_eq!(sources["nodes"][1]["versions"].as_array().unwrap().len(), 1);
    // Only the newest data are found.
    for (title, found) in [
        ("A report", 1),
        ("Another report", 0),
        ("A third report", 1),
    ] {
        let filter = format!(
            r#"{{ sources(filter: {{ title: {{ equals: "{title}" }} }}) {{ totalCount }} }}"#
        );
        assert_eq!(
            app.query(&filter).await["sources"]["totalCount"],
            found,
            "{title}"
        );
    }
    let hits = app
        .query(r#"{ search(text: "third report") { node { id } } }"#)
        .await;
    assert_eq!(hits["search"], json!([{ "node": { "id": id } }]));
    let hits = app
        .query(r#"{ search(text: "another report") { node { id } } }"#)
        .await;
    assert_eq!(hits["search"], json!([]));
    let file = app.get("/export/sources.csv").await.text().await.unwrap();
    assert_eq!(file.lines().count(), 3, "{file}");
    assert!(file.contains("A third report") && !file.contains("Another report"));
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn before_the_correction_was_recorded_the_earlier_data_count() {
    let (app, id) = TestApp::start_with_initiative().await;
    let before = app.query(SOURCES).await;
    let seq = correct(&app, &id, 2, json!({ "title": "Another report" })).await;
    for (pin, title) in [(seq - 1, "A report"), (seq, "Another report")] {
        let request = app.http().post(app.url(&format!("/graphql?seq={pin}")));
        let query = r#"{ sources { nodes { title } } search(text: "another report") { node { id } }
            found: sources(filter: { title: { equals: "A report" } }) { totalCount } }"#;
        let response = request.json(&json!({ "query": query })).send().await;
        let response: Value = response.unwrap().json().await.unwrap();
        assert_eq!(response["data"]["sources"]["nodes"][0]["title"], title);
        let hits = response["data"]["search"].as_array().unwrap().len();
        assert_eq!(hits, usize::from(pin == seq));
        assert_eq!(
            response["data"]["found"]["totalCount"],
            i64::from(pin < seq)
        );
    }
    let request = app
        .http()
        .post(app.url(&format!("/graphql?seq={}", seq - 1)));
    let response = request.json(&json!({ "query": SOURCES })).send().await;
    let response: Value = response.unwrap().json().await.unwrap();
    assert_eq!(response["data"], before);
}

/// A report of June, a statement that cites it, and the seq and time before it is corrected.
async fn start_with_statement() -> (TestApp, String, i64) {
    let (app, id) = TestApp::start_with_initiative().await;
    let payload = app.record_stance(&id, "RW", "AGREED", "2025-01").await;
    assert_eq!(payload["statement"]["publishedOn"], "2025-06-25");
    app.set_clock("2026-11-24T12:00:00Z");
    (app, id, 3)
}

#[tokio::test]
async fn a_statement_is_public_from_the_corrected_day_on() {
    let (app, id, statement) = start_with_statement().await;
    let seq = correct(&app, &id, 2, json!({ "publishedOn": "2025-02-03" })).await;
    assert_eq!(published_on(&app, statement).await, "2025-02-03");
    let early = r#"{ publishedBy: "2025-02-03" }"#;
    let too_early = r#"{ publishedBy: "2025-02-02" }"#;
    let before = r#"{ publishedBy: "2025-02-03", recordedBy: "2026-11-23T23:59:59Z" }"#;
    let old_day = r#"{ publishedBy: "2025-06-25", recordedBy: "2026-11-23T23:59:59Z" }"#;
    let app = {
        for (at, expected) in [
            (early, "AGREED"),
            (too_early, "UNKNOWN"),
            (before, "UNKNOWN"),
            (old_day, "AGREED"),
        ] {
            assert_eq!(stance(&app, "", at).await, expected, "{at}");
        }
        app.restart().await
    };
    for (at, expected) in [
        (early, "AGREED"),
        (too_early, "UNKNOWN"),
        (before, "UNKNOWN"),
        (old_day, "AGREED"),
    ] {
        assert_eq!(stance(&app, "", at).await, expected, "{at} after a restart");
    }
    let pinned = format!("?seq={}", seq - 1);
    assert_eq!(stance(&app, &pinned, early).await, "UNKNOWN");
    assert_eq!(stance(&app, &format!("?seq={seq}"), early).await, "AGREED");
    // Later, and not known at all: then the day of recording counts.
    let later = correct(&app, &id, seq, json!({ "publishedOn": "2025-09-01" })).await;
    assert_eq!(published_on(&app, statement).await, "2025-09-01");
    assert_eq!(stance(&app, "", early).await, "UNKNOWN");
    correct(&app, &id, later, json!({ "publishedOn": null })).await;
    assert_eq!(published_on(&app, statement).await, "2026-11-23");
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_correction_is_the_cause_of_what_it_moves() {
    let (app, id, statement) = start_with_statement().await;
    let seq = correct(&app, &id, 2, json!({ "publishedOn": "2025-02-03" })).await;
    app.set_clock("2026-11-25T12:00:00Z");
    correct(&app, &id, seq, json!({ "publishedOn": "2025-09-01" })).await;
    let changes = async |day: &str, from: &str, to: &str| {
        let moment = |at: &str| format!(r#"{{ publishedBy: "{day}", recordedBy: "{at}" }}"#);
        let query = format!(
            "{{ initiative(slug: \"asks\") {{ changes(between: {{ from: {}, to: {} }}) {{
               cause from {{ stance }} to {{ stance }} entries {{ seq }} }} }} }}",
            moment(from),
            moment(to)
        );
        app.query(&query).await["initiative"]["changes"].take()
    };
    let days = ["2026-11-23", "2026-11-24", "2026-11-25"].map(|day| format!("{day}T23:00:00Z"));
    let earlier = changes("2025-03-01", &days[0], &days[1]).await;
    let expected = json!([{
        "cause": "EVENT", "from": { "stance": "UNKNOWN" }, "to": { "stance": "AGREED" },
        "entries": [{ "seq": statement }, { "seq": seq }],
    }]);
    assert_eq!(earlier, expected);
    let later = changes("2025-08-31", &days[1], &days[2]).await;
    let expected = json!([{
        "cause": "CORRECTION", "from": { "stance": "AGREED" }, "to": { "stance": "UNKNOWN" },
        "entries": [{ "seq": seq + 1 }],
    }]);
    assert_eq!(later, expected);
}

#[tokio::test]
async fn days_follow_the_chain_of_copies_but_not_dated_passages() {
    let (app, original) = TestApp::start_with_initiative().await;
    let mut copy = source();
    copy["publishedOn"] = "2025-08".into();
    copy["derivedFrom"] = original.as_str().into();
    let copy_id = app.mutate("registerSource", &copy).await["source"]["id"].take();
    let copy_id = copy_id.as_str().unwrap();
    let retold = app.record_stance(copy_id, "RW", "AGREED", "2025-01").await;
    let retold = retold["statement"]["number"].as_i64().unwrap();
    let mut dated = stance_input(copy_id, "PE", "AGREED", "2025-01");
    dated["evidence"][0]["publishedOn"] = "2025-08-05".into();
    let dated = app.mutate("recordStatement", &dated).await;
    let dated = dated["statement"]["number"].as_i64().unwrap();
    let first = correct(&app, &original, 2, json!({ "publishedOn": "2025-03" })).await;
    assert_eq!(published_on(&app, retold).await, "2025-03-31");
    assert_eq!(published_on(&app, dated).await, "2025-08-05");
    let second = correct(&app, &original, first, json!({ "publishedOn": "2025-10" })).await;
    assert_eq!(published_on(&app, retold).await, "2025-08-31");
    // The copy is of another report.
    let changes = json!({ "publishedOn": "2025-07-07" });
    correct(&app, copy_id, 3, changes).await;
    assert_eq!(published_on(&app, retold).await, "2025-07-07");
    correct(
        &app,
        &original,
        second,
        json!({ "publishedOn": "2025-01-01" }),
    )
    .await;
    assert_eq!(published_on(&app, retold).await, "2025-07-07");
    assert_eq!(app.discrepancies().await, []);
    let query =
        "{ statement(number: 4) { evidence { source { number derivedFrom { number } } } } }";
    let cited = app.query(query).await["statement"]["evidence"][0]["source"].take();
    assert_eq!(cited, json!({ "number": 3, "derivedFrom": null }));
}

#[tokio::test]
async fn evidence_that_is_added_after_a_correction_counts_beside_it() {
    let (app, id, statement) = start_with_statement().await;
    correct(&app, &id, 2, json!({ "publishedOn": "2025-09-01" })).await;
    let other = app.register_source().await;
    let payload = json!({ "statement": { "id": id_of(&recorded(&app).await) } });
    let added = app.mutate("addEvidence", &evidence(&payload, &other)).await;
    assert_eq!(added["statement"]["publishedOn"], "2025-06-25");
    correct(&app, &other, 5, json!({ "publishedOn": "2025-12-24" })).await;
    assert_eq!(published_on(&app, statement).await, "2025-09-01");
    let app = app.restart().await;
    assert_eq!(published_on(&app, statement).await, "2025-09-01");
    let at = r#"{ publishedBy: "2025-09-01" }"#;
    assert_eq!(stance(&app, "", at).await, "AGREED");
    let at = r#"{ publishedBy: "2025-08-31" }"#;
    assert_eq!(stance(&app, "", at).await, "UNKNOWN");
    assert_eq!(app.discrepancies().await, []);
}

async fn recorded(app: &TestApp) -> Value {
    let statement = app.query("{ statement(number: 3) { id } }").await;
    json!({ "statement": statement["statement"] })
}

#[tokio::test]
async fn what_cites_the_source_is_answered_anew_and_reported_as_revised() {
    let (app, source, statement) = start_with_statement().await;
    let queries = [
        "{ statement(number: 3) { evidence { source { title } } } }".to_owned(),
        format!(r#"{{ node(id: "{source}") {{ ... on Source {{ title }} }} }}"#),
        "{ sources { nodes { title } } }".to_owned(),
        "{ relationships { nodes { statements { nodes { publishedOn } } } } }".to_owned(),
    ];
    let mut before = Vec::new();
    for query in &queries {
        before.push(app.query(query).await);
        assert_eq!(app.query(query).await, before[before.len() - 1]);
    }
    let changes = json!({ "title": "Another report", "publishedOn": "2025-02-03" });
    let seq = correct(&app, &source, 2, changes).await;
    for (query, before) in queries.iter().zip(&before) {
        assert_ne!(&app.query(query).await, before, "{query}");
    }
    let query = "{ recalled(statements: [\"3\"]) { revisions { kind reason by { id } statement { number } entry { seq kind } } } }";
    let revisions = app.query(query).await["recalled"][0]["revisions"].take();
    let expected = json!([{
        "kind": "SOURCE_CORRECTED", "reason": "The date was that of another report.", "by": null,
        "statement": { "number": statement }, "entry": { "seq": seq, "kind": "SOURCE_CORRECTED" },
    }]);
    assert_eq!(revisions, expected);
    let page = app.get("/statements/3").await.text().await.unwrap();
    assert!(page.contains("Another report"));
    assert!(
        page.contains("The date was that of another report."),
        "{page}"
    );
}

#[tokio::test]
async fn wrong_corrections_change_nothing() {
    let (app, id) = TestApp::start_with_initiative().await;
    let mut copy = source();
    copy["derivedFrom"] = id.as_str().into();
    let copy = app.mutate("registerSource", &copy).await["source"]["id"].take();
    let head = app.head().await;
    let missing = "U291cmNlOjk5";
    let cases = [
        (json!({}), "BAD_USER_INPUT", "input"),
        (json!({ "source": missing }), "NOT_FOUND", "input.source"),
        (
            json!({ "version": 1, "title": "T" }),
            "CONFLICT",
            "input.version",
        ),
        (
            json!({ "version": 3, "title": "T" }),
            "CONFLICT",
            "input.version",
        ),
        (
            json!({ "reason": " ", "title": "T" }),
            "BAD_USER_INPUT",
            "input.reason",
        ),
        (json!({ "title": "" }), "BAD_USER_INPUT", "input.title"),
        (
            json!({ "publishedOn": "2027-01-01" }),
            "BAD_USER_INPUT",
            "input.publishedOn",
        ),
        (
            json!({ "derivedFrom": id }),
            "BAD_USER_INPUT",
            "input.derivedFrom",
        ),
        (
            json!({ "derivedFrom": copy }),
            "BAD_USER_INPUT",
            "input.derivedFrom",
        ),
        (
            json!({ "derivedFrom": missing }),
            "NOT_FOUND",
            "input.derivedFrom",
        ),
    ];
    for (changes, code, field) in cases {
        let input = corrected(&id, 2, &changes);
        for response in [
            app.try_mutate("correctSource", &input).await,
            dry_run_of(&app, "correctSource", &input).await,
        ] {
            let error = only_error(&response);
            assert_eq!(error.0, code, "{changes}: {response}");
            assert_eq!(
                response["errors"][0]["extensions"]["field"], field,
                "{changes}"
            );
        }
    }
    assert_eq!(app.head().await, head);
    let input = corrected(&id, 2, &json!({ "title": "T" }));
    dry_run_of(&app, "correctSource", &input).await;
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn of_two_corrections_at_the_same_time_one_is_a_conflict() {
    let (app, id) = TestApp::start_with_initiative().await;
    let (one, two) = (json!({ "title": "One" }), json!({ "title": "Two" }));
    let (one, two) = (corrected(&id, 2, &one), corrected(&id, 2, &two));
    let (one, two) = tokio::join!(
        app.try_mutate("correctSource", &one),
        app.try_mutate("correctSource", &two)
    );
    let rejected: Vec<&Value> = [&one, &two]
        .into_iter()
        .filter(|response| response["errors"].is_array())
        .collect();
    assert_eq!(rejected.len(), 1, "{one} {two}");
    assert_eq!(only_error(rejected[0]).0, "CONFLICT");
    // A retry is not one.
    let again = json!({ "title": "Three", "idempotencyKey": "again" });
    let again = corrected(&id, 3, &again);
    let first = app.mutate("correctSource", &again).await;
    assert_eq!(
        app.mutate("correctSource", &again).await["ledgerHead"],
        first["ledgerHead"]
    );
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_restored_ledger_has_the_same_versions_and_days() {
    let (app, id, statement) = start_with_statement().await;
    correct(&app, &id, 2, json!({ "publishedOn": "2025-02-03" })).await;
    let sources = app.query(SOURCES).await;
    let mut file = Vec::new();
    let from = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    export(from.reader(), &mut file).await.unwrap();
    let empty = TestApp::start_empty().await;
    let into = open(&empty.database_url(), IfMissing::Fail).await.unwrap();
    restore(into.writer(), || Ok(file.as_slice()))
        .await
        .unwrap();
    let app = empty.restart().await;
    assert_eq!(app.query(SOURCES).await, sources);
    assert_eq!(published_on(&app, statement).await, "2025-02-03");
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_document_corrects_sources_in_format_2() {
    let mut document = document(SLUG, &["RW"]);
    let app = TestApp::start_empty().await;
    app.import(&document).await;
    document["format"] = 2.into();
    let mut first = document["sources"][0].clone();
    first["key"] = "report-dated".into();
    first["source"] = "report".into();
    first["reason"] = "The date was that of another report.".into();
    first["publishedOn"] = "2025-04-20".into();
    let mut second = first.clone();
    second["key"] = "report-again".into();
    second["title"] = "Another report".into();
    document["sourceCorrections"] = json!([first, second]);
    app.import(&document).await;
    let head = app.head().await;
    app.import(&document).await;
    let app = app.restart().await;
    assert_eq!(app.head().await, head);
    let query = "{ sources { nodes { title publishedOn versions { number } } } statements { nodes { publishedOn } } }";
    let answer = data(app.execute(query, json!({})).await);
    let versions = answer["sources"]["nodes"][0]["versions"]
        .as_array()
        .unwrap();
    assert_eq!(versions.len(), 3);
    assert_eq!(answer["sources"]["nodes"][0]["title"], "Another report");
    assert_eq!(
        answer["statements"]["nodes"][0]["publishedOn"],
        "2025-04-20"
    );
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn an_export_with_a_corrected_source_is_recorded_already() {
    let (app, id, _) = start_with_statement().await;
    correct(
        &app,
        &id,
        2,
        json!({ "title": "Another report", "publishedOn": "2025-02" }),
    )
    .await;
    let head = app.head().await;
    let files = ["statements.csv", "sources.csv"].map(|name| app.directory().join(name));
    for (file, name) in files.iter().zip(["statements.csv", "sources.csv"]) {
        let text = app
            .get(&format!("/export/{name}"))
            .await
            .text()
            .await
            .unwrap();
        std::fs::write(file, text).unwrap();
    }
    let files = files.map(|file| file.to_str().unwrap().to_owned());
    for command in ["check", "import"] {
        let (status, printed) = try_demarche(app.test_db(), &[command, &files[0], &files[1]]).await;
        assert_eq!(status, 0, "{printed}");
    }
    assert_eq!(app.head().await, head);
    let changed = std::fs::read_to_string(&files[1])
        .unwrap()
        .replace("Another", "No");
    std::fs::write(&files[1], changed).unwrap();
    let (status, printed) = try_demarche(app.test_db(), &["check", &files[0], &files[1]]).await;
    assert_ne!(status, 0, "{printed}");
}
