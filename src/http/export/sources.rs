//! Sources: one row each, in order of registration.

use serde_json::Value;

use super::table::{Table, columns};

pub(super) static TABLE: Table = Table {
    name: "sources",
    description: "One row per source with its newest data, also those that no statement cites.",
    document: include_str!("operations/sources.graphql"),
    parameters: &[],
    filter: |_| Value::Null,
    rows: None,
    includes: |_, _| true,
    columns: columns! {
        seq: Integer, "/node/number", "Number of the source: the seq of its ledger entry.";
        kind: Code, "/node/kind", "Kind of the source.";
        publisher: Text, "/node/publisher", "Publisher.";
        title: Text, "/node/title", "Title.";
        url: Code, "/node/url", "Address; empty where none is known.";
        published_on: Edtf, "/node/publishedOn", "When it was published.";
        language: Code, "/node/language", "BCP 47 language tag; empty where it is not known.";
        derived_from: Integer, "/node/derivedFrom/number", "Number of the source that it repeats.";
        correction_reason: Text, "/node/correctionReason", "Reason for the last correction; empty where there is none.";
    },
    key: &["seq"],
};
