//! Mutations: results, roles, validation errors, idempotent retries, concurrent writers, disconnected clients.

use demarche::ledger::api_tokens;
use demarche::model::id::GlobalId;
use demarche::model::role::Role;
use demarche::model::time::Timestamp;
use futures_util::future::join_all;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::app::{NOW, TestApp, data, only_error};
use crate::fixtures::{SLUG, correction, evidence, id, initiative, request, source, stance_input};

/// The newest ledger entry.
async fn newest_entry(app: &TestApp) -> Value {
    let query = "{ ledger { entries(last: 1) { nodes { seq hash cursor recordedAt kind
        stanceChange { cursor kind from to statement { id } } } } } }";
    app.query(query).await["ledger"]["entries"]["nodes"][0].take()
}

/// Executes a mutation and asserts that its payload describes the newest entry.
async fn mutate_and_compare(app: &TestApp, mutation: &str, input: &Value, kind: &str) -> Value {
    let payload = app.mutate(mutation, input).await;
    let mut entry = newest_entry(app).await;
    assert_eq!(entry["kind"], kind);
    assert_eq!(payload["stanceChange"], entry["stanceChange"].take());
    for field in ["seq", "hash", "cursor", "recordedAt"] {
        assert_eq!(payload["ledgerHead"][field], entry[field], "{mutation}");
    }
    payload
}

#[tokio::test]
async fn every_mutation_returns_object_head_and_change() {
    let app = TestApp::start_empty().await;
    let opened = mutate_and_compare(
        &app,
        "openInitiative",
        &initiative(SLUG),
        "INITIATIVE_OPENED",
    )
    .await;
    assert_eq!(opened["initiative"]["slug"], SLUG);
    let registered =
        mutate_and_compare(&app, "registerSource", &source(), "SOURCE_REGISTERED").await;
    let source_id = registered["source"]["id"].as_str().unwrap();
    assert_eq!(registered["stanceChange"], Value::Null);

    let mut correction_of_source = source();
    correction_of_source["source"] = source_id.into();
    correction_of_source["version"] = 2.into();
    correction_of_source["title"] = "Another report".into();
    correction_of_source["reason"] = "Misread.".into();
    let corrected = &correction_of_source;
    let corrected = mutate_and_compare(&app, "correctSource", corrected, "SOURCE_CORRECTED").await;
    assert_eq!(corrected["source"]["id"], source_id);

    let agreed = stance_input(source_id, "RW", "AGREED", "2025-06-03");
    let recorded = mutate_and_compare(&app, "recordStatement", &agreed, "STATEMENT_RECORDED").await;
    assert_eq!(
        change(&recorded),
        ["EVENT", "UNKNOWN", "AGREED", id(&recorded)]
    );
    let repeated = mutate_and_compare(&app, "recordStatement", &agreed, "STATEMENT_RECORDED").await;
    assert_eq!(repeated["stanceChange"], Value::Null);

    let correction_input = correction(&recorded["statement"], source_id, "REFUSED", "2025-06-04");
    let corrected = mutate_and_compare(
        &app,
        "correctStatement",
        &correction_input,
        "STATEMENT_CORRECTED",
    )
    .await;
    assert_eq!(
        change(&corrected),
        ["CORRECTION", "AGREED", "REFUSED", id(&corrected)]
    );
    let retraction = json!({ "statement": id(&corrected), "reason": "Never said." });
    let retracted =
        mutate_and_compare(&app, "retractStatement", &retraction, "STATEMENT_RETRACTED").await;
    assert_eq!(retracted["statement"]["standing"], "RETRACTED");
    assert_eq!(
        change(&retracted),
        ["RETRACTION", "REFUSED", "AGREED", id(&corrected)]
    );

    let further = evidence(&recorded, source_id);
    let added = mutate_and_compare(&app, "addEvidence", &further, "EVIDENCE_ADDED").await;
    assert_eq!(added["statement"]["id"], recorded["statement"]["id"]);

    let review = json!({ "subject": { "initiative": SLUG } });
    let reviewed = mutate_and_compare(&app, "recordReview", &review, "REVIEW_RECORDED").await;
    assert_eq!(reviewed["review"]["seq"], reviewed["ledgerHead"]["seq"]);
    assert_eq!(app.discrepancies().await, []);
}

