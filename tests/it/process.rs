//! Server in a separate process: graceful shutdown, JSON log, exported traces.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::subscriptions::CHANGES;
use crate::trace_collector::Collector;
use crate::websocket_client::{PROTOCOL, WebSocketClient};

/// A server on a new database without seed data, with an admin address.
struct Process {
    child: Child,
    stdout: String,
    test_db: TestDatabase,
}

impl Process {
    async fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[]).await
    }

    async fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let test_db = TestDatabase::empty().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
        let arguments_of_all = [
            "serve",
            "--no-seed",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ];
        command
            .args(arguments_of_all)
            .args(arguments)
            .current_dir(test_db.path())
            .env("DEMARCHE_DATABASE_URL", test_db.url());
        command
            .env_remove("DEMARCHE_LOG")
            .envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut stdout = String::new();
        while !stdout.contains("/metrics") {
            stdout.push_str(&lines.next().unwrap().unwrap());
        }
        Self {
            child,
            stdout,
            test_db,
        }
    }

    /// The printed URL with this suffix.
    fn url(&self, suffix: &str) -> &str {
        let mut words = self
            .stdout
            .split(|it: char| it.is_whitespace() || it == '"');
        words.find(|word| word.ends_with(suffix)).unwrap()
    }

    fn ws_url(&self) -> &str {
        self.url("/graphql/ws")
    }

    fn ready_url(&self) -> String {
        self.url("/metrics").replace("/metrics", "/readyz")
    }

    /// Sends a query with a header.
    async fn send_query(&self, header: (&str, &str)) -> reqwest::Response {
        let request = reqwest::Client::new().post(self.url("/graphql"));
        let query = json!({ "query": "{ __typename }" });
        let request = request.header(header.0, header.1).json(&query);
        request.send().await.unwrap()
    }

    fn terminate(&self) {
        let kill = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(kill.unwrap().success());
    }

    /// Reads the log up to the line that contains a text.
    fn read_log_until(&mut self, text: &str) -> String {
        // Without a buffer, which would hold lines after that one.
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut lines = BufReader::with_capacity(1, stderr);
        let mut log = String::new();
        while !log.contains(text) {
            assert!(lines.read_line(&mut log).unwrap() > 0, "{log}");
        }
        log
    }

    /// Waits until the process exits; returns its status and its log.
    async fn wait_for_exit(mut self) -> (ExitStatus, String) {
        tokio::task::spawn_blocking(move || {
            let mut log = String::new();
            self.child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut log)
                .unwrap();
            (self.child.wait().unwrap(), log)
        })
        .await
        .unwrap()
    }
}

/// Alters the database of a running server directly.
async fn alter(process: &Process, sql: &str) {
    let db = process.test_db.connect().await;
    db.execute_unprepared(sql).await.unwrap();
}

