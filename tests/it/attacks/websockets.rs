//! WebSockets: allowed origins, protocols, floods, revoked tokens, authorization.

use std::time::Duration;

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, TimeLimits, TransportLimits};
use demarche::ledger::api_tokens;
use demarche::model::time::Timestamp;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::{assert_alive, status_of};
use crate::app::{NOW, TestApp, limits};
use crate::fixtures::{initiative, request};
use crate::transport::{QUERY, SUBSCRIPTION};
use crate::websocket_client::{PROTOCOL, WebSocketClient};

/// The status of a failed upgrade; 101 if the WebSocket opens.
async fn status(app: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> u16 {
    let url = app.ws_url().replace("/graphql/ws", path);
    let headers = [&[PROTOCOL], headers].concat();
    status_of(WebSocketClient::connect_with(&url, &headers).await)
}

#[tokio::test]
async fn only_own_and_allowed_origins_open_a_websocket() {
    let app = TestApp::start_with_access(AccessConfig {
        origins: vec!["https://news.example".to_owned()],
        ..AccessConfig::default()
    })
    .await;
    let own_origin = app.url("");
    let longer = format!("{own_origin}.evil.example");
    for path in ["/graphql/ws", "/graphql"] {
        for (origin, expected) in [
            ("https://news.example", 101),
            ("https://demarche.example", 101),
            (own_origin.as_str(), 101),
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
            // A token does not replace an allowed origin: a page could have obtained it by deception.
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
            "a client without an origin is not a browser"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_origin_opens_a_websocket_only_without_a_token() {
    let app = TestApp::start().await;
    let origin = ("origin", "https://page.example");
    let token = format!("Bearer {}", app.token);
    let with_token = [origin, ("authorization", token.as_str())];
    assert_eq!(status(&app, "/graphql/ws", &with_token).await, 403);
    let connect = async |payload| {
        let headers = [PROTOCOL, origin];
        let mut socket = WebSocketClient::connect_with(&app.ws_url(), &headers)
            .await
            .unwrap();
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.send(&init).await;
        socket
    };
    let mut anonymous = connect(json!({})).await;
    assert_eq!(anonymous.next().await["type"], "connection_ack");
    let mut editor = connect(json!({ "Authorization": token })).await;
    assert_eq!(editor.close_frame().await.0, 4403);
}

#[tokio::test]
async fn a_token_is_read_wherever_clients_put_it_and_never_ignored() {
    let app = TestApp::start().await;
    let (token, wrong) = (app.token.as_str(), "Bearer wrong");
    let bearer = format!("Bearer {token}");
    for payload in [
        json!({ "token": token }),
        json!({ "token": bearer }),
        json!({ "AUTHORIZATION": bearer }),
        json!({ "headers": { "Authorization": bearer } }),
        json!({ "headers": { "authorization": bearer }, "token": token }),
    ] {
        let mut socket = WebSocketClient::open_with(&app.ws_url(), payload.clone()).await;
        let viewer = socket.run("{ viewer { role } }", json!({})).await;
        assert!(viewer.to_string().contains("EDITOR"), "{payload} {viewer}");
    }
    for (payload, code) in [
        (json!({ "token": "wrong" }), 4403),
        (json!({ "headers": { "Authorization": wrong } }), 4403),
        (json!({ "token": 1 }), 4400),
        (json!({ "headers": { "Authorization": ["x"] } }), 4400),
        (json!({ "Authorization": bearer, "token": "other" }), 4400),
    ] {
        let mut socket = WebSocketClient::connect(&app.ws_url()).await;
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.send(&init).await;
        assert_eq!(socket.close_frame().await.0, code, "{payload}");
    }
}

#[tokio::test]
async fn header_names_have_their_usual_spelling() {
    let app = TestApp::start().await;
    let mut stream = TcpStream::connect(app.server.address).await.unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /graphql/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
        Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    while !(received.contains("101 Switching") && received.ends_with("\r\n\r\n")) {
        received.push(stream.read_u8().await.expect(&received).into());
    }
    for line in [
        "\r\nContent-Type: application/json",
        "\r\nX-Request-Id: ",
        "\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n",
    ] {
        assert!(received.contains(line), "{line} in {received}");
    }
}

#[tokio::test]
async fn the_older_protocol_executes_no_operation() {
    let app = TestApp::start().await;
    for protocol in ["graphql-ws", "graphql-transport-ws2", "x, graphql-ws"] {
        let older =
            WebSocketClient::connect_with(&app.ws_url(), &[("sec-websocket-protocol", protocol)])
                .await;
        let mut older = older.unwrap_or_else(|error| panic!("{protocol}: {error}"));
        older
            .send(&json!({ "type": "start", "id": "1", "payload": { "query": QUERY } }))
            .await;
        assert_eq!(older.close_frame().await.0, 4406, "{protocol}");
    }
    let both = ("sec-websocket-protocol", "graphql-ws, graphql-transport-ws");
    let mut newer = WebSocketClient::connect_with(&app.ws_url(), &[both])
        .await
        .unwrap();
    newer
        .send(&json!({ "type": "start", "id": "1", "payload": { "query": QUERY } }))
        .await;
    assert_eq!(newer.close_frame().await.0, 4400);
}

#[tokio::test]
async fn a_flood_of_operations_runs_only_up_to_the_limit() {
    let app = TestApp::start().await;
    let limit = TransportLimits::default().operations;
    let mut socket = app.connect_websocket().await;
    for id in 0..limit + 80 {
        socket
            .subscribe(&id.to_string(), SUBSCRIPTION, json!({}))
            .await;
    }
    for id in limit..limit + 80 {
        let rejection = socket.next().await;
        assert_eq!(rejection["id"], id.to_string());
        assert_eq!(
            rejection["payload"][0]["extensions"]["code"],
            "RATE_LIMITED"
        );
    }
    for id in 0..limit {
        socket
            .send(&json!({ "type": "complete", "id": id.to_string() }))
            .await;
    }
    assert_alive(&mut socket).await;
}

#[tokio::test]
async fn a_flood_of_messages_closes_only_its_websocket() {
    let app = TestApp::start().await;
    let mut other = app.connect_websocket().await;
    let text = |value: Value| Message::text(value.to_string());
    for flood in [
        text(json!({ "type": "ping" })),
        text(json!({ "type": "pong" })),
        text(json!({ "type": "complete", "id": "1" })),
        Message::Ping(vec![0; 125].into()),
        Message::Pong(vec![0; 125].into()),
    ] {
        let mut socket = app.connect_websocket().await;
        for _ in 0..300 {
            // Writing fails once the server has closed the connection.
            if socket.try_send(flood.clone()).await.is_err() {
                break;
            }
        }
        assert_eq!(socket.close_code().await, 1008, "{flood:?}");
        assert_alive(&mut other).await;
    }
}

#[tokio::test]
async fn operation_ids_are_limited_in_length() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    socket.subscribe(&"x".repeat(200), QUERY, json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
    socket.next().await;
    socket.subscribe(&"x".repeat(201), QUERY, json!({})).await;
    assert_eq!(socket.close_frame().await.0, 4400);
}

#[tokio::test]
async fn a_revoked_token_closes_its_websockets_and_streams() {
    let app = TestApp::start_with_limits(Limits {
        time: TimeLimits {
            ping: Duration::from_secs(1).into(),
            ..TimeLimits::default()
        },
        ..limits()
    })
    .await;
    let authorization = format!("Bearer {}", app.token);
    let payload = json!({ "authorization": authorization });
    let mut socket = WebSocketClient::open_with(&app.ws_url(), payload).await;
    socket.subscribe("1", SUBSCRIPTION, json!({})).await;
    let open_stream = async |path: &str, accept: &str| {
        let stream = app.http().post(app.url(path)).bearer_auth(&app.token);
        let stream = stream.header("accept", accept);
        let stream = stream.json(&json!({ "query": SUBSCRIPTION })).send();
        stream.await.unwrap()
    };
    let events = open_stream("/graphql/stream", "text/event-stream").await;
    let multipart = open_stream("/graphql", "multipart/mixed;subscriptionSpec=1.0").await;
    let lines = open_stream("/graphql", "application/jsonl").await;
    let db = app.connect_to_database().await;
    let revoked = api_tokens::revoke(&db, "test-0", Timestamp(NOW));
    let (revoked, (code, _), events, multipart, lines) = tokio::join!(
        revoked,
        socket.close_frame(),
        events.text(),
        multipart.text(),
        lines.text()
    );
    revoked.unwrap();
    assert_eq!(code, 4403);
    let events = events.unwrap();
    assert!(!events.contains("complete"), "{events}");
    for text in [multipart.unwrap(), lines.unwrap()] {
        assert!(text.contains("UNAUTHENTICATED"), "{text}");
    }
    app.query(QUERY).await;
}

#[tokio::test]
async fn a_revoked_token_writes_nothing_by_an_open_websocket() {
    let app = TestApp::start_empty().await;
    assert_writes_nothing_after(&app, "UPDATE api_token SET revoked_at = 0").await;
}

#[tokio::test]
async fn an_expired_token_writes_nothing_by_an_open_websocket() {
    let app = TestApp::start_empty().await;
    let expire = format!("UPDATE api_token SET expires_at = {NOW}");
    assert_writes_nothing_after(&app, &expire).await;
}

/// Alters the token of a WebSocket long before its next periodic check.
async fn assert_writes_nothing_after(app: &TestApp, sql: &str) {
    let payload = json!({ "authorization": format!("Bearer {}", app.token) });
    let mut socket = WebSocketClient::open_with(&app.ws_url(), payload).await;
    let viewer = socket.run("{ viewer { role } }", json!({})).await;
    assert_eq!(viewer["viewer"]["role"], "EDITOR");
    let db = app.connect_to_database().await;
    db.execute_unprepared(sql).await.unwrap();
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    socket.subscribe("1", &text, variables).await;
    assert_eq!(socket.close_frame().await.0, 4403);
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn while_the_token_cannot_be_checked_an_open_websocket_writes_nothing() {
    let app = TestApp::start_empty().await;
    let payload = json!({ "authorization": format!("Bearer {}", app.token) });
    let mut socket = WebSocketClient::open_with(&app.ws_url(), payload).await;
    let db = app.connect_to_database().await;
    db.execute_unprepared("ALTER TABLE api_token RENAME TO moved")
        .await
        .unwrap();
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    socket.subscribe("1", &text, variables).await;
    let rejection = socket.next().await;
    assert_eq!(rejection["type"], "error", "{rejection}");
    let extensions = &rejection["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "INTERNAL_SERVER_ERROR");
    assert!(extensions["requestId"].is_string(), "{rejection}");
    assert_eq!(app.head().await, head);
    assert_alive(&mut socket).await;
}

#[tokio::test]
async fn a_page_behind_a_proxy_that_rewrites_the_host_opens_a_websocket_if_its_origin_is_allowed() {
    // As a development server with `changeOrigin`: the page's origin stays, the host becomes that of the server.
    let page = ("origin", "http://localhost:5173");
    let token = async |app: &TestApp| {
        let headers = [PROTOCOL, page, ("host", &*app.server.address.to_string())];
        let opened = WebSocketClient::connect_with(&app.ws_url(), &headers).await;
        let mut socket = opened.unwrap();
        let payload = json!({ "Authorization": format!("Bearer {}", app.token) });
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        socket
    };
    let listed = TestApp::start_with_access(AccessConfig {
        origins: vec![page.1.to_owned()],
        ..AccessConfig::default()
    })
    .await;
    assert_eq!(token(&listed).await.next().await["type"], "connection_ack");
    let any_without_token = TestApp::start().await;
    let mut socket = token(&any_without_token).await;
    assert_eq!(socket.close_frame().await.0, 4403);
    assert_eq!(
        status(&any_without_token, "/graphql/ws", &[page]).await,
        101
    );
    let other = TestApp::start_with_access(AccessConfig {
        origins: vec!["http://localhost:8080".to_owned()],
        ..AccessConfig::default()
    })
    .await;
    assert_eq!(status(&other, "/graphql/ws", &[page]).await, 403);
}

#[tokio::test]
async fn every_transport_rejects_writes_without_a_token() {
    let app = TestApp::start_empty().await;
    let (head, mut socket) = (app.head().await, app.connect_websocket().await);
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
        let rejection: Value = stream.await.unwrap().json().await.unwrap();
        assert_eq!(
            rejection["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{rejection}"
        );
        socket.subscribe("1", &text, variables.clone()).await;
        let rejection = socket.next().await;
        assert_eq!(
            rejection["payload"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{rejection}"
        );
        // Nor in a document with several operations.
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
