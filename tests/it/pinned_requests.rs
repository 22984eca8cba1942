//! Requests that pin an answer: both notations, every transport, caches, and what is refused.

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{TestApp, only_error};
use crate::fixtures::SLUG;
use crate::websocket_client::WebSocketClient;

const QUERY: &str = "{ relationships { totalCount nodes { stance } } }";

/// With three entries: an initiative, a source, and Rwanda's stance; a fourth changes it.
async fn start() -> TestApp {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.record_stance(&source_id, "RW", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    app
}

fn stances(response: &Value) -> Vec<&str> {
    let nodes = response["data"]["relationships"]["nodes"].as_array();
    let nodes = nodes.unwrap_or_else(|| panic!("{response:#}"));
    nodes
        .iter()
        .map(|node| node["stance"].as_str().unwrap())
        .collect()
}

fn post(app: &TestApp, path: &str, extensions: &Value) -> RequestBuilder {
    let body = json!({ "query": QUERY, "extensions": extensions });
    app.http().post(app.url(path)).json(&body)
}

fn get(app: &TestApp, query: &str, parameters: &[(&str, &str)]) -> RequestBuilder {
    let query = [("query", query)];
    let parameters = parameters.iter().chain(&query);
    let url = reqwest::Url::parse_with_params(&app.url("/graphql"), parameters).unwrap();
    app.http().get(url)
}

async fn json_of(request: RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

fn cache_control(response: &reqwest::Response) -> String {
    response.headers()[header::CACHE_CONTROL]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn every_notation_of_a_pin_answers_from_the_same_state() {
    let app = start().await;
    let ledger = json!({ "ledger": { "seq": 3 } });
    let extensions = ledger.to_string();
    for _ in 0..2 {
        for request in [
            post(&app, "/graphql?seq=3", &json!({})),
            post(&app, "/graphql?s%65q=3", &json!({})),
            post(&app, "/graphql", &ledger),
            post(&app, "/graphql?seq=3", &ledger),
            get(&app, QUERY, &[("seq", "3")]),
            get(&app, QUERY, &[("extensions", &extensions)]),
        ] {
            let response = json_of(request).await;
            assert_eq!(stances(&response), ["NAMED"]);
            assert_eq!(response["extensions"]["ledger"]["seq"], 3);
        }
        // The same body without a pin is another request.
        let now = json_of(post(&app, "/graphql", &json!({}))).await;
        assert_eq!(stances(&now), ["AGREED"]);
        assert!(now.get("extensions").is_none());
        let earlier = json_of(post(&app, "/graphql?seq=2", &json!({}))).await;
        assert!(stances(&earlier).is_empty());
    }
    let cursor =
        json_of(post(&app, "/graphql?seq=4", &json!({}))).await["extensions"]["ledger"]["cursor"]
            .take();
    assert_eq!(cursor, app.head().await["cursor"]);
}

#[tokio::test]
async fn caches_may_keep_a_pinned_answer_for_ever_and_no_other_entry_changes_it() {
    let app = start().await;
    let accept = "application/graphql-response+json";
    let request = || get(&app, QUERY, &[("seq", "3")]).header("accept", accept);
    let first = request().send().await.unwrap();
    assert_eq!(cache_control(&first), "public, max-age=31536000, immutable");
    let tag = first.headers()[header::ETAG].clone();
    let body = first.bytes().await.unwrap();
    let source_id = app.register_source().await;
    app.record_stance(&source_id, "RW", "REFUSED", "2025-06-04")
        .await;
    let second = request().send().await.unwrap();
    assert_eq!(second.headers()[header::ETAG], tag);
    assert_eq!(second.bytes().await.unwrap(), body);
    let known = request()
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let url = get(&app, QUERY, &[("seq", "3")])
        .build()
        .unwrap()
        .url()
        .clone();
    let head = app.http().request(Method::HEAD, url).send().await.unwrap();
    assert_eq!(cache_control(&head), "public, max-age=31536000, immutable");
    let with_token = get(&app, QUERY, &[("seq", "3")]).bearer_auth(&app.token);
    let with_token = with_token.send().await.unwrap();
    assert_eq!(
        cache_control(&with_token),
        "private, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn an_answer_that_the_pin_does_not_fix_is_not_kept() {
    let app = start().await;
    let of = async |request: RequestBuilder| cache_control(&request.send().await.unwrap());
    let viewer = get(&app, "{ viewer { role } }", &[("seq", "3")]);
    assert_eq!(of(viewer).await, "no-store");
    let with_cost = get(&app, QUERY, &[("seq", "3")]).header("demarche-cost", "1");
    assert_eq!(of(with_cost).await, "no-cache");
    assert_eq!(
        of(post(&app, "/graphql?seq=3", &json!({}))).await,
        "no-store"
    );
    assert_eq!(of(get(&app, QUERY, &[("seq", "9")])).await, "no-store");
}

#[tokio::test]
async fn a_pin_that_is_no_state_of_this_ledger_is_refused() {
    let app = start().await;
    let ledger = app.query("{ ledger { generation } }").await;
    let generation = ledger["ledger"]["generation"].as_str().unwrap();
    let error = async |path: &str, ledger: Value| {
        let response = json_of(post(&app, path, &json!({ "ledger": ledger }))).await;
        assert!(response.get("data").is_none(), "{response:#}");
        only_error(&response)
    };
    let bad = |field: &str| ("BAD_USER_INPUT".to_owned(), field.to_owned());
    let invalid = |field: &str| ("CURSOR_INVALID".to_owned(), field.to_owned());
    for wrong in ["0", "-3", "3.0", "03", "x", "", "99999999999999999999"] {
        let path = format!("/graphql?seq={wrong}");
        assert_eq!(error(&path, json!(null)).await, bad("seq"), "{wrong}");
    }
    for wrong in [
        json!(0),
        json!(-3),
        json!(3.0),
        json!(3.5),
        json!("3"),
        json!(true),
        json!(null),
    ] {
        let found = error("/graphql", json!({ "seq": wrong })).await;
        assert_eq!(found, bad("extensions.ledger.seq"), "{wrong}");
    }
    assert_eq!(
        error("/graphql?seq=3", json!({ "seq": 2 })).await,
        bad("seq")
    );
    assert_eq!(error("/graphql", json!(3)).await, bad("extensions.ledger"));
    assert_eq!(error("/graphql?seq=5", json!(null)).await, invalid("seq"));
    let other = json!({ "seq": 3, "generation": "0123" });
    assert_eq!(error("/graphql", other).await, invalid("generation"));
    let own = json!({ "ledger": { "seq": 3, "generation": generation } });
    let response = json_of(post(&app, "/graphql", &own)).await;
    assert_eq!(stances(&response), ["NAMED"]);
    // Also where the answer without a generation is cached.
    let path = "/graphql?seq=3&generation=0123";
    assert_eq!(error(path, json!(null)).await, invalid("generation"));
    let repeated = post(&app, "/graphql?seq=3&seq=3", &json!({})).send().await;
    assert_eq!(repeated.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_a_query_can_be_pinned() {
    let app = start().await;
    let refused = ("BAD_USER_INPUT".to_owned(), "seq".to_owned());
    let mutation = r#"mutation { registerSource(input: { idempotencyKey: "k", kind: NEWS, publisher: "P", title: "T" }) { source { id } } }"#;
    for path in ["/graphql?seq=3", "/graphql/stream?seq=3"] {
        let accept = if path.contains("stream") {
            "text/event-stream"
        } else {
            "application/json"
        };
        for query in [mutation, "subscription { ledgerAppended { seq } }"] {
            let request = app.http().post(app.url(path)).bearer_auth(&app.token);
            let request = request
                .header("accept", accept)
                .json(&json!({ "query": query }));
            let response = json_of(request).await;
            assert_eq!(only_error(&response), refused, "{path} {query}");
        }
    }
    assert_eq!(app.head().await["seq"], 4);
    let url = format!("{}?seq=3", app.ws_url());
    let upgrade = WebSocketClient::connect_with(&url, &[]).await;
    assert!(upgrade.is_err(), "the pin of a socket's URL is ignored");
}

#[tokio::test]
async fn a_query_over_a_websocket_or_a_stream_can_be_pinned() {
    let app = start().await;
    let mut socket = app.connect_websocket().await;
    let extensions = json!({ "ledger": { "seq": 3 } });
    let payload = json!({ "query": QUERY, "extensions": extensions });
    socket
        .send(&json!({ "id": "1", "type": "subscribe", "payload": payload }))
        .await;
    let message = socket.next().await;
    assert_eq!(stances(&message["payload"]), ["NAMED"]);
    assert_eq!(message["payload"]["extensions"]["ledger"]["seq"], 3);
    let _complete = socket.next().await;
    let subscription =
        json!({ "query": "subscription { ledgerAppended { seq } }", "extensions": extensions });
    socket
        .send(&json!({ "id": "2", "type": "subscribe", "payload": subscription }))
        .await;
    let message = socket.next().await;
    assert_eq!(message["type"], "error", "{message:#}");
    assert_eq!(
        message["payload"][0]["extensions"]["code"],
        "BAD_USER_INPUT"
    );
    let stream =
        post(&app, "/graphql/stream?seq=3", &json!({})).header("accept", "text/event-stream");
    let text = stream.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("NAMED") && !text.contains("AGREED"), "{text}");
}

#[tokio::test]
async fn cursors_and_objects_of_later_entries_do_not_exist_for_a_pinned_query() {
    let app = start().await;
    let later = app.head().await["cursor"].as_str().unwrap().to_owned();
    let query = format!("{{ stanceChanges(after: \"{later}\") {{ nodes {{ to }} }} }}");
    let response = json_of(get(&app, &query, &[("seq", "3")])).await;
    assert_eq!(only_error(&response).0, "CURSOR_INVALID");
    assert_eq!(response["errors"][0]["extensions"]["head"]["seq"], 3);
    let query = format!(
        r#"{{ statement(number: "4") {{ id }} initiative(slug: "{SLUG}") {{ slug }} relationships(filter: {{ initiative: "{SLUG}" }}) {{ totalCount }} }}"#
    );
    let response = json_of(get(&app, &query, &[("seq", "3")])).await;
    assert_eq!(response["data"]["statement"], Value::Null);
    assert_eq!(response["data"]["relationships"]["totalCount"], 1);
}
