//! Mutations: what they answer, what they refuse, what survives retries, crowds and clients that leave.

use demarche::ledger::api_tokens;
use demarche::model::id::GlobalId;
use demarche::model::role::Role;
use demarche::model::time::Instant;
use futures_util::future::join_all;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::app::{NOW, TestApp, data, refusal};
use crate::editor::{SLUG, correction, evidence, id, initiative, request, source, standing};

/// The entry that a write made, as the ledger shows it.
async fn newest(app: &TestApp) -> Value {
    let query = "{ ledger { entries(last: 1) { nodes { seq hash cursor recordedAt kind
        stanceChange { cursor kind from to statement { id } } } } } }";
    app.query(query).await["ledger"]["entries"]["nodes"][0].take()
}

/// Does a mutation and checks that it tells of the newest entry.
async fn check(app: &TestApp, mutation: &str, input: &Value, kind: &str) -> Value {
    let payload = app.accept(mutation, input).await;
    let mut entry = newest(app).await;
    assert_eq!(entry["kind"], kind);
    assert_eq!(payload["stanceChange"], entry["stanceChange"].take());
    for field in ["seq", "hash", "cursor", "recordedAt"] {
        assert_eq!(payload["ledgerHead"][field], entry[field], "{mutation}");
    }
    payload
}

#[tokio::test]
async fn every_mutation_answers_with_object_head_and_change() {
    let app = TestApp::start_empty().await;
    let opened = check(
        &app,
        "openInitiative",
        &initiative(SLUG),
        "INITIATIVE_OPENED",
    )
    .await;
    assert_eq!(opened["initiative"]["slug"], SLUG);
    let registered = check(&app, "registerSource", &source(), "SOURCE_REGISTERED").await;
    let paper = registered["source"]["id"].as_str().unwrap();
    assert_eq!(registered["stanceChange"], Value::Null);

    let agreed = standing(paper, "RW", "AGREED", "2025-06-03");
    let recorded = check(&app, "recordStatement", &agreed, "STATEMENT_RECORDED").await;
    assert_eq!(
        change(&recorded),
        ["EVENT", "UNKNOWN", "AGREED", id(&recorded)]
    );
    let again = check(&app, "recordStatement", &agreed, "STATEMENT_RECORDED").await;
    assert_eq!(again["stanceChange"], Value::Null);

    let refused = correction(&recorded["statement"], paper, "REFUSED", "2025-06-04");
    let corrected = check(&app, "correctStatement", &refused, "STATEMENT_CORRECTED").await;
    assert_eq!(
        change(&corrected),
        ["CORRECTION", "AGREED", "REFUSED", id(&corrected)]
    );
    let wrong = json!({ "statement": id(&corrected), "reason": "Never said." });
    let retracted = check(&app, "retractStatement", &wrong, "STATEMENT_RETRACTED").await;
    assert_eq!(retracted["statement"]["standing"], "RETRACTED");
    assert_eq!(
        change(&retracted),
        ["RETRACTION", "REFUSED", "AGREED", id(&corrected)]
    );

    let further = evidence(&recorded, paper);
    let added = check(&app, "addEvidence", &further, "EVIDENCE_ADDED").await;
    assert_eq!(added["statement"]["id"], recorded["statement"]["id"]);
    assert_eq!(app.faults().await, []);
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
async fn nobody_writes_without_the_token_of_an_editor() {
    let (app, paper) = TestApp::start_asking().await;
    let recorded = app.stand(&paper, "RW", "AGREED", "2025").await;
    let outsider = app.outsider().await;
    let reader = api_tokens::create(&outsider, Role::Reader, "reader", [7; 32], Instant(NOW)).await;
    let (reader, head) = (reader.unwrap(), app.head().await);
    for (mutation, input) in [
        ("openInitiative", initiative("other")),
        ("registerSource", source()),
        ("recordStatement", standing(&paper, "RW", "REFUSED", "2026")),
        (
            "correctStatement",
            correction(&recorded["statement"], &paper, "NAMED", "2026"),
        ),
        (
            "retractStatement",
            json!({ "statement": id(&recorded), "reason": "No." }),
        ),
        ("addEvidence", evidence(&recorded, &paper)),
    ] {
        let (text, variables) = request(mutation, &input);
        let anonymous = app.answer(&text, variables.clone()).await;
        assert_eq!(refusal(&anonymous).0, "UNAUTHENTICATED", "{mutation}");
        let forbidden = app.write_as(&reader, &text, variables).await;
        assert_eq!(refusal(&forbidden).0, "FORBIDDEN", "{mutation}");
    }
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn a_token_that_is_unknown_or_revoked_is_refused_with_401() {
    let app = TestApp::start_empty().await;
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    let body = json!({ "query": text, "variables": variables });
    let status = async |token: &str| {
        let request = app.http().post(app.url("/graphql")).bearer_auth(token);
        request.json(&body).send().await.unwrap().status()
    };
    assert_eq!(status("dmk_nobody").await, StatusCode::UNAUTHORIZED);
    let outsider = app.outsider().await;
    api_tokens::revoke(&outsider, "test-0", Instant(NOW))
        .await
        .unwrap();
    assert_eq!(status(&app.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.head().await, head);
}

/// Sends `input` with some values changed, by JSON pointer, and expects to be refused with nothing written.
struct Refusals<'a> {
    app: &'a TestApp,
    head: Value,
}

impl<'a> Refusals<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let head = app.head().await;
        Self { app, head }
    }

    async fn check(&self, mutation: &str, input: &Value, changes: Value, code: &str, field: &str) {
        let mut input = input.clone();
        for (pointer, value) in changes.as_object().unwrap() {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            input.pointer_mut(parent).unwrap()[key] = value.clone();
        }
        let answer = self.app.mutate(mutation, &input).await;
        assert_eq!(
            refusal(&answer),
            (code.to_owned(), format!("input.{field}")),
            "{mutation} {changes}"
        );
        assert_eq!(self.app.head().await, self.head, "{mutation} {changes}");
    }

    /// A text that is too long, blank, or holds what no text may hold.
    async fn check_text(&self, mutation: &str, input: &Value, pointer: &str, limit: usize) {
        let field = pointer[1..].replace('/', ".");
        for wrong in [&"é".repeat(limit + 1), "", " \n", "a\u{7}b", "a\0b"] {
            let changes = json!({ pointer: wrong });
            self.check(mutation, input, changes, "BAD_USER_INPUT", &field)
                .await;
        }
    }
}

