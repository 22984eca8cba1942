//! Statements about agreements: one row each.

use serde_json::{Value, json};

use super::{
    statements,
    table::{Table, columns},
};
use crate::http::queries::parameters::{
    COUNTRY, INITIATIVE, PUBLISHED_BY, Parameters, RECORDED_BY, VALID_ON,
};

pub(super) static TABLE: Table = Table {
    name: "agreements",
    description: "One row per statement about an agreement, with its form and the sources of its text.",
    document: include_str!("operations/agreements.graphql"),
    parameters: &[VALID_ON, PUBLISHED_BY, RECORDED_BY, INITIATIVE, COUNTRY],
    filter,
    rows: None,
    includes: |_, _| true,
    columns: columns! {
        seq: Integer, "/node/number", "Number of the statement: the seq of its ledger entry.";
        url: StatementLink, "/node/number", "Permanent link.";
        initiative: Code, "/node/subject/initiative/slug", "Slug of the initiative.";
        requesting_state: Code, "/node/subject/requestingState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that asks.";
        requesting_state_alpha3: Code, "/node/subject/requestingState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requesting_state_name: Code, "/node/subject/requestingState/name", "Its English name.";
        requested_state: Code, "/node/subject/requestedState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that is asked.";
        requested_state_alpha3: Code, "/node/subject/requestedState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requested_state_name: Code, "/node/subject/requestedState/name", "Its English name.";
        instrument: Code, "/node/instrument", "Form of the agreement.";
        binding: Code, "/node/binding", "Whether it binds under international law.";
        text_status: Code, "/node/textStatus", "Whether its text is public.";
        signed_on: Edtf, "/node/signedOn", "When it was signed.";
        in_force_on: Edtf, "/node/inForceOn", "When it entered into force.";
        cap_persons: Integer, "/node/cap/persons", "Largest number of persons.";
        cap_per: Code, "/node/cap/per", "What that number is for: a YEAR, MONTH, WEEK, or TOTAL.";
        scope: Text, "/node/scope", "Whom it covers.";
        valid_from: Edtf, "/node/validFrom", "When the claim began to hold.";
        published_on: Day, "/node/publishedOn", "Day from which it counts as public.";
        recorded_at: Instant, "/node/recordedAt", "When it was recorded.";
        claimant_kind: Code, "/node/claimant/kind", "Category of who says it.";
        claimant: Text, "/node/claimant/label", "Who says it.";
        summary: Text, "/node/summary", "Summary.";
        standing: Code, "/node/standing", "STANDING, CORRECTED or RETRACTED.";
        corrects: Integer, "/node/corrects/number", "Number of the statement that it replaces.";
        corrected_by: Integer, "/node/correctedBy/number", "Number of the statement that replaces it.";
        retracted_at: Instant, "/node/retractedAt", "When it was retracted.";
        evidence_relations: List("/relation"), "/node/evidence", "For each piece of evidence: SUPPORTS, CONTRADICTS or MENTIONS.";
        source_publishers: List("/source/publisher"), "/node/evidence", "For each piece of evidence: who published the source.";
        source_urls: List("/source/url"), "/node/evidence", "For each piece of evidence: the address of the source.";
    },
    key: &["seq"],
};

fn filter(parameters: &Parameters) -> Value {
    let mut filter = statements::filter(parameters);
    filter["kinds"] = json!(["AGREEMENT"]);
    filter
}
