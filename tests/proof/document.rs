//! Import documents of any length.

use demarche::model::country::ATLAS;
use serde_json::{Value, json};

const STANCES: [&str; 3] = ["NAMED", "APPROACHED", "AGREED"];
/// 2025-01-20; from then on, one day per round over all states.
const FIRST_DAY: chrono::NaiveDate = chrono::NaiveDate::from_ymd_opt(2025, 1, 20).expect("a day");

/// A document with one initiative, one source and `statements` statements, each of which changes the stance of a state.
pub fn document(slug: &str, statements: u64) -> Value {
    let states = ATLAS
        .countries
        .iter()
        .filter(|country| country.code != "US");
    let states: Vec<&str> = states.map(|country| country.code.as_str()).collect();
    let statement = |number: u64| {
        let (round, state) = (number / states.len() as u64, number % states.len() as u64);
        let at = |list: &[&str], at: u64| {
            list[usize::try_from(at).expect("below the length")].to_owned()
        };
        json!({
            "key": format!("statement-{number}"),
            "subject": { "relationship": at(&states, state) },
            "claimant": { "kind": "PRESS", "label": "A newspaper" },
            "validFrom": (FIRST_DAY + chrono::Days::new(round)).to_string(),
            "summary": "A report about the stance of the state.",
            "body": { "stance": { "stance": at(&STANCES, round % STANCES.len() as u64) } },
            "evidence": [{ "source": "report", "relation": "SUPPORTS", "quote": null, "locator": null }],
            "contradicts": [], "corrects": null, "note": null,
        })
    };
    json!({
        "format": 1,
        "initiative": {
            "slug": slug, "title": "Requests", "summary": "A diplomatic request.", "requestingState": "US",
            "startedOn": "2025-01-20",
        },
        "sources": [{
            "key": "report", "kind": "NEWS", "publisher": "A newspaper", "title": "A report",
            "url": "https://example.org/report", "publishedOn": "2025-04-25", "language": "en",
            "derivedFrom": null,
        }],
        "statements": (0..statements).map(statement).collect::<Vec<_>>(),
    })
}
