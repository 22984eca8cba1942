//! Access configuration: introspection, playground, allowed origins, content security policy, trusted documents.

use std::path::PathBuf;

use demarche::config::access::AccessConfig;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{rejections, status_of};
use crate::app::{TestApp, only_error};
use crate::transport::{assert_code, send};
use crate::websocket_client::WebSocketClient;

const ALLOWED: &str = "https://news.example";

#[tokio::test]
async fn without_introspection_no_transport_reveals_the_schema() {
    let app = TestApp::start_with_access(AccessConfig {
        no_introspection: true,
        no_playground: true,
        ..AccessConfig::default()
    })
    .await;
    let mut socket = app.connect_websocket().await;
    for document in [
        "{ __schema { types { name } } }",
        "{ a: __type(name: \"Query\") { name } }",
        "{ ...F } fragment F on Query { ... { __schema { types { name } } } }",
        "query A { __typename } query B { __schema { types { name } } }",
    ] {
        for error in rejections(&app, &mut socket, document).await {
            let code = error["extensions"]["code"].as_str().unwrap();
            assert!(
                ["FORBIDDEN", "OPERATION_RESOLUTION_FAILURE"].contains(&code),
                "{error:#}"
            );
        }
    }
    for guess in [
        "{ countrie { code } }",
        "{ countries { cod } }",
        "{ countries(filtr: 1) { code } }",
        "{ countries(filter: { code: [] }) { code } }",
        "{ relationships(filter: { stance: [AGREE] }) { totalCount } }",
        "mutation { openInitiativ(input: 1) { id } }",
        "subscription { stanceChange { cursor } }",
        "{ countries { code @skp(if: true) } }",
        "{ ... on Countr { code } }",
    ] {
        let response = app.execute(guess, json!({})).await.to_string();
        assert!(
            response.contains("errors") && !response.contains("Did you mean"),
            "{guess}: {response}"
        );
    }
    for path in [
        "/schema.graphql",
        "/playground",
        "/playground/",
        "/playground/index.html",
    ] {
        let missing = app.get(path).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND, "{path}");
    }
    app.query("{ __typename countries { __typename } }").await;
}

async fn headers(app: &TestApp, method: Method, path: &str, origin: &str) -> HeaderMap {
    let request = app
        .http()
        .request(method, app.url(path))
        .header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    let request = request.header(
        "access-control-request-headers",
        "authorization, content-type",
    );
    request.send().await.unwrap().headers().clone()
}

#[tokio::test]
async fn a_page_of_another_origin_reads_nothing_unless_it_is_allowed() {
    let open = TestApp::start_with_access(AccessConfig {
        origins: vec![ALLOWED.to_owned()],
        ..AccessConfig::default()
    });
    let closed = TestApp::start_with_access(AccessConfig {
        origins: vec!["none".to_owned()],
        ..AccessConfig::default()
    });
    let (closed, open) = (closed.await, open.await);
    for (app, origin, allowed) in [
        (&closed, ALLOWED, false),
        (&closed, "null", false),
        (&open, ALLOWED, true),
        (&open, "https://evil.example", false),
        (&open, "https://news.example.evil.example", false),
        (&open, "http://news.example", false),
        (&open, "null", false),
    ] {
        for method in [Method::OPTIONS, Method::GET, Method::POST] {
            for path in [
                "/graphql",
                "/graphql/stream",
                "/graphql/ws",
                "/health",
                "/statements/1",
            ] {
                let headers = headers(app, method.clone(), path, origin).await;
                let allow_origin = headers.get("access-control-allow-origin");
                let is_api = path.starts_with("/graphql");
                assert_eq!(
                    allow_origin.is_some_and(|value| value == origin),
                    allowed && is_api,
                    "{method} {path} {origin}"
                );
                assert!(
                    allow_origin.is_none() || (allowed && is_api),
                    "{method} {path} {origin}: {allow_origin:?}"
                );
                assert!(!headers.contains_key("access-control-allow-credentials"));
                assert!(!headers.contains_key("set-cookie"));
            }
        }
    }
    let preflight = headers(&open, Method::OPTIONS, "/graphql", ALLOWED).await;
    let list = |name: &str| preflight[name].to_str().unwrap().to_lowercase();
    assert_eq!(list("access-control-allow-methods"), "get,post");
    assert_eq!(
        list("access-control-allow-headers"),
        "authorization,content-type"
    );
}