#[track_caller]
fn change(payload: &Value) -> [&str; 4] {
    let change = &payload["stanceChange"];
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    assert!(text(&change["cursor"]).is_some(), "{payload:#}");
    ["/kind", "/from", "/to", "/statement/id"]
        .map(|pointer| change.pointer(pointer).and_then(Value::as_str).unwrap())
}

#[tokio::test]
async fn writing_requires_an_editors_token() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let recorded = app.record_stance(&source_id, "RW", "AGREED", "2025").await;
    let db = app.connect_to_database().await;
    let reader = api_tokens::create(&db, Role::Reader, "reader", [7; 32], Timestamp(NOW)).await;
    let (reader, head) = (reader.unwrap(), app.head().await);
    for (mutation, input) in [
        ("openInitiative", initiative("other")),
        ("registerSource", source()),
        (
            "recordStatement",
            stance_input(&source_id, "RW", "REFUSED", "2026"),
        ),
        (
            "correctStatement",
            correction(&recorded["statement"], &source_id, "NAMED", "2026"),
        ),
        (
            "retractStatement",
            json!({ "statement": id(&recorded), "reason": "No." }),
        ),
        ("addEvidence", evidence(&recorded, &source_id)),
        ("recordReview", json!({ "subject": { "initiative": SLUG } })),
        (
            "correctSource",
            json!({ "source": source_id, "version": 2, "reason": "No.", "kind": "NEWS", "publisher": "P", "title": "T" }),
        ),
    ] {
        let (text, variables) = request(mutation, &input);
        let anonymous = app.execute(&text, variables.clone()).await;
        assert_eq!(only_error(&anonymous).0, "UNAUTHENTICATED", "{mutation}");
        let forbidden = app.execute_with_token(&reader, &text, variables).await;
        assert_eq!(only_error(&forbidden).0, "FORBIDDEN", "{mutation}");
    }
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn an_unknown_or_revoked_token_is_rejected_with_401() {
    let app = TestApp::start_empty().await;
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    let body = json!({ "query": text, "variables": variables });
    let status = async |token: &str| {
        let request = app.http().post(app.url("/graphql")).bearer_auth(token);
        request.json(&body).send().await.unwrap().status()
    };
    assert_eq!(status("dmk_nobody").await, StatusCode::UNAUTHORIZED);
    let db = app.connect_to_database().await;
    api_tokens::revoke(&db, "test-0", Timestamp(NOW))
        .await
        .unwrap();
    assert_eq!(status(&app.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.head().await, head);
}

/// Asserts that invalid inputs are rejected and that the ledger head stays unchanged.
struct RejectionCheck<'a> {
    app: &'a TestApp,
    head: Value,
}

impl<'a> RejectionCheck<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let head = app.head().await;
        Self { app, head }
    }

    /// Sends `input` with values changed by JSON pointer and expects an error with this code and field.
    async fn assert_rejected(
        &self,
        mutation: &str,
        input: &Value,
        changes: Value,
        code: &str,
        field: &str,
    ) {
        let mut input = input.clone();
        for (pointer, value) in changes.as_object().unwrap() {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            input.pointer_mut(parent).unwrap()[key] = value.clone();
        }
        let response = self.app.try_mutate(mutation, &input).await;
        assert_eq!(
            only_error(&response),
            (code.to_owned(), format!("input.{field}")),
            "{mutation} {changes}"
        );
        assert_eq!(self.app.head().await, self.head, "{mutation} {changes}");
    }

    /// As [`RejectionCheck::assert_rejected`], with texts that are too long, blank, or contain control characters.
    async fn assert_text_rejected(
        &self,
        mutation: &str,
        input: &Value,
        pointer: &str,
        limit: usize,
    ) {
        let field = pointer[1..].replace('/', ".").replace(".0.", "[0].");
        for invalid in [&"é".repeat(limit + 1), "", " \n", "a\u{7}b", "a\0b"] {
            let changes = json!({ pointer: invalid });
            self.assert_rejected(mutation, input, changes, "BAD_USER_INPUT", &field)
                .await;
        }
    }
}

