//! Model Context Protocol: both ways to name a revision, the tools, and what is refused.

use demarche::config::access::AccessConfig;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::TestApp;

const STATELESS: &str = "2026-07-28";

/// Status and message of the answer to a request with a handshake.
async fn send(app: &TestApp, method: &str, params: Value) -> (StatusCode, Value) {
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let request = app.http().post(app.url("/mcp")).json(&message);
    let response = request.header("accept", "*/*").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    (response.status(), response.json().await.unwrap())
}

/// As [`send`], in the revision without a handshake.
async fn send_stateless(app: &TestApp, method: &str, mut params: Value) -> (StatusCode, Value) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let message = json!({ "jsonrpc": "2.0", "id": "x", "method": method, "params": params });
    let mut request = app.http().post(app.url("/mcp")).json(&message);
    request = request.header("mcp-protocol-version", STATELESS);
    request = request.header("mcp-method", method);
    if let Some(name) = params["name"].as_str() {
        request = request.header("mcp-name", name);
    }
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn call(app: &TestApp, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let (status, mut answer) = send(app, "tools/call", params).await;
    assert_eq!(status, StatusCode::OK);
    answer["result"].take()
}

#[tokio::test]
async fn a_client_with_a_handshake_lists_and_calls_every_tool() {
    let app = TestApp::start().await;
    for (requested, given) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2099-01-01", "2025-11-25"),
        (STATELESS, "2025-11-25"),
    ] {
        let params = json!({ "protocolVersion": requested, "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
        let (_, answer) = send(&app, "initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], given);
        assert!(answer["result"]["capabilities"]["tools"].is_object());
    }
    let (_, list) = send(&app, "tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        assert!(
            tool["description"].as_str().unwrap().len() > 10
                && tool["annotations"]["readOnlyHint"] == true
        );
        let arguments = match name {
            "country" => json!({ "code": "RW", "validOn": null }),
            "statement" => json!({ "number": "1" }),
            "resolve_countries" => json!({ "texts": ["Burma"] }),
            "search_schema" => json!({ "text": "relationship position" }),
            "run_query" => {
                json!({ "query": "query($c: ID!) { country(code: $c) { name } }", "variables": { "c": "RW" } })
            }
            _ => json!({}),
        };
        let result = call(&app, name, arguments).await;
        assert_eq!(result["isError"], false, "{name}: {result}");
        let validator = jsonschema::draft202012::new(&tool["outputSchema"]).unwrap();
        let content = &result["structuredContent"];
        assert!(validator.is_valid(content), "{name}: {content}");
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(&text, content);
        if name != "search_schema" {
            let permalink = content["permalink"].as_str().unwrap();
            assert!(content["citation"].as_str().unwrap().contains(permalink));
            let response = app
                .get(
                    &permalink[permalink
                        .find("/a")
                        .or_else(|| permalink.find("/g"))
                        .unwrap()..],
                )
                .await;
            let again: Value = response.json().await.unwrap();
            assert_eq!(again["data"], content["data"], "{name}");
        }
    }
    assert_eq!(tools.len(), 9);
    let found = call(
        &app,
        "search_schema",
        json!({ "text": "relationship position" }),
    )
    .await;
    let matches = found["structuredContent"]["matches"].as_array().unwrap();
    assert!(
        matches
            .iter()
            .any(|one| one["coordinate"] == "Relationship.position")
    );
}

#[tokio::test]
async fn the_permanent_link_of_a_tool_gives_its_answer_whatever_the_arguments_are() {
    let app = TestApp::start().await;
    for (name, arguments) in [
        (
            "resolve_countries",
            json!({ "texts": ["Congo, Democratic Republic of the", "", "Burma"] }),
        ),
        (
            "positions",
            json!({ "countries": [], "stances": [], "first": 3 }),
        ),
        ("positions", json!({ "countries": ["RW", "PE"] })),
        ("changes", json!({ "countries": [], "first": 2 })),
        ("statements", json!({ "standing": [] })),
    ] {
        let result = call(&app, name, arguments).await;
        let content = &result["structuredContent"];
        let permalink = content["permalink"].as_str();
        let permalink = permalink.unwrap_or_else(|| panic!("{name}: {result}"));
        let path = permalink
            .find("/api/")
            .or_else(|| permalink.find("/graphql"));
        let again: Value = app
            .get(&permalink[path.unwrap()..])
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(again["data"], content["data"], "{name}: {permalink}");
    }
    let long = json!({ "texts": vec!["Nowhere at all in the whole world"; 400] });
    let result = call(&app, "resolve_countries", long).await;
    let content = &result["structuredContent"];
    assert_eq!(content.get("permalink"), None, "{result}");
    assert!(
        content["citation"]
            .as_str()
            .unwrap()
            .contains("ledger entry")
    );
}

#[tokio::test]
async fn a_client_without_a_handshake_names_the_revision_in_each_request() {
    let app = TestApp::start().await;
    let (status, discovered) = send_stateless(&app, "server/discover", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let result = &discovered["result"];
    assert_eq!(
        (&result["supportedVersions"][0], &result["resultType"]),
        (&json!(STATELESS), &json!("complete"))
    );
    let (_, list) = send_stateless(&app, "tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 9);
    let params = json!({ "name": "country", "arguments": { "code": "RW" } });
    let (_, called) = send_stateless(&app, "tools/call", params).await;
    assert_eq!(
        called["result"]["structuredContent"]["data"]["country"]["code"],
        "RW"
    );
    assert_eq!(called["result"]["resultType"], "complete");
    let (status, unknown) = send_stateless(&app, "initialize", json!({})).await;
    assert_eq!(
        (status, &unknown["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!(-32601))
    );
    // The header alone names the revision: the envelope is missing.
    let request = app
        .http()
        .post(app.url("/mcp"))
        .header("mcp-protocol-version", STATELESS);
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let response = request.json(&message).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        response.json::<Value>().await.unwrap()["error"]["code"],
        -32602
    );
}

#[tokio::test]
async fn messages_that_are_none_sessions_and_other_methods_are_refused() {
    let app = TestApp::start_empty().await;
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        let response = app
            .http()
            .request(method, app.url("/mcp"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    let post = |body: &'static str| {
        let request = app.http().post(app.url("/mcp")).body(body);
        request.header("content-type", "application/json")
    };
    for (body, status, code) in [
        ("", 400, -32700),
        ("{", 400, -32700),
        ("[]", 400, -32600),
        ("{}", 400, -32600),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            400,
            -32600,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            400,
            -32602,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#,
            200,
            -32601,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drop"}}"#,
            200,
            -32602,
        ),
    ] {
        let response = post(body).send().await.unwrap();
        assert_eq!(response.status(), status, "{body}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{body}");
    }
    let note = post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    assert_eq!(note.send().await.unwrap().status(), StatusCode::ACCEPTED);
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (name, value, status) in [
        ("mcp-session-id", "1", 404),
        ("mcp-protocol-version", "1900-01-01", 400),
        ("origin", "https://evil.example", 403),
        ("authorization", "Bearer wrong", 401),
        ("content-type", "text/plain", 415),
    ] {
        let mut request = app
            .http()
            .post(app.url("/mcp"))
            .body(ping)
            .header(name, value);
        if name != "content-type" {
            request = request.header("content-type", "application/json");
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{name}");
    }
}

#[tokio::test]
async fn tools_write_nothing_and_keep_to_the_access_of_the_server() {
    let app = TestApp::start().await;
    let mutation = r#"mutation { openInitiative(input: { idempotencyKey: "k", slug: "s", title: "t", requestingState: "US" }) { initiative { id } } }"#;
    for query in [
        mutation,
        "subscription { stanceChanged { cursor } }",
        "{ nothing }",
        "{",
    ] {
        let result = call(&app, "run_query", json!({ "query": query })).await;
        assert_eq!(result["isError"], true, "{query}: {result}");
    }
    let deep = "{ countries { neighbours { neighbours { neighbours { neighbours { code } } } } } }";
    let result = call(&app, "run_query", json!({ "query": deep })).await;
    assert!(
        result["content"][0]["text"]
            .as_str()
            .unwrap()
            .starts_with("QUERY_TOO_COMPLEX"),
        "{result}"
    );
    for (name, arguments) in [
        ("country", json!({})),
        ("country", json!({ "code": "RW", "other": 1 })),
        ("run_query", json!({})),
        (
            "run_query",
            json!({ "query": "{ ledger { head { seq } } }", "variables": 1 }),
        ),
        ("search_schema", json!({ "text": 1 })),
    ] {
        assert_eq!(
            call(&app, name, arguments.clone()).await["isError"],
            true,
            "{name} {arguments}"
        );
    }
    let access = AccessConfig {
        no_introspection: true,
        only_trusted: true,
        ..AccessConfig::default()
    };
    let app = TestApp::start_with_access(access).await;
    let (_, list) = send(&app, "tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 7);
    for name in ["run_query", "search_schema"] {
        let params =
            json!({ "name": name, "arguments": { "query": "{ __typename }", "text": "x" } });
        assert_eq!(
            send(&app, "tools/call", params).await.1["error"]["code"],
            -32602
        );
    }
    assert_eq!(
        call(&app, "country", json!({ "code": "RW" })).await["isError"],
        false
    );
}
