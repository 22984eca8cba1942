//! What a socket says, what it refuses, and when it is closed.

use std::time::Duration;

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
    socket::Socket,
    transport::{MUTATION, QUERY, SUBSCRIPTION, answer, assert_code, post},
};

#[tokio::test]
async fn a_document_that_would_exhaust_the_parser_is_refused_on_every_transport() {
    let app = TestApp::start().await;
    let bomb = format!("{{a(x:{}1{})}}", "[".repeat(2000), "]".repeat(2000));
    assert_code(&answer(post(&app, &bomb)).await.1, "QUERY_TOO_COMPLEX");
    let stream = Client::new().post(app.url("/graphql/stream"));
    let (_, body) = answer(stream.json(&json!({ "query": bomb }))).await;
    assert_code(&body, "QUERY_TOO_COMPLEX");
    let mut socket = app.socket().await;
    socket.subscribe("1", &bomb, json!({})).await;
    let error = socket.next().await;
    assert_eq!(
        error["payload"][0]["extensions"]["code"],
        "QUERY_TOO_COMPLEX"
    );
}

#[tokio::test]
async fn a_socket_answers_queries_and_refuses_what_cannot_run() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.subscribe("1", QUERY, json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
    assert_eq!(
        socket.next().await,
        json!({ "type": "complete", "id": "1" })
    );
    socket
        .subscribe("1", "{ nothingOfThatName }", json!({}))
        .await;
    let refused = socket.next().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("1"))
    );
    // No `complete` follows, and the id is free again.
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
        let mut socket = Socket::connect(&app.ws_url()).await;
        for message in &messages {
            socket.send(message).await;
        }
        if *messages[0] == init {
            socket.next().await;
        }
        assert_eq!(socket.closed().await.0, code);
    }
}

#[tokio::test]
async fn a_binary_frame_and_another_protocol_are_closed() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.send_raw(Message::binary(vec![0])).await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut other = Socket::connect_without_protocol(&app.ws_url()).await;
    assert_eq!(other.closed().await.0, 4406);
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
    let most = TransportLimits::default().operations;
    let mut socket = app.socket().await;
    for id in 0..=most {
        socket
            .subscribe(&format!("{id}"), SUBSCRIPTION, json!({}))
            .await;
    }
    let error = socket.next().await;
    assert_eq!(error["id"], most.to_string());
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    // The client's `complete` makes room and is not echoed.
    socket.send(&json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("again", QUERY, json!({})).await;
    assert_eq!(socket.next().await["id"], "again");
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(&app.ws_url()).await;
    let ping = json!({ "type": "ping", "payload": { "at": 1 } });
    socket.send(&ping).await;
    assert_eq!(
        socket.next().await,
        json!({ "type": "pong", "payload": { "at": 1 } })
    );
}

#[tokio::test]
async fn a_socket_without_init_and_a_silent_peer_are_cut() {
    let app = TestApp::start_with(Limits {
        time: TimeLimits {
            init: Duration::from_millis(50).into(),
            ping: Duration::from_millis(50).into(),
            ..TimeLimits::default()
        },
        ..Limits::default()
    })
    .await;
    assert_eq!(Socket::connect(&app.ws_url()).await.closed().await.0, 4408);
    let socket = app.socket().await;
    // The library answers pings as it reads; a peer that never reads never answers.
    let MaybeTlsStream::Plain(silent) = socket.into_stream() else {
        panic!("no TLS here")
    };
    let cut = async {
        let mut bytes = [0; 1024];
        loop {
            silent.readable().await.unwrap();
            if let Ok(0) = silent.try_read(&mut bytes) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), cut).await.unwrap();
}

#[tokio::test]
async fn a_restart_closes_sockets_and_completes_nothing() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.subscribe("1", SUBSCRIPTION, json!({})).await;
    let stream = Client::new().post(app.url("/graphql/stream"));
    let events = stream.json(&json!({ "query": SUBSCRIPTION })).send().await;
    let ((), (code, _)) = tokio::join!(app.stop(), socket.closed());
    assert_eq!(code, u16::from(CloseCode::Restart));
    let text = events.unwrap().text().await.unwrap();
    assert!(!text.contains("complete"), "{text}");
}