const BAD: &str = "BAD_USER_INPUT";
const UNKNOWN: &str = "NOT_FOUND";
const CONFLICT: &str = "CONFLICT";

#[tokio::test]
async fn a_statement_is_rejected_with_its_invalid_field() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let other = app.record_stance(&source_id, "PE", "AGREED", "2025").await;
    let rejections = RejectionCheck::new(&app).await;
    let input = stance_input(&source_id, "RW", "AGREED", "2025-06-03");
    let (nothing, mention) = (
        GlobalId::Statement(4_000).to_string(),
        json!({ "source": source_id, "relation": "MENTIONS" }),
    );
    let one = &input["evidence"][0];
    for (changes, code, field) in [
        (
            json!({ "/subject/relationship/requestedState": "ZZ" }),
            UNKNOWN,
            "subject.relationship.requestedState",
        ),
        (
            json!({ "/subject/relationship/requestedState": "us" }),
            BAD,
            "subject.relationship.requestedState",
        ),
        (
            json!({ "/subject/relationship/initiative": "nothing" }),
            UNKNOWN,
            "subject.relationship.initiative",
        ),
        (json!({ "/validFrom": "June 2025" }), BAD, "validFrom"),
        (json!({ "/validFrom": "2025-02-30" }), BAD, "validFrom"),
        (json!({ "/validFrom": "2025-06/2025-01" }), BAD, "validFrom"),
        (json!({ "/validFrom": "2026-11-24" }), BAD, "validFrom"),
        (json!({ "/validFrom": "2026-12/.." }), BAD, "validFrom"),
        (json!({ "/evidence": [] }), BAD, "evidence"),
        (json!({ "/evidence": [mention] }), BAD, "evidence"),
        (json!({ "/evidence": vec![one; 51] }), BAD, "evidence"),
        (
            json!({ "/evidence/0/source": "nonsense" }),
            UNKNOWN,
            "evidence[0].source",
        ),
        (
            json!({ "/evidence/0/source": GlobalId::Source(4_000).to_string() }),
            UNKNOWN,
            "evidence[0].source",
        ),
        (
            json!({ "/evidence/0/source": id(&other) }),
            UNKNOWN,
            "evidence[0].source",
        ),
        (
            json!({ "/contradicts": [nothing] }),
            UNKNOWN,
            "contradicts[0]",
        ),
        (
            json!({ "/contradicts": [id(&other)] }),
            BAD,
            "contradicts[0]",
        ),
        (
            json!({ "/contradicts": vec![id(&other); 51] }),
            BAD,
            "contradicts",
        ),
        (
            json!({ "/contradicts": [id(&other), id(&other)], "/subject/relationship/requestedState": "PE" }),
            BAD,
            "contradicts[1]",
        ),
    ] {
        rejections
            .assert_rejected("recordStatement", &input, changes, code, field)
            .await;
    }
}

