//! What README.md and the first page show is run: answers, mutations, clients' operations, commands, options, files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use demarche::config::CommandLine;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::app::{TestApp, data};

const README: &str = include_str!("../../README.md");

/// A fenced block: its language and its lines.
struct Block {
    language: &'static str,
    text: String,
}

#[tokio::test]
async fn every_answer_in_the_readme_is_what_the_shipped_data_gives() {
    let app = TestApp::start().await;
    let blocks = blocks();
    let pairs = blocks
        .windows(2)
        .filter(|pair| pair[0].language == "graphql");
    let answered: Vec<_> = pairs.filter(|pair| pair[1].language == "json").collect();
    assert_eq!(answered.len(), 5);
    for pair in answered {
        let expected: Value = serde_json::from_str(&pair[1].text).unwrap();
        assert_eq!(app.query(&pair[0].text).await, expected, "{}", pair[0].text);
    }
}

#[tokio::test]
async fn the_mutations_of_the_readme_run_in_their_order_and_a_retry_changes_nothing() {
    let app = TestApp::start().await;
    let mutations = mutations();
    assert_eq!(mutations.len(), 4);
    let (mut source, mut statement) = (String::new(), String::new());
    for mutation in mutations {
        let text = mutation
            .replace("SOURCE_ID", &source)
            .replace("STATEMENT_ID", &statement);
        let first = data(app.write(&text, json!({})).await);
        assert_eq!(data(app.write(&text, json!({})).await), first);
        let payload = first.as_object().unwrap().values().next().unwrap();
        let remember = |path: &str, id: &mut String| {
            if let Some(new) = payload.pointer(path).and_then(Value::as_str) {
                new.clone_into(id);
            }
        };
        remember("/source/id", &mut source);
        remember("/statement/id", &mut statement);
    }
    let tunisia = r#"{ country(code: "TN") { stance(initiative: "us-third-country-removals") } }"#;
    assert_eq!(app.query(tunisia).await["country"]["stance"], "REFUSED");
}

#[tokio::test]
async fn the_subscriptions_of_the_readmes_clients_begin_after_their_cursor() {
    let app = TestApp::start().await;
    let subscriptions = subscriptions();
    assert_eq!(subscriptions.len(), 3);
    let genesis = genesis(&app).await;
    for subscription in subscriptions {
        let mut socket = app
            .subscribe(&subscription, json!({ "after": genesis }))
            .await;
        assert_eq!(socket.event().await["stanceChanged"]["from"], "UNKNOWN");
    }
}

#[tokio::test]
async fn an_event_source_goes_on_after_the_last_event_it_got() {
    let app = TestApp::start().await;
    let url = stream_url(&app, &genesis(&app).await);
    let first = events(app.http().get(&url), 2).await;
    let resumed = app.http().get(&url).header("last-event-id", &first[0].0);
    let second = events(resumed, 1).await;
    assert_eq!(second[0], first[1]);
}

#[test]
fn every_command_in_the_readme_is_one_of_ours() {
    let shell = blocks().into_iter().filter(|block| block.language == "sh");
    let lines: Vec<String> = shell
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.starts_with("demarche ") || line.starts_with("cargo run"))
        .collect();
    assert!(lines.len() > 8, "{lines:?}");
    for line in lines {
        let arguments = match line.strip_prefix("demarche ") {
            Some(rest) => rest,
            None => line.split_once(" -- ").map_or("", |(_, rest)| rest),
        };
        let words = ["demarche"].into_iter().chain(arguments.split_whitespace());
        CommandLine::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

#[test]
fn the_readmes_options_are_those_of_the_command_line() {
    let mut documented: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut alone = Vec::new();
    for row in README.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        if let Some(option) = cells[1]
            .strip_prefix("--")
            .filter(|name| !name.starts_with('-'))
        {
            documented.insert(
                option.to_owned(),
                (cells[2].to_owned(), cells[3].to_owned()),
            );
        } else if cells[2].starts_with("DEMARCHE_") {
            alone.push(cells[2]);
        }
    }
    let mut ours = BTreeMap::new();
    collect_options(&CommandLine::command(), &mut ours);
    assert_eq!(
        documented.keys().collect::<Vec<_>>(),
        ours.keys().collect::<Vec<_>>()
    );
    for (name, (variable, default)) in &ours {
        assert_eq!(&documented[name].0, variable, "--{name}");
        assert!(
            default.is_empty() || &documented[name].1 == default,
            "--{name}"
        );
    }
    // Read before the command line is; not an option.
    assert_eq!(alone, ["DEMARCHE_LOG"]);
}

#[test]
fn every_file_that_the_readme_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let prose: String = README.split("```").step_by(2).collect();
    let named: BTreeSet<&str> = prose
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| {
            ["src/", "tests/", "data/", "entity/", "migration/"]
                .iter()
                .any(|folder| text.starts_with(folder))
        })
        .filter(|text| !text.contains("NOUN"))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|path| !root.join(path).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_operation_linked_on_the_first_page_runs() {
    let app = TestApp::start().await;
    let page = app.get("/").await;
    let linked = linked(&page.text().await.unwrap());
    assert_eq!(linked.len(), 5);
    for operation in linked {
        if operation.contains("\nsubscription ") {
            let mut socket = app.subscribe(&operation, json!({})).await;
            // An answer to a later operation on the same socket shows that the subscription was not refused.
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

fn blocks() -> Vec<Block> {
    let fenced = README.split("```").skip(1).step_by(2);
    fenced
        .map(|block| {
            let (language, text) = block.split_once('\n').unwrap();
            Block {
                language,
                text: text.to_owned(),
            }
        })
        .collect()
}

fn mutations() -> Vec<String> {
    let blocks = blocks()
        .into_iter()
        .filter(|block| block.language == "graphql");
    blocks
        .map(|block| block.text)
        .filter(|text| text.starts_with("mutation"))
        .collect()
}

/// The operation in each client program: from its keyword to the brace that closes it.
fn subscriptions() -> Vec<String> {
    let programs = blocks()
        .into_iter()
        .filter(|block| ["js", "rust"].contains(&block.language));
    programs
        .filter_map(|block| {
            let start = block.text.find("subscription ")?;
            let mut depth = 0;
            let length = block.text[start..].char_indices().find_map(|(at, sign)| {
                depth += i32::from(sign == '{') - i32::from(sign == '}');
                (sign == '}' && depth == 0).then_some(at)
            })?;
            Some(block.text[start..=start + length].to_owned())
        })
        .collect()
}

async fn genesis(app: &TestApp) -> String {
    let answer = app.query("{ ledger { genesis { cursor } } }").await;
    answer["ledger"]["genesis"]["cursor"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn stream_url(app: &TestApp, after: &str) -> String {
    let query = subscriptions().remove(0);
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
    // The first block only says where the stream begins.
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

/// Name → (variable, default) of each option of a command and of those below it.
fn collect_options(command: &clap::Command, options: &mut BTreeMap<String, (String, String)>) {
    for argument in command
        .get_arguments()
        .filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
    {
        if let Some(name) = argument.get_long() {
            let variable = argument
                .get_env()
                .map(|name| name.to_string_lossy().into_owned());
            let takes_value = argument.get_action().takes_values();
            let default = argument
                .get_default_values()
                .first()
                .filter(|_| takes_value);
            options.insert(
                name.to_owned(),
                (
                    variable.unwrap_or_default(),
                    default
                        .map(|value| value.to_string_lossy().into_owned())
                        .unwrap_or_default(),
                ),
            );
        }
    }
    for below in command.get_subcommands() {
        collect_options(below, options);
    }
}
