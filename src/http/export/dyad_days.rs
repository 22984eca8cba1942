//! Periods of relationships: one row for each stretch of days with one position.

use serde_json::Value;

use super::{
    relationships,
    table::{Table, columns, is_requested},
};
use crate::http::queries::parameters::{
    COUNTRY, INITIATIVE, PUBLISHED_BY, Parameters, RECORDED_BY, STANCE,
};

pub(super) static TABLE: Table = Table {
    name: "dyad-days",
    description: "One row per relationship and period of days in which its stance, and whether it is disputed, do not change.",
    document: include_str!("operations/dyad-days.graphql"),
    parameters: &[PUBLISHED_BY, RECORDED_BY, INITIATIVE, COUNTRY, STANCE],
    filter,
    rows: Some("/node/periods"),
    includes,
    columns: columns! {
        initiative: Code, "/node/initiative/slug", "Slug of the initiative.";
        requesting_state: Code, "/node/requestingState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that asks.";
        requesting_state_alpha3: Code, "/node/requestingState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requesting_state_name: Code, "/node/requestingState/name", "Its English name.";
        requested_state: Code, "/node/requestedState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that is asked.";
        requested_state_alpha3: Code, "/node/requestedState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requested_state_name: Code, "/node/requestedState/name", "Its English name.";
        valid_from: Day, "/node/periods/validFrom", "First day of the period; empty if it has no first day.";
        valid_to: Day, "/node/periods/validTo", "First day after the period; empty if it has not ended.";
        stance: Stance, "/node/periods/stance", "Where the requested state stood.";
        disputed: Boolean, "/node/periods/disputed", "Whether valid statements contradicted each other.";
    },
    key: &["initiative", "requested_state", "valid_from"],
};

/// By stance, periods are selected and not relationships.
fn filter(parameters: &Parameters) -> Value {
    let mut filter = relationships::filter(parameters);
    filter["stance"] = Value::Null;
    filter
}

fn includes(parameters: &Parameters, edge: &Value) -> bool {
    is_requested(parameters, edge.pointer("/node/periods/stance"))
}