#[tokio::test]
async fn a_body_is_rejected_with_its_invalid_field() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let rejections = RejectionCheck::new(&app).await;
    let input = stance_input(&source_id, "RW", "AGREED", "2025-06-03");
    let count = |comparator: &str, high: Option<u32>| {
        json!({ "count": { "metric": "AGREEMENTS", "comparator": comparator, "low": 9, "high": high,
            "includesPlanned": false } })
    };
    let funding = |amount: Option<&str>, currency: Option<&str>| json!({ "funding": { "amount": amount, "currency": currency, "purpose": "Care" } });
    let initiative = json!({ "initiative": SLUG });
    for (changes, code, field) in [
        (json!({ "/subject": { "country": "RW" } }), BAD, "subject"),
        (
            json!({ "/subject": { "country": "ZZ" }, "/body": { "concern": { "category": "HUMAN_RIGHTS" } } }),
            UNKNOWN,
            "subject.country",
        ),
        (
            json!({ "/subject": { "initiative": "nothing" }, "/body": count("EXACT", None) }),
            UNKNOWN,
            "subject.initiative",
        ),
        (json!({ "/body": count("EXACT", None) }), BAD, "subject"),
        (
            json!({ "/body/stance/stance": "UNKNOWN" }),
            BAD,
            "body.stance.stance",
        ),
        (
            json!({ "/subject": initiative, "/body": count("BETWEEN", None) }),
            BAD,
            "body.count.high",
        ),
        (
            json!({ "/subject": initiative, "/body": count("BETWEEN", Some(3)) }),
            BAD,
            "body.count.high",
        ),
        (
            json!({ "/subject": initiative, "/body": count("ABOUT", Some(30)) }),
            BAD,
            "body.count.high",
        ),
        (
            json!({ "/body": funding(Some("7500000.00"), None) }),
            BAD,
            "body.funding.currency",
        ),
        (
            json!({ "/body": funding(None, Some("USD")) }),
            BAD,
            "body.funding.amount",
        ),
        (
            json!({ "/body": funding(Some("7.5"), Some("USD")) }),
            BAD,
            "body.funding.amount",
        ),
        (
            json!({ "/body": { "transfer": { "personsMin": 3, "personsMax": 1, "note": "A flight" } } }),
            BAD,
            "body.transfer.personsMin",
        ),
        (
            json!({ "/body": { "legal": { "jurisdiction": "ZZ", "court": "High Court", "caseName": "A v B",
                "status": "UPHELD" } } }),
            UNKNOWN,
            "body.legal.jurisdiction",
        ),
        (
            json!({ "/body": { "agreement": { "instrument": "TREATY", "binding": "YES", "text": "LEAKED",
                "signedOn": "soon" } } }),
            BAD,
            "body.agreement.signedOn",
        ),
        (
            json!({ "/body": { "agreement": { "instrument": "TREATY", "binding": "YES", "text": "LEAKED",
                "inForceOn": "2026-01/2026-01-19" } } }),
            BAD,
            "body.agreement.inForceOn",
        ),
        (
            json!({ "/validFrom": "2026-01/2026-01-19" }),
            BAD,
            "validFrom",
        ),
    ] {
        rejections
            .assert_rejected("recordStatement", &input, changes, code, field)
            .await;
    }
}

