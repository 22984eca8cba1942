//! Growing import documents: each version contains the first statements of an endless document, and the sources that
//! they cite.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::command::DocumentVersion;
use crate::date::Date;
use crate::mutation;
use crate::rules::write::{Rejection, WriteKey};
use crate::rules::{Action, Body, Claim, Content, Evidence, Ledger, Subject};
use crate::strategies::{STANCES, STATES};

const ACTOR: &str = "import";
const REQUESTING: &str = "SE";

impl DocumentVersion {
    pub fn to_json(self) -> Value {
        let statements = (0..self.statements).map(|number| self.statement(number));
        let sources = (0..self.sources()).map(|number| {
            json!({
                "key": source_key(number), "kind": "NEWS", "publisher": "A newspaper",
                "title": source_title(number), "url": "https://example.org/report",
                "publishedOn": publication_date(number).text, "language": "en", "derivedFrom": null,
            })
        });
        json!({
            "format": if self.keeps_disputes() { 2 } else { 1 },
            "initiative": mutation::initiative(&self.slug(), "Requests", REQUESTING),
            "sources": sources.collect::<Vec<_>>(),
            "statements": statements.collect::<Vec<_>>(),
        })
    }

    fn statement(self, number: u8) -> Value {
        let source = source_key(number / 2);
        json!({
            "key": statement_key(number),
            "subject": { "relationship": self.state(number) },
            "claimant": { "kind": "PRESS", "label": "A newspaper" },
            "validFrom": start_date(number).text,
            "summary": self.summary(number),
            "body": mutation::body(self.body(number)),
            "evidence": [{ "source": source, "relation": "SUPPORTS", "quote": null, "locator": null }],
            "contradicts": contradicted_number(number).map(statement_key).into_iter().collect::<Vec<_>>(),
            "corrects": corrected_number(number).map(statement_key),
            "note": null,
        })
    }

    /// Records everything or nothing.
    /// # Errors
    /// The rejection.
    pub fn record(self, ledger: &mut Ledger, now: i64) -> Result<(), Rejection> {
        let before = ledger.entries.len();
        let result = self.record_items(ledger, now);
        if result.is_err() {
            ledger.entries.truncate(before);
        }
        result
    }

    fn record_items(self, ledger: &mut Ledger, now: i64) -> Result<(), Rejection> {
        let slug = self.slug();
        let mut record = |key: &str, text: String, action: Action| {
            let (actor, key) = (ACTOR, format!("{slug}/{key}"));
            ledger.record(&WriteKey { actor, key }, Content { text, action }, now)
        };
        let initiative = Action::Initiative {
            slug: self.slug(),
            requesting: REQUESTING,
        };
        let initiative = record("initiative", "Requests".to_owned(), initiative)?;
        let mut sources = Vec::new();
        for number in 0..self.sources() {
            let action = Action::Source {
                published: Some(publication_date(number)),
                original: None,
            };
            let key = format!("source/{}", source_key(number));
            sources.push(record(&key, source_title(number), action)?);
        }
        let mut statements: Vec<i64> = Vec::new();
        for number in 0..self.statements {
            let action = self.statement_action(number, initiative, &sources, &statements);
            let key = format!("statement/{}", statement_key(number));
            statements.push(record(&key, self.summary(number), action)?);
        }
        Ok(())
    }

    /// The statement with this number; those before it are recorded already.
    fn statement_action(
        self,
        number: u8,
        initiative: i64,
        sources: &[i64],
        statements: &[i64],
    ) -> Action {
        let seq_of = |number: Option<u8>| number.map(|number| statements[usize::from(number)]);
        let claim = Claim {
            subject: Subject::Relationship(initiative, self.state(number)),
            body: self.body(number),
            claimant: "PRESS",
            from: start_date(number),
            evidence: vec![Evidence {
                source: sources[usize::from(number / 2)],
                relation: "SUPPORTS",
                published: None,
            }],
            contradicts: seq_of(contradicted_number(number)).into_iter().collect(),
        };
        match seq_of(corrected_number(number)) {
            Some(of) => Action::Correction {
                of,
                keeps_disputes: self.keeps_disputes(),
                claim,
            },
            None => Action::Statement(claim),
        }
    }

    /// Every second document is of format 2.
    fn keeps_disputes(self) -> bool {
        self.document % 2 == 1
    }

    fn slug(self) -> String {
        format!("document-{}", self.document)
    }

    fn sources(self) -> u8 {
        self.statements.div_ceil(2)
    }

    /// Statements alternate between two states.
    fn state(self, number: u8) -> &'static str {
        STATES[usize::from(self.document + number % 2) % STATES.len()]
    }

    fn body(self, number: u8) -> Body {
        let index = usize::from(self.document * 3 + number * 2);
        Body::Stance(STANCES[index % STANCES.len()])
    }

    fn summary(self, number: u8) -> String {
        let is_reworded = self.reworded && number == 0;
        let reworded = if is_reworded { ", in other words" } else { "" };
        format!("Statement {number} of a document{reworded}")
    }
}

fn corrected_number(number: u8) -> Option<u8> {
    (number == 3).then_some(1)
}

fn contradicted_number(number: u8) -> Option<u8> {
    (number == 4).then_some(2)
}

fn statement_key(number: u8) -> String {
    format!("s{number}")
}

fn source_key(number: u8) -> String {
    format!("r{number}")
}

fn source_title(number: u8) -> String {
    format!("Report {number}")
}

fn start_date(number: u8) -> Date {
    Date::day(day(number))
}

fn publication_date(number: u8) -> Date {
    Date::day(day(10 + number))
}

/// A day of May 2025, before any case starts.
fn day(number: u8) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 5, 1).expect("a day");
    first + Days::new(u64::from(number))
}
