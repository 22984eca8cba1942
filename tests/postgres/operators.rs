//! Rights of roles, and starts at the same time.

use std::time::Duration;

use demarche::config::limits::TimeLimits;
use demarche::database::Missing;
use demarche::server::{Server, open};
use futures_util::future::join_all;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::app::{TestApp, config, refusal, still};
use crate::attacks::times::start;
use crate::database::{ALTERATIONS, Home, connect};
use crate::editor::{request, standing};
use crate::subscriptions::CHANGES;

async fn number(home: &Home, sql: &str) -> i64 {
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let row = home.connect().await.query_one_raw(query).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn five_servers_that_start_at_once_on_an_empty_database_all_come_up() {
    let home = Home::empty().await;
    let config = config(home.url(), false);
    let starts = (0..5).map(|_| Server::start(&config, still()));
    let servers: Vec<Server> = join_all(starts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let told = servers.iter().map(|server| server.seeded.as_ref());
    let recorded = told
        .flatten()
        .map(|seeded| seeded.recorded.values().sum::<u32>());
    assert_eq!(
        recorded.sum::<u32>(),
        492,
        "one of them recorded each entry"
    );
    for server in servers {
        server.stop().await.unwrap();
    }
    assert_eq!(
        number(&home, "SELECT count(*) FROM ledger_entry").await,
        492
    );
    let twice = "SELECT count(*) FROM (SELECT 1 FROM search_text GROUP BY kind, ref HAVING count(*) > 1) AS twice";
    assert_eq!(number(&home, twice).await, 0);
}

/// A role that may log in; gone with its database.
async fn make_role(home: &Home, name: &str) -> String {
    let role = format!("{name}_{}", std::process::id());
    let db = home.connect().await;
    let quoted = quoted(&role);
    for sql in [
        format!("DROP ROLE IF EXISTS {quoted}"),
        format!("CREATE ROLE {quoted} LOGIN"),
    ] {
        db.execute_unprepared(&sql).await.unwrap();
    }
    role
}

fn quoted(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

async fn drop_role(home: &Home, role: &str) {
    let sql = format!("DROP OWNED BY {0}; DROP ROLE {0}", quoted(role));
    home.connect().await.execute_unprepared(&sql).await.unwrap();
}

#[tokio::test]
async fn a_server_with_the_rights_of_its_role_serves_and_can_alter_no_entry() {
    let app = TestApp::start_asking().await.0;
    let role = make_role(app.home(), "demarche \"server\"").await;
    let owner = open(&app.database_url(), Missing::Refuse).await.unwrap();
    demarche::database::grant(owner.writer(), &role)
        .await
        .unwrap();
    owner.close().await.unwrap();

    let url = app.home().url_as(&role);
    let server = Server::start(&config(url.clone(), true), still())
        .await
        .unwrap();
    let post = |text: &str, variables| {
        let body = json!({ "query": text, "variables": variables });
        let url = format!("http://{}/graphql", server.address);
        app.http()
            .post(url)
            .bearer_auth(&app.token)
            .json(&body)
            .send()
    };
    let (text, variables) = crate::editor::request("registerSource", &crate::editor::source());
    let answer: serde_json::Value = post(&text, variables).await.unwrap().json().await.unwrap();
    let source = answer["data"]["registerSource"]["source"]["id"]
        .as_str()
        .unwrap();
    let (text, variables) = crate::editor::request(
        "recordStatement",
        &standing(source, "RW", "AGREED", "2025-06-03"),
    );
    let answer: serde_json::Value = post(&text, variables).await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["data"]["recordStatement"]["stanceChange"]["to"], "AGREED",
        "{answer:#}"
    );

    let intruder = connect(url).await;
    let others = [
        "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE ledger_entry CASCADE",
        "DELETE FROM statement",
        "UPDATE source SET title = 'x'",
        "UPDATE api_token SET role = 'ADMIN'",
        "INSERT INTO api_token (name, role, hash, created_at) VALUES ('x', 'ADMIN', 'x', 0)",
    ];
    for sql in ALTERATIONS.iter().chain(&others) {
        let refused = intruder
            .execute_unprepared(sql)
            .await
            .unwrap_err()
            .to_string();
        let is_refused = ["permission denied", "must be owner"]
            .iter()
            .any(|word| refused.contains(word));
        assert!(is_refused, "{sql}: {refused}");
    }
    server.stop().await.unwrap();
    intruder.close().await.unwrap();
    assert_eq!(app.faults().await, []);
    drop_role(app.home(), &role).await;
}

#[tokio::test]
async fn a_role_that_may_not_alter_tables_is_told_who_brings_them_up_to_date() {
    let home = Home::empty().await;
    let role = make_role(&home, "demarche_stranger").await;
    let Err(error) = open(&home.url_as(&role), Missing::Refuse).await else {
        panic!("it may alter nothing");
    };
    assert!(error.to_string().contains("`demarche migrate`"), "{error}");
    drop_role(&home, &role).await;
}

#[tokio::test]
async fn while_the_database_is_away_clients_are_told_to_wait_and_then_nothing_is_missing() {
    let (app, paper) = TestApp::start_asking().await;
    let genesis = json!({ "after": app.genesis().await });
    let mut socket = app.subscribe(CHANGES, genesis.clone()).await;
    app.home().shut().await;
    let answer = app
        .answer("{ sources(first: 1) { totalCount } }", json!({}))
        .await;
    assert_eq!(refusal(&answer).0, "UNAVAILABLE");
    let input = standing(&paper, "RW", "NAMED", "2025-06-03");
    let (text, mut variables) = request("recordStatement", &input);
    variables["input"]["idempotencyKey"] = "while it is away".into();
    let body = json!({ "query": text, "variables": variables });
    let post = app.http().post(app.url("/graphql")).bearer_auth(&app.token);
    let refused = post.json(&body).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refusal(&refused.json().await.unwrap()).0, "UNAVAILABLE");
    assert_eq!(
        app.get("/readyz").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );

    app.home().unshut().await;
    let mut again = app.subscribe(CHANGES, genesis).await;
    let written = app.write(&text, variables).await;
    let change = &crate::app::data(written)["recordStatement"]["stanceChange"];
    for socket in [&mut socket, &mut again] {
        let heard = socket.event().await["stanceChanged"].take();
        assert_eq!(heard["cursor"], change["cursor"]);
    }
}

#[tokio::test]
async fn a_statement_of_sql_that_takes_too_long_is_stopped_and_its_connection_goes_on() {
    let app = start(TimeLimits {
        statement: Duration::from_millis(20).into(),
        ..TimeLimits::default()
    })
    .await;
    let outsider = app.outsider().await;
    let lock = "BEGIN; LOCK TABLE stance_change IN ACCESS EXCLUSIVE MODE";
    outsider.execute_unprepared(lock).await.unwrap();
    let query = "{ stanceChanges(first: 1) { nodes { id } } }";
    // More often than there are connections.
    for _ in 0..10 {
        let answer = app.answer(query, json!({})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "TIMEOUT", "{answer:#}");
    }
    outsider.execute_unprepared("ROLLBACK").await.unwrap();
    app.query(query).await;
}