#[tokio::test]
async fn every_text_has_a_limit_and_may_contain_no_control_characters() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let recorded = app.record_stance(&source_id, "RW", "AGREED", "2025").await;
    let rejections = RejectionCheck::new(&app).await;
    let opened = initiative("other");
    let stated = stance_input(&source_id, "RW", "AGREED", "2025-06-03");
    let with = |body: Value| {
        let mut input = stated.clone();
        input["body"] = body;
        input
    };
    let denied = with(json!({ "denial": { "of": "REQUEST", "detail": "No" } }));
    let paid = with(json!({ "funding": { "purpose": "Care" } }));
    let moved =
        with(json!({ "transfer": { "personsMin": 1, "personsMax": 1, "note": "A flight" } }));
    let judged = with(
        json!({ "legal": { "jurisdiction": "US", "court": "A court", "caseName": "A v B",
        "docket": "1", "status": "UPHELD" } }),
    );
    let signed = with(
        json!({ "agreement": { "instrument": "TREATY", "binding": "YES", "text": "LEAKED",
        "scope": "All" } }),
    );
    let corrected = correction(&recorded["statement"], &source_id, "REFUSED", "2025-06-04");
    let retracted = json!({ "statement": id(&recorded), "reason": "Never said." });
    let added = evidence(&recorded, &source_id);
    for (mutation, input, pointer, limit) in [
        ("openInitiative", &opened, "/title", 600),
        ("openInitiative", &opened, "/summary", 1_000),
        ("registerSource", &source(), "/publisher", 600),
        ("registerSource", &source(), "/title", 600),
        ("recordStatement", &stated, "/idempotencyKey", 200),
        ("recordStatement", &stated, "/claimant/label", 600),
        ("recordStatement", &stated, "/summary", 300),
        ("recordStatement", &stated, "/note", 600),
        ("recordStatement", &stated, "/evidence/0/quote", 200),
        ("recordStatement", &stated, "/evidence/0/locator", 600),
        ("recordStatement", &denied, "/body/denial/detail", 600),
        ("recordStatement", &paid, "/body/funding/purpose", 600),
        ("recordStatement", &moved, "/body/transfer/note", 600),
        ("recordStatement", &judged, "/body/legal/court", 600),
        ("recordStatement", &judged, "/body/legal/caseName", 600),
        ("recordStatement", &judged, "/body/legal/docket", 600),
        ("recordStatement", &signed, "/body/agreement/scope", 600),
        ("correctStatement", &corrected, "/reason", 600),
        ("retractStatement", &retracted, "/reason", 600),
        ("addEvidence", &added, "/evidence/0/quote", 200),
    ] {
        rejections
            .assert_text_rejected(mutation, input, pointer, limit)
            .await;
    }
}

#[tokio::test]
async fn initiatives_and_sources_are_rejected_with_their_invalid_field() {
    let (app, _) = TestApp::start_with_initiative().await;
    let rejections = RejectionCheck::new(&app).await;
    let nothing = GlobalId::Source(4_000).to_string();
    for (mutation, changes, code, field) in [
        ("openInitiative", json!({ "/slug": SLUG }), CONFLICT, "slug"),
        ("openInitiative", json!({ "/slug": "No Slug" }), BAD, "slug"),
        (
            "openInitiative",
            json!({ "/slug": "a".repeat(81) }),
            BAD,
            "slug",
        ),
        (
            "openInitiative",
            json!({ "/requestingState": "ZZ" }),
            UNKNOWN,
            "requestingState",
        ),
        (
            "openInitiative",
            json!({ "/startedOn": "2026-11-24" }),
            BAD,
            "startedOn",
        ),
        (
            "registerSource",
            json!({ "/url": "javascript:alert(1)" }),
            BAD,
            "url",
        ),
        (
            "registerSource",
            json!({ "/url": "ftp://example.org/" }),
            BAD,
            "url",
        ),
        (
            "registerSource",
            json!({ "/url": "example.org" }),
            BAD,
            "url",
        ),
        (
            "registerSource",
            json!({ "/url": format!("https://example.org/{}", "a".repeat(2_000)) }),
            BAD,
            "url",
        ),
        (
            "registerSource",
            json!({ "/language": "English" }),
            BAD,
            "language",
        ),
        (
            "registerSource",
            json!({ "/publishedOn": "2025-13" }),
            BAD,
            "publishedOn",
        ),
        (
            "registerSource",
            json!({ "/publishedOn": "2027" }),
            BAD,
            "publishedOn",
        ),
        (
            "registerSource",
            json!({ "/derivedFrom": nothing }),
            UNKNOWN,
            "derivedFrom",
        ),
    ] {
        let input = if mutation == "openInitiative" {
            initiative("other")
        } else {
            source()
        };
        rejections
            .assert_rejected(mutation, &input, changes, code, field)
            .await;
    }
}

