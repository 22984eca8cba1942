//! Event streams in each format, at the URL of queries and at that of streams, selected by `Accept`.

use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{TestApp, limits};
use crate::disputes::{DISPUTES, make_disputes};
use crate::fixtures::{SLUG, initiative, request};
use crate::subscriptions::list_cursors;
use crate::transport::{QUERY, SUBSCRIPTION, assert_code, send};
use crate::websocket_client::RECEIVE_TIMEOUT;

pub const SERVER_SENT_EVENTS: &str = "text/event-stream";
/// As Apollo Client 4 sends it for a subscription.
pub const MULTIPART: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";
pub const JSON_LINES: &str = "application/jsonl";
pub const FORMATS: [&str; 3] = [SERVER_SENT_EVENTS, MULTIPART, JSON_LINES];

const CHANGES: &str = "subscription($after: String) { stanceChanged(after: $after) { cursor to } }";

/// The body of a stream as it arrives.
pub struct Body {
    bytes: BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

impl Body {
    pub fn of(response: Response) -> Self {
        let bytes = response.bytes_stream();
        Self {
            bytes: bytes.map(|bytes| bytes.map(Into::into)).boxed(),
            text: String::new(),
        }
    }

    /// The text up to and with `end`.
    pub async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some((text, rest)) = self.text.split_once(end) {
                let (text, rest) = (format!("{text}{end}"), rest.to_owned());
                self.text = rest;
                return text;
            }
            let bytes = tokio::time::timeout(RECEIVE_TIMEOUT, self.bytes.next()).await;
            let bytes = bytes.unwrap_or_else(|_| panic!("only {} received", self.text));
            let bytes = bytes.unwrap_or_else(|| panic!("ended after {}", self.text));
            self.text
                .push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        }
    }

    /// The next response, without heartbeats.
    pub async fn next(&mut self, format: &str) -> Value {
        loop {
            let (text, wrapped) = match format {
                SERVER_SENT_EVENTS => (self.until("\n\n").await, false),
                MULTIPART => (self.until("\r\n--graphql").await, true),
                _ => (self.until("\n").await, false),
            };
            let Some(json) = text.find('{').map(|start| &text[start..]) else {
                continue;
            };
            let json = json.strip_suffix("\r\n--graphql").unwrap_or(json).trim();
            let mut value: Value = serde_json::from_str(json).unwrap();
            if value != json!({}) {
                return if wrapped {
                    value["payload"].take()
                } else {
                    value
                };
            }
        }
    }

    async fn rest(mut self) -> String {
        while let Some(bytes) = self.bytes.next().await {
            self.text
                .push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        }
        self.text
    }
}

pub fn post(app: &TestApp, accept: &str, query: &str, variables: &Value) -> RequestBuilder {
    let request = app
        .http()
        .post(app.url("/graphql"))
        .header("accept", accept);
    request.json(&json!({ "query": query, "variables": variables }))
}

pub fn get(app: &TestApp, accept: &str, query: &str, variables: &Value) -> RequestBuilder {
    let parameters = [("query", query), ("variables", &variables.to_string())];
    let url = url::Url::parse_with_params(&app.url("/graphql"), parameters).unwrap();
    app.http().get(url).header("accept", accept)
}

/// The content type, without spaces.
fn content_type(response: &Response) -> String {
    let content_type = response.headers()["content-type"].to_str().unwrap();
    content_type.replace(' ', "")
}

#[tokio::test]
async fn a_subscription_at_the_url_of_queries_has_the_format_that_accept_names() {
    let (app, source) = TestApp::start_with_initiative().await;
    let variables = json!({ "after": app.head().await["cursor"] });
    let mut streams = Vec::new();
    for (format, expected) in [
        (SERVER_SENT_EVENTS, "text/event-stream"),
        (
            MULTIPART,
            "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0",
        ),
        (JSON_LINES, "application/jsonl;charset=utf-8"),
    ] {
        for request in [get, post] {
            let response = request(&app, format, CHANGES, &variables).send().await;
            let response = response.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(content_type(&response), expected);
            assert_eq!(response.headers()["cache-control"], "no-cache");
            assert_eq!(response.headers()["x-accel-buffering"], "no");
            assert_eq!(response.headers()["vary"], "Accept, Authorization");
            streams.push((format, Body::of(response)));
        }
    }
    for stance in ["NAMED", "AGREED"] {
        app.record_stance(&source, "RW", stance, "2025-03").await;
    }
    let cursors = list_cursors(&app).await;
    for (format, body) in &mut streams {
        for (cursor, stance) in cursors.iter().zip(["NAMED", "AGREED"]) {
            let change = json!({ "cursor": cursor, "to": stance });
            let expected = json!({ "data": { "stanceChanged": change } });
            assert_eq!(body.next(format).await, expected, "{format}");
        }
    }
}

