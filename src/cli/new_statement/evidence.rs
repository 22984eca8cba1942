//! Questions for the evidence: sources of the ledger are found by address or words, others are described.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::source::{Column, Entity, Model, is_newest};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use tokio::runtime::Handle;

use super::terminal::Terminal;
use super::{date_violation, key_of};
use crate::error::{Result, parse_stored};
use crate::ledger::import::document::{Evidence, Source};
use crate::model::edtf::Edtf;
use crate::model::folding::fold;
use crate::model::statement::EvidenceRelation;
use crate::model::text;

/// Sources of the ledger that a question offers.
const MAX_FOUND: u64 = 30;

#[derive(Default)]
pub(super) struct Evidences {
    pub(super) items: Vec<Evidence>,
    pub(super) sources: Vec<Source>,
    /// The seqs of sources of the ledger, by key.
    pub(super) recorded: HashMap<String, i64>,
}

impl Evidences {
    /// At least one piece of evidence, of which the first supports the statement.
    pub(super) fn ask(
        terminal: &Terminal,
        ledger: &DatabaseConnection,
        today: NaiveDate,
    ) -> Result<Self> {
        let mut all = Self::default();
        loop {
            let key = all.ask_source(terminal, ledger)?;
            let relation = if all.items.is_empty() {
                EvidenceRelation::Supports
            } else {
                terminal.choose_variant("Relation of the source to the statement")?
            };
            all.items.push(Evidence {
                source: key,
                relation,
                quote: terminal.ask_optional("Quote (optional)", |text| {
                    text::violation(text, text::MAX_QUOTE)
                })?,
                locator: terminal.ask_optional("Where in the source (optional)", |text| {
                    text::violation(text, text::MAX_DETAIL)
                })?,
                published_on: terminal.ask_optional(
                    "Passage public since, if not when the source was (EDTF, optional)",
                    |text| date_violation(text, today),
                )?,
            });
            if all.items.len() == text::MAX_EVIDENCE || !terminal.confirm("Another source?")? {
                return Ok(all);
            }
        }
    }

    /// The key of a source, which is added if it is another than before.
    fn ask_source(&mut self, terminal: &Terminal, ledger: &DatabaseConnection) -> Result<String> {
        loop {
            let words = terminal.ask(
                "Source (its address, or words of its title or publisher)",
                |text| text.is_empty().then(|| "must not be empty".to_owned()),
            )?;
            let found = Handle::current().block_on(find_sources(ledger, &words))?;
            let items = found.iter().map(describe);
            let others = ["a new source", "search again"].map(str::to_owned);
            let items: Vec<String> = items.chain(others).collect();
            let index = terminal.choose("Which source", &items)?;
            let (source, seq) = match found.get(index) {
                Some(row) => (recorded_source(row)?, Some(row.number())),
                None if index == found.len() => (ask_new_source(terminal, &words)?, None),
                None => continue,
            };
            let key = source.key.clone();
            if self.sources.iter().all(|one| one.key != key) {
                self.sources.push(source);
                self.recorded.extend(seq.map(|seq| (key.clone(), seq)));
            }
            return Ok(key);
        }
    }
}

/// Sources with a URL that have the address, or all words in title and publisher; the newest first.
async fn find_sources(ledger: &DatabaseConnection, words: &str) -> Result<Vec<Model>> {
    let mut by_words = Condition::all();
    for word in words.split_whitespace() {
        let word = fold(word);
        by_words = by_words.add(
            Condition::any()
                .add(Column::TitleFolded.contains(&word))
                .add(Column::PublisherFolded.contains(&word)),
        );
    }
    let select = Entity::find()
        .filter(is_newest(None))
        .filter(Column::Url.is_not_null())
        .filter(Condition::any().add(Column::Url.eq(words)).add(by_words))
        .order_by_desc(Column::Id)
        .limit(MAX_FOUND);
    Ok(select.all(ledger).await?)
}

fn describe(row: &Model) -> String {
    let date = row.published_on.as_deref().unwrap_or("no date");
    format!("{}: {} ({date})", row.publisher, row.title)
}

/// A source of the ledger, without its original: nothing of it is recorded again.
fn recorded_source(row: &Model) -> Result<Source> {
    Ok(Source {
        key: format!("source-{}", row.number()),
        kind: parse_stored(&row.kind)?,
        publisher: row.publisher.clone(),
        title: row.title.clone(),
        url: row.url.clone(),
        published_on: row.published_on.clone(),
        language: row.language.clone().unwrap_or_else(|| "und".to_owned()),
        derived_from: None,
    })
}

fn ask_new_source(terminal: &Terminal, words: &str) -> Result<Source> {
    let url = match text::url_violation(words) {
        None => words.to_owned(),
        Some(_) => terminal.ask("Address (http or https)", text::url_violation)?,
    };
    let mut source = Source {
        key: String::new(),
        kind: terminal.choose_variant("Kind of source")?,
        publisher: terminal.ask("Publisher", |text| text::violation(text, text::MAX_LABEL))?,
        title: terminal.ask("Title", |text| text::violation(text, text::MAX_TITLE))?,
        url: Some(url),
        published_on: terminal.ask_optional("Published on (EDTF, optional)", |text| {
            Edtf::parse_input(text).err().map(|error| error.to_string())
        })?,
        language: terminal.ask("Language (ISO 639, for example en)", |text| {
            let is_code = text::is_language_code(text);
            (!is_code).then(|| "must have two or three lower-case letters".to_owned())
        })?,
        derived_from: None,
    };
    source.key = key_of("source", &json!(source));
    Ok(source)
}
