//! Operation on PostgreSQL: concurrent starts, rights of roles, an unavailable database, statement timeouts.

use std::time::Duration;

use demarche::config::limits::TimeLimits;
use demarche::database::IfMissing;
use demarche::server::{Server, open};
use futures_util::future::join_all;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::app::{TestApp, config, fixed_clock, only_error, run_demarche};
use crate::attacks::timeouts::start_with_timeouts;
use crate::database::{ALTERATIONS, TestDatabase, connect};
use crate::fixtures::{request, stance_input};
use crate::subscriptions::CHANGES;
use crate::webhook_receiver::{ACCEPTED, Receiver, Reply};

async fn query_number(test_db: &TestDatabase, sql: &str) -> i64 {
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let row = test_db.connect().await.query_one_raw(query).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn five_servers_that_start_at_once_on_an_empty_database_all_come_up() {
    let test_db = TestDatabase::empty().await;
    let config = config(test_db.url(), false);
    let starts = (0..5).map(|_| Server::start(&config, fixed_clock()));
    let servers: Vec<Server> = join_all(starts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let seeded = servers.iter().map(|server| server.seed_summary.as_ref());
    let recorded = seeded
        .flatten()
        .map(|summary| summary.recorded.values().sum::<u32>());
    assert_eq!(recorded.sum::<u32>(), 676, "each entry is recorded once");
    for server in servers {
        server.stop().await.unwrap();
    }
    assert_eq!(
        query_number(&test_db, "SELECT count(*) FROM ledger_entry").await,
        676
    );
    let missing = "SELECT (SELECT count(*) FROM statement) + (SELECT count(*) FROM source) - count(*) FROM search_index";
    assert_eq!(query_number(&test_db, missing).await, 0);
}

#[tokio::test]
async fn after_an_import_and_after_a_start_the_planner_knows_the_tables() {
    let unknown = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND reltuples < 0
        AND relname IN ('ledger_entry', 'statement', 'evidence', 'relationship', 'source', 'search_index')";
    let test_db = TestDatabase::empty().await;
    run_demarche(&test_db, &["import", "--bundled"]).await;
    assert_eq!(query_number(&test_db, unknown).await, 0);
    let app = TestApp::start().await;
    assert_eq!(query_number(app.test_db(), unknown).await, 0);
}

/// Creates a role that may log in; the test drops it.
pub async fn make_role(test_db: &TestDatabase, name: &str) -> String {
    let role = format!("{name}_{}", std::process::id());
    let db = test_db.connect().await;
    let quoted = quote_role(&role);
    for sql in [
        format!("DROP ROLE IF EXISTS {quoted}"),
        format!("CREATE ROLE {quoted} LOGIN"),
    ] {
        db.execute_unprepared(&sql).await.unwrap();
    }
    role
}

fn quote_role(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

pub async fn drop_role(test_db: &TestDatabase, role: &str) {
    let sql = format!("DROP OWNED BY {0}; DROP ROLE {0}", quote_role(role));
    test_db
        .connect()
        .await
        .execute_unprepared(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_with_the_rights_of_its_role_serves_and_can_alter_no_entry() {
    let app = TestApp::start_with_initiative().await.0;
    let role = make_role(app.test_db(), "demarche \"server\"").await;
    let owner = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    demarche::database::grant(owner.writer(), &role)
        .await
        .unwrap();
    owner.close().await.unwrap();

    let url = app.test_db().url_as(&role);
    let server = Server::start(&config(url.clone(), true), fixed_clock())
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
    let (text, variables) = crate::fixtures::request("registerSource", &crate::fixtures::source());
    let response: serde_json::Value = post(&text, variables).await.unwrap().json().await.unwrap();
    let source = response["data"]["registerSource"]["source"]["id"]
        .as_str()
        .unwrap();
    let (text, variables) = crate::fixtures::request(
        "recordStatement",
        &stance_input(source, "RW", "AGREED", "2025-06-03"),
    );
    let response: serde_json::Value = post(&text, variables).await.unwrap().json().await.unwrap();
    assert_eq!(
        response["data"]["recordStatement"]["stanceChange"]["to"], "AGREED",
        "{response:#}"
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
        "UPDATE webhook SET url = 'x'",
        "UPDATE webhook SET secret = 'x'",
        "DELETE FROM webhook_delivery",
        "INSERT INTO webhook (url, filter, secret, cursor, created_at, deliveries, failures) VALUES ('x', '', '', '', 0, 0, 0)",
    ];
    for sql in ALTERATIONS.iter().chain(&others) {
        let rejection = intruder
            .execute_unprepared(sql)
            .await
            .unwrap_err()
            .to_string();
        let is_refused = ["permission denied", "must be owner"]
            .iter()
            .any(|word| rejection.contains(word));
        assert!(is_refused, "{sql}: {rejection}");
    }
    server.stop().await.unwrap();
    intruder.close().await.unwrap();
    assert_eq!(app.discrepancies().await, []);
    drop_role(app.test_db(), &role).await;
}

#[tokio::test]
async fn a_server_with_the_rights_of_its_role_sends_webhooks() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    let genesis = app.genesis().await;
    let test_db = app.stop_and_keep().await;
    let role = make_role(&test_db, "demarche_sender").await;
    run_demarche(&test_db, &["migrate", "--grant-role", &role]).await;
    let replies = [Reply::Head("500 Internal Server Error"), ACCEPTED];
    let mut receiver = Receiver::start(&replies).await;
    let url = receiver.url();
    let options = ["--webhook-allow-loopback", "--after", &genesis];
    let add = [&["webhook", "add", &url], &options[..]].concat();
    run_demarche(&test_db, &add).await;
    let config = config(test_db.url_as(&role), true);
    let server = Server::start(&config, fixed_clock()).await.unwrap();
    let failed = receiver.next().await;
    assert_eq!(receiver.next().await.id(), failed.id());
    let sent = "SELECT deliveries - failures FROM webhook";
    while query_number(&test_db, sent).await < 2 {}
    server.stop().await.unwrap();
    drop_role(&test_db, &role).await;
}

#[tokio::test]
async fn a_role_without_rights_to_migrate_is_referred_to_the_migrate_command() {
    let test_db = TestDatabase::empty().await;
    let role = make_role(&test_db, "demarche_stranger").await;
    let Err(error) = open(&test_db.url_as(&role), IfMissing::Fail).await else {
        panic!("the role may create no tables");
    };
    assert!(error.to_string().contains("`demarche migrate`"), "{error}");
    drop_role(&test_db, &role).await;
}

#[tokio::test]
async fn while_the_database_is_unavailable_clients_get_retry_after_and_lose_nothing() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let genesis = json!({ "after": app.genesis().await });
    let mut socket = app.subscribe(CHANGES, genesis.clone()).await;
    app.test_db().deny_connections().await;
    let response = app
        .execute("{ sources(first: 1) { totalCount } }", json!({}))
        .await;
    assert_eq!(only_error(&response).0, "UNAVAILABLE");
    let input = stance_input(&source_id, "RW", "NAMED", "2025-06-03");
    let (text, mut variables) = request("recordStatement", &input);
    variables["input"]["idempotencyKey"] = "while unavailable".into();
    let body = json!({ "query": text, "variables": variables });
    let post = app.http().post(app.url("/graphql")).bearer_auth(&app.token);
    let rejection = post.json(&body).send().await.unwrap();
    assert_eq!(rejection.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(rejection.headers()["retry-after"], "1");
    assert_eq!(
        only_error(&rejection.json().await.unwrap()).0,
        "UNAVAILABLE"
    );
    assert_eq!(
        app.get("/readyz").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );

    app.test_db().allow_connections().await;
    let mut second = app.subscribe(CHANGES, genesis).await;
    let written = retry_while_unavailable(&app, &text, &variables).await;
    let change = &crate::app::data(written)["recordStatement"]["stanceChange"];
    for socket in [&mut socket, &mut second] {
        let event = socket.event().await["stanceChanged"].take();
        assert_eq!(event["cursor"], change["cursor"]);
    }
}

/// Does what `Retry-After` asks for: a connection that the outage broke may fail one more request.
async fn retry_while_unavailable(app: &TestApp, mutation: &str, variables: &Value) -> Value {
    for _ in 0..10 {
        let response = app.execute_as_editor(mutation, variables.clone()).await;
        let code = &response["errors"][0]["extensions"]["code"];
        if code != "UNAVAILABLE" {
            return response;
        }
    }
    panic!("the database was still unavailable after ten attempts");
}

#[tokio::test]
async fn a_slow_sql_statement_is_stopped_and_its_connection_stays_usable() {
    let app = start_with_timeouts(TimeLimits {
        statement: Duration::from_millis(20).into(),
        ..TimeLimits::default()
    })
    .await;
    let db = app.connect_to_database().await;
    let lock = "BEGIN; LOCK TABLE stance_change IN ACCESS EXCLUSIVE MODE";
    db.execute_unprepared(lock).await.unwrap();
    let query = "{ stanceChanges(first: 1) { nodes { id } } }";
    // More often than the pool has connections.
    for _ in 0..10 {
        let response = app.execute(query, json!({})).await;
        let code = &response["errors"][0]["extensions"]["code"];
        assert_eq!(code, "TIMEOUT", "{response:#}");
    }
    db.execute_unprepared("ROLLBACK").await.unwrap();
    app.query(query).await;
}
