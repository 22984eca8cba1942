//! docs/http.md: its addresses are the routes, its codes those of the source, and its transcripts are run.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use demarche::config::limits::{Limits, TimeLimits};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::app::{TestApp, limits};
use crate::examples::{blocks, first_source, text_of};
use crate::fixtures::{rust_files, stance_input};
use crate::websocket_client::{RECEIVE_TIMEOUT, WebSocketClient};

const DOCUMENT: &str = "docs/http.md";
const MULTIPART_HEARTBEAT: &str = "\nContent-Type: application/json\n\n{}\n--graphql";

/// A row of a table of addresses.
struct Row {
    address: &'static str,
    methods: &'static str,
}

#[test]
fn every_route_is_in_the_reference_and_every_address_in_it_is_a_route() {
    let admin = Path::new("src/http/admin");
    let is_admin = |path: &Path| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(admin);
        path.starts_with(folder)
    };
    for (section, is_of_section) in [("Addresses", false), ("Admin listener", true)] {
        let files = rust_files("src/http");
        let files = files.iter().filter(|path| is_admin(path) == is_of_section);
        let routes: BTreeSet<String> = files
            .flat_map(|path| routes_of(&std::fs::read_to_string(path).unwrap()))
            .collect();
        let documented: BTreeSet<String> = rows(section)
            .into_iter()
            .map(|row| row.address.to_owned())
            .collect();
        assert!(routes.len() > 2, "{routes:?}");
        assert_eq!(documented, routes);
    }
}

#[tokio::test]
async fn every_address_of_the_reference_has_its_methods() {
    let app = TestApp::start_empty().await;
    let admin = app.server.admin_address.unwrap();
    let admin = format!("http://{admin}");
    for (section, base) in [("Addresses", app.url("")), ("Admin listener", admin)] {
        for Row { address, methods } in rows(section) {
            let request = app
                .http()
                .request(Method::DELETE, base.clone() + &sample(address));
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 405, "{address}");
            let allowed = response.headers()["allow"].to_str().unwrap();
            assert_eq!(
                allowed.replace("HEAD,", "").replace(",HEAD", ""),
                methods.replace(' ', ""),
                "{address}"
            );
        }
    }
}

#[test]
fn every_error_code_is_in_the_reference() {
    let is_code = |text: &&str| {
        let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        text.len() > 6 && text.bytes().all(is_sign)
    };
    let literals = |path: &Path| -> Vec<String> {
        let source = std::fs::read_to_string(path).unwrap();
        let literals = source.split('"').skip(1).step_by(2);
        literals.filter(is_code).map(str::to_owned).collect()
    };
    let mut files = rust_files("src/http/response");
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/error.rs"));
    let codes: BTreeSet<String> = files.iter().flat_map(|path| literals(path)).collect();
    assert!(codes.len() > 10, "{codes:?}");
    let documented: BTreeSet<&str> = table("Errors")
        .iter()
        .flat_map(|row| spans(row[1]))
        .collect();
    for code in &codes {
        assert!(documented.contains(code.as_str()), "{code}");
    }
    let all: BTreeSet<String> = rust_files("src")
        .iter()
        .flat_map(|path| literals(path))
        .collect();
    for code in documented {
        assert!(all.contains(code), "nothing has the code {code}");
    }
}

#[tokio::test]
async fn the_transcripts_of_http_are_what_the_server_sends() {
    let blocks = blocks(text_of(DOCUMENT));
    let transcripts: Vec<&str> = blocks
        .iter()
        .filter(|block| block.language == "http")
        .map(|block| block.text)
        .collect();
    assert_eq!(transcripts.len(), 4);
    for transcript in transcripts {
        let (request, response) = transcript.split_once("\n\nHTTP/1.1 ").unwrap();
        let (head, body) = response.split_once("\n\n").unwrap();
        let app = TestApp::start_with_limits(fast_heartbeats()).await;
        let received = send(&app, request).await;
        let (status, headers) = head.split_once('\n').unwrap();
        assert!(status.starts_with(received.status().as_str()), "{request}");
        for header in headers.lines() {
            let (name, value) = header.split_once(": ").unwrap();
            assert_eq!(received.headers()[name], value, "{request}");
        }
        if request.contains("subscription") {
            record_stance(&app).await;
        }
        assert_receives(received, body).await;
    }
}

#[tokio::test]
async fn the_transcript_of_a_websocket_is_what_the_server_sends() {
    let blocks = blocks(text_of(DOCUMENT));
    let transcript = blocks.iter().find(|block| block.text.starts_with("> "));
    let app = TestApp::start().await;
    let mut socket = WebSocketClient::connect(&app.ws_url()).await;
    for line in transcript.unwrap().text.lines() {
        let parse = |json: &str| serde_json::from_str::<Value>(json).unwrap();
        match line.split_at(2) {
            ("> ", json) => socket.send(&parse(json)).await,
            ("< ", json) => {
                let received = without_cursors(&socket.next().await.to_string());
                let expected = without_cursors(&parse(json).to_string());
                assert_eq!(received, expected);
            }
            ("  ", "(a stance is recorded)") => record_stance(&app).await,
            _ => panic!("{line}"),
        }
    }
}

