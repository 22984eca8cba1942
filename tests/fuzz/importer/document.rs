//! Import documents: some statements of the bundled document with everything that they reference, and errors in them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::rename;
use crate::random::Random;
use crate::{json, text};

const BUNDLED: &str = include_str!("../../../data/us-third-country-removals.json");

pub struct BundledDocument(Value);

impl BundledDocument {
    pub fn read() -> Self {
        Self(serde_json::from_str(BUNDLED).unwrap())
    }

    pub fn generate(&self, random: &mut Random) -> String {
        let mut document = self.extract(random);
        if random.chance(50) {
            rename(&mut document, &format!("fuzz-{}", random.below(1_000_000)));
        }
        if random.chance(50) {
            use_format_2(&mut document, random);
        }
        match random.below(20) {
            0 => text::odd(random),
            1 => invalid_json(&document, random),
            2..4 => document.to_string(),
            4..9 => {
                revise(&mut document, random);
                document.to_string()
            }
            _ => {
                for _ in 0..=random.below(3) {
                    json::mutate(&mut document, random);
                }
                document.to_string()
            }
        }
    }

    /// Some statements in their order, and the sources that they cite.
    fn extract(&self, random: &mut Random) -> Value {
        let mut document = self.0.clone();
        let share = random.below(8);
        let mut keys = HashSet::new();
        let mut source_keys = HashSet::new();
        if let Some(statements) = document["statements"].as_array_mut() {
            statements.retain_mut(|statement| {
                let is_included = random.below(200) <= share;
                if is_included {
                    remove_dangling_references(statement, &keys);
                    keys.extend(texts_at(statement, "/key"));
                    let evidence = statement["evidence"].as_array();
                    let sources = evidence.into_iter().flatten();
                    source_keys.extend(sources.flat_map(|it| texts_at(it, "/source")));
                }
                is_included
            });
        }
        self.add_originals(&mut source_keys);
        if let Some(sources) = document["sources"].as_array_mut() {
            sources.retain(|source| texts_at(source, "/key").any(|key| source_keys.contains(&key)));
        }
        document
    }

    /// Adds the sources that the cited ones derive from.
    fn add_originals(&self, source_keys: &mut HashSet<String>) {
        let sources = self.0["sources"].as_array();
        loop {
            let derived = sources
                .into_iter()
                .flatten()
                .filter(|source| texts_at(source, "/key").any(|key| source_keys.contains(&key)));
            let originals: Vec<String> = derived
                .flat_map(|it| texts_at(it, "/derivedFrom"))
                .collect();
            let length_before = source_keys.len();
            source_keys.extend(originals);
            if source_keys.len() == length_before {
                break;
            }
        }
    }
}

fn texts_at(value: &Value, pointer: &str) -> impl Iterator<Item = String> + use<> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).into_iter()
}

/// Removes references to statements that were left out.
fn remove_dangling_references(statement: &mut Value, keys: &HashSet<String>) {
    if let Some(contradicts) = statement["contradicts"].as_array_mut() {
        contradicts.retain(|key| key.as_str().is_some_and(|key| keys.contains(key)));
    }
    if !statement["corrects"]
        .as_str()
        .is_some_and(|key| keys.contains(key))
    {
        statement["corrects"] = Value::Null;
    }
}

/// Adds what only format 2 has.
fn use_format_2(document: &mut Value, random: &mut Random) {
    document["format"] = json!(2);
    let statements = document["statements"].as_array_mut();
    for statement in statements.into_iter().flatten() {
        if statement["corrects"].is_string() && random.chance(50) {
            statement["settlesDisputes"] = json!(random.chance(50));
            statement["reason"] = json!("The source says otherwise.");
        }
    }
    let keys = |field: &str| -> Vec<String> {
        let all = document[field].as_array().into_iter().flatten();
        all.flat_map(|one| texts_at(one, "/key")).collect()
    };
    let (statements, sources) = (keys("statements"), keys("sources"));
    if statements.is_empty() || sources.is_empty() {
        return;
    }
    if random.chance(50) {
        let evidence = json!([{ "source": random.pick(&sources), "relation": "SUPPORTS", "quote": null, "locator": null }]);
        let addition =
            json!({ "key": "added", "statement": random.pick(&statements), "evidence": evidence });
        document["addedEvidence"] = json!([addition]);
    }
    if random.chance(50) {
        let retraction =
            json!({ "statement": random.pick(&statements), "reason": "It was withdrawn." });
        document["retractions"] = json!([retraction]);
    }
}

/// Changes content but not form: a ledger that contains the old text, or that checks the date, must reject it.
fn revise(document: &mut Value, random: &mut Random) {
    let replacements = [
        ("/initiative/summary", "Something else."),
        ("/initiative/startedOn", "2999-01-01"),
        ("/statements/0/summary", "Something else."),
        ("/statements/0/validFrom", "2999-01-01"),
        ("/statements/1/validFrom", "2999-01/.."),
        ("/sources/0/title", "Something else"),
        ("/sources/0/publishedOn", "2999-12-31"),
        ("/statements/0/note", "A note."),
        ("/initiative/requestingState", "FR"),
    ];
    for _ in 0..=random.below(2) {
        let (pointer, text) = random.pick(&replacements);
        if let Some(value) = document.pointer_mut(pointer) {
            *value = json!(text);
        }
    }
}

/// Not JSON, or JSON that parsers interpret differently.
fn invalid_json(document: &Value, random: &mut Random) -> String {
    let text = document.to_string();
    match random.below(5) {
        0 => text::garble_text(text, 5, random),
        1 => text.replacen("{\"", "{\"format\":1,\"", 2),
        2 => "[".repeat(random.size()) + &text,
        3 => text.replacen(':', &format!(":{}", "{\"a\":".repeat(random.size())), 1),
        _ => text.repeat(2),
    }
}
