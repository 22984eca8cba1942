//! What travels, and what is refused, whatever the schema says.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use demarche::http::limits::Limits;

use crate::app::TestApp;

const QUERY: &str = "{ __typename }";
const MUTATION: &str = "mutation { __typename }";
/// One that stays silent.
const SUBSCRIPTION: &str = "subscription { ticks }";

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn post(app: &TestApp, query: &str) -> RequestBuilder {
    Client::new()
        .post(app.url("/graphql"))
        .json(&json!({ "query": query }))
}

#[track_caller]
fn assert_code(body: &Value, code: &str) {
    assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    assert!(body.get("data").is_none(), "{body}");
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(app: &TestApp) -> Self {
        let mut request = app.ws_url().into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        Self(connect_async(request).await.unwrap().0)
    }

    async fn acknowledged(app: &TestApp) -> Self {
        let mut socket = Self::open(app).await;
        socket.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    async fn say(&mut self, message: &Value) {
        let text = Message::text(message.to_string());
        self.0.send(text).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    async fn frame(&mut self) -> Message {
        loop {
            let frame = timeout(Duration::from_secs(5), self.0.next()).await;
            match frame.unwrap().unwrap().unwrap() {
                Message::Ping(_) => {}
                other => return other,
            }
        }
    }

    async fn next(&mut self) -> Value {
        match self.frame().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    async fn close_code(&mut self) -> u16 {
        match self.frame().await {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("no close: {other:?}"),
        }
    }
}

#[tokio::test]
async fn request_errors_have_a_status_only_under_the_newer_media_type() {
    let app = TestApp::start().await;
    let newer = "application/graphql-response+json";
    for wrong in ["{", "{ nothingOfThatName }"] {
        let (status, body) = answer(post(&app, wrong)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.get("data").is_none(), "{body}");
        let (status, _) = answer(post(&app, wrong).header("accept", newer)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let response = post(&app, QUERY).header("accept", newer).send().await;
    let kind = response.unwrap().headers()["content-type"].clone();
    assert_eq!(kind, format!("{newer}; charset=utf-8"));
}

#[tokio::test]
async fn requests_that_another_site_could_forge_are_refused() {
    let app = TestApp::start().await;
    let plain = Client::new()
        .post(app.url("/graphql"))
        .body(json!({ "query": MUTATION }).to_string());
    let plain = plain.header("content-type", "text/plain");
    let (status, body) = answer(plain).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_code(&body, "UNSUPPORTED_MEDIA_TYPE");
    let by_get = Client::new().get(app.url("/graphql?query=mutation%7B__typename%7D"));
    let response = by_get.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "POST");
}

#[tokio::test]
async fn every_refusal_has_the_one_shape() {
    let app = TestApp::start().await;
    let client = Client::new();
    let json = |text: String| {
        let request = client.post(app.url("/graphql")).body(text);
        request.header("content-type", "application/json")
    };
    for (request, status, code) in [
        (json("{".into()), 400, "BAD_REQUEST"),
        (json(r#"[{"query":"{a}"}]"#.into()), 400, "BAD_REQUEST"),
        (json(" ".repeat(1 << 20) + "{}"), 413, "PAYLOAD_TOO_LARGE"),
        (
            post(&app, QUERY).header("accept", "text/html"),
            406,
            "NOT_ACCEPTABLE",
        ),
        (
            post(&app, QUERY).bearer_auth("wrong"),
            401,
            "UNAUTHENTICATED",
        ),
        (client.get(app.url("/nothing")), 404, "NOT_FOUND"),
        (
            client.get(app.url("/playground/nothing.js")),
            404,
            "NOT_FOUND",
        ),
        (
            client.delete(app.url("/graphql")),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (client.get(app.url("/graphql/ws")), 400, "BAD_REQUEST"),
    ] {
        let (got, body) = answer(request).await;
        assert_eq!(got.as_u16(), status, "{body}");
        assert_code(&body, code);
    }
}

#[tokio::test]
async fn a_document_that_would_exhaust_the_parser_is_refused_on_every_transport() {
    let app = TestApp::start().await;
    let bomb = format!("{{a(x:{}1{})}}", "[".repeat(2000), "]".repeat(2000));
    assert_code(&answer(post(&app, &bomb)).await.1, "QUERY_TOO_COMPLEX");
    let stream = Client::new().post(app.url("/graphql/stream"));
    let (_, body) = answer(stream.json(&json!({ "query": bomb }))).await;
    assert_code(&body, "QUERY_TOO_COMPLEX");
    let mut socket = Socket::acknowledged(&app).await;
    socket.subscribe("1", &bomb).await;
    let error = socket.next().await;
    assert_eq!(
        error["payload"][0]["extensions"]["code"],
        "QUERY_TOO_COMPLEX"
    );
}

#[tokio::test]
async fn a_socket_answers_queries_and_refuses_what_cannot_run() {
    let app = TestApp::start().await;
    let mut socket = Socket::acknowledged(&app).await;
    socket.subscribe("1", QUERY).await;
    assert_eq!(socket.next().await["type"], "next");
    assert_eq!(
        socket.next().await,
        json!({ "type": "complete", "id": "1" })
    );
    socket.subscribe("1", "{ nothingOfThatName }").await;
    let refused = socket.next().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("1"))
    );
    // No `complete` follows, and the id is free again.
    socket.subscribe("1", MUTATION).await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn a_client_that_breaks_the_protocol_is_closed_with_its_code() {
    let app = TestApp::start().await;
    let init = json!({ "type": "connection_init" });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": SUBSCRIPTION } });
    let token =
        json!({ "type": "connection_init", "payload": { "authorization": "Bearer wrong" } });
    let unknown = json!({ "type": "x".repeat(1000) });
    let large = json!({ "type": "ping", "payload": { "x": "x".repeat(65 << 10) } });
    for (messages, code) in [
        (vec![&subscribe], 4401),
        (vec![&token], 4403),
        (vec![&init, &init], 4429),
        (vec![&init, &subscribe, &subscribe], 4409),
        (vec![&init, &unknown], 4400),
        (vec![&large], 1009),
    ] {
        let mut socket = Socket::open(&app).await;
        for message in &messages {
            socket.say(message).await;
        }
        if *messages[0] == init {
            socket.next().await;
        }
        assert_eq!(socket.close_code().await, code);
    }
}

#[tokio::test]
async fn a_binary_frame_and_another_protocol_are_closed() {
    let app = TestApp::start().await;
    let mut socket = Socket::acknowledged(&app).await;
    socket.0.send(Message::binary(vec![0])).await.unwrap();
    assert_eq!(socket.close_code().await, 4400);
    let mut other = Socket(connect_async(app.ws_url()).await.unwrap().0);
    assert_eq!(other.close_code().await, 4406);
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket() {
    let app = TestApp::start().await;
    let mut request = app.ws_url().into_client_request().unwrap();
    let origin = "https://evil.example".parse().unwrap();
    request.headers_mut().insert(header::ORIGIN, origin);
    let refused = connect_async(request).await.unwrap_err().to_string();
    assert!(refused.contains("403"), "{refused}");
}

#[tokio::test]
async fn a_socket_has_room_for_so_many_operations() {
    let app = TestApp::start().await;
    let most = Limits::default().operations;
    let mut socket = Socket::acknowledged(&app).await;
    for id in 0..=most {
        socket.subscribe(&format!("{id}"), SUBSCRIPTION).await;
    }
    let error = socket.next().await;
    assert_eq!(error["id"], most.to_string());
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    // The client's `complete` makes room and is not echoed.
    socket.say(&json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("again", QUERY).await;
    assert_eq!(socket.next().await["id"], "again");
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app).await;
    let ping = json!({ "type": "ping", "payload": { "at": 1 } });
    socket.say(&ping).await;
    assert_eq!(
        socket.next().await,
        json!({ "type": "pong", "payload": { "at": 1 } })
    );
}

#[tokio::test]
async fn a_socket_without_init_and_a_silent_peer_are_cut() {
    let app = TestApp::start_with(Limits {
        init: Duration::from_millis(50),
        ping: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    assert_eq!(Socket::open(&app).await.close_code().await, 4408);
    let socket = Socket::acknowledged(&app).await;
    // The library answers pings as it reads; a peer that never reads never answers.
    let MaybeTlsStream::Plain(silent) = socket.0.into_inner() else {
        panic!("no TLS here")
    };
    let cut = async {
        let mut bytes = [0; 1024];
        loop {
            silent.readable().await.unwrap();
            match silent.try_read(&mut bytes) {
                Ok(0) => return,
                Ok(_) | Err(_) => {}
            }
        }
    };
    timeout(Duration::from_secs(5), cut).await.unwrap();
}

#[tokio::test]
async fn a_restart_closes_sockets_and_completes_nothing() {
    let app = TestApp::start().await;
    let mut socket = Socket::acknowledged(&app).await;
    socket.subscribe("1", SUBSCRIPTION).await;
    let stream = Client::new().post(app.url("/graphql/stream"));
    let events = stream.json(&json!({ "query": SUBSCRIPTION })).send().await;
    let stopped = app.stop();
    assert_eq!(socket.close_code().await, u16::from(CloseCode::Restart));
    let text = events.unwrap().text().await.unwrap();
    assert!(!text.contains("complete"), "{text}");
    stopped.await;
}

#[tokio::test]
async fn an_event_stream_answers_and_completes() {
    let app = TestApp::start().await;
    let stream = || Client::new().post(app.url("/graphql/stream"));
    let events = stream()
        .json(&json!({ "query": QUERY }))
        .send()
        .await
        .unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let text = events.text().await.unwrap();
    assert!(text.starts_with("event: next\ndata: {\"data\":"), "{text}");
    assert!(text.ends_with("event: complete\ndata: \n\n"), "{text}");
    let refused = stream().json(&json!({ "query": "subscription { nothing }" }));
    assert_eq!(answer(refused).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_page_brings_its_policy_and_files_are_cached_by_content() {
    let app = TestApp::start().await;
    for path in ["/", "/playground", "/playground/?query=%7Ba%7D"] {
        let page = Client::new().get(app.url(path)).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("ws://127.0.0.1:"), "{policy}");
        assert!(page.url().path().ends_with('/'));
    }
    let page = Client::new().get(app.url("/playground/")).send().await;
    let tag = page.unwrap().headers()["etag"].clone();
    let again = Client::new().get(app.url("/playground/"));
    let again = again.header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}