#[tokio::test]
async fn only_standing_statements_are_corrected_or_retracted() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let old = app
        .record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    let input = correction(&old["statement"], &source_id, "REFUSED", "2025-06-04");
    app.mutate("correctStatement", &input).await;
    let retracted = app
        .record_stance(&source_id, "PE", "AGREED", "2025-06-03")
        .await;
    let retraction = json!({ "statement": id(&retracted), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    let valid = app
        .record_stance(&source_id, "EC", "AGREED", "2025-06-03")
        .await;
    let nothing = GlobalId::Statement(4_000).to_string();

    let rejections = RejectionCheck::new(&app).await;
    let added = evidence(&valid, &source_id);
    for (invalid, code) in [
        (id(&old), CONFLICT),
        (id(&retracted), CONFLICT),
        (&nothing, UNKNOWN),
        (&source_id, UNKNOWN),
    ] {
        let changes = json!({ "/statement": invalid });
        for (mutation, input) in [
            ("correctStatement", &input),
            ("retractStatement", &retraction),
        ] {
            let changes = changes.clone();
            rejections
                .assert_rejected(mutation, input, changes, code, "statement")
                .await;
        }
        if code == UNKNOWN {
            rejections
                .assert_rejected("addEvidence", &added, changes, code, "statement")
                .await;
        }
    }
    // A correction takes the subject of the original, so the body is the invalid field.
    let count = json!({ "count": { "metric": "AGREEMENTS", "comparator": "EXACT", "low": 9,
        "includesPlanned": false } });
    let changes = json!({ "/statement": id(&valid), "/body": count });
    rejections
        .assert_rejected("correctStatement", &input, changes, BAD, "body")
        .await;
}

#[tokio::test]
async fn a_retry_returns_the_first_result_now_later_and_after_a_restart() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source_id, "RW", "AGREED", "2025-06-03");
    input["idempotencyKey"] = "mine".into();
    let first = app.mutate("recordStatement", &input).await;
    assert_eq!(app.mutate("recordStatement", &input).await, first);
    app.record_stance(&source_id, "RW", "REFUSED", "2025-07")
        .await;
    assert_eq!(app.mutate("recordStatement", &input).await, first);

    let token = app.token.clone();
    let mut app = app.restart().await;
    app.token = token;
    let head = app.head().await;
    assert_eq!(app.mutate("recordStatement", &input).await, first);
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn a_retry_returns_the_first_result_after_the_clock_was_set_back_over_midnight() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T00:00:01Z");
    let mut input = stance_input(&source_id, "RW", "AGREED", "2026-11-24");
    input["idempotencyKey"] = "mine".into();
    let first = app.mutate("recordStatement", &input).await;
    app.set_clock("2026-11-23T23:59:59Z");
    assert_eq!(app.mutate("recordStatement", &input).await, first);
}

#[tokio::test]
async fn a_key_with_different_content_is_rejected_and_keys_are_separate_for_each_token() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source_id, "RW", "AGREED", "2025-06-03");
    input["idempotencyKey"] = "mine".into();
    let first = app.mutate("recordStatement", &input).await;
    let rejections = RejectionCheck::new(&app).await;
    let (changes, field) = (json!({ "/summary": "Otherwise." }), "idempotencyKey");
    rejections
        .assert_rejected("recordStatement", &input, changes, CONFLICT, field)
        .await;
    let mut other = source();
    other["idempotencyKey"] = "mine".into();
    rejections
        .assert_rejected("registerSource", &other, json!({}), CONFLICT, field)
        .await;

    let db = app.connect_to_database().await;
    let second = api_tokens::create(&db, Role::Editor, "second", [7; 32], Timestamp(NOW)).await;
    let (text, variables) = request("recordStatement", &input);
    let response = data(
        app.execute_with_token(&second.unwrap(), &text, variables)
            .await,
    );
    let seq = first["ledgerHead"]["seq"].as_i64().unwrap() + 1;
    assert_eq!(response["recordStatement"]["ledgerHead"]["seq"], seq);
}