const BAD: &str = "BAD_USER_INPUT";
const UNKNOWN: &str = "NOT_FOUND";
const CONFLICT: &str = "CONFLICT";

#[tokio::test]
async fn a_statement_is_refused_with_the_field_at_fault() {
    let (app, paper) = TestApp::start_asking().await;
    let other = app.stand(&paper, "PE", "AGREED", "2025").await;
    let refusals = Refusals::of(&app).await;
    let input = standing(&paper, "RW", "AGREED", "2025-06-03");
    let (nothing, mention) = (
        GlobalId::Statement(4_000).to_string(),
        json!({ "source": paper, "relation": "MENTIONS" }),
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
            "evidence.0.source",
        ),
        (
            json!({ "/evidence/0/source": GlobalId::Source(4_000).to_string() }),
            UNKNOWN,
            "evidence.0.source",
        ),
        (
            json!({ "/evidence/0/source": id(&other) }),
            UNKNOWN,
            "evidence.0.source",
        ),
        (
            json!({ "/contradicts": [nothing] }),
            UNKNOWN,
            "contradicts.0",
        ),
        (
            json!({ "/contradicts": [id(&other)] }),
            BAD,
            "contradicts.0",
        ),
        (
            json!({ "/contradicts": vec![id(&other); 51] }),
            BAD,
            "contradicts",
        ),
        (
            json!({ "/contradicts": [id(&other), id(&other)], "/subject/relationship/requestedState": "PE" }),
            BAD,
            "contradicts.1",
        ),
    ] {
        refusals
            .check("recordStatement", &input, changes, code, field)
            .await;
    }
}

#[tokio::test]
async fn a_body_is_refused_with_the_field_at_fault() {
    let (app, paper) = TestApp::start_asking().await;
    let refusals = Refusals::of(&app).await;
    let input = standing(&paper, "RW", "AGREED", "2025-06-03");
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
    ] {
        refusals
            .check("recordStatement", &input, changes, code, field)
            .await;
    }
}

