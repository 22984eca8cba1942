//! Examples of the documents and of the home page are run: queries, mutations, subscriptions, client programs, `curl` requests, and
//! the program that checks an export. What the documents claim without running it is checked in `documentation`.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::app::{TestApp, data, run_demarche};

/// Every document with its path, in the order in which they are read.
pub const DOCUMENTS: [(&str, &str); 29] = [
    ("README.md", include_str!("../../README.md")),
    ("docs/queries.md", include_str!("../../docs/queries.md")),
    (
        "docs/live-queries.md",
        include_str!("../../docs/live-queries.md"),
    ),
    (
        "docs/subscriptions.md",
        include_str!("../../docs/subscriptions.md"),
    ),
    ("docs/api.md", include_str!("../../docs/api.md")),
    ("docs/http.md", include_str!("../../docs/http.md")),
    ("docs/clients.md", include_str!("../../docs/clients.md")),
    ("docs/countries.md", include_str!("../../docs/countries.md")),
    ("docs/embedding.md", include_str!("../../docs/embedding.md")),
    ("docs/writing.md", include_str!("../../docs/writing.md")),
    ("docs/pages.md", include_str!("../../docs/pages.md")),
    (
        "docs/configuration.md",
        include_str!("../../docs/configuration.md"),
    ),
    ("docs/operating.md", include_str!("../../docs/operating.md")),
    ("docs/exports.md", include_str!("../../docs/exports.md")),
    ("docs/feeds.md", include_str!("../../docs/feeds.md")),
    ("docs/webhooks.md", include_str!("../../docs/webhooks.md")),
    ("docs/stability.md", include_str!("../../docs/stability.md")),
    (
        "docs/ledger-format.md",
        include_str!("../../docs/ledger-format.md"),
    ),
    ("docs/proofs.md", include_str!("../../docs/proofs.md")),
    ("docs/security.md", include_str!("../../docs/security.md")),
    (
        "docs/reliability.md",
        include_str!("../../docs/reliability.md"),
    ),
    (
        "docs/performance.md",
        include_str!("../../docs/performance.md"),
    ),
    (
        "docs/specification.md",
        include_str!("../../docs/specification.md"),
    ),
    (
        "docs/architecture.md",
        include_str!("../../docs/architecture.md"),
    ),
    (
        "docs/contributing.md",
        include_str!("../../docs/contributing.md"),
    ),
    ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md")),
    ("CHANGELOG.md", include_str!("../../CHANGELOG.md")),
    ("data/README.md", include_str!("../../data/README.md")),
    ("web/README.md", include_str!("../../web/README.md")),
];

/// The examples cite the source that this finds as `SOURCE_ID`, unless they register one.
const FIRST_SOURCE: &str = "{ sources(first: 1) { nodes { id } } }";

/// A fenced block: its language and its lines.
pub struct Block {
    pub language: &'static str,
    pub text: &'static str,
}

/// A GraphQL example, and the JSON block that follows it.
struct Example {
    text: &'static str,
    response: Option<Value>,
}

#[tokio::test]
async fn every_query_in_the_documents_has_the_answer_that_follows_it() {
    let app = TestApp::start().await;
    let documents = ["README.md", "docs/queries.md", "docs/countries.md"];
    for (path, document) in documents_with("{", &documents) {
        for query in document {
            let response = query
                .response
                .unwrap_or_else(|| panic!("{path}: a query without answer"));
            assert_eq!(
                app.query(query.text).await,
                response,
                "{path}: {}",
                query.text
            );
        }
    }
}

