//! graphql-transport-ws: messages, rejected operations, limits and close codes.

use std::time::Duration;

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use reqwest::{Client, header};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::{
    MaybeTlsStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use crate::{
    app::TestApp,
    transport::{MUTATION, QUERY, SUBSCRIPTION, assert_code, post, send},
    websocket_client::WebSocketClient,
};

#[tokio::test]
async fn a_document_that_would_exhaust_the_parser_is_rejected_on_every_transport() {
    let app = TestApp::start().await;
    let bomb = format!("{{a(x:{}1{})}}", "[".repeat(2000), "]".repeat(2000));
    assert_code(&send(post(&app, &bomb)).await.1, "QUERY_TOO_COMPLEX");
    let stream = Client::new().post(app.url("/graphql/stream"));
    let (_, body) = send(stream.json(&json!({ "query": bomb }))).await;
    assert_code(&body, "QUERY_TOO_COMPLEX");
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", &bomb, json!({})).await;
    let error = socket.next().await;
    assert_eq!(
        error["payload"][0]["extensions"]["code"],
        "QUERY_TOO_COMPLEX"
    );
}

#[tokio::test]
async fn a_websocket_executes_queries_and_rejects_invalid_operations() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", QUERY, json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
    assert_eq!(
        socket.next().await,
        json!({ "type": "complete", "id": "1" })
    );
    socket
        .subscribe("1", "{ nothingOfThatName }", json!({}))
        .await;
    let rejection = socket.next().await;
    assert_eq!(
        (&rejection["type"], &rejection["id"]),
        (&json!("error"), &json!("1"))
    );
    // No `complete` follows an error, and its id may be reused.
    socket.subscribe("1", MUTATION, json!({})).await;
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
        let mut socket = WebSocketClient::connect(&app.ws_url()).await;
        for message in &messages {
            socket.send(message).await;
        }
        if *messages[0] == init {
            socket.next().await;
        }
        assert_eq!(socket.close_frame().await.0, code);
    }
}

#[tokio::test]
async fn a_binary_frame_or_another_protocol_closes_the_websocket() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    socket.send_raw(Message::binary(vec![0])).await;
    assert_eq!(socket.close_frame().await.0, 4400);
    let mut other = WebSocketClient::connect_without_protocol(&app.ws_url()).await;
    assert_eq!(other.close_frame().await.0, 4406);
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_websocket_if_only_the_own_is_allowed() {
    let app = TestApp::start_with_access(AccessConfig {
        origins: vec!["none".to_owned()],
        ..AccessConfig::default()
    })
    .await;
    let mut request = app.ws_url().into_client_request().unwrap();
    let origin = "https://evil.example".parse().unwrap();
    request.headers_mut().insert(header::ORIGIN, origin);
    let rejection = connect_async(request).await.unwrap_err().to_string();
    assert!(rejection.contains("403"), "{rejection}");
}

#[tokio::test]
async fn the_number_of_operations_per_websocket_is_limited() {
    let app = TestApp::start().await;
    let limit = TransportLimits::default().operations;
    let mut socket = app.connect_websocket().await;
    for id in 0..=limit {
        socket
            .subscribe(&format!("{id}"), SUBSCRIPTION, json!({}))
            .await;
    }
    let error = socket.next().await;
    assert_eq!(error["id"], limit.to_string());
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    // `complete` from the client frees an operation and is not echoed.
    socket.send(&json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("again", QUERY, json!({})).await;
    assert_eq!(socket.next().await["id"], "again");
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let app = TestApp::start().await;
    let mut socket = WebSocketClient::connect(&app.ws_url()).await;
    let ping = json!({ "type": "ping", "payload": { "at": 1 } });
    socket.send(&ping).await;
    assert_eq!(
        socket.next().await,
        json!({ "type": "pong", "payload": { "at": 1 } })
    );
}

#[tokio::test]
async fn a_websocket_without_init_and_a_silent_peer_are_disconnected() {
    let app = TestApp::start_with_limits(Limits {
        time: TimeLimits {
            init: Duration::from_millis(50).into(),
            ping: Duration::from_millis(50).into(),
            ..TimeLimits::default()
        },
        ..Limits::default()
    })
    .await;
    assert_eq!(
        WebSocketClient::connect(&app.ws_url())
            .await
            .close_frame()
            .await
            .0,
        4408
    );
    let socket = app.connect_websocket().await;
    // The client library answers pings when it reads; a peer that never reads never answers.
    let MaybeTlsStream::Plain(silent) = socket.into_stream() else {
        panic!("no TLS here")
    };
    let disconnected = async {
        let mut bytes = [0; 1024];
        loop {
            silent.readable().await.unwrap();
            if let Ok(0) = silent.try_read(&mut bytes) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), disconnected).await.unwrap();
}

#[tokio::test]
async fn a_shutdown_closes_websockets_and_completes_nothing() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    socket.subscribe("1", SUBSCRIPTION, json!({})).await;
    let stream = Client::new().post(app.url("/graphql/stream"));
    let events = stream.json(&json!({ "query": SUBSCRIPTION })).send().await;
    let ((), (code, _)) = tokio::join!(app.stop(), socket.close_frame());
    assert_eq!(code, u16::from(CloseCode::Restart));
    let text = events.unwrap().text().await.unwrap();
    assert!(!text.contains("complete"), "{text}");
}
