//! Reviews of relationships and of whole initiatives: the day of the newest one, the editors' queue, and what they leave alone;
//! and editions of import documents.

use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error, run_demarche, try_demarche};
use crate::fixtures::{SLUG, document, dry_run_of, initiative, request};

/// Today, in tests whose clock does not move.
const TODAY: &str = "2026-11-23";

fn of(state: &str) -> Value {
    json!({ "relationship": { "initiative": SLUG, "requestedState": state } })
}

fn of_all() -> Value {
    json!({ "initiative": SLUG })
}

fn on(subject: &Value, day: &str) -> Value {
    json!({ "subject": subject, "reviewedOn": day })
}

/// With three relationships.
async fn start() -> TestApp {
    let (app, source) = TestApp::start_with_initiative().await;
    for state in ["RW", "PE", "GH"] {
        app.record_stance(&source, state, "AGREED", "2025-06-03")
            .await;
    }
    app
}

/// State and day of each relationship, and the number of all, in the order of the queue.
async fn queue(app: &TestApp, arguments: &str) -> (Vec<String>, i64) {
    let query = format!(
        "{{ relationships(first: 50, orderBy: {{ field: REVIEWED }}, {arguments}) {{ totalCount
            nodes {{ requestedState {{ code }} reviewedOn }} }} }}"
    );
    let list = app.query(&query).await["relationships"].take();
    let nodes = list["nodes"].as_array().unwrap().iter();
    let nodes = nodes.map(|node| {
        let (code, day) = (&node["requestedState"]["code"], &node["reviewedOn"]);
        format!("{} {}", code.as_str().unwrap(), day.as_str().unwrap_or("-"))
    });
    (nodes.collect(), list["totalCount"].as_i64().unwrap())
}