#[tokio::test]
async fn every_text_has_a_limit_and_holds_no_control_characters() {
    let (app, paper) = TestApp::start_asking().await;
    let recorded = app.stand(&paper, "RW", "AGREED", "2025").await;
    let refusals = Refusals::of(&app).await;
    let opened = initiative("other");
    let stated = standing(&paper, "RW", "AGREED", "2025-06-03");
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
    let corrected = correction(&recorded["statement"], &paper, "REFUSED", "2025-06-04");
    let retracted = json!({ "statement": id(&recorded), "reason": "Never said." });
    let added = evidence(&recorded, &paper);
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
        refusals.check_text(mutation, input, pointer, limit).await;
    }
}

#[tokio::test]
async fn initiatives_and_sources_are_refused_with_the_field_at_fault() {
    let (app, _) = TestApp::start_asking().await;
    let refusals = Refusals::of(&app).await;
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
        refusals.check(mutation, &input, changes, code, field).await;
    }
}

#[tokio::test]
async fn only_what_stands_is_corrected_or_retracted() {
    let (app, paper) = TestApp::start_asking().await;
    let old = app.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    let input = correction(&old["statement"], &paper, "REFUSED", "2025-06-04");
    app.accept("correctStatement", &input).await;
    let gone = app.stand(&paper, "PE", "AGREED", "2025-06-03").await;
    let retraction = json!({ "statement": id(&gone), "reason": "Never said." });
    app.accept("retractStatement", &retraction).await;
    let stands = app.stand(&paper, "EC", "AGREED", "2025-06-03").await;
    let nothing = GlobalId::Statement(4_000).to_string();

    let refusals = Refusals::of(&app).await;
    let added = evidence(&stands, &paper);
    for (wrong, code) in [
        (id(&old), CONFLICT),
        (id(&gone), CONFLICT),
        (&nothing, UNKNOWN),
        (&paper, UNKNOWN),
    ] {
        let changes = json!({ "/statement": wrong });
        for (mutation, input) in [
            ("correctStatement", &input),
            ("retractStatement", &retraction),
        ] {
            let changes = changes.clone();
            refusals
                .check(mutation, input, changes, code, "statement")
                .await;
        }
        if code == UNKNOWN {
            refusals
                .check("addEvidence", &added, changes, code, "statement")
                .await;
        }
    }
    // A correction has no subject of its own, so the body is at fault.
    let count = json!({ "count": { "metric": "AGREEMENTS", "comparator": "EXACT", "low": 9,
        "includesPlanned": false } });
    let changes = json!({ "/statement": id(&stands), "/body": count });
    refusals
        .check("correctStatement", &input, changes, BAD, "body")
        .await;
}

