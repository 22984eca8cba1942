//! Texts that mean something to a database, a page or a terminal, and addresses that would lead inside.

use demarche::ledger::import::document;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{TestApp, data, refusal};
use crate::editor::{document, initiative, request, source, standing};

async fn titles(app: &TestApp, condition: &str, text: &str) -> Vec<String> {
    let query = format!(
        "query($t: String) {{ sources(filter: {{ title: {{ {condition}: $t }} }}) {{ nodes {{ title }} }} }}"
    );
    let found = data(app.answer(&query, json!({ "t": text })).await);
    let nodes = found["sources"]["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_sql_and_its_patterns_would_read_is_read_as_text() {
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
        app.accept("registerSource", &input).await;
    }
    for (text, found) in [
        ("%", &["100% sure"][..]),
        ("_", &["a_b"]),
        (r"\", &[r"back\slash"]),
        (r"\%", &[]),
        ("%%", &[]),
        ("' OR 1=1 --", &["' OR 1=1 --"]),
        ("'); DROP", &["'); DROP TABLE source; --"]),
        ("\"q\"", &["\"q\""]),
        ("\0", &[]),
    ] {
        assert_eq!(titles(&app, "contains", text).await, found, "{text}");
    }
    for title in all {
        assert_eq!(titles(&app, "equals", title).await, [title]);
        assert_eq!(titles(&app, "startsWith", title).await, [title]);
    }
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn letters_of_every_script_are_kept_as_they_are() {
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
        let registered = app.accept("registerSource", &input).await;
        assert_eq!(registered["source"]["title"], title);
        assert_eq!(titles(&app, "equals", title).await, [title]);
    }
}

/// Every text in an input, by JSON pointer.
fn texts(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path.to_owned()),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(at, item)| texts(item, &format!("{path}/{at}"), found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, item)| texts(item, &format!("{path}/{key}"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn no_text_of_a_mutation_holds_control_characters() {
    let (app, paper) = TestApp::start_asking().await;
    let recorded = app.stand(&paper, "RW", "AGREED", "2025").await;
    let statement = &recorded["statement"]["id"];
    let head = app.head().await;
    let evidence =
        json!([{ "source": paper, "relation": "SUPPORTS", "quote": "q", "locator": "l" }]);
    let mut full = standing(&paper, "RW", "REFUSED", "2025");
    full["note"] = "n".into();
    full["evidence"] = evidence.clone();
    let mut derived = source();
    derived["derivedFrom"] = paper.clone().into();
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
        texts(&input, "", &mut pointers);
        for pointer in pointers {
            for sign in ['\0', '\u{1b}', '\r', '\u{7f}', '\u{85}'] {
                let mut wrong = input.clone();
                let text = wrong.pointer_mut(&pointer).unwrap();
                *text = format!("{}{sign}", text.as_str().unwrap()).into();
                let (code, _) = refusal(&app.mutate(mutation, &wrong).await);
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
fn no_text_of_an_import_document_holds_control_characters() {
    let mut document = document("asks", &["RW"]);
    document["statements"][0]["note"] = "n".into();
    document["statements"][0]["evidence"][0]["quote"] = "q".into();
    document["statements"][0]["evidence"][0]["locator"] = "l".into();
    assert!(document::parse(&document.to_string()).is_ok());
    let mut pointers = Vec::new();
    texts(&document, "", &mut pointers);
    assert!(pointers.len() > 20, "{pointers:?}");
    for pointer in pointers {
        for sign in ['\0', '\u{1b}', '\r', '\u{7f}', '\u{85}'] {
            let mut wrong = document.clone();
            let text = wrong.pointer_mut(&pointer).unwrap();
            *text = format!("{}{sign}", text.as_str().unwrap()).into();
            let faults = document::parse(&wrong.to_string()).unwrap_err();
            assert!(!faults.is_empty(), "{pointer} {sign:?}");
        }
    }
}

#[tokio::test]
async fn only_addresses_of_the_web_are_kept() {
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
            refusal(&app.mutate("registerSource", &input).await),
            expected,
            "{url}"
        );
    }
}

#[tokio::test]
async fn an_address_is_kept_and_never_asked() {
    let (app, _) = TestApp::start_asking().await;
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/latest/meta-data/", inside.local_addr().unwrap());
    let mut input = source();
    input["url"] = url.clone().into();
    let paper = app.accept("registerSource", &input).await;
    let paper = paper["source"]["id"].as_str().unwrap();
    let recorded = app.stand(paper, "RW", "AGREED", "2025").await;
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
    // Whoever had asked would stand in the queue by now.
    let asked = inside.into_std().unwrap().accept();
    assert_eq!(asked.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn text_of_the_ledger_is_text_on_a_page() {
    let (app, _) = TestApp::start_asking().await;
    let evil = "\"><script src=//evil.example></script><img src=x onerror=alert(1)>";
    let mut paper = source();
    for field in ["title", "publisher"] {
        paper[field] = evil.into();
    }
    paper["url"] = "https://example.org/\"onmouseover=\"alert(1)".into();
    let paper = app.accept("registerSource", &paper).await;
    let paper = paper["source"]["id"].as_str().unwrap();
    let mut input = standing(paper, "RW", "AGREED", "2025");
    input["summary"] = evil.into();
    input["claimant"]["label"] = evil.into();
    input["evidence"][0]["quote"] = evil.into();
    input["evidence"][0]["locator"] = evil.into();
    let recorded = app.accept("recordStatement", &input).await;
    let number = &recorded["statement"]["number"];
    let page = app
        .http()
        .get(app.url(&format!("/statements/{number}")))
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("&lt;script src=//evil.example&gt;"));
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("\"onmouseover"),
        "{page}"
    );
}

#[tokio::test]
async fn an_input_with_a_field_too_many_or_a_key_twice_writes_nothing() {
    let app = TestApp::start_empty().await;
    let head = app.head().await;
    let (text, variables) = request("openInitiative", &initiative("other"));
    let mut more = variables.clone();
    more["input"]["actor"] = "token:somebody-else".into();
    assert_eq!(refusal(&app.write(&text, more).await).0, "BAD_USER_INPUT");
    let twice = "mutation { registerSource(input: { idempotencyKey: \"1\", idempotencyKey: \"2\" }) { source { id } } }";
    let refused = app.write(twice, json!({})).await;
    assert!(
        refused["errors"].is_array() && refused.get("data").is_none(),
        "{refused:#}"
    );
    assert_eq!(app.head().await, head);
}
