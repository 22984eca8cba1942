//! HTML pages: status of statements, validators, errors as pages or as JSON, and links to what the server offers.

use demarche::config::access::AccessConfig;
use reqwest::StatusCode;
use serde_json::json;

use crate::app::TestApp;
use crate::fixtures::{correction, id, source, stance_input};

/// What Chromium sends when it opens a URL.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn get(app: &TestApp, path: &str, accept: &str) -> reqwest::Response {
    let request = app.http().get(app.url(path)).header("accept", accept);
    request.send().await.unwrap()
}

async fn text(app: &TestApp, path: &str) -> String {
    get(app, path, BROWSER).await.text().await.unwrap()
}

#[tokio::test]
async fn the_citation_of_a_statement_says_that_it_was_corrected_or_retracted() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025").await;
    let corrected = correction(&first["statement"], &source, "REFUSED", "2025");
    let second = app.mutate("correctStatement", &corrected).await;
    let citation = async |number: &serde_json::Value| {
        let query = format!("{{ statement(number: {number}) {{ citation }} }}");
        let data = app.query(&query).await;
        data["statement"]["citation"].as_str().unwrap().to_owned()
    };
    let (one, two) = (
        &first["statement"]["number"],
        &second["statement"]["number"],
    );
    let mark = format!("/statements/{one} [corrected by statement {two}]");
    assert!(citation(one).await.ends_with(&mark));
    assert!(citation(two).await.ends_with(&format!("/statements/{two}")));
    let retraction = json!({ "statement": id(&second), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    assert!(citation(two).await.ends_with(" [retracted 2026-11-23]"));
    assert!(citation(one).await.ends_with(&format!("/statements/{one}")));
}

#[tokio::test]
async fn the_page_of_a_corrected_or_retracted_statement_says_when_and_why() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025").await;
    let mut input = correction(&first["statement"], &source, "REFUSED", "2025");
    input["reason"] = "A wrong date & place.".into();
    let second = app.mutate("correctStatement", &input).await;
    let path =
        |payload: &serde_json::Value| format!("/statements/{}", payload["statement"]["number"]);
    let page = text(&app, &path(&first)).await;
    assert!(
        page.contains("<strong>Corrected</strong> on <time datetime=\"2026-11-23T"),
        "{page}"
    );
    assert!(
        page.contains("Reason: <bdi>A wrong date &amp; place.</bdi>"),
        "{page}"
    );
    assert!(
        page.contains(&format!("<a href=\"{}\">", path(&second))),
        "{page}"
    );
    let page = text(&app, &path(&second)).await;
    assert!(
        page.contains(&format!("<a href=\"{}\">", path(&first))),
        "{page}"
    );
    assert!(!page.contains("class=\"notice\""), "{page}");
    let retraction = json!({ "statement": id(&second), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    let page = text(&app, &path(&second)).await;
    assert!(
        page.contains("<strong>Retracted</strong> on <time datetime=\"2026-11-23T"),
        "{page}"
    );
    assert!(page.contains("Reason: <bdi>Never said.</bdi>"), "{page}");
    assert!(page.contains("<title>[retracted] "), "{page}");
}

#[tokio::test]
async fn a_statement_whose_source_has_no_url_has_a_page() {
    let (app, _) = TestApp::start_with_initiative().await;
    let mut input = source();
    input["url"] = json!(null);
    let registered = app.mutate("registerSource", &input).await;
    let source = registered["source"]["id"].as_str().unwrap();
    let input = stance_input(source, "RW", "AGREED", "2025");
    let recorded = app.mutate("recordStatement", &input).await;
    let path = format!("/statements/{}", recorded["statement"]["number"]);
    let page = get(&app, &path, BROWSER).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("<bdi lang=\"en\">A report</bdi>")
    );
}

#[tokio::test]
async fn an_error_is_a_page_for_browsers_and_json_for_other_clients() {
    let app = TestApp::start().await;
    let cases = [
        ("/nowhere", BROWSER, true),
        ("/statements/239/", BROWSER, true),
        ("/statements/999999", BROWSER, true),
        ("/playground/nothing.js", BROWSER, true),
        ("/nowhere", "*/*", false),
        ("/nowhere", "application/json", false),
        ("/statements/239/", "*/*", false),
        ("/statements/999999", "application/json", false),
        ("/statements/999999", "*/*", true),
    ];
    for (path, accept, is_page) in cases {
        let response = get(&app, path, accept).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path} {accept}");
        assert_eq!(response.headers()["vary"], "accept", "{path} {accept}");
        let has_policy = response.headers().contains_key("content-security-policy");
        assert_eq!(has_policy, is_page, "{path} {accept}");
        let body = response.text().await.unwrap();
        assert_eq!(
            body.contains("<a href=\"/\">Go to"),
            is_page,
            "{path} {accept}: {body}"
        );
        assert_eq!(
            body.contains("NOT_FOUND"),
            !is_page,
            "{path} {accept}: {body}"
        );
    }
    let posted = app.http().post(app.url("/")).header("accept", BROWSER);
    let posted = posted.send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(posted.headers()["allow"], "GET,HEAD");
    assert!(posted.text().await.unwrap().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_page_has_a_validator_that_changes_with_its_content() {
    let (app, source) = TestApp::start_with_initiative().await;
    let recorded = app.record_stance(&source, "RW", "AGREED", "2025").await;
    let statement = format!("/statements/{}", recorded["statement"]["number"]);
    for path in ["/", "/about", &statement] {
        let page = get(&app, path, BROWSER).await;
        assert_eq!(page.headers()["vary"], "accept", "{path}");
        let tag = page.headers()["etag"].clone();
        let again = app.http().get(app.url(path)).header("if-none-match", &tag);
        assert_eq!(
            again.send().await.unwrap().status(),
            StatusCode::NOT_MODIFIED,
            "{path}"
        );
    }
    let before = get(&app, &statement, BROWSER).await.headers()["etag"].clone();
    let retraction = json!({ "statement": id(&recorded), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    let after = get(&app, &statement, BROWSER).await;
    assert_ne!(after.headers()["etag"], before);
}

#[tokio::test]
async fn a_page_links_only_what_the_server_offers() {
    let app = TestApp::start_with_access(AccessConfig {
        no_introspection: true,
        no_playground: true,
        ..AccessConfig::default()
    })
    .await;
    for path in ["/", "/about", "/statements/314", "/nowhere"] {
        let page = text(&app, path).await.to_lowercase();
        // The vocabulary of the data in the page, not ours.
        let page = page.replace("https://schema.org", "");
        for absent in ["playground", "schema", "documentation"] {
            assert!(!page.contains(absent), "{path}: {page}");
        }
    }
}