/// The days of Rwanda and of the initiative at a moment.
async fn days(app: &TestApp, at: Value) -> [Value; 2] {
    let query = "query($at: MomentInput) { initiative(slug: \"asks\") { reviewedOn(at: $at) }
        country(code: \"RW\") { relationships(first: 1) { nodes { reviewedOn(at: $at) } } } }";
    let answer = data(app.execute(query, json!({ "at": at })).await);
    let relationship = &answer["country"]["relationships"]["nodes"][0];
    [
        relationship["reviewedOn"].clone(),
        answer["initiative"]["reviewedOn"].clone(),
    ]
}

#[tokio::test]
async fn a_review_moves_the_day_of_its_subject_and_no_position() {
    let app = start().await;
    let position =
        "{ relationships(first: 9) { nodes { stance since disputed position { basis { id } } } }
        stanceChanges(first: 9) { totalCount } statements(first: 9) { totalCount } }";
    let before = app.query(position).await;
    // Statements are no reviews.
    assert_eq!(days(&app, json!({})).await, [Value::Null, Value::Null]);
    let mut input = on(&of("RW"), "2026-11-12");
    input["note"] = json!("Two newspapers.");
    let payload = app.mutate("recordReview", &input).await;
    assert_eq!(payload["stanceChange"], Value::Null);
    let expected = json!({ "seq": 6, "day": "2026-11-12", "note": "Two newspapers." });
    assert_eq!(payload["review"], expected);
    assert_eq!(
        days(&app, json!({})).await,
        [json!("2026-11-12"), Value::Null]
    );
    let last = "{ country(code: \"RW\") { relationships(first: 1) { nodes {
        lastReview { day note recordedAt relationship { requestedState { code } } }
        before: lastReview(at: { validOn: \"2026-11-11\" }) { day } } } } }";
    let answer = app.query(last).await;
    let node = &answer["country"]["relationships"]["nodes"][0];
    assert_eq!(node["lastReview"]["note"], "Two newspapers.");
    assert_eq!(
        node["lastReview"]["relationship"]["requestedState"]["code"],
        "RW"
    );
    assert_eq!(node["before"], Value::Null);
    // An older one moves nothing.
    app.mutate("recordReview", &on(&of("RW"), "2026-11-01"))
        .await;
    assert_eq!(days(&app, json!({})).await[0], "2026-11-12");
    // One of the initiative is one of all its relationships, on the day of recording.
    let all = json!({ "subject": of_all() });
    app.mutate("recordReview", &all).await;
    assert_eq!(days(&app, json!({})).await, [TODAY, TODAY]);
    assert_eq!(app.query(position).await, before);
    assert_eq!(app.discrepancies().await, []);
    let app = app.restart().await;
    assert_eq!(days(&app, json!({})).await, [TODAY, TODAY]);
}

#[tokio::test]
async fn a_retry_returns_the_first_review_also_on_another_day() {
    let app = start().await;
    let input = json!({ "subject": of("RW"), "idempotencyKey": "one" });
    let first = app.mutate("recordReview", &input).await;
    app.set_clock("2026-11-25T12:00:00Z");
    let again = app.mutate("recordReview", &input).await;
    assert_eq!(again["review"], first["review"]);
    assert_eq!(first["review"]["day"], TODAY);
    let other = json!({ "subject": of("PE"), "idempotencyKey": "one" });
    let error = only_error(&app.try_mutate("recordReview", &other).await);
    assert_eq!(error, ("CONFLICT".into(), "input.idempotencyKey".into()));
}

#[tokio::test]
async fn a_review_counts_from_the_time_of_its_recording_for_days_up_to_the_requested_one() {
    let app = start().await;
    app.mutate("recordReview", &on(&of("RW"), "2026-11-10"))
        .await;
    app.set_clock("2026-11-24T12:00:00Z");
    app.mutate("recordReview", &on(&of_all(), "2026-11-20"))
        .await;
    let (early, late) = ("2026-11-10", "2026-11-20");
    for (at, expected) in [
        (json!({}), late),
        (json!({ "recordedBy": "2026-11-24T11:00:00Z" }), early),
        (json!({ "publishedBy": "2026-11-23" }), early),
        (json!({ "publishedBy": "2026-11-24" }), late),
        (json!({ "validOn": "2026-11-19" }), early),
        (json!({ "validOn": "2026-11-20" }), late),
    ] {
        assert_eq!(days(&app, at.clone()).await[0], expected, "{at}");
    }
    let before = json!({ "validOn": "2026-11-09" });
    assert_eq!(days(&app, before).await, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn the_queue_begins_with_what_was_never_reviewed_and_is_read_in_pages() {
    let app = start().await;
    app.mutate("recordReview", &on(&of("RW"), "2026-11-10"))
        .await;
    app.mutate("recordReview", &on(&of("GH"), "2026-11-12"))
        .await;
    let all = ["PE -", "RW 2026-11-10", "GH 2026-11-12"];
    assert_eq!(queue(&app, "").await, (all.map(str::to_owned).to_vec(), 3));
    let filter = "filter: { reviewedBefore: \"2026-11-12\" }";
    let due = all[..2].iter().map(ToString::to_string).collect();
    assert_eq!(queue(&app, filter).await, (due, 2));
    // As of a day: Ghana had no review yet.
    let at = "at: { validOn: \"2026-11-11\" }";
    let states = |list: &(Vec<String>, i64)| {
        let codes = list.0.iter().map(|line| line[..2].to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(states(&queue(&app, at).await), ["PE", "GH", "RW"]);
    let due = format!("{at}, filter: {{ reviewedBefore: \"2026-11-10\" }}");
    assert_eq!(states(&queue(&app, &due).await), ["PE", "GH"]);

    let page = "query($after: String, $at: MomentInput) { relationships(first: 1, after: $after, at: $at,
        orderBy: { field: REVIEWED }) { pageInfo { hasNextPage endCursor } nodes { requestedState { code } } } }";
    for at in [Value::Null, json!({})] {
        let (mut codes, mut after) = (String::new(), Value::Null);
        loop {
            let variables = json!({ "after": after, "at": at });
            let list = data(app.execute(page, variables).await)["relationships"].take();
            codes += list["nodes"][0]["requestedState"]["code"].as_str().unwrap();
            after = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(codes, "PERWGH");
    }
    // Cached answers are not given after the review of a relationship or of an initiative.
    app.mutate("recordReview", &on(&of("PE"), "2026-11-11"))
        .await;
    let all = ["RW 2026-11-10", "PE 2026-11-11", "GH 2026-11-12"];
    assert_eq!(queue(&app, "").await.0, all);
    let in_country = "filter: { requestedState: { codes: [\"GH\"] } }";
    assert_eq!(queue(&app, in_country).await.0, ["GH 2026-11-12"]);
    app.mutate("recordReview", &on(&of_all(), "2026-11-15"))
        .await;
    let all = ["RW", "PE", "GH"].map(|code| format!("{code} 2026-11-15"));
    assert_eq!(queue(&app, "").await.0, all);
    assert_eq!(queue(&app, in_country).await.0, ["GH 2026-11-15"]);
    assert_eq!(queue(&app, filter).await, (Vec::new(), 0));
}

#[tokio::test]
async fn wrong_reviews_are_refused_with_their_fields_and_nothing_is_written() {
    let app = start().await;
    let head = app.head().await;
    let state = "input.subject.relationship.requestedState";
    let day = "input.reviewedOn";
    for (input, code, field) in [
        (on(&of("SE"), TODAY), "NOT_FOUND", state),
        (on(&of("US"), TODAY), "NOT_FOUND", state),
        (on(&of("QQ"), TODAY), "NOT_FOUND", state),
        (on(&of("RW"), "2026-11-24"), "BAD_USER_INPUT", day),
        (on(&of("RW"), "2026-11"), "BAD_USER_INPUT", day),
        (on(&of("RW"), "2026-11-31"), "BAD_USER_INPUT", day),
        (on(&of("RW"), "1850-01-01"), "BAD_USER_INPUT", day),
        (
            on(&json!({ "initiative": "none" }), TODAY),
            "NOT_FOUND",
            "input.subject.initiative",
        ),
        (
            json!({ "subject": of("RW"), "note": "x".repeat(601) }),
            "BAD_USER_INPUT",
            "input.note",
        ),
    ] {
        let planned = dry_run_of(&app, "recordReview", &input).await;
        let written = app.try_mutate("recordReview", &input).await;
        for response in [planned, written] {
            let error = only_error(&response);
            assert_eq!(error, (code.to_owned(), field.to_owned()), "{input}");
        }
    }
    let mut several = on(&of("SE"), "2026-11-24");
    several["note"] = json!(" ");
    let response = app.try_mutate("recordReview", &several).await;
    let errors = &response["errors"][0]["extensions"]["errors"];
    assert_eq!(errors.as_array().unwrap().len(), 3, "{response:#}");
    assert_eq!(app.head().await, head);
    let filter = "{ relationships(filter: { reviewedBefore: \"soon\" }) { totalCount } }";
    let error = only_error(&app.execute(filter, json!({})).await);
    let expected = ("BAD_USER_INPUT".into(), "filter.reviewedBefore".into());
    assert_eq!(error, expected);
}

#[tokio::test]
async fn subscribers_of_an_initiative_receive_its_reviews_as_entries() {
    let app = start().await;
    app.mutate("openInitiative", &initiative("other")).await;
    let entries = "subscription($kinds: [EntryKind!], $initiative: ID, $after: String) {
        ledgerAppended(kinds: $kinds, initiative: $initiative, after: $after) {
            kind payload about { id } stanceChange { to } } }";
    let start = app.head().await["cursor"].clone();
    let filter = json!({ "kinds": ["REVIEW_RECORDED"], "initiative": SLUG, "after": start });
    let mut live = app.subscribe(entries, filter.clone()).await;
    let mut changes = app
        .subscribe("subscription { stanceChanged { to } }", json!({}))
        .await;
    let other = json!({ "initiative": "other" });
    app.mutate("recordReview", &on(&other, "2026-11-12")).await;
    app.mutate("recordReview", &on(&of("RW"), "2026-11-12"))
        .await;
    app.mutate("recordReview", &json!({ "subject": of_all() }))
        .await;
    let source = app.register_source().await;
    app.record_stance(&source, "RW", "REFUSED", "2026-11-13")
        .await;
    // The same live and replayed after a restart.
    let mut received = Vec::new();
    for _ in 0..2 {
        received.push(live.event().await["ledgerAppended"].clone());
    }
    let payload = |event: &Value| event["payload"].as_str().unwrap().to_owned();
    assert_eq!(
        payload(&received[0]),
        r#"{"initiative":1,"note":null,"requestedState":"RW","reviewedOn":"2026-11-12"}"#
    );
    assert_eq!(
        payload(&received[1]),
        r#"{"initiative":1,"note":null,"requestedState":null,"reviewedOn":null}"#
    );
    assert_eq!(received[0]["about"], Value::Null);
    // Reviews are no stance changes.
    assert_eq!(changes.event().await["stanceChanged"]["to"], "REFUSED");
    let app = app.restart().await;
    let mut replayed = app.subscribe(entries, filter).await;
    for event in received {
        assert_eq!(replayed.event().await["ledgerAppended"], event);
    }
}

#[tokio::test]
async fn an_altered_review_is_found() {
    let app = start().await;
    app.mutate("recordReview", &on(&of("RW"), "2026-11-12"))
        .await;
    let db = app.connect_to_database().await;
    let sql = "UPDATE review SET reviewed_on = '2026-11-20'";
    sea_orm::ConnectionTrait::execute_unprepared(&db, sql)
        .await
        .unwrap();
    let found = app.discrepancies().await;
    let found: Vec<(i64, &str)> = found
        .iter()
        .map(|one| (one.seq, one.what.as_str()))
        .collect();
    assert_eq!(found, [(6, "altered row in review")]);
}

/// A document of format 2 about two states, with a review of one and an edition.
fn edition(name: &str, day: &str) -> Value {
    let mut edition = document(SLUG, &["RW", "PE"]);
    edition["format"] = json!(2);
    edition["edition"] = name.into();
    edition["reviews"] = json!([
        { "subject": { "relationship": "RW" }, "reviewedOn": day, "note": "All sources." },
        { "subject": { "initiative": SLUG }, "reviewedOn": "2026-10-01", "note": null },
    ]);
    edition
}

const EDITION: &str = "query($at: DateTime) { initiative(slug: \"asks\") { edition(at: $at) { name importedAt seq } } }";

#[tokio::test]
async fn a_document_has_reviews_and_an_edition_which_is_recorded_last_and_once() {
    let app = TestApp::start_empty().await;
    let newest = async |app: &TestApp, at: Value| {
        let answer = data(app.execute(EDITION, json!({ "at": at })).await);
        answer["initiative"]["edition"].clone()
    };
    app.import(&edition("first", "2026-10-02")).await;
    app.import(&edition("first", "2026-10-02")).await;
    let app = app.restart().await;
    // Initiative, source, two statements, two reviews, the edition.
    assert_eq!(app.head().await["seq"], 7);
    assert_eq!(days(&app, json!({})).await, ["2026-10-02", "2026-10-01"]);
    let (first, head) = (newest(&app, Value::Null).await, app.head().await);
    assert_eq!(first["name"], "first");
    assert_eq!(first["importedAt"], head["recordedAt"]);

    app.import(&edition("second", "2026-10-03")).await;
    let app = app.restart().await;
    let second = newest(&app, Value::Null).await;
    assert_eq!(
        (&second["name"], &second["seq"]),
        (&json!("second"), &json!(9))
    );
    assert_eq!(newest(&app, head["recordedAt"].clone()).await, first);
    // An earlier edition that is imported again is not the newest.
    app.import(&edition("first", "2026-10-02")).await;
    let app = app.restart().await;
    assert_eq!(newest(&app, Value::Null).await, second);
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn pages_and_files_show_the_day_and_the_edition() {
    let app = TestApp::start_empty().await;
    app.import(&edition("first", "2026-10-02")).await;
    let app = app.restart().await;
    let page = async |path: &str| app.get(path).await.text().await.unwrap();
    let country = page("/countries/RW").await;
    assert!(
        country.contains("Last reviewed 2 October 2026."),
        "{country}"
    );
    let country = page("/countries/PE").await;
    assert!(
        country.contains("Last reviewed 1 October 2026."),
        "{country}"
    );
    let initiative = page("/initiatives/asks").await;
    assert!(initiative.contains("1 October 2026"), "{initiative}");
    assert!(initiative.contains("first, imported <time"), "{initiative}");
    let csv = page("/export/relationships.csv").await;
    // Later columns have no commas.
    let mut names = csv.lines().next().unwrap().rsplit(',');
    let from_end = names.position(|name| name == "reviewed_on").unwrap();
    let day_of = |state: &str| {
        let mut lines = csv.lines();
        let line = lines.find(|line| line.contains(&format!(",{state},")));
        line.unwrap().rsplit(',').nth(from_end).unwrap().to_owned()
    };
    assert_eq!([day_of("RW"), day_of("PE")], ["2026-10-02", "2026-10-01"]);
    let csv_before = page("/export/relationships.csv?validOn=2026-10-01").await;
    assert!(!csv_before.contains("2026-10-02"), "{csv_before}");
}

#[tokio::test]
async fn the_name_of_an_edition_that_was_imported_is_refused_for_other_items() {
    let app = TestApp::start_empty().await;
    app.import(&edition("first", "2026-10-02")).await;
    let head = app.head().await;
    let file = app.directory().join("edition.json");
    std::fs::write(&file, edition("first", "2026-10-03").to_string()).unwrap();
    let file = file.to_str().unwrap();
    for command in ["check", "import"] {
        let (status, printed) = try_demarche(app.test_db(), &[command, file]).await;
        assert_ne!(status, 0, "{command}: {printed}");
        let expected = "edition: `first` was imported without `reviews[0]`";
        assert!(printed.contains(expected), "{command}: {printed}");
    }
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn check_says_what_it_would_record_and_doctor_which_edition_is_there() {
    let app = TestApp::start_empty().await;
    let file = app.directory().join("edition.json");
    std::fs::write(&file, edition("first", "2026-10-02").to_string()).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let (text, variables) = request("openInitiative", &initiative("unused"));
    data(app.execute_as_editor(&text, variables).await);
    let (status, checked) = try_demarche(app.test_db(), &["check", &file]).await;
    assert_eq!(status, 0, "{checked}");
    assert!(checked.contains("edition 1, "), "{checked}");
    assert!(checked.contains("review 2, "), "{checked}");
    run_demarche(app.test_db(), &["import", &file]).await;
    let doctor = ["doctor", "--listen", "127.0.0.1:0"];
    let (_, printed) = try_demarche(app.test_db(), &doctor).await;
    let expected = "asks has edition first, imported ";
    assert!(printed.contains(expected), "{printed}");
}
