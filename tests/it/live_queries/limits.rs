//! Limits of live queries: their number, their cost, and clients that are slow.

use demarche::config::limits::{Limits, RateLimits, TransportLimits};
use serde_json::{Value, json};

use super::client::LiveClient;
use super::{LIST, RWANDA, executions, live, start_about, wait_for_metric};
use crate::app::{TestApp, limits};
use crate::fixtures::{SLUG, document};

async fn start_with(limits: Limits) -> TestApp {
    let app = TestApp::start_with_limits(limits).await;
    app.import(&document(SLUG, &["RW", "PE"])).await;
    app
}

/// The limit that refuses a live query.
async fn refusal(app: &TestApp, query: &str) -> Value {
    let mut socket = app.subscribe(query, json!({})).await;
    let mut message = socket.next().await;
    assert_eq!(message["type"], "error", "{message}");
    message["payload"][0]["extensions"].take()
}

#[tokio::test]
async fn the_number_of_different_live_queries_is_limited() {
    let transport = TransportLimits {
        live_queries: 3,
        live_queries_per_address: 2,
        ..TransportLimits::default()
    };
    let app = start_with(Limits {
        transport,
        ..limits()
    })
    .await;
    let mut clients = Vec::new();
    for selection in [RWANDA, LIST, RWANDA, LIST] {
        let mut client = LiveClient::start(&app, &live("", selection), json!({})).await;
        client.receive().await;
        clients.push(client);
    }
    let other = live("", "country(code: \"PE\") { code }");
    let refused = refusal(&app, &other).await;
    let expected =
        json!({ "code": "RATE_LIMITED", "limit": "max-live-queries-per-address", "max": 2 });
    assert_eq!(refused, expected);
    clients.truncate(1);
    wait_for_metric(&app, "live_queries", 1).await;
    LiveClient::start(&app, &other, json!({}))
        .await
        .receive()
        .await;
}

#[tokio::test]
async fn the_answers_count_as_held_by_the_client_that_asked_first() {
    let transport = TransportLimits {
        held_bytes_per_address: 40 << 10,
        ..TransportLimits::default()
    };
    let app = TestApp::start_with_limits(Limits {
        transport,
        ..limits()
    })
    .await;
    let large = live(
        "",
        "countries { code name officialName neighbours { code name } }",
    );
    assert_eq!(
        refusal(&app, &large).await["limit"],
        "max-held-bytes-per-address"
    );
    wait_for_metric(&app, "live_queries", 0).await;
    let small = live("", "country(code: \"PE\") { code }");
    LiveClient::start(&app, &small, json!({}))
        .await
        .receive()
        .await;
}

/// What is left in the bucket of the address.
const BUDGET: &str = "viewer { rateLimit { remaining } }";

/// A bucket that does not fill while a test runs.
fn slow_bucket(burst: u32) -> Limits {
    Limits {
        rate: RateLimits {
            per_second: 1,
            burst,
            ..RateLimits::default()
        },
        ..limits()
    }
}

#[tokio::test]
async fn each_execution_is_charged_to_a_client() {
    let (app, source) = TestApp::start_with_initiative().await;
    let app = app.start_another(slow_bucket(50_000)).await;
    let cost = app.query_cost(RWANDA).await;
    let mut client = LiveClient::start(&app, &live("", RWANDA), json!({})).await;
    client.receive().await;
    let before = app.remaining_budget().await;
    app.register_source().await;
    // What it costs to ask.
    let reference = before - app.remaining_budget().await;
    assert!(reference < app.query_cost(BUDGET).await + cost);
    for stance in ["NAMED", "AGREED"] {
        let before = app.remaining_budget().await;
        // Writes are charged to the token of the editor.
        app.record_stance(&source, "RW", stance, "2025-03").await;
        client.receive().await;
        let spent = before - app.remaining_budget().await;
        assert!(spent >= reference + cost, "{spent} of {cost}");
    }
}

#[tokio::test]
async fn a_client_that_cannot_pay_receives_the_newest_answer_later() {
    let limits = Limits {
        rate: RateLimits {
            per_second: 150,
            burst: 1_000,
            ..RateLimits::default()
        },
        ..limits()
    };
    let app = start_with(limits).await;
    let mut client = LiveClient::start(&app, &live("", LIST), json!({})).await;
    client.receive().await;
    // Spends what is left in the bucket of the address.
    while app
        .execute("{ countries { code } }", json!({}))
        .await
        .get("errors")
        .is_none()
    {}
    let before = executions(&app).await;
    for count in 3..8 {
        let states = ["RW", "PE", "EC", "GH", "SN", "KE", "UG"];
        app.import(&document(SLUG, &states[..count])).await;
    }
    let answer = loop {
        let answer = client.receive().await;
        if answer["data"]["initiative"]["relationships"]["totalCount"] == 7 {
            break answer;
        }
    };
    assert!(answer["extensions"]["live"]["cursor"].is_string());
    assert!(executions(&app).await - before < 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_receives_the_newest_answer_and_is_told_that_others_were_left_out() {
    let (app, source) = start_about(&["PE"]).await;
    // Answers of a hundred kilobytes, so that the connection accepts only a few.
    let near = "neighbours { neighbours { neighbours { code name neighbours { code } } } }";
    let selection =
        format!("{RWANDA} china: country(code: \"CN\") {{ a: {near} b: {near} c: {near} }}");
    let mut client = LiveClient::start(&app, &live("", &selection), json!({})).await;
    client.receive().await;
    let mut reading = LiveClient::start(&app, &live("", &selection), json!({})).await;
    reading.receive().await;
    let mut stance = "";
    for at in 0..60 {
        stance = ["AGREED", "REFUSED"][at % 2];
        let day = format!("2025-{:02}-{:02}", at / 28 + 1, at % 28 + 1);
        app.record_stance(&source, "RW", stance, &day).await;
        // Each write is an answer of its own.
        let answer = reading.receive().await;
        assert_eq!(answer["data"]["country"]["stance"], stance);
    }
    let mut received = 0;
    let mut skipped = false;
    loop {
        let answer = client.receive().await;
        received += 1;
        skipped |= answer["extensions"]["live"]["skipped"] == true;
        let cursor = &answer["extensions"]["live"]["cursor"];
        if *cursor == app.head().await["cursor"] {
            assert_eq!(answer["data"]["country"]["stance"], stance);
            break;
        }
    }
    assert!(received < 60 && skipped, "{received} received, {skipped}");
}

impl TestApp {
    /// What is left in the bucket of the address.
    async fn remaining_budget(&self) -> u64 {
        let response = self.query(&format!("{{ {BUDGET} }}")).await;
        let remaining = &response["viewer"]["rateLimit"]["remaining"];
        remaining.as_u64().unwrap()
    }

    /// The cost of a query before it runs.
    async fn query_cost(&self, selection: &str) -> u64 {
        let body = json!({ "query": format!("{{ {selection} }}") });
        let request = self.http().post(self.url("/graphql")).json(&body);
        let request = request.header("demarche-cost", "1");
        let response: Value = request.send().await.unwrap().json().await.unwrap();
        response["extensions"]["cost"]["total"].as_u64().unwrap()
    }
}
