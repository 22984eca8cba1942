//! Unusual and hostile requests to the tools of language models (`/mcp`).

use demarche::config::access::AccessConfig;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::app::TestApp;

const STATELESS: &str = "2026-07-28";
const VERSION: &str = "mcp-protocol-version";

/// Status, media type and message of the answer.
async fn post(app: &TestApp, headers: &[(&str, &str)], body: &Value) -> (u16, String, Value) {
    let mut map = HeaderMap::new();
    map.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        if name == "content-type" {
            map.insert(name, value);
        } else {
            map.append(name, value);
        }
    }
    let request = app.http().post(app.url("/mcp")).headers(map);
    let response = request.body(body.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    let media = response.headers().get("content-type");
    let media = media.map_or("", |media| media.to_str().unwrap()).to_owned();
    let text = response.text().await.unwrap();
    let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, media, answer)
}

/// Status and code of the error; 0 for a result.
async fn outcome(app: &TestApp, headers: &[(&str, &str)], body: &Value) -> (u16, i64) {
    let (status, _, answer) = post(app, headers, body).await;
    (status, answer["error"]["code"].as_i64().unwrap_or_default())
}

fn ping(id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "ping" })
}

/// A call of the tool `country`, with the version in the body.
fn call(version: &Value) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "country", "arguments": { "code": "RW" }, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

#[tokio::test]
async fn the_name_of_a_tool_is_repeated_once_plain_or_in_base64() {
    let app = TestApp::start().await;
    let body = call(&json!(STATELESS));
    let fixed = [(VERSION, STATELESS), ("mcp-method", "tools/call")];
    let mismatch = (400, -32020);
    for (names, expected) in [
        (vec!["country"], (200, 0)),
        (vec!["=?base64?Y291bnRyeQ==?="], (200, 0)),
        (vec!["=?base64?Y291bnRyeQ?="], mismatch),
        (vec!["=?BASE64?Y291bnRyeQ==?="], mismatch),
        (vec!["=?base64?dGFsbHk=?="], mismatch),
        (vec!["=?base64?%?="], mismatch),
        (vec!["=?base64?//8=?="], mismatch),
        (vec!["=?base64?="], mismatch),
        (vec!["tally"], mismatch),
        (vec!["countrý"], mismatch),
        (vec!["country", "tally"], mismatch),
        (vec!["country", "country"], mismatch),
        (vec![], mismatch),
    ] {
        let mut headers = fixed.to_vec();
        headers.extend(names.iter().map(|name| ("mcp-name", *name)));
        assert_eq!(outcome(&app, &headers, &body).await, expected, "{names:?}");
    }
    // A name that has the form of one in base64.
    let mut body = body;
    body["params"]["name"] = "=?base64?Y291bnRyeQ==?=".into();
    let mut headers = fixed.to_vec();
    headers.push(("mcp-name", "=?base64?Y291bnRyeQ==?="));
    assert_eq!(outcome(&app, &headers, &body).await, mismatch);
}

#[tokio::test]
async fn a_version_is_named_once_and_in_the_same_words_or_refused() {
    let app = TestApp::start().await;
    let long = "x".repeat(5_000);
    for (named, in_body, expected) in [
        (vec![STATELESS], json!(STATELESS), (200, 0)),
        (vec!["2025-11-25"], json!("2025-11-25"), (200, 0)),
        (vec![], json!("2025-11-25"), (200, 0)),
        (vec!["2025-11-25"], json!(STATELESS), (400, -32020)),
        (vec![STATELESS], json!("2025-11-25"), (400, -32020)),
        (vec!["2025-06-18"], json!("2025-11-25"), (400, -32020)),
        (vec![], json!(STATELESS), (400, -32020)),
        (vec![STATELESS, STATELESS], json!(STATELESS), (400, -32020)),
        (vec!["2026-07-28é"], json!(STATELESS), (400, -32020)),
        (vec![STATELESS], json!(20_260_728), (400, -32602)),
        (vec![], json!(null), (400, -32602)),
        (vec![STATELESS], json!("2099-01-01"), (400, -32022)),
        (vec![], json!(long), (400, -32022)),
    ] {
        let mut headers = vec![("mcp-method", "tools/call"), ("mcp-name", "country")];
        headers.extend(named.iter().map(|version| (VERSION, *version)));
        let (status, _, answer) = post(&app, &headers, &call(&in_body)).await;
        let code = answer["error"]["code"].as_i64().unwrap_or_default();
        assert_eq!((status, code), expected, "{named:?} {answer}");
        assert!(code == 0 || answer.to_string().len() < 1_000, "{answer}");
        let is_stateless = answer["result"]["resultType"] == "complete";
        assert_eq!(is_stateless, code == 0 && in_body == STATELESS);
    }
    // Without a version in the body.
    for (named, expected) in [
        (vec!["2025-11-25"], (200, 0)),
        (vec!["2025-11-25", "2025-06-18"], (400, -32020)),
        (vec!["é"], (400, -32020)),
        (vec![""], (400, -32022)),
        (vec!["2025-11-25 x"], (400, -32022)),
        (vec![long.as_str()], (400, -32022)),
    ] {
        let headers: Vec<_> = named.iter().map(|version| (VERSION, *version)).collect();
        let actual = outcome(&app, &headers, &ping(&json!(1))).await;
        assert_eq!(actual, expected, "{named:?}");
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let (status, ..) = post(&app, &headers, &note).await;
        assert_eq!(status, if expected.0 == 200 { 202 } else { 400 });
    }
}