#[tokio::test]
async fn every_format_resumes_after_last_event_id() {
    let (app, source) = TestApp::start_with_initiative().await;
    for stance in ["NAMED", "AGREED"] {
        app.record_stance(&source, "RW", stance, "2025-03").await;
    }
    let cursors = list_cursors(&app).await;
    for format in FORMATS {
        let request = post(&app, format, CHANGES, &json!({})).header("last-event-id", &cursors[0]);
        let mut body = Body::of(request.send().await.unwrap());
        let change = body.next(format).await;
        assert_eq!(change["data"]["stanceChanged"]["cursor"], cursors[1]);
    }
}

#[tokio::test]
async fn every_format_sends_changes_of_disputes_and_resumes_amid_them() {
    let (app, source) = TestApp::start_with_initiative().await;
    make_disputes(&app, &source).await;
    let genesis = json!({ "after": app.genesis().await });
    for format in FORMATS {
        let request = post(&app, format, DISPUTES, &genesis);
        let mut body = Body::of(request.send().await.unwrap());
        let began = body.next(format).await["data"]["disputeChanged"].take();
        let grew = body.next(format).await;
        let kinds = [&began["kind"], &grew["data"]["disputeChanged"]["kind"]];
        assert_eq!(kinds, ["BEGAN", "GREW"], "{format}");
        let request = get(&app, format, DISPUTES, &json!({ "after": began["cursor"] }));
        let mut resumed = Body::of(request.send().await.unwrap());
        assert_eq!(resumed.next(format).await, grew, "{format}");
    }
}

#[tokio::test]
async fn server_sent_events_at_the_url_of_queries_start_as_at_that_of_streams() {
    let app = TestApp::start_empty().await;
    let cursor = app.head().await["cursor"].take();
    let cursor = cursor.as_str().unwrap();
    let empty = json!({});
    for (request, expected) in [
        (
            get(&app, SERVER_SENT_EVENTS, CHANGES, &empty),
            format!("event: place\nid: {cursor}\ndata: \n\n"),
        ),
        (
            post(&app, SERVER_SENT_EVENTS, CHANGES, &empty),
            format!("id: {cursor}\n\n"),
        ),
    ] {
        let mut body = Body::of(request.send().await.unwrap());
        assert_eq!(body.until("\n\n").await, expected);
    }
}

#[tokio::test]
async fn the_url_of_streams_serves_every_format() {
    let app = TestApp::start_empty().await;
    for (accept, expected) in [
        (
            "*/*",
            "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata: \n\n",
        ),
        (
            MULTIPART,
            "\r\n--graphql\r\nContent-Type: application/json\r\n\r\n\
             {\"payload\":{\"data\":{\"__typename\":\"Query\"}}}\r\n--graphql--\r\n",
        ),
        (JSON_LINES, "{\"data\":{\"__typename\":\"Query\"}}\n"),
    ] {
        let stream = app.http().post(app.url("/graphql/stream"));
        let stream = stream.header("accept", accept);
        let response = stream
            .json(&json!({ "query": QUERY }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.text().await.unwrap(), expected, "{accept}");
    }
}

#[tokio::test]
async fn queries_and_mutations_are_json_for_a_client_that_also_accepts_streams() {
    let app = TestApp::start_empty().await;
    for accept in [
        MULTIPART,
        "text/event-stream, application/json",
        "application/jsonl, */*",
        "multipart/mixed;deferSpec=20220824, application/json",
    ] {
        let response = post(&app, accept, QUERY, &json!({})).send().await.unwrap();
        assert!(content_type(&response).contains("json;charset"), "{accept}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            json!({ "data": { "__typename": "Query" } }),
            "{accept}"
        );
    }
    let (text, variables) = request("openInitiative", &initiative(SLUG));
    let opened = post(&app, MULTIPART, &text, &variables).bearer_auth(&app.token);
    let (status, body) = send(opened).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["data"]["openInitiative"]["ledgerHead"],
        app.head().await
    );
}