#[tokio::test]
async fn a_retry_gives_the_first_result_now_later_and_after_a_restart() {
    let (app, paper) = TestApp::start_asking().await;
    let mut input = standing(&paper, "RW", "AGREED", "2025-06-03");
    input["idempotencyKey"] = "mine".into();
    let first = app.accept("recordStatement", &input).await;
    assert_eq!(app.accept("recordStatement", &input).await, first);
    app.stand(&paper, "RW", "REFUSED", "2025-07").await;
    assert_eq!(app.accept("recordStatement", &input).await, first);

    let token = app.token.clone();
    let mut app = app.restart().await;
    app.token = token;
    let head = app.head().await;
    assert_eq!(app.accept("recordStatement", &input).await, first);
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn a_retry_gives_the_first_result_after_the_clock_was_set_back_over_midnight() {
    let (app, paper) = TestApp::start_asking().await;
    app.set_clock("2026-11-24T00:00:01Z");
    let mut input = standing(&paper, "RW", "AGREED", "2026-11-24");
    input["idempotencyKey"] = "mine".into();
    let first = app.accept("recordStatement", &input).await;
    app.set_clock("2026-11-23T23:59:59Z");
    assert_eq!(app.accept("recordStatement", &input).await, first);
}

#[tokio::test]
async fn a_key_with_another_content_is_refused_and_another_tokens_key_is_its_own() {
    let (app, paper) = TestApp::start_asking().await;
    let mut input = standing(&paper, "RW", "AGREED", "2025-06-03");
    input["idempotencyKey"] = "mine".into();
    let first = app.accept("recordStatement", &input).await;
    let refusals = Refusals::of(&app).await;
    let (changes, field) = (json!({ "/summary": "Otherwise." }), "idempotencyKey");
    refusals
        .check("recordStatement", &input, changes, CONFLICT, field)
        .await;
    let mut other = source();
    other["idempotencyKey"] = "mine".into();
    refusals
        .check("registerSource", &other, json!({}), CONFLICT, field)
        .await;

    let outsider = app.outsider().await;
    let second = api_tokens::create(&outsider, Role::Editor, "second", [7; 32], Instant(NOW)).await;
    let (text, variables) = request("recordStatement", &input);
    let answer = data(app.write_as(&second.unwrap(), &text, variables).await);
    let seq = first["ledgerHead"]["seq"].as_i64().unwrap() + 1;
    assert_eq!(answer["recordStatement"]["ledgerHead"]["seq"], seq);
}

#[tokio::test]
async fn evidence_of_an_earlier_date_moves_the_publication_and_no_stance() {
    let (app, paper) = TestApp::start_asking().await;
    let recorded = app.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    assert_eq!(recorded["statement"]["publishedOn"], "2025-06-25");
    let mut older = source();
    older["publishedOn"] = "2025-06-10".into();
    let older = app.accept("registerSource", &older).await;
    let further = evidence(&recorded, older["source"]["id"].as_str().unwrap());
    let added = app.accept("addEvidence", &further).await;
    assert_eq!(added["statement"]["publishedOn"], "2025-06-10");
    assert_eq!(added["stanceChange"], Value::Null);
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn fifty_writers_at_once_leave_no_gap_and_every_acknowledgement_is_kept() {
    let (app, paper) = TestApp::start_asking().await;
    let before = app.head().await["seq"].as_i64().unwrap();
    let writes = (0..50).map(|at| {
        let state = ["RW", "PE", "EC", "GH", "SN"][at % 5];
        let stance = ["NAMED", "APPROACHED", "AGREED"][at % 3];
        app.stand(&paper, state, stance, "2025-06-03")
    });
    let answers = join_all(writes).await;
    let mut acknowledged: Vec<_> = answers
        .iter()
        .map(|answer| {
            (
                answer["ledgerHead"]["seq"].as_i64(),
                &answer["ledgerHead"]["hash"],
            )
        })
        .collect();
    acknowledged.sort_by_key(|entry| entry.0);
    let query = "{ ledger { entries(last: 50) { nodes { seq hash } } } }";
    let ledger = app.query(query).await;
    let entries = ledger["ledger"]["entries"]["nodes"].as_array().unwrap();
    let kept: Vec<_> = entries
        .iter()
        .map(|entry| (entry["seq"].as_i64(), &entry["hash"]))
        .collect();
    assert_eq!(acknowledged, kept);
    let seqs: Vec<_> = kept.iter().filter_map(|entry| entry.0).collect();
    assert_eq!(seqs, (before + 1..=before + 50).collect::<Vec<_>>());
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn a_client_that_hangs_up_tears_nothing() {
    let (app, paper) = TestApp::start_asking().await;
    for at in 0..20 {
        let state = ["RW", "PE", "EC", "GH"][at % 4];
        let stance = ["NAMED", "APPROACHED", "AGREED"][at % 3];
        let (text, variables) = request(
            "recordStatement",
            &standing(&paper, state, stance, "2025-06-03"),
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
        // Some leave before the server has read, some while it writes.
        for _ in 0..at {
            tokio::task::yield_now().await;
        }
        drop(client);
    }
    let last = app.stand(&paper, "SN", "AGREED", "2025-06-03").await;
    assert_eq!(last["ledgerHead"], app.head().await);
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn a_write_that_the_database_refuses_half_way_leaves_nothing() {
    let (app, paper) = TestApp::start_asking().await;
    let first = app.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    let head = app.head().await;
    // Somebody put a row where the next change would go.
    let sql = format!(
        "INSERT INTO stance_change SELECT {}, relationship_id, initiative_id, requested_state, from_stance,
         to_stance, kind, unusual, disputed, occurred_on, recorded_at, statement_id, hash FROM stance_change
         WHERE seq = {}",
        head["seq"].as_i64().unwrap() + 1,
        first["ledgerHead"]["seq"]
    );
    app.outsider().await.execute_unprepared(&sql).await.unwrap();
    let input = standing(&paper, "RW", "REFUSED", "2025-07");
    let refused = app.mutate("recordStatement", &input).await;
    assert_eq!(refusal(&refused).0, "INTERNAL_SERVER_ERROR");
    assert_eq!(app.head().await, head);
    let count = app.query("{ statements { totalCount } }").await;
    assert_eq!(count["statements"]["totalCount"], 1);
}