#[tokio::test]
async fn the_mutations_of_a_document_run_in_their_order_and_a_retry_changes_nothing() {
    for (path, mutations) in documents_with("mutation", &["README.md", "docs/writing.md"]) {
        let app = TestApp::start().await;
        let mut source = first_source(&app).await;
        let mut statement = String::new();
        for mutation in mutations {
            let text = mutation.text.replace("SOURCE_ID", &source);
            let text = text.replace("STATEMENT_ID", &statement);
            let first = data(app.execute_as_editor(&text, json!({})).await);
            assert_eq!(data(app.execute_as_editor(&text, json!({})).await), first);
            if let Some(response) = mutation.response {
                assert_eq!(first, response, "{path}: {text}");
            }
            let payload = first.as_object().unwrap().values().next().unwrap();
            let remember = |path: &str, id: &mut String| {
                if let Some(new) = payload.pointer(path).and_then(Value::as_str) {
                    new.clone_into(id);
                }
            };
            remember("/source/id", &mut source);
            remember("/statement/id", &mut statement);
        }
        let tunisia =
            r#"{ country(code: "TN") { stance(initiative: "us-third-country-removals") } }"#;
        assert_eq!(
            app.query(tunisia).await["country"]["stance"],
            "REFUSED",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_subscription_receives_the_event_that_the_mutation_after_it_causes() {
    for (path, subscriptions) in documents_with("subscription", &["README.md"]) {
        let app = TestApp::start().await;
        let source = first_source(&app).await;
        for subscription in subscriptions {
            let mut socket = app.subscribe(subscription.text, json!({})).await;
            // The answer to a later operation on the same socket shows that the subscription has started.
            socket.subscribe("2", "{ __typename }", json!({})).await;
            while socket.next().await != json!({ "id": "2", "type": "complete" }) {}
            let mutation = examples(text_of(path), "mutation").remove(0);
            let mutation = mutation.text.replace("SOURCE_ID", &source);
            data(app.execute_as_editor(&mutation, json!({})).await);
            assert_eq!(Some(socket.event().await), subscription.response, "{path}");
        }
    }
}

#[tokio::test]
async fn the_subscriptions_of_the_client_programs_start_after_their_cursor() {
    let app = TestApp::start().await;
    let genesis = genesis(&app).await;
    for subscription in programs() {
        let mut socket = app
            .subscribe(&subscription, json!({ "after": genesis }))
            .await;
        assert_eq!(socket.event().await["stanceChanged"]["from"], "UNKNOWN");
    }
}

#[tokio::test]
async fn an_event_source_resumes_after_the_last_event_it_received() {
    let app = TestApp::start().await;
    let url = stream_url(&app, &genesis(&app).await);
    let first = events(app.http().get(&url), 2).await;
    let resumed = app.http().get(&url).header("last-event-id", &first[0].0);
    let second = events(resumed, 1).await;
    assert_eq!(second[0], first[1]);
}

#[tokio::test]
async fn every_curl_request_in_the_documents_succeeds() {
    let app = TestApp::start().await;
    let commands = commands().into_iter().map(|(_, command)| command);
    let requests: Vec<String> = commands.filter(|it| it.starts_with("curl ")).collect();
    assert!(!requests.is_empty());
    for command in requests {
        let request = command.split(" | ").next().unwrap();
        let mut words = request.split_whitespace();
        let address = words.find_map(|word| word.strip_prefix("http://127.0.0.1:"));
        let (port, path) = address.unwrap().split_once('/').unwrap();
        let response = match request.split_once("-d '") {
            Some((_, body)) => {
                let request = app.http().post(app.url(&format!("/{path}")));
                let request = request.header("content-type", "application/json");
                let body = body.trim_end().trim_end_matches('\'').to_owned();
                request.body(body).send().await.unwrap()
            }
            None if port == "9100" => app.get_admin(&format!("/{path}")).await,
            None => app.get(&format!("/{path}")).await,
        };
        assert_eq!(response.status(), 200, "{command}");
        let response: Value = response.json().await.unwrap();
        assert!(response.get("errors").is_none(), "{command}: {response}");
    }
}

/// Passes without a check on a machine without Python.
#[tokio::test]
async fn the_python_program_accepts_an_export_and_prints_its_head() {
    let app = TestApp::start().await;
    run_demarche(app.test_db(), &["export", "--output", "ledger.ndjson"]).await;
    let blocks = blocks(text_of("docs/ledger-format.md"));
    let program = blocks.iter().find(|block| block.language == "python");
    let mut python = Command::new("python3");
    python.args(["-c", program.unwrap().text, "ledger.ndjson"]);
    let Ok(output) = python.current_dir(app.directory()).output() else {
        return;
    };
    let head = app.query("{ ledger { head { hash } } }").await;
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        printed.trim(),
        head["ledger"]["head"]["hash"],
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn every_operation_linked_on_the_page_about_the_service_runs() {
    let app = TestApp::start().await;
    let page = app.get("/about").await;
    let linked = linked(&page.text().await.unwrap());
    assert_eq!(linked.len(), 5);
    for operation in linked {
        if operation.contains("\nsubscription ") {
            let mut socket = app.subscribe(&operation, json!({})).await;
            // An answer to a later operation on the same socket shows that the subscription was not rejected.
            socket.subscribe("2", "{ __typename }", json!({})).await;
            let message = socket.next().await;
            assert_eq!(
                (&message["id"], &message["type"]),
                (&json!("2"), &json!("next"))
            );
        } else {
            app.query(&operation).await;
        }
    }
}

/// The text of a document.
#[track_caller]
pub fn text_of(path: &str) -> &'static str {
    let document = DOCUMENTS.iter().find(|(name, _)| *name == path);
    document.unwrap_or_else(|| panic!("no document {path}")).1
}

pub fn blocks(document: &'static str) -> Vec<Block> {
    let fenced = document.split("```").skip(1).step_by(2);
    fenced
        .map(|block| {
            let (language, text) = block.split_once('\n').unwrap();
            Block { language, text }
        })
        .collect()
}

/// Every shell command of the documents with the path of its document: one line each, without comments.
pub fn commands() -> Vec<(&'static str, String)> {
    let mut commands = Vec::new();
    for (path, document) in DOCUMENTS {
        let shell = blocks(document).into_iter();
        for block in shell.filter(|block| ["sh", "console"].contains(&block.language)) {
            let joined = block.text.replace("\\\n", "");
            let lines = joined
                .lines()
                .map(|line| line.split("  #").next().unwrap().trim());
            let parts = lines.flat_map(|line| line.split(" && "));
            let parts = parts.filter(|part| !part.is_empty());
            commands.extend(parts.map(|part| (path, part.to_owned())));
        }
    }
    commands
}

/// The documents with examples of a kind, which are at least the expected ones.
#[track_caller]
fn documents_with(keyword: &str, expected: &[&str]) -> Vec<(&'static str, Vec<Example>)> {
    let all = DOCUMENTS.map(|(path, text)| (path, examples(text, keyword)));
    let with_examples: Vec<_> = all
        .into_iter()
        .filter(|(_, some)| !some.is_empty())
        .collect();
    for path in expected {
        assert!(
            with_examples.iter().any(|(with, _)| with == path),
            "{path}: no example `{keyword}`"
        );
    }
    with_examples
}

/// The GraphQL examples of a document that start with a keyword; every example has one of three.
#[track_caller]
fn examples(document: &'static str, keyword: &str) -> Vec<Example> {
    let blocks = blocks(document);
    let mut examples = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        if block.language != "graphql" {
            continue;
        }
        let kinds = ["{", "mutation", "subscription"];
        assert!(
            kinds.iter().any(|kind| block.text.starts_with(kind)),
            "{}",
            block.text
        );
        if block.text.starts_with(keyword) {
            let response = blocks.get(at + 1).filter(|next| next.language == "json");
            examples.push(Example {
                text: block.text,
                response: response.map(|json| serde_json::from_str(json.text).unwrap()),
            });
        }
    }
    examples
}

/// The operation in each client program: from its keyword to the brace that closes it.
#[track_caller]
fn programs() -> Vec<String> {
    let blocks = blocks(text_of("docs/subscriptions.md")).into_iter();
    let programs = blocks.filter(|block| ["js", "rust"].contains(&block.language));
    let operations: Vec<String> = programs.map(|program| operation(program.text)).collect();
    assert!(!operations.is_empty());
    operations
}

#[track_caller]
fn operation(program: &str) -> String {
    let start = program.find("subscription ").expect("a client subscribes");
    let mut depth = 0;
    let length = program[start..].char_indices().find_map(|(at, sign)| {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        (sign == '}' && depth == 0).then_some(at)
    });
    program[start..=start + length.expect("braces are closed")].to_owned()
}

pub async fn first_source(app: &TestApp) -> String {
    let response = app.query(FIRST_SOURCE).await;
    let id = response["sources"]["nodes"][0]["id"].as_str();
    id.unwrap().to_owned()
}

async fn genesis(app: &TestApp) -> String {
    let response = app.query("{ ledger { genesis { cursor } } }").await;
    response["ledger"]["genesis"]["cursor"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn stream_url(app: &TestApp, after: &str) -> String {
    let query = programs().remove(0);
    let variables = json!({ "after": after }).to_string();
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", &query)
        .append_pair("variables", &variables)
        .finish();
    app.url(&format!("/graphql/stream?{parameters}"))
}

/// The (id, data) of the first events of a stream.
async fn events(request: reqwest::RequestBuilder, count: usize) -> Vec<(String, String)> {
    let request = request.header("accept", "text/event-stream");
    let mut response = request.send().await.unwrap();
    let mut text = String::new();
    // The first block only contains the starting cursor.
    while text.matches("\n\n").count() <= count {
        let chunk = tokio::time::timeout(Duration::from_secs(20), response.chunk()).await;
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap().unwrap()).unwrap());
    }
    let field = |event: &str, name: &str| {
        let value = event.lines().find_map(|line| line.strip_prefix(name));
        value
            .unwrap_or_else(|| panic!("no {name} in {event}"))
            .to_owned()
    };
    let events = text.split("\n\n").skip(1).take(count);
    events
        .map(|event| (field(event, "id: "), field(event, "data: ")))
        .collect()
}

fn linked(page: &str) -> Vec<String> {
    let links = page.split("href=\"/playground/?").skip(1);
    links
        .map(|rest| {
            let query = rest.split('"').next().unwrap();
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(key, _)| key == "query")
                .unwrap()
                .1
                .into_owned()
        })
        .collect()
}
