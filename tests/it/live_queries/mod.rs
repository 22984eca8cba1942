//! Live queries: what is sent, when, and to whom.

mod client;
mod first_answers;
mod limits;
mod random_changes;
mod refusals;
mod resuming;
mod slow_patch_readers;
mod transports;

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use serde_json::{Value, json};

use crate::app::{TestApp, limits};
use crate::fixtures::{SLUG, document, initiative};
use crate::health_and_metrics::value;
use crate::websocket_client::WebSocketClient;
use client::LiveClient;

/// The stance of one country; rests on what is recorded about it.
const RWANDA: &str = "country(code: \"RW\") { code stance(initiative: \"asks\") }";
/// All relationships of the initiative; long enough that a change is shorter as a patch.
const LIST: &str = "initiative(slug: \"asks\") { relationships(first: 50) { totalCount
    nodes { id stance since requestedState { id code name officialName } } } }";

/// A live query; `arguments` are those of the directive, with their parentheses.
fn live(arguments: &str, selection: &str) -> String {
    format!("query @live{arguments} {{ {selection} }}")
}

/// Executions of live queries so far.
async fn executions(app: &TestApp) -> u64 {
    metric(app, "live_executions_total").await
}

async fn metric(app: &TestApp, name: &str) -> u64 {
    value(&app.metrics().await, &format!("demarche_{name}"))
}

