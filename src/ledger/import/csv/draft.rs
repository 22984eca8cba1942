//! One document that is being made from rows.

use std::collections::{BTreeSet, HashMap};

use entity::initiative;
use serde_json::{Map, Value, json};

use super::locations::Locations;
use super::sheet::Sheet;

/// Language of a source whose language is not known (ISO 639-2).
pub(super) const UNDETERMINED: &str = "und";
/// What an initiative that is recorded already has instead of an unknown date; it is not recorded again.
const UNREAD_DATE: &str = "1900";

pub(super) struct Draft {
    pub(super) initiative: Value,
    pub(super) locations: Locations,
    pub(super) statements: Vec<Value>,
    sources: Vec<Value>,
    /// With the time of each, by which they are sorted.
    pub(super) retractions: Vec<(String, usize, Value)>,
    pub(super) reviews: Vec<Value>,
    pub(super) edition: Option<String>,
}

impl Draft {
    /// Opens the document of an initiative, which the ledger may have.
    pub(super) fn new(slug: &str, known: Option<&initiative::Model>, locations: Locations) -> Self {
        Self {
            initiative: known.map_or_else(|| json!({ "slug": slug }), recorded_initiative),
            locations,
            statements: Vec::new(),
            sources: Vec::new(),
            retractions: Vec::new(),
            reviews: Vec::new(),
            edition: None,
        }
    }

    /// Reads what a row says of an initiative, if no earlier row has said it.
    pub(super) fn describe_initiative(&mut self, sheet: &Sheet, row: usize) {
        for (key, column) in [
            ("title", "initiative_title"),
            ("summary", "initiative_summary"),
            ("startedOn", "initiative_started_on"),
            ("requestingState", "requesting_state"),
        ] {
            if let (true, Some(cell)) = (self.initiative[key].is_null(), sheet.cell(row, column)) {
                self.initiative[key] = cell.into();
                self.locations.initiative = sheet.number(row);
            }
        }
    }

    /// Adds the sources that the statements cite, with their originals, in the order of their rows.
    pub(super) fn add_sources(&mut self, sheet: &Sheet, by_key: &HashMap<&str, usize>) {
        let mut cited: BTreeSet<usize> = BTreeSet::new();
        let evidence = self
            .statements
            .iter()
            .filter_map(|one| one["evidence"].as_array());
        let keys = evidence.flatten().filter_map(|one| one["source"].as_str());
        let mut open: Vec<&str> = keys.collect();
        while let Some(key) = open.pop() {
            if let Some(row) = by_key.get(key)
                && cited.insert(*row)
            {
                open.extend(sheet.code(*row, "derived_from"));
            }
        }
        for row in &cited {
            let text = |column: &str| sheet.cell(*row, column).unwrap_or_default();
            let code = |column: &str| sheet.code(*row, column);
            let key = code("seq").unwrap_or_default();
            self.sources.push(json!({
                "key": key,
                "kind": code("kind").unwrap_or_default(),
                "publisher": text("publisher"),
                "title": text("title"),
                "url": code("url"),
                "publishedOn": code("published_on"),
                "language": code("language").unwrap_or(UNDETERMINED),
                "derivedFrom": code("derived_from"),
            }));
            let number = sheet.number(*row);
            self.locations.sources.push(number);
            self.locations.sources_by_key.insert(key.to_owned(), number);
        }
    }

    pub(super) fn into_document(mut self) -> (Value, Locations) {
        self.retractions.sort_by(|one, other| one.0.cmp(&other.0));
        let rows = self.retractions.iter().map(|(_, row, _)| *row);
        self.locations.retractions = rows.collect();
        let retractions: Vec<Value> = self
            .retractions
            .into_iter()
            .map(|(_, _, one)| one)
            .collect();
        let mut initiative: Map<String, Value> = Map::new();
        for key in ["slug", "title", "requestingState", "startedOn", "summary"] {
            let value = self.initiative[key].take();
            initiative.insert(key.to_owned(), json!(value.as_str().unwrap_or_default()));
        }
        let mut document = json!({
            "format": 2,
            "initiative": initiative,
            "sources": self.sources,
            "statements": self.statements,
            "retractions": retractions,
            "reviews": self.reviews,
        });
        if let Some(edition) = self.edition {
            document["edition"] = edition.into();
        }
        (document, self.locations)
    }
}

fn recorded_initiative(row: &initiative::Model) -> Value {
    json!({
        "slug": row.slug,
        "title": row.title,
        "summary": row.summary,
        "requestingState": row.requesting_state,
        "startedOn": row.started_on.as_deref().unwrap_or(UNREAD_DATE),
    })
}