#[tokio::test]
async fn every_page_may_read_without_a_token_and_with_one_only_if_all_are_allowed() {
    let any = TestApp::start_with_access(AccessConfig {
        origins: vec!["*".to_owned()],
        ..AccessConfig::default()
    });
    for (app, with_token) in [(TestApp::start().await, false), (any.await, true)] {
        let asked = "content-type, authorization, apollographql-client-name";
        let url = app.url("/graphql");
        let preflight = app.http().request(Method::OPTIONS, &url);
        let preflight = preflight.header("origin", "https://page.example");
        let preflight = preflight.header("access-control-request-method", "POST");
        let preflight = preflight.header("access-control-request-headers", asked);
        let preflight = preflight.send().await.unwrap();
        let names = preflight.headers()["access-control-allow-headers"].clone();
        let expected = if with_token {
            "content-type,authorization,apollographql-client-name"
        } else {
            "content-type,apollographql-client-name"
        };
        assert_eq!(names, expected);
        // The second response comes from the cache.
        for _ in 0..2 {
            let get = app.http().get(format!("{url}?query=%7B__typename%7D"));
            let response = get.header("origin", "https://page.example").send().await;
            let headers = response.unwrap().headers().clone();
            assert_eq!(headers["access-control-allow-origin"], "*");
            let exposed = headers["access-control-expose-headers"].to_str().unwrap();
            assert_eq!(
                exposed,
                "content-location,demarche-seq,etag,link,retry-after,x-request-id"
            );
            assert!(!headers.contains_key("access-control-allow-credentials"));
        }
        let post = app.http().post(&url).bearer_auth(&app.token);
        let post = post.header("origin", "https://page.example");
        let post = post.json(&serde_json::json!({ "query": "{ __typename }" }));
        let response = post.send().await.unwrap();
        let allowed = response
            .headers()
            .contains_key("access-control-allow-origin");
        assert_eq!(allowed, with_token);
    }
}

#[tokio::test]
async fn data_for_programs_answer_preflights_too() {
    let app = TestApp::start().await;
    for path in [
        "/api/tally",
        "/openapi.json",
        "/export/relationships.csv",
        "/data/index.json",
        "/feed.atom",
        "/initiatives/us-third-country-removals/feed.json",
        "/mcp",
    ] {
        let preflight = app.http().request(Method::OPTIONS, app.url(path));
        let preflight = preflight.header("origin", "https://page.example");
        let preflight = preflight.header("access-control-request-method", "GET");
        let preflight = preflight.send().await.unwrap();
        assert!(
            preflight.status().is_success(),
            "{path}: {}",
            preflight.status()
        );
        let headers = preflight.headers();
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        let wrong = app.http().request(Method::DELETE, app.url(path));
        let wrong = wrong.send().await.unwrap();
        assert_eq!(wrong.status(), 405, "{path}");
    }
}

