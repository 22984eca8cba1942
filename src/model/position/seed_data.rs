//! The bundled data set as the ledger would store it: histories by requested state, for tests only.
//!
//! All statements are recorded within one day, a microsecond apart, in the order of the file; ids count from 1.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::Fact;
use super::publication::Publication;
use crate::model::{
    edtf::Edtf,
    statement::{Body, EvidenceRelation},
    time::Timestamp,
};

const RECORDED_FROM: &str = "2026-11-23T00:00:00Z";

pub(super) static SEED_DATA: LazyLock<SeedData> = LazyLock::new(|| {
    let json = include_str!("../../../tests/data/first-edition.json");
    let document: Document = serde_json::from_str(json).expect("the bundled file is valid");
    SeedData::from(document)
});

pub(super) struct SeedData {
    /// By alpha-2 code of the requested state.
    pub(super) histories: BTreeMap<String, Vec<Fact>>,
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct Document {
    sources: Vec<Source>,
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    key: String,
    published_on: Option<String>,
    derived_from: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    key: String,
    subject: Subject,
    valid_from: String,
    body: Body,
    evidence: Vec<Evidence>,
    contradicts: Vec<String>,
    corrects: Option<String>,
}

#[derive(Deserialize)]
struct Subject {
    relationship: Option<String>,
}

#[derive(Deserialize)]
struct Evidence {
    source: String,
    relation: EvidenceRelation,
}

impl SeedData {
    /// The key of a statement in the document.
    pub(super) fn key(&self, id: i64) -> &str {
        &self.keys[usize::try_from(id - 1).unwrap()]
    }
}

impl From<Document> for SeedData {
    fn from(document: Document) -> Self {
        let keys: Vec<String> = document.statements.iter().map(|s| s.key.clone()).collect();
        let ids: HashMap<&str, i64> = keys.iter().map(String::as_str).zip(1..).collect();
        let sources: HashMap<&str, &Source> =
            document.sources.iter().map(|s| (&*s.key, s)).collect();
        let mut histories = BTreeMap::<String, Vec<Fact>>::new();
        for statement in &document.statements {
            if let Some(state) = &statement.subject.relationship {
                let fact = statement.fact(&ids, &sources);
                histories.entry(state.clone()).or_default().push(fact);
            }
        }
        Self { histories, keys }
    }
}

impl Statement {
    fn fact(&self, ids: &HashMap<&str, i64>, sources: &HashMap<&str, &Source>) -> Fact {
        let id = ids[&*self.key];
        let recorded_at = Timestamp(Timestamp::parse(RECORDED_FROM).unwrap().0 + id - 1);
        let valid_from = Edtf::parse(&self.valid_from).unwrap();
        let supporting = self
            .evidence
            .iter()
            .filter(|evidence| evidence.relation == EvidenceRelation::Supports);
        let days = supporting
            .filter_map(|evidence| sources[&*evidence.source].public_on(sources, recorded_at));
        Fact {
            id,
            stance: self.body.stance(),
            valid_from: self.valid_from.clone(),
            earliest: valid_from.earliest(),
            latest: capped(valid_from.latest(), recorded_at),
            recorded_at,
            publications: days
                .min()
                .map(|on| Publication {
                    recorded_at,
                    on: Some(on),
                })
                .into_iter()
                .collect(),
            corrects: self.corrects.as_deref().map(|key| ids[key]),
            keeps_disputes: false,
            retracted_at: None,
            contradicts: self.contradicts.iter().map(|key| ids[&**key]).collect(),
            kind: Some(self.body.kind()),
            claimant: None,
        }
    }
}

impl Source {
    /// The earliest publication day of the source and its originals, each the last possible day of its date.
    fn public_on(
        &self,
        sources: &HashMap<&str, &Source>,
        recorded_at: Timestamp,
    ) -> Option<NaiveDate> {
        let date = self.published_on.as_deref();
        let own = date.map(|date| capped(Edtf::parse(date).unwrap().latest(), recorded_at));
        let original = self.derived_from.as_deref().map(|key| sources[key]);
        let of_original = original.and_then(|original| original.public_on(sources, recorded_at));
        own.into_iter().chain(of_original).min()
    }
}

fn capped(latest: Option<NaiveDate>, recorded_at: Timestamp) -> NaiveDate {
    let recorded_on = recorded_at.day();
    latest.map_or(recorded_on, |latest| latest.min(recorded_on))
}