#[tokio::test]
async fn earlier_evidence_changes_the_publication_date_and_no_stance() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let recorded = app
        .record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    assert_eq!(recorded["statement"]["publishedOn"], "2025-06-25");
    let mut older = source();
    older["publishedOn"] = "2025-06-10".into();
    let older = app.mutate("registerSource", &older).await;
    let further = evidence(&recorded, older["source"]["id"].as_str().unwrap());
    let added = app.mutate("addEvidence", &further).await;
    assert_eq!(added["statement"]["publishedOn"], "2025-06-10");
    assert_eq!(added["stanceChange"], Value::Null);
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn fifty_concurrent_writers_leave_no_gap_and_lose_no_acknowledged_write() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let before = app.head().await["seq"].as_i64().unwrap();
    let writes = (0..50).map(|at| {
        let state = ["RW", "PE", "EC", "GH", "SN"][at % 5];
        let stance = ["NAMED", "APPROACHED", "AGREED"][at % 3];
        app.record_stance(&source_id, state, stance, "2025-06-03")
    });
    let responses = join_all(writes).await;
    let mut acknowledged: Vec<_> = responses
        .iter()
        .map(|response| {
            (
                response["ledgerHead"]["seq"].as_i64(),
                &response["ledgerHead"]["hash"],
            )
        })
        .collect();
    acknowledged.sort_by_key(|entry| entry.0);
    let query = "{ ledger { entries(last: 50) { nodes { seq hash } } } }";
    let ledger = app.query(query).await;
    let entries = ledger["ledger"]["entries"]["nodes"].as_array().unwrap();
    let stored: Vec<_> = entries
        .iter()
        .map(|entry| (entry["seq"].as_i64(), &entry["hash"]))
        .collect();
    assert_eq!(acknowledged, stored);
    let seqs: Vec<_> = stored.iter().filter_map(|entry| entry.0).collect();
    assert_eq!(seqs, (before + 1..=before + 50).collect::<Vec<_>>());
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_disconnected_client_leaves_no_partial_write() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    for at in 0..20 {
        let state = ["RW", "PE", "EC", "GH"][at % 4];
        let stance = ["NAMED", "APPROACHED", "AGREED"][at % 3];
        let (text, variables) = request(
            "recordStatement",
            &stance_input(&source_id, state, stance, "2025-06-03"),
        );
        let body = json!({ "query": text, "variables": variables }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            app.token,
            body.len()
        );
        let mut client = tokio::net::TcpStream::connect(app.server.address)
            .await
            .unwrap();
        client.write_all((head + &body).as_bytes()).await.unwrap();
        // Some disconnect before the server has read the request, some while it writes.
        for _ in 0..at {
            tokio::task::yield_now().await;
        }
        drop(client);
    }
    let last = app
        .record_stance(&source_id, "SN", "AGREED", "2025-06-03")
        .await;
    assert_eq!(last["ledgerHead"], app.head().await);
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn a_write_that_fails_half_way_leaves_nothing() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let first = app
        .record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    let head = app.head().await;
    // A row with the key of the next change makes its insertion fail.
    let sql = format!(
        "INSERT INTO stance_change SELECT {}, relationship_id, initiative_id, requested_state, from_stance,
         to_stance, kind, unusual, disputed, occurred_on, recorded_at, statement_id, hash FROM stance_change
         WHERE seq = {}",
        head["seq"].as_i64().unwrap() + 1,
        first["ledgerHead"]["seq"]
    );
    app.connect_to_database()
        .await
        .execute_unprepared(&sql)
        .await
        .unwrap();
    let input = stance_input(&source_id, "RW", "REFUSED", "2025-07");
    let rejection = app.try_mutate("recordStatement", &input).await;
    assert_eq!(only_error(&rejection).0, "INTERNAL_SERVER_ERROR");
    assert_eq!(app.head().await, head);
    let count = app.query("{ statements { totalCount } }").await;
    assert_eq!(count["statements"]["totalCount"], 1);
}
