//! Documents that grow: each issue holds the first statements of an endless one, with the sources that they cite.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::command::Issue;
use crate::date::Date;
use crate::draw::{STANCES, STATES};
use crate::rules::write::{Refusal, Signature};
use crate::rules::{Body, Claim, Content, Evidence, Ledger, Subject, What};
use crate::wording;

const ACTOR: &str = "import";
const REQUESTING: &str = "SE";

impl Issue {
    pub fn text(self) -> Value {
        let statements = (0..self.statements).map(|number| self.statement(number));
        let sources = (0..self.sources()).map(|number| {
            json!({
                "key": source_key(number), "kind": "NEWS", "publisher": "A newspaper",
                "title": source_title(number), "url": "https://example.org/report",
                "publishedOn": published(number).text, "language": "en", "derivedFrom": null,
            })
        });
        json!({
            "format": 1,
            "initiative": wording::initiative(&self.slug(), "Requests", REQUESTING),
            "sources": sources.collect::<Vec<_>>(),
            "statements": statements.collect::<Vec<_>>(),
        })
    }

    fn statement(self, number: u8) -> Value {
        let cited = source_key(number / 2);
        json!({
            "key": statement_key(number),
            "subject": { "relationship": self.state(number) },
            "claimant": { "kind": "PRESS", "label": "A newspaper" },
            "validFrom": from(number).text,
            "summary": self.summary(number),
            "body": wording::body(self.body(number)),
            "evidence": [{ "source": cited, "relation": "SUPPORTS", "quote": null, "locator": null }],
            "contradicts": denied(number).map(statement_key).into_iter().collect::<Vec<_>>(),
            "corrects": corrected(number).map(statement_key),
            "note": null,
        })
    }

    /// All of it or nothing.
    /// # Errors
    /// Why nothing is recorded.
    pub fn record(self, ledger: &mut Ledger, now: i64) -> Result<(), Refusal> {
        let before = ledger.entries.len();
        let recorded = self.record_items(ledger, now);
        if recorded.is_err() {
            ledger.entries.truncate(before);
        }
        recorded
    }

    fn record_items(self, ledger: &mut Ledger, now: i64) -> Result<(), Refusal> {
        let slug = self.slug();
        let mut record = |key: &str, words: String, what: What| {
            let (actor, key) = (ACTOR, format!("{slug}/{key}"));
            ledger.record(&Signature { actor, key }, Content { words, what }, now)
        };
        let opened = What::Initiative {
            slug: self.slug(),
            requesting: REQUESTING,
        };
        let initiative = record("initiative", "Requests".to_owned(), opened)?;
        let mut sources = Vec::new();
        for number in 0..self.sources() {
            let (published, original) = (Some(published(number)), None);
            let what = What::Source {
                published,
                original,
            };
            let key = format!("source/{}", source_key(number));
            sources.push(record(&key, source_title(number), what)?);
        }
        let mut statements: Vec<i64> = Vec::new();
        for number in 0..self.statements {
            let what = self.what(number, initiative, &sources, &statements);
            let key = format!("statement/{}", statement_key(number));
            statements.push(record(&key, self.summary(number), what)?);
        }
        Ok(())
    }

    /// The statement of a number, once those before it are recorded.
    fn what(self, number: u8, initiative: i64, sources: &[i64], statements: &[i64]) -> What {
        let named = |number: Option<u8>| number.map(|number| statements[usize::from(number)]);
        let claim = Claim {
            subject: Subject::Relationship(initiative, self.state(number)),
            body: self.body(number),
            from: from(number),
            evidence: vec![Evidence {
                source: sources[usize::from(number / 2)],
                relation: "SUPPORTS",
            }],
            contradicts: named(denied(number)).into_iter().collect(),
        };
        match named(corrected(number)) {
            Some(of) => What::Correction { of, claim },
            None => What::Statement(claim),
        }
    }

    fn slug(self) -> String {
        format!("document-{}", self.document)
    }

    fn sources(self) -> u8 {
        self.statements.div_ceil(2)
    }

    /// One of two: every other statement is about the same.
    fn state(self, number: u8) -> &'static str {
        STATES[usize::from(self.document + number % 2) % STATES.len()]
    }

    fn body(self, number: u8) -> Body {
        let place = usize::from(self.document * 3 + number * 2);
        Body::Stance(STANCES[place % STANCES.len()])
    }

    fn summary(self, number: u8) -> String {
        let is_reworded = self.reworded && number == 0;
        let reworded = if is_reworded { ", in other words" } else { "" };
        format!("Statement {number} of a document{reworded}")
    }
}

fn corrected(number: u8) -> Option<u8> {
    (number == 3).then_some(1)
}

fn denied(number: u8) -> Option<u8> {
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

fn from(number: u8) -> Date {
    Date::day(day(number))
}

fn published(number: u8) -> Date {
    Date::day(day(10 + number))
}

/// Of May 2025: before any case begins.
fn day(number: u8) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 5, 1).expect("a day");
    first + Days::new(u64::from(number))
}
