//! Documents: a few statements of the shipped one with all that they name, and something wrong with them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::rename;
use crate::dice::Dice;
use crate::{json, text};

const SHIPPED: &str = include_str!("../../../data/us-third-country-removals.json");

pub struct Shipped(Value);

impl Shipped {
    pub fn read() -> Self {
        Self(serde_json::from_str(SHIPPED).unwrap())
    }

    pub fn draw(&self, dice: &mut Dice) -> String {
        let mut document = self.cut(dice);
        if dice.chance(50) {
            rename(&mut document, &format!("fuzz-{}", dice.below(1_000_000)));
        }
        match dice.below(20) {
            0 => text::odd(dice),
            1 => broken(&document, dice),
            2..4 => document.to_string(),
            4..9 => {
                revise(&mut document, dice);
                document.to_string()
            }
            _ => {
                for _ in 0..=dice.below(3) {
                    json::disturb(&mut document, dice);
                }
                document.to_string()
            }
        }
    }

    /// Some statements in their order, and the sources that they cite.
    fn cut(&self, dice: &mut Dice) -> Value {
        let mut document = self.0.clone();
        let share = dice.below(8);
        let mut kept = HashSet::new();
        let mut cited = HashSet::new();
        if let Some(statements) = document["statements"].as_array_mut() {
            statements.retain_mut(|statement| {
                let is_kept = dice.below(200) <= share;
                if is_kept {
                    forget(statement, &kept);
                    kept.extend(texts(statement, "/key"));
                    let evidence = statement["evidence"].as_array();
                    let sources = evidence.into_iter().flatten();
                    cited.extend(sources.flat_map(|it| texts(it, "/source")));
                }
                is_kept
            });
        }
        self.cite(&mut cited);
        if let Some(sources) = document["sources"].as_array_mut() {
            sources.retain(|source| texts(source, "/key").any(|key| cited.contains(&key)));
        }
        document
    }

    /// Adds what the cited sources derive from.
    fn cite(&self, cited: &mut HashSet<String>) {
        let sources = self.0["sources"].as_array();
        loop {
            let derived = sources
                .into_iter()
                .flatten()
                .filter(|source| texts(source, "/key").any(|key| cited.contains(&key)));
            let originals: Vec<String> = derived.flat_map(|it| texts(it, "/derivedFrom")).collect();
            let before = cited.len();
            cited.extend(originals);
            if cited.len() == before {
                break;
            }
        }
    }
}

fn texts(value: &Value, pointer: &str) -> impl Iterator<Item = String> + use<> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).into_iter()
}

/// No longer names statements that were cut.
fn forget(statement: &mut Value, kept: &HashSet<String>) {
    if let Some(contradicts) = statement["contradicts"].as_array_mut() {
        contradicts.retain(|key| key.as_str().is_some_and(|key| kept.contains(key)));
    }
    if !statement["corrects"]
        .as_str()
        .is_some_and(|key| kept.contains(key))
    {
        statement["corrects"] = Value::Null;
    }
}

/// Says something else in the right form: a ledger that holds the old text, or knows the date, has to refuse it.
fn revise(document: &mut Value, dice: &mut Dice) {
    let places = [
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
    for _ in 0..=dice.below(2) {
        let (place, text) = dice.pick(&places);
        if let Some(value) = document.pointer_mut(place) {
            *value = json!(text);
        }
    }
}

/// No JSON, or such as readers do not agree upon.
fn broken(document: &Value, dice: &mut Dice) -> String {
    let text = document.to_string();
    match dice.below(5) {
        0 => text::garbled(text, 5, dice),
        1 => text.replacen("{\"", "{\"format\":1,\"", 2),
        2 => "[".repeat(dice.size()) + &text,
        3 => text.replacen(':', &format!(":{}", "{\"a\":".repeat(dice.size())), 1),
        _ => text.repeat(2),
    }
}