#[tokio::test]
async fn an_id_is_a_text_or_a_whole_number_and_is_repeated_as_it_is() {
    let app = TestApp::start_empty().await;
    for id in [
        "0",
        "-1",
        "9007199254740993",
        "18446744073709551615",
        "\"\"",
        "\"é\"",
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        let request = app.http().post(app.url("/mcp")).body(body);
        let request = request.header("content-type", "application/json");
        let text = request.send().await.unwrap().text().await.unwrap();
        assert!(
            text.contains(&format!("\"id\":{id},")) || text.contains(&format!("\"id\":{id}}}")),
            "{text}"
        );
    }
    for id in [
        "1.5",
        "1e300",
        "123456789012345678901234567890",
        "null",
        "true",
        "[]",
        "{}",
    ] {
        let id: Value = serde_json::from_str(id).unwrap();
        let (status, _, answer) = post(&app, &[], &ping(&id)).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(-32600)),
            "{id}"
        );
        assert_eq!(answer["id"], Value::Null, "{id}");
    }
    // An error repeats the ID if there is one.
    for body in [
        json!({ "jsonrpc": "1.0", "id": 7, "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": 7 }),
        json!({ "jsonrpc": "2.0", "id": 7, "method": 1 }),
        json!({ "jsonrpc": "2.0", "id": 7, "method": "ping", "params": [] }),
        json!({ "jsonrpc": "2.0", "id": 7, "method": "nothing" }),
    ] {
        let (_, _, answer) = post(&app, &[], &body).await;
        assert_eq!(answer["id"], 7, "{body}: {answer}");
        assert!(answer["error"]["code"].is_i64(), "{answer}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_even_if_its_name_leads_to_this_server() {
    let listed = AccessConfig {
        origins: vec!["https://allowed.example".to_owned()],
        ..AccessConfig::default()
    };
    let listed = TestApp::start_with_access(listed).await;
    let app = TestApp::start_empty().await;
    let port = app.server.address.port();
    let at = |host: &str| format!("{host}:{port}");
    let (ip, local) = (at("127.0.0.1"), at("localhost"));
    for (app, host, origin, status) in [
        // The public address, whatever name a proxy uses.
        (&app, "internal", "https://demarche.example".to_owned(), 200),
        (&app, &*ip, format!("http://{ip}"), 200),
        (&app, &*local, format!("http://{local}"), 200),
        (&app, &*local, format!("http://{ip}"), 403),
        (&app, "evil.example", "http://evil.example".to_owned(), 403),
        (&app, &*local, "null".to_owned(), 403),
        (&app, &*local, String::new(), 403),
        (
            &listed,
            "internal",
            "https://allowed.example".to_owned(),
            200,
        ),
        (&listed, "internal", "https://other.example".to_owned(), 403),
    ] {
        let headers = [("host", host), ("origin", origin.as_str())];
        let (actual, media, answer) = post(app, &headers, &ping(&json!(1))).await;
        assert_eq!(actual, status, "{host} {origin}: {answer}");
        assert_eq!(media, "application/json");
    }
}

#[tokio::test]
async fn tools_answer_in_json_whatever_the_client_accepts() {
    let app = TestApp::start_empty().await;
    let html = ("accept", "text/html,application/xhtml+xml");
    for (header, status) in [
        (("mcp-session-id", "1"), 404),
        (("origin", "https://evil.example"), 403),
        (("authorization", "Bearer wrong"), 401),
        (("content-type", "text/plain"), 415),
        (("accept-language", "fr"), 200),
    ] {
        let (actual, media, answer) = post(&app, &[html, header], &ping(&json!(1))).await;
        assert_eq!(actual, status, "{header:?}: {answer}");
        assert_eq!(media, "application/json", "{header:?}: {answer}");
    }
    let get = app.http().get(app.url("/mcp")).header(html.0, html.1);
    let response = get.send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["content-type"], "application/json");
    // The revision without a handshake has no sessions, and servers ignore the header.
    let headers = [
        (VERSION, STATELESS),
        ("mcp-method", "tools/call"),
        ("mcp-name", "country"),
        ("mcp-session-id", "1"),
    ];
    let actual = outcome(&app, &headers, &call(&json!(STATELESS))).await;
    assert_eq!(actual, (200, 0));
}
