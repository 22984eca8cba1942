//! Stance changes: one row each.

use super::table::{Table, columns};
use crate::http::queries::parameters::{
    CLAIMANT, COUNTRY, DISPUTED, INITIATIVE, KIND, Parameters, RECORDED_BY, STANCE, UNUSUAL,
};

pub(super) static TABLE: Table = Table {
    name: "changes",
    description: "One row per published change of a stance, in the order of the ledger.",
    document: include_str!("operations/changes.graphql"),
    parameters: &[
        RECORDED_BY,
        INITIATIVE,
        COUNTRY,
        STANCE,
        KIND,
        CLAIMANT,
        DISPUTED,
        UNUSUAL,
    ],
    filter: Parameters::change_filter,
    rows: None,
    includes: |_, _| true,
    columns: columns! {
        seq: Entry, "/node/entry", "Seq of the ledger entry that caused it.";
        initiative: Code, "/node/relationship/initiative/slug", "Slug of the initiative.";
        requesting_state: Code, "/node/relationship/requestingState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that asks.";
        requesting_state_alpha3: Code, "/node/relationship/requestingState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requesting_state_name: Code, "/node/relationship/requestingState/name", "Its English name.";
        requested_state: Code, "/node/relationship/requestedState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that is asked.";
        requested_state_alpha3: Code, "/node/relationship/requestedState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requested_state_name: Code, "/node/relationship/requestedState/name", "Its English name.";
        from_stance: Stance, "/node/from", "Stance before.";
        to_stance: Stance, "/node/to", "Stance after.";
        kind: Code, "/node/kind", "EVENT, CORRECTION or RETRACTION.";
        unusual: Boolean, "/node/unusual", "Whether such a change is rare.";
        disputed: Boolean, "/node/disputed", "Whether valid statements contradicted each other after it.";
        occurred_on: Edtf, "/node/occurredOn", "When it happened.";
        recorded_at: Instant, "/node/recordedAt", "When it was recorded and published.";
        revises: Entry, "/node/revises/entry", "Seq of the earlier change that this one takes back.";
        statement: Integer, "/node/statement/number", "Number of the statement that was recorded or retracted.";
        statement_url: StatementLink, "/node/statement/number", "Permanent link of that statement.";
        statement_published_on: Day, "/node/statement/publishedOn", "Day from which it counts as public.";
        claimant_kind: Code, "/node/statement/claimant/kind", "Category of who says it.";
        claimant: Text, "/node/statement/claimant/label", "Who says it.";
        summary: Text, "/node/statement/summary", "Summary of that statement.";
    },
    key: &["seq"],
};
