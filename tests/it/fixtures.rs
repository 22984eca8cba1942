//! Fixtures: minimal inputs of mutations and import documents, and methods of [`TestApp`] that send them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use demarche::ledger::verify::{Discrepancy, verify};
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use crate::app::{TestApp, data};

pub const SLUG: &str = "asks";

impl TestApp {
    /// With the initiative [`SLUG`] and a source; returns the ID of the source.
    pub async fn start_with_initiative() -> (Self, String) {
        let app = Self::start_empty().await;
        app.mutate("openInitiative", &initiative(SLUG)).await;
        let source = app.register_source().await;
        (app, source)
    }

    /// The id of a new source.
    pub async fn register_source(&self) -> String {
        let payload = self.mutate("registerSource", &source()).await;
        payload["source"]["id"].as_str().unwrap().to_owned()
    }

    /// Records a stance of a country; returns the payload. It must succeed.
    pub async fn record_stance(
        &self,
        source: &str,
        country: &str,
        stance: &str,
        from: &str,
    ) -> Value {
        let input = stance_input(source, country, stance, from);
        self.mutate("recordStatement", &input).await
    }

    /// The payload of a mutation that must succeed.
    pub async fn mutate(&self, mutation: &str, input: &Value) -> Value {
        data(self.try_mutate(mutation, input).await)[mutation].take()
    }

    /// The whole response to a mutation.
    pub async fn try_mutate(&self, mutation: &str, input: &Value) -> Value {
        let (text, variables) = request(mutation, input);
        self.execute_as_editor(&text, variables).await
    }

    /// seq, hash and cursor of the newest entry.
    pub async fn head(&self) -> Value {
        let mut response = self
            .query("{ ledger { head { seq hash cursor recordedAt } } }")
            .await;
        response["ledger"]["head"].take()
    }

    /// The cursor before the first entry.
    pub async fn genesis(&self) -> String {
        let response = self.query("{ ledger { genesis { cursor } } }").await;
        let cursor = &response["ledger"]["genesis"]["cursor"];
        cursor.as_str().unwrap().to_owned()
    }

    /// A direct database connection, which bypasses the server.
    pub async fn connect_to_database(&self) -> DatabaseConnection {
        self.test_db().connect().await
    }

    pub async fn discrepancies(&self) -> Vec<Discrepancy> {
        verify(&self.connect_to_database().await)
            .await
            .unwrap()
            .discrepancies
    }
}

/// Text and variables of a mutation, with a new idempotency key unless the input has one.
pub fn request(mutation: &str, input: &Value) -> (String, Value) {
    static KEYS: AtomicU32 = AtomicU32::new(0);
    let mut input = input.clone();
    let key = format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed));
    let fields = input.as_object_mut().unwrap();
    fields.entry("idempotencyKey").or_insert(key.into());
    let (object, fields) = match mutation {
        "openInitiative" => ("initiative", "id slug"),
        "registerSource" => ("source", "id title"),
        "correctSource" => ("source", "id title version"),
        "recordReview" => ("review", "seq day note"),
        _ => ("statement", "id number standing publishedOn"),
    };
    let (first, rest) = mutation.split_at(1);
    let text = format!(
        "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{
           {object} {{ {fields} }} ledgerHead {{ seq hash cursor recordedAt }}
           stanceChange {{ cursor kind from to statement {{ id }} }} }} }}",
        first.to_uppercase()
    );
    (text, json!({ "input": input }))
}

/// The whole response to a mutation with `dryRun: true`.
pub async fn dry_run_of(app: &TestApp, mutation: &str, input: &Value) -> Value {
    let (text, variables) = request(mutation, input);
    let text = text.replace("(input: $input)", "(input: $input, dryRun: true)");
    let end = text.rfind("} }").unwrap();
    let text = format!(
        "{} dryRun {{ alreadyRecorded stanceChange {{ from to kind unusual disputed occurredOn
            initiative {{ slug }} requestedState {{ code }} }} }} {}",
        &text[..end],
        &text[end..]
    );
    app.execute_as_editor(&text, variables).await
}

pub fn initiative(slug: &str) -> Value {
    json!({
        "slug": slug,
        "title": "Requests",
        "summary": "What is asked.",
        "requestingState": "US",
        "startedOn": "2025-01-20",
    })
}

pub fn source() -> Value {
    json!({
        "kind": "NEWS",
        "publisher": "A newspaper",
        "title": "A report",
        "url": "https://example.org/report",
        "publishedOn": "2025-06-25",
        "language": "en",
    })
}

pub fn stance_input(source: &str, country: &str, stance: &str, from: &str) -> Value {
    json!({
        "subject": { "relationship": { "initiative": SLUG, "requestedState": country } },
        "claimant": { "kind": "REQUESTED_STATE", "label": "Foreign ministry" },
        "validFrom": from,
        "summary": "The ministry states its position.",
        "body": { "stance": { "stance": stance } },
        "evidence": [{ "source": source, "relation": "SUPPORTS" }],
    })
}

/// Corrects `statement`: the input of [`stance_input`] without a subject.
pub fn correction(statement: &Value, source: &str, stance: &str, from: &str) -> Value {
    let mut input = stance_input(source, "RW", stance, from);
    let fields = input.as_object_mut().unwrap();
    fields.remove("subject");
    fields.insert("statement".into(), statement["id"].clone());
    input
}

/// A second piece of evidence for the statement of a payload.
pub fn evidence(statement: &Value, source: &str) -> Value {
    json!({
        "statement": id(statement),
        "evidence": [{ "source": source, "relation": "SUPPORTS" }],
    })
}

/// The ID of the statement in a payload.
pub fn id(payload: &Value) -> &str {
    payload["statement"]["id"].as_str().unwrap()
}

/// An import document in which one of the `states` becomes NAMED each day.
pub fn document(slug: &str, states: &[&str]) -> Value {
    let statements = states.iter().enumerate().map(|(at, state)| {
        json!({
            "key": format!("{}-named", state.to_lowercase()),
            "subject": { "relationship": state },
            "claimant": { "kind": "PRESS", "label": "A newspaper" },
            "validFrom": format!("2025-03-{:02}", at + 1),
            "summary": "The state is named as one that will be asked.",
            "body": { "stance": { "stance": "NAMED" } },
            "evidence": [{ "source": "report", "relation": "SUPPORTS", "quote": null, "locator": null }],
            "contradicts": [], "corrects": null, "note": null,
        })
    });
    json!({
        "format": 1,
        "initiative": initiative(slug),
        "sources": [{
            "key": "report", "kind": "NEWS", "publisher": "A newspaper", "title": "A report",
            "url": "https://example.org/report", "publishedOn": "2025-04-25", "language": "en",
            "derivedFrom": null,
        }],
        "statements": statements.collect::<Vec<_>>(),
    })
}

/// Records a stance in the bundled initiative.
pub async fn record_bundled_stance(
    app: &TestApp,
    source_id: &str,
    country: &str,
    stance: &str,
    from: &str,
) -> Value {
    let input = in_bundled_initiative(stance_input(source_id, country, stance, from));
    app.mutate("recordStatement", &input).await
}

pub fn in_bundled_initiative(mut input: Value) -> Value {
    input["subject"]["relationship"]["initiative"] = "us-third-country-removals".into();
    input
}

/// The Rust files below a folder of the project.
pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files
}