/// Polls the readiness probe until it fails; returns its status.
async fn await_unready(url: &str) -> StatusCode {
    loop {
        let status = reqwest::get(url).await.unwrap().status();
        if status != StatusCode::OK {
            return status;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_without_connections_does_not_wait_for_the_grace_period() {
    let process = Process::start(&["--grace", "1h"]).await;
    process.terminate();
    let (status, log) = process.wait_for_exit().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains("grace period over"), "{log}");
}

#[tokio::test]
async fn a_terminated_server_first_reports_unready_to_load_balancers() {
    let process = Process::start(&["--drain-delay", "1h"]).await;
    let mut socket = WebSocketClient::open(process.ws_url()).await;
    socket.subscribe("1", CHANGES, json!({})).await;
    assert_eq!(
        reqwest::get(process.ready_url()).await.unwrap().status(),
        200
    );
    process.terminate();
    assert_eq!(await_unready(&process.ready_url()).await, 503);
    assert!(
        WebSocketClient::connect_with(process.ws_url(), &[PROTOCOL])
            .await
            .is_err()
    );
    assert!(socket.run("{ __typename }", json!({})).await["__typename"] == "Query");
    // A second signal ends the drain delay.
    process.terminate();
    assert_eq!(socket.close_code().await, 1012);
    let (status, log) = process.wait_for_exit().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn no_client_delays_shutdown_beyond_ten_seconds() {
    let process = Process::start(&[]).await;
    let address = process.url("/graphql").trim_start_matches("http://");
    let address = address.trim_end_matches("/graphql").to_owned();
    // Half of a body, for which the body timeout is longer than the shutdown grace period.
    let mut half = TcpStream::connect(&address).unwrap();
    half.write_all(b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        .unwrap();
    // A WebSocket whose client never answers the close frame.
    let stalled = WebSocketClient::open(process.ws_url()).await.into_stream();
    let start = Instant::now();
    process.terminate();
    let (status, log) = process.wait_for_exit().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    drop((half, stalled));
}

#[tokio::test]
async fn every_line_of_a_json_log_is_an_object_and_names_its_request() {
    let process = Process::start(&["--log-format", "json"]).await;
    alter(&process, "DROP TABLE api_token").await;
    let response = process.send_query(("authorization", "Bearer dmk_x")).await;
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    process.terminate();
    let (_, log) = process.wait_for_exit().await;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(
        failed["message"],
        "authentication failed because of an internal error"
    );
    assert_eq!(failed["span"]["request"], id.as_str());
}

#[tokio::test]
async fn a_server_logs_one_start_line_and_says_everything_in_json() {
    let arguments = [
        "--log-format=json",
        "--max-depth=9",
        "--otlp-endpoint=http://127.0.0.1:1",
    ];
    let mut process = Process::start_with(&arguments, &[("OTEL_BSP_SCHEDULE_DELAY", "5")]).await;
    let listening: Value = serde_json::from_str(&process.stdout).unwrap();
    assert_eq!(listening["message"], "listening");
    let graphql = listening["graphql"].as_str().unwrap();
    for _ in 0..20 {
        let post = reqwest::Client::new()
            .post(graphql)
            .json(&json!({ "query": "{ __typename }" }));
        post.send().await.unwrap();
    }
    let mut log = process.read_log_until("collector");
    process.terminate();
    log += &process.wait_for_exit().await.1;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let starts: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "demarche starts")
        .collect();
    assert_eq!(starts.len(), 1, "{log}");
    assert_eq!(starts[0]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(starts[0]["limits"], "max-depth=9");
    assert_eq!(starts[0]["head"], 0);
    let collector = lines
        .iter()
        .filter(|line| line.to_string().contains("collector"));
    assert_eq!(collector.count(), 1, "{log}");
}

#[tokio::test]
async fn a_trace_continues_the_trace_of_the_client() {
    let mut collector = Collector::start().await;
    let process = Process::start(&["--otlp-endpoint", &collector.url]).await;
    // The response is now cached; a cached response is traced as well.
    process.send_query(("accept", "application/json")).await;
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let response = process
        .send_query(("traceparent", &format!("00-{trace}-{parent}-01")))
        .await;
    let id = response.headers()["x-request-id"].as_bytes().to_owned();
    process.terminate();
    let (status, log) = process.wait_for_exit().await;
    assert_eq!(status.code(), Some(0), "{log}");
    // Protobuf contains bytes and texts unchanged.
    let spans = collector.bodies.recv().await.unwrap();
    let ids = [trace, parent].map(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
    for part in [
        &ids[0][..],
        &ids[1],
        &id,
        b"demarche",
        b"POST",
        b"graphql",
        b"/graphql",
    ] {
        let is_contained = spans.windows(part.len()).any(|window| window == part);
        assert!(is_contained, "{:?}", String::from_utf8_lossy(part));
    }
}

#[tokio::test]
async fn a_silent_collector_delays_neither_requests_nor_shutdown() {
    // Connections wait in its accept queue and are never accepted.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let process = Process::start(&["--otlp-endpoint", &endpoint]).await;
    assert_eq!(
        process
            .send_query(("accept", "application/json"))
            .await
            .status(),
        200
    );
    let start = Instant::now();
    process.terminate();
    assert_eq!(process.wait_for_exit().await.0.code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(10));
}
