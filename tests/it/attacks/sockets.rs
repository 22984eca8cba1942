//! Who may open a socket, and what a client may do with an open one.

use std::time::Duration;

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use demarche::ledger::api_tokens;
use demarche::model::time::Instant;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{assert_alive, status_of};
use crate::app::{NOW, TestApp, limits};
use crate::editor::{initiative, request};
use crate::socket::{PROTOCOL, Socket};
use crate::transport::{QUERY, SUBSCRIPTION};

/// The status with which a socket is refused; 101 if it opens.
async fn status(app: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> u16 {
    let url = app.ws_url().replace("/graphql/ws", path);
    let headers = [&[PROTOCOL], headers].concat();
    status_of(Socket::connect_with(&url, &headers).await)
}

#[tokio::test]
async fn a_page_opens_a_socket_from_its_own_or_an_allowed_origin_only() {
    let app = TestApp::start_behind(Doors {
        origins: vec!["https://news.example".to_owned()],
        ..Doors::default()
    })
    .await;
    let own = app.url("");
    let longer = format!("{own}.evil.example");
    for path in ["/graphql/ws", "/graphql"] {
        for (origin, expected) in [
            ("https://news.example", 101),
            ("https://demarche.example", 101),
            (own.as_str(), 101),
            (longer.as_str(), 403),
            ("https://evil.example", 403),
            ("https://news.example.evil.example", 403),
            ("http://news.example", 403),
            ("https://news.example:444", 403),
            ("null", 403),
            ("file://", 403),
        ] {
            assert_eq!(
                status(&app, path, &[("origin", origin)]).await,
                expected,
                "{path} {origin}"
            );
            // A token does not help a page: it could have been lured out of somebody.
            let token = format!("Bearer {}", app.token);
            let with_token = [("origin", origin), ("authorization", token.as_str())];
            assert_eq!(
                status(&app, path, &with_token).await,
                expected,
                "{path} {origin}"
            );
        }
        assert_eq!(
            status(&app, path, &[]).await,
            101,
            "a program names no origin"
        );
    }
}

#[tokio::test]
async fn the_older_protocol_gets_no_operation_through() {
    let app = TestApp::start().await;
    for protocol in ["graphql-ws", "", "graphql-transport-ws2"] {
        let older =
            Socket::connect_with(&app.ws_url(), &[("sec-websocket-protocol", protocol)]).await;
        // A client may break off by itself when it is offered nothing.
        let Ok(mut older) = older else { continue };
        older
            .send(&json!({ "type": "start", "id": "1", "payload": { "query": QUERY } }))
            .await;
        assert_eq!(older.closed().await.0, 4406, "{protocol}");
    }
    let both = ("sec-websocket-protocol", "graphql-ws, graphql-transport-ws");
    let mut newer = Socket::connect_with(&app.ws_url(), &[both]).await.unwrap();
    newer
        .send(&json!({ "type": "start", "id": "1", "payload": { "query": QUERY } }))
        .await;
    assert_eq!(newer.closed().await.0, 4400);
}

#[tokio::test]
async fn a_flood_of_operations_runs_as_many_as_fit() {
    let app = TestApp::start().await;
    let most = TransportLimits::default().operations;
    let mut socket = app.socket().await;
    for id in 0..most + 80 {
        socket
            .subscribe(&id.to_string(), SUBSCRIPTION, json!({}))
            .await;
    }
    for id in most..most + 80 {
        let refused = socket.next().await;
        assert_eq!(refused["id"], id.to_string());
        assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    }
    for id in 0..most {
        socket
            .send(&json!({ "type": "complete", "id": id.to_string() }))
            .await;
    }
    assert_alive(&mut socket).await;
}

#[tokio::test]
async fn a_flood_of_messages_closes_its_socket_only() {
    let app = TestApp::start().await;
    let mut other = app.socket().await;
    let text = |value: Value| Message::text(value.to_string());
    for flood in [
        text(json!({ "type": "ping" })),
        text(json!({ "type": "pong" })),
        text(json!({ "type": "complete", "id": "1" })),
        Message::Ping(vec![0; 125].into()),
        Message::Pong(vec![0; 125].into()),
    ] {
        let mut socket = app.socket().await;
        for _ in 0..300 {
            // Sooner or later it is closed, and then cannot be written to.
            if socket.try_send(flood.clone()).await.is_err() {
                break;
            }
        }
        assert_eq!(socket.code().await, 1008, "{flood:?}");
        assert_alive(&mut other).await;
    }
}

#[tokio::test]
async fn what_a_client_names_an_operation_is_short() {
    let app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.subscribe(&"x".repeat(200), QUERY, json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
    socket.next().await;
    socket.subscribe(&"x".repeat(201), QUERY, json!({})).await;
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_what_it_opened() {
    let app = TestApp::start_with(Limits {
        time: TimeLimits {
            ping: Duration::from_secs(1).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    let authorization = format!("Bearer {}", app.token);
    let payload = json!({ "authorization": authorization });
    let mut socket = Socket::open_with(&app.ws_url(), payload).await;
    socket.subscribe("1", SUBSCRIPTION, json!({})).await;
    let stream = app
        .http()
        .post(app.url("/graphql/stream"))
        .bearer_auth(&app.token);
    let stream = stream
        .json(&json!({ "query": SUBSCRIPTION }))
        .send()
        .await
        .unwrap();
    let outsider = app.outsider().await;
    let revoked = api_tokens::revoke(&outsider, "test-0", Instant(NOW));
    let (revoked, closed, told) = tokio::join!(revoked, socket.closed(), stream.text());
    revoked.unwrap();
    assert_eq!(closed.0, 4403);
    let told = told.unwrap();
    assert!(!told.contains("complete"), "{told}");
    app.query(QUERY).await;
}

#[tokio::test]
async fn no_transport_lets_anybody_write_without_a_token() {
    let app = TestApp::start_empty().await;
    let (head, mut socket) = (app.head().await, app.socket().await);
    let (text, variables) = request("openInitiative", &initiative("other"));
    for mutation in [
        "openInitiative",
        "registerSource",
        "recordStatement",
        "correctStatement",
        "retractStatement",
        "addEvidence",
    ] {
        let text = text.replace("openInitiative(", &format!("{mutation}("));
        let body = json!({ "query": text, "variables": variables });
        let stream = app
            .http()
            .post(app.url("/graphql/stream"))
            .json(&body)
            .send();
        let refused: Value = stream.await.unwrap().json().await.unwrap();
        assert_eq!(
            refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{refused}"
        );
        socket.subscribe("1", &text, variables.clone()).await;
        let refused = socket.next().await;
        assert_eq!(
            refused["payload"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{refused}"
        );
        // Nor by a header that the upgrade did not bring.
        socket
            .subscribe(
                "2",
                &format!("query A {{ __typename }} {text}"),
                variables.clone(),
            )
            .await;
        assert_eq!(socket.next().await["type"], "error");
    }
    assert_eq!(app.head().await, head);
}
