//! Tokens: what is kept of them, what is said to a wrong one, and that none is ever logged.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::program::{self, Program};
use crate::app::TestApp;
use crate::database::Home;
use crate::socket::Socket;

#[tokio::test]
async fn the_database_knows_no_token() {
    let app = TestApp::start().await;
    let secret = app.token.strip_prefix("dmk_").unwrap();
    assert!(secret.len() >= 43, "256 bits");
    let outsider = app.outsider().await;
    let content = app.home().content().await;
    let mut windows = content.windows(secret.len());
    assert!(!windows.any(|window| window == secret.as_bytes()));
    let hash = Statement::from_string(
        outsider.get_database_backend(),
        "SELECT hash FROM api_token",
    );
    let hash: String = outsider
        .query_one_raw(hash)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "hash")
        .unwrap();
    let by_hash = app.http().post(app.url("/graphql")).bearer_auth(hash);
    let refused = by_hash
        .json(&json!({ "query": "{ __typename }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        refused.status(),
        StatusCode::UNAUTHORIZED,
        "who reads the database cannot write"
    );
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_anything_runs_and_told_how_to_ask() {
    let app = TestApp::start().await;
    let basic = format!("Basic {}", app.token);
    let padded = format!("Bearer {}x", app.token);
    let short = format!("Bearer {}", &app.token[..app.token.len() - 1]);
    let upper = format!("Bearer {}", app.token.to_uppercase());
    let twice = format!("Bearer {0}, Bearer {0}", app.token);
    for wrong in [
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
                .header("authorization", wrong.as_bytes());
            let refused = post
                .json(&json!({ "query": "{ __typename }" }))
                .send()
                .await
                .unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path} {wrong}");
            assert_eq!(refused.headers()["www-authenticate"], "Bearer");
            let text = refused.text().await.unwrap();
            assert!(
                text.contains("UNAUTHENTICATED") && !text.contains(&app.token[4..20]),
                "{text}"
            );
        }
        let mut socket = Socket::connect(&app.ws_url()).await;
        let init = json!({ "type": "connection_init", "payload": { "Authorization": wrong } });
        socket.send(&init).await;
        assert_eq!(
            socket.closed().await,
            (4403, "Forbidden".to_owned()),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn no_line_of_the_log_holds_a_token() {
    let home = Home::shipped().await;
    let create = ["token", "create", "--role", "editor", "--name", "desk"];
    let made = program::command(&home, "", &create).output().unwrap();
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let server = Program::start(&home, "");
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
        let mut socket = Socket::connect(&format!("ws://{}/graphql/ws", server.address)).await;
        let init =
            json!({ "type": "connection_init", "payload": { "Authorization": authorization } });
        socket.send(&init).await;
        socket.answer().await;
    }
    let log = server.log(&home);
    assert!(log.contains("DEBUG") && log.contains("4403"), "{log}");
    let secret = token.strip_prefix("dmk_").unwrap();
    let told = log.lines().find(|line| line.contains(secret));
    assert!(told.is_none(), "{told:?}");
}