/// The rows of the tables of a section, as their cells.
#[track_caller]
fn table(section: &str) -> Vec<Vec<&'static str>> {
    let document = text_of(DOCUMENT);
    let (_, rest) = document.split_once(&format!("\n## {section}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('|').map(str::trim).collect())
        .collect()
}

#[track_caller]
fn rows(section: &str) -> Vec<Row> {
    let rows = table(section);
    let rows = rows.iter().flat_map(|cells| {
        let addresses = spans(cells[1]);
        addresses.into_iter().map(|address| Row {
            address,
            methods: cells[2],
        })
    });
    rows.collect()
}

fn spans(cell: &'static str) -> Vec<&'static str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The paths that a source file routes; a variable of a `for` loop over literals stands for each of them.
fn routes_of(source: &str) -> Vec<String> {
    let calls = source.split(".route(").skip(1);
    let mut routes: Vec<String> = calls
        .map(|call| call.split('"').nth(1).unwrap().to_owned())
        .collect();
    for looped in source.split("for ").skip(1) {
        let Some((variable, list)) = looped.split_once(" in [") else {
            continue;
        };
        let list = list.split(']').next().unwrap();
        let values: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        let pattern = format!("{{{variable}}}");
        let expand = |route: String| -> Vec<String> {
            if !route.contains(&pattern) {
                return vec![route];
            }
            let routes = values.iter().map(|value| route.replace(&pattern, value));
            routes.collect()
        };
        routes = routes.into_iter().flat_map(expand).collect();
    }
    routes
}

/// The address with a text for each variable.
fn sample(address: &str) -> String {
    let mut parts = address.split('{');
    let first = parts.next().unwrap().to_owned();
    let rest = parts.map(|part| format!("x{}", part.split_once('}').unwrap().1));
    first + &rest.collect::<String>()
}

fn fast_heartbeats() -> Limits {
    Limits {
        time: TimeLimits {
            keep_alive: Duration::from_millis(100).into(),
            ..TimeLimits::default()
        },
        ..limits()
    }
}

/// Sends a request that is written as HTTP/1.1.
async fn send(app: &TestApp, request: &str) -> Response {
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let method: Method = words.next().unwrap().parse().unwrap();
    let url = app.url(words.next().unwrap());
    let mut request = app.http().request(method, url).body(body.to_owned());
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.send().await.unwrap()
}

async fn record_stance(app: &TestApp) {
    let mut input = stance_input(&first_source(app).await, "TN", "REFUSED", "2026-11-20");
    input["subject"]["relationship"]["initiative"] = json!("us-third-country-removals");
    app.mutate("recordStatement", &input).await;
}

/// Reads until the body is the expected one, up to heartbeats, blank lines and cursors.
async fn assert_receives(mut response: Response, expected: &str) {
    let mut received = String::new();
    let reading = async {
        while !is_received(&received, expected) {
            let Some(chunk) = response.chunk().await.unwrap() else {
                return;
            };
            received.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    // Heartbeats go on for ever.
    let _ = tokio::time::timeout(RECEIVE_TIMEOUT, reading).await;
    assert_eq!(comparable(&received), comparable(expected));
}

fn is_received(received: &str, expected: &str) -> bool {
    let (events, has_heartbeat) = comparable(received);
    let (expected_events, expects_heartbeat) = comparable(expected);
    events == expected_events && (has_heartbeat || !expects_heartbeat)
}

/// The body without heartbeats, blank lines and cursors; and whether it had a heartbeat.
fn comparable(body: &str) -> (String, bool) {
    let body = without_cursors(&body.replace("\r\n", "\n"));
    let events = body.replace(MULTIPART_HEARTBEAT, "");
    let mut has_heartbeat = events.len() < body.len();
    let mut lines = Vec::new();
    for line in events.lines().map(str::trim_end) {
        match line {
            "" => {}
            ":" | "{}" => has_heartbeat = true,
            _ => lines.push(line),
        }
    }
    (lines.join("\n"), has_heartbeat)
}

/// A cursor contains the identity of the database, which is random. It is the only long word of a transcript.
fn without_cursors(text: &str) -> String {
    let is_end = |it: char| !it.is_ascii_alphanumeric();
    let words = text.split_inclusive(is_end).map(|word| {
        let letters = word.trim_end_matches(is_end);
        if letters.len() > 40 {
            format!("CURSOR{}", &word[letters.len()..])
        } else {
            word.to_owned()
        }
    });
    words.collect()
}
