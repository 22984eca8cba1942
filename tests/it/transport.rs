//! HTTP transports: GraphQL over HTTP, event streams and pages: media types, status codes, caching.

use demarche::config::access::AccessConfig;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::app::TestApp;

pub(crate) const QUERY: &str = "{ __typename }";
pub(crate) const MUTATION: &str = "mutation { __typename }";
/// A subscription without events, because nothing is written.
pub(crate) const SUBSCRIPTION: &str = "subscription { stanceChanged { cursor } }";

pub(crate) async fn send(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

pub(crate) fn post(app: &TestApp, query: &str) -> RequestBuilder {
    Client::new()
        .post(app.url("/graphql"))
        .json(&json!({ "query": query }))
}

#[track_caller]
pub(crate) fn assert_code(body: &Value, code: &str) {
    assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    assert!(body.get("data").is_none(), "{body}");
}

#[tokio::test]
async fn request_errors_have_a_status_only_under_the_newer_media_type() {
    let app = TestApp::start().await;
    let newer = "application/graphql-response+json";
    for invalid in ["{", "{ nothingOfThatName }"] {
        let (status, body) = send(post(&app, invalid)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.get("data").is_none(), "{body}");
        let (status, _) = send(post(&app, invalid).header("accept", newer)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let response = post(&app, QUERY).header("accept", newer).send().await;
    let kind = response.unwrap().headers()["content-type"].clone();
    assert_eq!(kind, format!("{newer}; charset=utf-8"));
}

#[tokio::test]
async fn requests_that_another_site_could_forge_are_rejected() {
    let app = TestApp::start().await;
    let plain = Client::new()
        .post(app.url("/graphql"))
        .body(json!({ "query": MUTATION }).to_string());
    let plain = plain.header("content-type", "text/plain");
    let (status, body) = send(plain).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_code(&body, "UNSUPPORTED_MEDIA_TYPE");
    let by_get = Client::new().get(app.url("/graphql?query=mutation%7B__typename%7D"));
    let response = by_get.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "POST");
}

#[tokio::test]
async fn every_http_error_has_the_same_shape() {
    let app = TestApp::start().await;
    let client = Client::new();
    let json = |text: String| {
        let request = client.post(app.url("/graphql")).body(text);
        request.header("content-type", "application/json")
    };
    for (request, status, code) in [
        (json("{".into()), 400, "BAD_REQUEST"),
        (json(r#"[{"query":"{a}"}]"#.into()), 400, "BAD_REQUEST"),
        (json(" ".repeat(1 << 20) + "{}"), 413, "PAYLOAD_TOO_LARGE"),
        (
            post(&app, QUERY).header("accept", "text/html"),
            406,
            "NOT_ACCEPTABLE",
        ),
        (
            post(&app, QUERY).bearer_auth("wrong"),
            401,
            "UNAUTHENTICATED",
        ),
        (client.get(app.url("/nothing")), 404, "NOT_FOUND"),
        (
            client.get(app.url("/playground/nothing.js")),
            404,
            "NOT_FOUND",
        ),
        (
            client.delete(app.url("/graphql")),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (client.get(app.url("/graphql/ws")), 400, "BAD_REQUEST"),
    ] {
        let (actual, body) = send(request).await;
        assert_eq!(actual.as_u16(), status, "{body}");
        assert_code(&body, code);
    }
}

#[tokio::test]
async fn an_event_stream_responds_and_completes() {
    let app = TestApp::start().await;
    let stream = || Client::new().post(app.url("/graphql/stream"));
    let events = stream()
        .json(&json!({ "query": QUERY }))
        .send()
        .await
        .unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let text = events.text().await.unwrap();
    assert!(text.starts_with("event: next\ndata: {\"data\":"), "{text}");
    assert!(text.ends_with("event: complete\ndata: \n\n"), "{text}");
    let rejection = stream().json(&json!({ "query": "subscription { nothing }" }));
    assert_eq!(send(rejection).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pages_have_a_content_security_policy_and_files_have_etags() {
    let app = TestApp::start().await;
    for path in ["/", "/playground", "/playground/?query=%7Ba%7D"] {
        let page = Client::new().get(app.url(path)).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("ws://127.0.0.1:"), "{policy}");
        assert!(page.url().path().ends_with('/'));
    }
    let page = Client::new().get(app.url("/playground/")).send().await;
    let tag = page.unwrap().headers()["etag"].clone();
    let second = Client::new().get(app.url("/playground/"));
    let second = second.header("if-none-match", tag).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn persisted_queries_of_apollos_clients_are_found_or_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("manifest.json");
    let document = "query Name { country(code: \"RW\") { name } }";
    let manifest = json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{ "id": "known", "name": "Name", "type": "query", "body": document }],
    });
    std::fs::write(&file, manifest.to_string()).unwrap();
    let app = TestApp::start_with_access(AccessConfig {
        trusted_documents: Some(file),
        ..AccessConfig::default()
    })
    .await;
    let post = |accept: &str, id: &str, query: Option<&str>| {
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": id } });
        let mut body = json!({ "extensions": extensions });
        if let Some(query) = query {
            body["query"] = query.into();
        }
        let request = app.http().post(app.url("/graphql")).json(&body);
        request.header("accept", accept)
    };
    let rwanda = json!({ "data": { "country": { "name": "Rwanda" } } });
    for accept in ["application/json", "application/graphql-response+json"] {
        let found = send(post(accept, "known", None)).await;
        assert_eq!(found, (StatusCode::OK, rwanda.clone()));
        // The status and the message that these clients compare.
        let (status, body) = send(post(accept, "unknown", None)).await;
        assert_eq!(status, StatusCode::OK, "{accept}");
        assert_code(&body, "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
        let sent_again = send(post(accept, "unknown", Some(document))).await;
        assert_eq!(sent_again, (StatusCode::OK, rwanda.clone()));
    }
}
