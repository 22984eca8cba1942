//! Relationships: one row each, with the position.

use serde_json::{Value, json};

use super::table::{Table, columns};
use crate::http::queries::parameters::{
    COUNTRY, INITIATIVE, PUBLISHED_BY, Parameters, RECORDED_BY, STANCE, VALID_ON,
};

pub(super) static TABLE: Table = Table {
    name: "relationships",
    description: "One row per relationship: the position of a requested state on an initiative, now or at the requested moment.",
    document: include_str!("operations/relationships.graphql"),
    parameters: &[
        VALID_ON,
        PUBLISHED_BY,
        RECORDED_BY,
        INITIATIVE,
        COUNTRY,
        STANCE,
    ],
    filter,
    rows: None,
    includes: |_, _| true,
    columns: columns! {
        initiative: Code, "/node/initiative/slug", "Slug of the initiative.";
        initiative_title: Text, "/node/initiative/title", "Title of the initiative.";
        requesting_state: Code, "/node/requestingState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that asks.";
        requesting_state_alpha3: Code, "/node/requestingState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requesting_state_name: Code, "/node/requestingState/name", "Its English name.";
        requested_state: Code, "/node/requestedState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that is asked.";
        requested_state_alpha3: Code, "/node/requestedState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requested_state_name: Code, "/node/requestedState/name", "Its English name.";
        requested_state_region: Code, "/node/requestedState/region/name", "Its UN M49 region.";
        stance: Stance, "/position/stance", "Where it stands.";
        since: Edtf, "/position/since", "Since when it has had this stance without interruption.";
        certain: Boolean, "/position/certain", "Whether no other stance may have begun.";
        disputed: Boolean, "/position/disputed", "Whether valid statements contradict each other.";
        basis: Integer, "/position/basis/number", "Number of the statement that the position rests on.";
        basis_published_on: Day, "/position/basis/publishedOn", "Day from which that statement counts as public.";
        basis_url: StatementLink, "/position/basis/number", "Permanent link of that statement.";
        reviewed_on: Day, "/node/reviewedOn", "Last day on which an editor checked it for anything new, as known at that moment.";
        scope: Text, "/position/scope", "What the stance is limited to, by that statement; empty if it is not known to be limited.";
        review_note: Text, "/node/lastReview/note", "The editor's remark on that review.";
        initiative_edition: Text, "/node/initiative/edition/name", "Edition of an import document about the initiative that was imported last, as recorded at that moment.";
    },
    key: &["initiative", "requested_state"],
};

pub(super) fn filter(parameters: &Parameters) -> Value {
    json!({
        "initiative": parameters.text(INITIATIVE),
        "requestedState": parameters.list(COUNTRY).map(|codes| json!({ "codes": codes })),
        "stance": parameters.list(STANCE),
    })
}
