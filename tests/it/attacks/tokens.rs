//! API tokens: only hashes are stored, wrong tokens are rejected, and no token is logged.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::server_process::{self, ServerProcess};
use crate::app::TestApp;
use crate::database::TestDatabase;
use crate::websocket_client::WebSocketClient;

#[tokio::test]
async fn the_database_contains_no_token() {
    let app = TestApp::start().await;
    let secret = app.token.strip_prefix("dmk_").unwrap();
    assert!(secret.len() >= 43, "256 bits");
    let db = app.connect_to_database().await;
    let content = app.test_db().content().await;
    let mut windows = content.windows(secret.len());
    assert!(!windows.any(|window| window == secret.as_bytes()));
    let hash = Statement::from_string(db.get_database_backend(), "SELECT hash FROM api_token");
    let hash: String = db
        .query_one_raw(hash)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "hash")
        .unwrap();
    let by_hash = app.http().post(app.url("/graphql")).bearer_auth(hash);
    let rejection = by_hash
        .json(&json!({ "query": "{ __typename }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        rejection.status(),
        StatusCode::UNAUTHORIZED,
        "a hash from the database grants no access"
    );
}

#[tokio::test]
async fn a_wrong_token_is_rejected_with_a_challenge_before_execution() {
    let app = TestApp::start().await;
    let basic = format!("Basic {}", app.token);
    let padded = format!("Bearer {}x", app.token);
    let short = format!("Bearer {}", &app.token[..app.token.len() - 1]);
    let upper = format!("Bearer {}", app.token.to_uppercase());
    let twice = format!("Bearer {0}, Bearer {0}", app.token);
    for invalid in [
        &basic,
        &padded,
        &short,
        &upper,
        &twice,
        &app.token,
        "Bearer",
        "Bearer ",
        "Bearer ' OR 1=1 --",
        "é",
    ] {
        for path in ["/graphql", "/graphql/stream"] {
            let post = app
                .http()
                .post(app.url(path))
                .header("authorization", invalid.as_bytes());
            let rejection = post
                .json(&json!({ "query": "{ __typename }" }))
                .send()
                .await
                .unwrap();
            assert_eq!(
                rejection.status(),
                StatusCode::UNAUTHORIZED,
                "{path} {invalid}"
            );
            assert_eq!(rejection.headers()["www-authenticate"], "Bearer");
            let text = rejection.text().await.unwrap();
            assert!(
                text.contains("UNAUTHENTICATED") && !text.contains(&app.token[4..20]),
                "{text}"
            );
        }
        let mut socket = WebSocketClient::connect(&app.ws_url()).await;
        let init = json!({ "type": "connection_init", "payload": { "Authorization": invalid } });
        socket.send(&init).await;
        assert_eq!(
            socket.close_frame().await,
            (4403, "Forbidden".to_owned()),
            "{invalid}"
        );
    }
}

#[tokio::test]
async fn an_expired_token_is_rejected_in_words_by_every_transport() {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    let expire = format!("UPDATE api_token SET expires_at = {}", crate::app::NOW + 1);
    db.execute_unprepared(&expire).await.unwrap();
    let authorization = format!("Bearer {}", app.token);
    let send = async |path: &str| {
        let post = app
            .http()
            .post(app.url(path))
            .header("authorization", &authorization);
        let response = post
            .json(&json!({ "query": "{ viewer { name } }" }))
            .send()
            .await
            .unwrap();
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(send("/graphql").await.0, StatusCode::OK);
    app.set_clock("2026-11-23T12:00:01Z");
    for path in ["/graphql", "/graphql/stream"] {
        let (status, text) = send(path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");
        assert!(
            text.contains("the token expired on 2026-11-23T12:00:00.000001Z"),
            "{text}"
        );
    }
    let mut socket = WebSocketClient::connect(&app.ws_url()).await;
    let init = json!({ "type": "connection_init", "payload": { "Authorization": authorization } });
    socket.send(&init).await;
    let (code, reason) = socket.close_frame().await;
    assert!(
        code == 4403 && reason.starts_with("Forbidden: the token expired on"),
        "{reason}"
    );
}

#[tokio::test]
async fn no_log_line_contains_a_token() {
    let test_db = TestDatabase::with_bundled_data().await;
    let create = ["token", "create", "--role", "editor", "--name", "desk"];
    let output = server_process::demarche_command(&test_db, "", &create)
        .output()
        .unwrap();
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let server = ServerProcess::start(&test_db, "");
    let body = json!({ "query": "{ viewer { name } }", "variables": { "token": token } });
    for authorization in [
        format!("Bearer {token}"),
        format!("Basic {token}"),
        format!("Bearer {token}x"),
        token.clone(),
    ] {
        for path in ["graphql", "graphql/stream"] {
            let post = reqwest::Client::new().post(format!("http://{}/{path}", server.address));
            let post = post.header("authorization", &authorization).json(&body);
            post.send().await.unwrap();
        }
        let mut socket =
            WebSocketClient::connect(&format!("ws://{}/graphql/ws", server.address)).await;
        let init =
            json!({ "type": "connection_init", "payload": { "Authorization": authorization } });
        socket.send(&init).await;
        socket.wait_for_frame().await;
    }
    let log = server.stop_and_read_log(&test_db);
    assert!(log.contains("DEBUG") && log.contains("4403"), "{log}");
    let secret = token.strip_prefix("dmk_").unwrap();
    let leaked = log.lines().find(|line| line.contains(secret));
    assert!(leaked.is_none(), "{leaked:?}");
}