/// Waits until a metric has a value.
async fn wait_for_metric(app: &TestApp, name: &str, expected: u64) {
    let reached = async {
        while metric(app, name).await != expected {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let reached = tokio::time::timeout(crate::websocket_client::RECEIVE_TIMEOUT, reached).await;
    let value = metric(app, name).await;
    assert!(reached.is_ok(), "{name} is {value}, not {expected}");
}

/// With the initiative, in which these countries are named, and a source; returns the ID of the source.
async fn start_about(states: &[&str]) -> (TestApp, String) {
    // However slow the machine is, a client that reads slowly is not disconnected.
    let app = TestApp::start_with_limits(Limits {
        time: TimeLimits {
            send: Duration::from_mins(2).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    app.import(&document(SLUG, states)).await;
    let source = app.register_source().await;
    (app, source)
}

#[tokio::test]
async fn a_live_query_is_answered_and_again_when_its_answer_changes() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut client = LiveClient::start(&app, &live("", RWANDA), json!({})).await;
    let first = client.receive().await;
    assert_eq!(first["data"], app.query(&format!("{{ {RWANDA} }}")).await);
    let head = app.head().await["cursor"].take();
    assert_eq!(first["extensions"], json!({ "live": { "cursor": head } }));
    for stance in ["NAMED", "AGREED"] {
        app.record_stance(&source, "RW", stance, "2025-03").await;
        let next = client.receive().await;
        assert_eq!(next["data"]["country"]["stance"], stance);
        let head = app.head().await["cursor"].take();
        assert_eq!(next["extensions"], json!({ "live": { "cursor": head } }));
    }
}

#[tokio::test]
async fn an_entry_that_does_not_touch_the_answer_executes_nothing() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut client = LiveClient::start(&app, &live("", RWANDA), json!({})).await;
    client.receive().await;
    assert_eq!(executions(&app).await, 1);
    app.register_source().await;
    app.mutate("openInitiative", &crate::fixtures::initiative("others"))
        .await;
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    assert_eq!(client.receive().await["data"]["country"]["stance"], "NAMED");
    assert_eq!(executions(&app).await, 2);
}

#[tokio::test]
async fn the_same_answer_is_not_sent_again() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut client = LiveClient::start(&app, &live("", RWANDA), json!({})).await;
    client.receive().await;
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    client.receive().await;
    // The same stance, of another statement.
    app.record_stance(&source, "RW", "NAMED", "2025-04").await;
    wait_for_metric(&app, "live_unchanged_total", 1).await;
    app.record_stance(&source, "RW", "AGREED", "2025-05").await;
    assert_eq!(
        client.receive().await["data"]["country"]["stance"],
        "AGREED"
    );
    assert_eq!(executions(&app).await, 4);
}

#[tokio::test]
async fn a_change_is_executed_once_for_all_clients_however_they_write_the_query() {
    let (app, source) = TestApp::start_with_initiative().await;
    let variables = "query A($patch: Boolean!, $after: String) @live(patch: $patch, after: $after)";
    let spellings = [
        (live("", LIST), json!({})),
        (live("(patch: true)", LIST), json!({})),
        (live(" # comment\n (patch: false,)", LIST), json!({})),
    ];
    let mut clients = Vec::new();
    for (query, values) in spellings {
        for _ in 0..3 {
            clients.push(LiveClient::start(&app, &query, values.clone()).await);
        }
    }
    for client in &mut clients {
        client.receive().await;
    }
    assert_eq!(metric(&app, "live_queries").await, 1);
    assert_eq!(metric(&app, "live_subscribers").await, 9);
    for patch in [true, false] {
        let query = format!("{variables} {{ {LIST} }}");
        let mut client = LiveClient::start(&app, &query, json!({ "patch": patch })).await;
        client.receive().await;
        clients.push(client);
    }
    // The variables are declared in another text.
    assert_eq!(metric(&app, "live_queries").await, 2);
    assert_eq!(executions(&app).await, 2);
    app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let expected = app.query(&format!("{{ {LIST} }}")).await;
    for client in &mut clients {
        client.receive().await;
        assert_eq!(client.document(), &expected);
    }
    assert_eq!(executions(&app).await, 4);
    drop(clients);
    wait_for_metric(&app, "live_queries", 0).await;
}

#[tokio::test]
async fn a_patch_reader_receives_what_changed_and_others_the_whole_answer() {
    let (app, source) = start_about(&["RW", "PE", "EC", "GH"]).await;
    let mut patched = LiveClient::start(&app, &live("(patch: true)", LIST), json!({})).await;
    let mut whole = LiveClient::start(&app, &live("", LIST), json!({})).await;
    let first = patched.receive().await;
    assert_eq!(whole.receive().await, first);
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let (change, answer) = (patched.receive().await, whole.receive().await);
    assert_eq!(answer["extensions"]["live"]["patch"], Value::Null);
    let news = &change["extensions"]["live"];
    assert_eq!(change["data"], Value::Null);
    assert!(
        !change.as_object().unwrap().contains_key("data"),
        "{change}"
    );
    assert_eq!(news["from"], first["extensions"]["live"]["cursor"]);
    assert_eq!(news["cursor"], answer["extensions"]["live"]["cursor"]);
    let paths = news["patch"].as_array().unwrap().iter();
    let mut paths = paths.map(|operation| operation["path"].as_str().unwrap());
    assert!(paths.all(|path| path.starts_with("/initiative/")), "{news}");
    assert_eq!(patched.document(), &answer["data"]);
    let length = |message: &Value| message.to_string().len();
    assert!(length(&change) < length(&answer) / 2, "{change}");
}

#[tokio::test]
async fn an_import_is_not_executed_entry_by_entry() {
    let (app, _) = start_about(&["RW"]).await;
    let mut client = LiveClient::start(&app, &live("(patch: true)", LIST), json!({})).await;
    client.receive().await;
    let states = ["RW", "PE", "EC", "GH", "SN", "KE", "UG", "TZ", "MX", "BR"];
    app.import(&document(SLUG, &states)).await;
    while client.document()["initiative"]["relationships"]["totalCount"] != 10 {
        client.receive().await;
    }
    assert!(executions(&app).await <= 4);
}

/// Sockets with twenty live queries each: four different ones for each country.
async fn follow_every_country(app: &TestApp) -> Vec<WebSocketClient> {
    let all = app.query("{ countries { code } }").await;
    let codes = all["countries"].as_array().unwrap().iter();
    let queries: Vec<String> = codes
        .flat_map(|country| {
            (0..4).map(move |alias| {
                live(
                    "",
                    &format!(
                        "a{alias}: country(code: {}) {{ stance(initiative: \"asks\") }}",
                        country["code"]
                    ),
                )
            })
        })
        .collect();
    let mut sockets = Vec::new();
    for queries in queries.chunks(20) {
        let mut socket = app.connect_websocket().await;
        for (id, query) in queries.iter().enumerate() {
            socket.subscribe(&id.to_string(), query, json!({})).await;
        }
        for _ in queries {
            assert_eq!(socket.next().await["type"], "next");
        }
        sockets.push(socket);
    }
    sockets
}

#[tokio::test]
async fn of_a_thousand_live_queries_those_that_an_entry_touches_are_executed() {
    let app = TestApp::start_with_limits(Limits {
        transport: TransportLimits {
            live_queries_per_address: 2_000,
            ..TransportLimits::default()
        },
        ..limits()
    })
    .await;
    app.mutate("openInitiative", &initiative(SLUG)).await;
    let source = app.register_source().await;
    let sockets = follow_every_country(&app).await;
    let started = executions(&app).await;
    assert!(started >= 996, "{started} live queries");
    assert_eq!(metric(&app, "live_queries").await, started);
    // An entry touches both states of its relationship; the stance of the requesting one stays.
    for (state, executed) in [("RW", 8), ("PE", 16)] {
        app.record_stance(&source, state, "NAMED", "2025-03").await;
        wait_for_metric(&app, "live_executions_total", started + executed).await;
        wait_for_metric(&app, "live_unchanged_total", executed / 2).await;
    }
    drop(sockets);
}
