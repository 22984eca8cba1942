//! How a server of its own process ends, and what it logs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::collector::Collector;
use crate::database::Home;
use crate::socket::{PROTOCOL, Socket};
use crate::subscriptions::CHANGES;

/// A server on a database of its own, empty, with metrics.
struct Process {
    child: Child,
    said: String,
    home: Home,
}

impl Process {
    async fn start(arguments: &[&str]) -> Self {
        let home = Home::empty().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
        let own = [
            "serve",
            "--empty",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
        ];
        command
            .args(own)
            .args(arguments)
            .current_dir(home.path())
            .env("DEMARCHE_DATABASE_URL", home.url());
        command.env_remove("DEMARCHE_LOG");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("/metrics") {
            said.push_str(&lines.next().unwrap().unwrap());
        }
        Self { child, said, home }
    }

    /// The address that it said, which ends so.
    fn url(&self, end: &str) -> &str {
        let mut words = self.said.split_whitespace();
        words.find(|word| word.ends_with(end)).unwrap()
    }

    fn ws_url(&self) -> &str {
        self.url("/graphql/ws")
    }

    fn ready_url(&self) -> String {
        self.url("/metrics").replace("/metrics", "/readyz")
    }

    /// A query, with a header.
    async fn ask(&self, header: (&str, &str)) -> reqwest::Response {
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

    /// How it ended, and its log.
    async fn ended(mut self) -> (ExitStatus, String) {
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

/// Alters its database behind its back.
async fn alter(process: &Process, sql: &str) {
    let db = process.home.connect().await;
    db.execute_unprepared(sql).await.unwrap();
}

/// The status of whether it is ready, once it is no longer ready.
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
async fn a_server_told_to_end_first_says_so_to_load_balancers() {
    let process = Process::start(&["--drain-delay", "1h"]).await;
    let mut socket = Socket::open(process.ws_url()).await;
    socket.subscribe("1", CHANGES, json!({})).await;
    assert_eq!(
        reqwest::get(process.ready_url()).await.unwrap().status(),
        200
    );
    process.terminate();
    assert_eq!(await_unready(&process.ready_url()).await, 503);
    assert!(
        Socket::connect_with(process.ws_url(), &[PROTOCOL])
            .await
            .is_err()
    );
    assert!(socket.run("{ __typename }", json!({})).await["__typename"] == "Query");
    // Who cannot wait for an hour says so again.
    process.terminate();
    assert_eq!(socket.code().await, 1012);
    let (status, log) = process.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn nobody_keeps_a_server_from_ending_within_ten_seconds() {
    let process = Process::start(&[]).await;
    let address = process.url("/graphql").trim_start_matches("http://");
    let address = address.trim_end_matches("/graphql").to_owned();
    // Half of a body, for which it would wait longer than for the end.
    let mut half = TcpStream::connect(&address).unwrap();
    half.write_all(b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        .unwrap();
    // A socket whose client never answers the close.
    let stalled = Socket::open(process.ws_url()).await.into_stream();
    let begun = Instant::now();
    process.terminate();
    let (status, log) = process.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    drop((half, stalled));
}

#[tokio::test]
async fn every_line_of_a_json_log_is_an_object_and_names_its_request() {
    let process = Process::start(&["--log-format", "json"]).await;
    alter(&process, "DROP TABLE api_token").await;
    let answer = process.ask(("authorization", "Bearer dmk_x")).await;
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    process.terminate();
    let (_, log) = process.ended().await;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(failed["message"], "a request could not be let in");
    assert_eq!(failed["span"]["request"], id.as_str());
}

#[tokio::test]
async fn a_trace_goes_on_where_the_client_began_it() {
    let mut collector = Collector::start().await;
    let process = Process::start(&["--otlp-endpoint", &collector.url]).await;
    // What is kept from now on is traced all the same.
    process.ask(("accept", "application/json")).await;
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let answer = process
        .ask(("traceparent", &format!("00-{trace}-{parent}-01")))
        .await;
    let id = answer.headers()["x-request-id"].as_bytes().to_owned();
    process.terminate();
    let (status, log) = process.ended().await;
    assert_eq!(status.code(), Some(0), "{log}");
    // Protobuf: bytes and texts stand there as they are.
    let spans = collector.taken.recv().await.unwrap();
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
        let part_is_there = spans.windows(part.len()).any(|window| window == part);
        assert!(part_is_there, "{:?}", String::from_utf8_lossy(part));
    }
}

#[tokio::test]
async fn a_silent_collector_keeps_nobody() {
    // Connections wait in its queue and are never taken.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let process = Process::start(&["--otlp-endpoint", &endpoint]).await;
    assert_eq!(
        process.ask(("accept", "application/json")).await.status(),
        200
    );
    let begun = Instant::now();
    process.terminate();
    assert_eq!(process.ended().await.0.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
