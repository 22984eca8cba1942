//! Injection: texts with meaning for a database, a page or a terminal, and URLs of the internal network.

use demarche::ledger::import::document;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{TestApp, data, only_error};
use crate::fixtures::{document, initiative, request, source, stance_input};

async fn titles(app: &TestApp, condition: &str, text: &str) -> Vec<String> {
    let query = format!(
        "query($t: String) {{ sources(filter: {{ title: {{ {condition}: $t }} }}) {{ nodes {{ title }} }} }}"
    );
    let data = data(app.execute(&query, json!({ "t": text })).await);
    let nodes = data["sources"]["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn sql_and_like_patterns_are_plain_text() {
    let app = TestApp::start_empty().await;
    let all = [
        "100% sure",
        "a_b",
        "axb",
        r"back\slash",
        "it's",
        "' OR 1=1 --",
        "'); DROP TABLE source; --",
        "\"q\"",
    ];
    for title in all {
        let mut input = source();
        input["title"] = title.into();
        app.mutate("registerSource", &input).await;
    }
    for (text, matches) in [
        ("%", &["100% sure"][..]),
        ("_", &["a_b"]),
        (r"\", &[r"back\slash"]),
        (r"\%", &[]),
        ("%%", &[]),
        ("' OR 1=1 --", &["' OR 1=1 --"]),
        ("'); DROP", &["'); DROP TABLE source; --"]),
        ("\"q\"", &["\"q\""]),
    ] {
        assert_eq!(titles(&app, "contains", text).await, matches, "{text}");
    }
    for title in all {
        assert_eq!(titles(&app, "equals", title).await, [title]);
        assert_eq!(titles(&app, "startsWith", title).await, [title]);
    }
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn text_of_every_script_is_stored_unchanged() {
    let app = TestApp::start_empty().await;
    for title in [
        "עברית ועוד",
        "العربية",
        "🦀 𝔘𝔫𝔦",
        "e\u{301} é",
        "\u{202e}right to left",
        "<script>alert(1)</script>",
        "İıſ",
        "line\nbreak",
    ] {
        let mut input = source();
        input["title"] = title.into();
        let registered = app.mutate("registerSource", &input).await;
        assert_eq!(registered["source"]["title"], title);
        assert_eq!(titles(&app, "equals", title).await, [title]);
    }
}

/// Collects the JSON pointers of all texts in an input.
fn collect_text_pointers(value: &Value, path: &str, pointers: &mut Vec<String>) {
    match value {
        Value::String(_) => pointers.push(path.to_owned()),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(at, item)| collect_text_pointers(item, &format!("{path}/{at}"), pointers)),
        Value::Object(fields) => fields.iter().for_each(|(key, item)| {
            collect_text_pointers(item, &format!("{path}/{key}"), pointers);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn no_text_of_a_mutation_may_contain_control_characters() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let recorded = app.record_stance(&source_id, "RW", "AGREED", "2025").await;
    let statement = &recorded["statement"]["id"];
    let head = app.head().await;
    let evidence =
        json!([{ "source": source_id, "relation": "SUPPORTS", "quote": "q", "locator": "l" }]);
    let mut full = stance_input(&source_id, "RW", "REFUSED", "2025");
    full["note"] = "n".into();
    full["evidence"] = evidence.clone();
    let mut derived = source();
    derived["derivedFrom"] = source_id.clone().into();
    let mut corrected = full.clone();
    corrected.as_object_mut().unwrap().remove("subject");
    corrected["statement"] = statement.clone();
    corrected["reason"] = "r".into();
    for (mutation, input) in [
        ("openInitiative", initiative("other")),
        ("registerSource", derived),
        ("recordStatement", full),
        ("correctStatement", corrected),
        (
            "retractStatement",
            json!({ "statement": statement, "reason": "r" }),
        ),
        (
            "addEvidence",
            json!({ "statement": statement, "evidence": evidence }),
        ),
    ] {
        let mut input = input;
        input["idempotencyKey"] = "key".into();
        let mut pointers = Vec::new();
        collect_text_pointers(&input, "", &mut pointers);
        for pointer in pointers {
            for sign in ['\0', '\u{1b}', '\r', '\u{7f}', '\u{85}'] {
                let mut invalid = input.clone();
                let text = invalid.pointer_mut(&pointer).unwrap();
                *text = format!("{}{sign}", text.as_str().unwrap()).into();
                let (code, _) = only_error(&app.try_mutate(mutation, &invalid).await);
                assert!(
                    ["BAD_USER_INPUT", "NOT_FOUND"].contains(&code.as_str()),
                    "{mutation} {pointer} {sign:?}: {code}"
                );
            }
        }
    }
    assert_eq!(app.head().await, head);
}

#[test]
fn no_text_of_an_import_document_may_contain_control_characters() {
    let mut document = document("asks", &["RW"]);
    document["statements"][0]["note"] = "n".into();
    document["statements"][0]["evidence"][0]["quote"] = "q".into();
    document["statements"][0]["evidence"][0]["locator"] = "l".into();
    assert!(document::parse(&document.to_string()).is_ok());
    let mut pointers = Vec::new();
    collect_text_pointers(&document, "", &mut pointers);
    assert!(pointers.len() > 20, "{pointers:?}");
    for pointer in pointers {
        for sign in ['\0', '\u{1b}', '\r', '\u{7f}', '\u{85}'] {
            let mut invalid = document.clone();
            let text = invalid.pointer_mut(&pointer).unwrap();
            *text = format!("{}{sign}", text.as_str().unwrap()).into();
            let errors = document::parse(&invalid.to_string()).unwrap_err();
            assert!(!errors.is_empty(), "{pointer} {sign:?}");
        }
    }
}

#[tokio::test]
async fn only_http_urls_are_accepted() {
    let app = TestApp::start_empty().await;
    for url in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "//example.org/",
        "/etc/passwd",
        "http:/example.org",
        "https:example.org",
        "http://",
        "https://example.org/a b",
        "https://example.org/\u{a0}",
    ] {
        let mut input = source();
        input["url"] = url.into();
        let expected = ("BAD_USER_INPUT".to_owned(), "input.url".to_owned());
        assert_eq!(
            only_error(&app.try_mutate("registerSource", &input).await),
            expected,
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_url_is_stored_and_never_requested() {
    let (app, _) = TestApp::start_with_initiative().await;
    let internal = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/latest/meta-data/",
        internal.local_addr().unwrap()
    );
    let mut input = source();
    input["url"] = url.clone().into();
    let registered = app.mutate("registerSource", &input).await;
    let source_id = registered["source"]["id"].as_str().unwrap();
    let recorded = app.record_stance(source_id, "RW", "AGREED", "2025").await;
    let number = &recorded["statement"]["number"];
    let page = app
        .http()
        .get(app.url(&format!("/statements/{number}")))
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains(&url));
    let shown = app.query("{ sources(last: 1) { nodes { url } } }").await;
    assert_eq!(shown["sources"]["nodes"][0]["url"], url);
    // A connection attempt would be in the accept queue by now.
    let connection = internal.into_std().unwrap().accept();
    assert_eq!(
        connection.unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
}

#[tokio::test]
async fn markup_in_the_ledger_is_escaped_on_pages() {
    let (app, _) = TestApp::start_with_initiative().await;
    let evil = "\"><script src=//evil.example></script><img src=x onerror=alert(1)>";
    let mut input = source();
    for field in ["title", "publisher"] {
        input[field] = evil.into();
    }
    input["url"] = "https://example.org/\"onmouseover=\"alert(1)".into();
    let registered = app.mutate("registerSource", &input).await;
    let source_id = registered["source"]["id"].as_str().unwrap();
    let mut input = stance_input(source_id, "RW", "AGREED", "2025");
    input["summary"] = evil.into();
    input["claimant"]["label"] = evil.into();
    input["evidence"][0]["quote"] = evil.into();
    input["evidence"][0]["locator"] = evil.into();
    let recorded = app.mutate("recordStatement", &input).await;
    let number = &recorded["statement"]["number"];
    let page = app
        .http()
        .get(app.url(&format!("/statements/{number}")))
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("&lt;script src=//evil.example&gt;"));
    // The only script is a block of data, which browsers do not run, and the recorded text stays inside it.
    let (before, rest) = page
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["text"], evil);
    assert_eq!(data["author"]["name"], evil);
    let page = [before, after].concat();
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("\"onmouseover"),
        "{page}"
    );
}

#[tokio::test]
async fn an_input_with_an_unknown_or_duplicate_field_writes_nothing() {
    let app = TestApp::start_empty().await;
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    let mut extended = variables.clone();
    extended["input"]["actor"] = "token:somebody-else".into();
    assert_eq!(
        only_error(&app.execute_as_editor(&text, extended).await).0,
        "BAD_USER_INPUT"
    );
    let twice = "mutation { registerSource(input: { idempotencyKey: \"1\", idempotencyKey: \"2\" }) { source { id } } }";
    let rejection = app.execute_as_editor(twice, json!({})).await;
    assert!(
        rejection["errors"].is_array() && rejection.get("data").is_none(),
        "{rejection:#}"
    );
    assert_eq!(app.head().await, head);
}