#[tokio::test]
async fn every_page_allows_only_own_scripts_and_has_none_inline() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/about",
        "/playground/",
        "/playground/index.html",
        "/statements/314",
        "/statements/0",
        "/statements/x",
        "/countries",
        "/countries/RW",
        "/initiatives/us-third-country-removals",
        "/changes",
        "/changes/314",
    ] {
        let page = app.get(path).await;
        let headers = page.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-eval") && !policy.contains("script-src 'self' '"),
            "{path}: {policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        let text = page.text().await.unwrap().to_lowercase();
        for script in text.split("<script").skip(1) {
            let (tag, body) = script.split_once('>').unwrap();
            // A block of data, which browsers do not run.
            if tag == " type=\"application/ld+json\"" {
                let (data, _) = body.split_once("</script>").unwrap();
                assert!(serde_json::from_str::<Value>(data).is_ok(), "{path}");
                continue;
            }
            assert!(
                ["./assets/", "/atlas/assets/"]
                    .iter()
                    .any(|folder| tag.contains(&format!(" src=\"{folder}")))
                    && body.starts_with("</script>"),
                "{path}: {tag}"
            );
        }
        let handlers = [
            " onclick=",
            " onload=",
            " onerror=",
            "javascript:",
            "http-equiv",
            "<iframe",
            "<object",
        ];
        assert!(
            !handlers.iter().any(|handler| text.contains(handler)),
            "{path}"
        );
        assert!(!text.contains("src=\"http"), "{path}");
    }
}

/// The response to a request over POST, GET, an event stream and a WebSocket; GET is left out for a mutation.
async fn responses(app: &TestApp, request: &Value) -> Vec<Value> {
    let post = |path| app.http().post(app.url(path)).json(request).send();
    let posted = post("/graphql").await.unwrap().json().await.unwrap();
    let stream = post("/graphql/stream").await.unwrap();
    let stream = stream.text().await.unwrap();
    let streamed = stream.strip_prefix("event: next\ndata: ");
    let streamed = streamed.and_then(|event| event.lines().next());
    let streamed = serde_json::from_str(streamed.unwrap_or(&stream)).unwrap();
    let mut socket = app.connect_websocket().await;
    let message = json!({ "id": "1", "type": "subscribe", "payload": request });
    socket.send(&message).await;
    let mut message = socket.next().await;
    let payload = match message["payload"].take() {
        Value::Array(errors) => json!({ "errors": errors }),
        payload => payload,
    };
    let mut responses = vec![posted, streamed, payload];
    if request["operationName"] != "M" {
        let parameters = request.as_object().unwrap().iter();
        let parameters = parameters.map(|(key, value)| match value {
            Value::String(text) => (key, text.clone()),
            other => (key, other.to_string()),
        });
        let url = url::Url::parse_with_params(&app.url("/graphql"), parameters).unwrap();
        responses.push(
            app.http()
                .get(url)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap(),
        );
    }
    responses
}

/// A query, a mutation and an introspection in one document.
const SEVERAL: &str = r#"query A { viewer { role } }
    mutation M($k: String!) { retractStatement(input: { idempotencyKey: $k, statement: "x", reason: "r" }) { statement { id } } }
    query B { __schema { queryType { name } } } query C { __type(name: "Query") { name } }"#;

/// Asserts that only the selected operation needs a role or introspection, however the document is named.
async fn assert_selected_operation_is_authorized(app: &TestApp, document: Value) {
    for (name, code) in [
        ("A", None),
        ("B", Some("FORBIDDEN")),
        ("M", Some("UNAUTHENTICATED")),
        ("C", Some("FORBIDDEN")),
        ("A", None),
    ] {
        let mut request = document.clone();
        request["operationName"] = json!(name);
        request["variables"] = if name == "M" {
            json!({ "k": "k" })
        } else {
            json!({})
        };
        for response in responses(app, &request).await {
            match code {
                None => assert_eq!(
                    response,
                    json!({ "data": { "viewer": { "role": "READER" } } })
                ),
                Some(code) => assert_eq!(only_error(&response).0, code, "{request} {response}"),
            }
        }
    }
}

#[tokio::test]
async fn only_the_selected_operation_needs_a_role_or_introspection() {
    let app = TestApp::start_with_access(AccessConfig {
        no_introspection: true,
        ..AccessConfig::default()
    })
    .await;
    assert_selected_operation_is_authorized(&app, json!({ "query": SEVERAL })).await;
}