#[tokio::test]
async fn a_client_that_accepts_only_streams_gets_one_response_in_a_stream() {
    let app = TestApp::start_empty().await;
    let response = json!({ "data": { "__typename": "Query" } });
    for format in ["text/event-stream", "application/jsonl"] {
        for request in [get, post] {
            let stream = request(&app, format, QUERY, &json!({})).send().await;
            let mut body = Body::of(stream.unwrap());
            assert_eq!(body.next(format).await, response, "{format}");
        }
        let rejected = get(&app, format, "mutation { __typename }", &json!({}));
        assert_eq!(send(rejected).await.0, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn a_subscription_without_a_format_of_a_stream_is_rejected_with_those_that_exist() {
    let app = TestApp::start_empty().await;
    for accept in [
        "*/*",
        "application/json",
        "application/graphql-response+json",
        "multipart/mixed, application/json",
        "multipart/mixed;deferSpec=20220824, application/json",
        "image/avif,image/webp,*/*;q=0.8",
    ] {
        for request in [get, post] {
            let (status, body) = send(request(&app, accept, SUBSCRIPTION, &json!({}))).await;
            assert_eq!(status, StatusCode::NOT_ACCEPTABLE, "{accept}");
            assert_code(&body, "NOT_ACCEPTABLE");
            let message = body["errors"][0]["message"].as_str().unwrap();
            for format in [
                "text/event-stream",
                "multipart/mixed; subscriptionSpec=1.0",
                "application/jsonl",
                "/graphql/ws",
            ] {
                assert!(message.contains(format), "{message}");
            }
        }
    }
}

#[tokio::test]
async fn a_subscription_that_cannot_start_has_a_status_in_the_media_type_that_the_client_reads() {
    let app = TestApp::start_empty().await;
    let newer = "multipart/mixed;subscriptionSpec=1.0, application/graphql-response+json";
    for (accept, status, content) in [
        (
            newer,
            400,
            "application/graphql-response+json;charset=utf-8",
        ),
        (
            "multipart/mixed;subscriptionSpec=1.0, application/json",
            200,
            "application/json;charset=utf-8",
        ),
        (SERVER_SENT_EVENTS, 400, "application/json"),
        ("application/jsonl", 400, "application/json"),
    ] {
        let wrong = json!({ "after": "garbage" });
        let response = post(&app, accept, CHANGES, &wrong).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{accept}");
        assert_eq!(content_type(&response), content, "{accept}");
        assert_code(&response.json().await.unwrap(), "CURSOR_INVALID");
    }
}

#[tokio::test]
async fn an_idle_stream_sends_heartbeats_of_its_format() {
    let app = TestApp::start_with_limits(Limits {
        time: TimeLimits {
            keep_alive: Duration::from_millis(50).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    let part = "\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql";
    for (format, opening, heartbeat) in [
        (SERVER_SENT_EVENTS, "id: ", ":\n\n"),
        (MULTIPART, "\r\n--graphql", part),
        (JSON_LINES, "", "{}\n"),
    ] {
        let stream = post(&app, format, SUBSCRIPTION, &json!({})).send().await;
        let mut body = Body::of(stream.unwrap());
        assert!(body.until(heartbeat).await.starts_with(opening), "{format}");
        assert_eq!(body.until(heartbeat).await, heartbeat, "{format}");
    }
}

#[tokio::test]
async fn a_stream_that_the_server_ends_differs_from_one_that_has_finished() {
    let app = TestApp::start_empty().await;
    let mut bodies = Vec::new();
    for format in FORMATS {
        let stream = post(&app, format, SUBSCRIPTION, &json!({})).send().await;
        bodies.push(Body::of(stream.unwrap()));
    }
    let texts = async {
        let rests = bodies.into_iter().map(Body::rest);
        futures_util::future::join_all(rests).await
    };
    let ((), texts) = tokio::join!(app.stop(), texts);
    let [events, multipart, lines] = texts.try_into().unwrap();
    assert!(!events.contains("complete"), "{events}");
    assert!(multipart.ends_with("\r\n--graphql--\r\n"), "{multipart}");
    let error = multipart
        .split("\r\n--graphql")
        .find(|part| part.contains('{'));
    let error: Value =
        serde_json::from_str(error.unwrap().split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert!(error["payload"].is_null(), "{error}");
    let line: Value = serde_json::from_str(lines.trim()).unwrap();
    for error in [error, line] {
        assert_eq!(
            error["errors"][0]["extensions"]["code"], "STOPPING",
            "{error}"
        );
    }
}