#[tokio::test]
async fn only_the_selected_operation_of_a_trusted_document_needs_a_role_or_introspection() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trusted.json");
    let documents = json!({ "several": SEVERAL, "sha256:0a": SEVERAL });
    std::fs::write(&file, documents.to_string()).unwrap();
    let app = TestApp::start_with_access(AccessConfig {
        no_introspection: true,
        trusted_documents: Some(file),
        only_trusted: true,
        ..AccessConfig::default()
    })
    .await;
    assert_selected_operation_is_authorized(&app, json!({ "documentId": "several" })).await;
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": "0a" } });
    assert_selected_operation_is_authorized(&app, json!({ "extensions": persisted })).await;
}

/// Access configuration with three trusted documents.
fn trusted_documents(directory: &tempfile::TempDir, only: bool) -> AccessConfig {
    let file: PathBuf = directory.path().join("trusted.json");
    let documents = json!({
        "name": "query($code: ID!) { country(code: $code) { name } }",
        "sha256:0a": "{ viewer { name } }",
        "open": "mutation { openInitiative(input: { idempotencyKey: \"1\" }) { initiative { id } } }",
    });
    std::fs::write(&file, documents.to_string()).unwrap();
    AccessConfig {
        trusted_documents: Some(file),
        only_trusted: only,
        ..AccessConfig::default()
    }
}

#[tokio::test]
async fn only_trusted_documents_without_a_token_are_publicly_cacheable() {
    let directory = tempfile::tempdir().unwrap();
    let app = TestApp::start_with_access(trusted_documents(&directory, false)).await;
    let get = |parameters: &str| app.http().get(app.url(&format!("/graphql?{parameters}")));
    let rwanda = "documentId=name&variables=%7B%22code%22%3A%22RW%22%7D";
    for (request, caching) in [
        (get(rwanda), "public, max-age=5"),
        (
            get(
                "extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%220a%22%7D%7D",
            ),
            "public, max-age=5",
        ),
        (get(rwanda).bearer_auth(&app.token), "no-cache"),
        (get("documentId=unknown"), "no-store"),
        (get("documentId=name"), "no-store"),
        (get("query=%7B__typename%7D"), "no-cache"),
        (
            app.http()
                .post(app.url("/graphql"))
                .json(&json!({ "documentId": "name", "variables": { "code": "RW" } })),
            "no-store",
        ),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(
            response.headers()["cache-control"],
            caching,
            "{}",
            response.url()
        );
        let vary = response.headers().get_all("vary").iter();
        let vary: Vec<_> = vary.map(|vary| vary.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("Authorization"), "{vary:?}");
    }
    let (_, body) = send(get("documentId=unknown")).await;
    assert_code(&body, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(
        get("documentId=open").send().await.unwrap().status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn with_only_trusted_documents_every_transport_rejects_others() {
    let directory = tempfile::tempdir().unwrap();
    let app = TestApp::start_with_access(trusted_documents(&directory, true)).await;
    let mut socket = app.connect_websocket().await;
    for error in rejections(&app, &mut socket, "{ __typename }").await {
        assert_eq!(error["extensions"]["code"], "FORBIDDEN");
    }
    // The digest of a trusted document together with the text of another.
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": "0a" } });
    let request = json!({ "query": "{ ledger { head { seq } } }", "extensions": extensions });
    let rejection: Value = app
        .http()
        .post(app.url("/graphql"))
        .json(&request)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(only_error(&rejection).0, "FORBIDDEN");
    let by_id = json!({ "documentId": "name", "variables": { "code": "RW" } });
    socket
        .send(&json!({ "id": "1", "type": "subscribe", "payload": by_id }))
        .await;
    assert_eq!(socket.event().await["country"]["name"], "Rwanda");
    let page = app.get("/statements/314").await;
    assert_eq!(
        page.status(),
        StatusCode::OK,
        "the server's own pages are not restricted to trusted documents"
    );
    assert_eq!(
        status_of(WebSocketClient::connect_with(&app.ws_url(), &[]).await),
        101
    );
}
