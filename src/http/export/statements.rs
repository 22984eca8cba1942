//! Statements: one row each.

use serde_json::{Value, json};

use super::table::{Table, columns, is_requested};
use crate::http::queries::parameters::{
    COUNTRY, INITIATIVE, PUBLISHED_BY, Parameters, RECORDED_BY, STANCE, VALID_ON,
};

pub(super) static TABLE: Table = Table {
    name: "statements",
    description: "One row per statement, also those that were corrected or retracted; at a moment, those that were valid then.",
    document: include_str!("operations/statements.graphql"),
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
    includes,
    columns: columns! {
        seq: Integer, "/node/number", "Number of the statement: the seq of its ledger entry.";
        url: StatementLink, "/node/number", "Permanent link.";
        kind: Code, "/node/kind", "Kind of the statement.";
        subject: Code, "/node/subject/__typename", "What it is about: Relationship, Country or Initiative.";
        initiative: Code, "/node/subject/initiative/slug|/node/subject/slug", "Slug of the initiative; empty for a statement about a country.";
        requesting_state: Code, "/node/subject/requestingState/code", "ISO 3166-1 alpha-2 code, or XK, of the state that asks; empty for a statement about a country.";
        requesting_state_alpha3: Code, "/node/subject/requestingState/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        requesting_state_name: Code, "/node/subject/requestingState/name", "Its English name.";
        country: Code, "/node/subject/requestedState/code|/node/subject/code", "ISO 3166-1 alpha-2 code, or XK, of the requested state or of the country; empty for a statement about an initiative.";
        country_alpha3: Code, "/node/subject/requestedState/alpha3|/node/subject/alpha3", "Its ISO 3166-1 alpha-3 code; empty where none is official.";
        country_name: Code, "/node/subject/requestedState/name|/node/subject/name", "Its English name.";
        claimant_kind: Code, "/node/claimant/kind", "Category of who says it.";
        claimant: Text, "/node/claimant/label", "Who says it.";
        valid_from: Edtf, "/node/validFrom", "When the claim began to hold.";
        published_on: Day, "/node/publishedOn", "Day from which it counts as public.";
        recorded_at: Instant, "/node/recordedAt", "When it was recorded.";
        summary: Text, "/node/summary", "Summary.";
        note: Text, "/node/note", "Note of the editors.";
        standing: Code, "/node/standing", "STANDING, CORRECTED or RETRACTED.";
        corrects: Integer, "/node/corrects/number", "Number of the statement that it replaces.";
        correction_reason: Text, "/node/correctionReason", "Why it replaces it.";
        corrected_by: Integer, "/node/correctedBy/number", "Number of the statement that replaces it.";
        retracted_at: Instant, "/node/retractedAt", "When it was retracted.";
        retraction_reason: Text, "/node/retractionReason", "Why it was retracted.";
        contradicts: List("/number"), "/node/contradicts", "Numbers of the statements that it contradicts.";
        evidence_relations: List("/relation"), "/node/evidence", "For each piece of evidence: SUPPORTS, CONTRADICTS or MENTIONS.";
        source_publishers: List("/source/publisher"), "/node/evidence", "For each piece of evidence: who published the source.";
        source_urls: List("/source/url"), "/node/evidence", "For each piece of evidence: the address of the source.";
        stance: Stance, "/node/stance", "STANCE: where the requested state stands.";
        amount: Decimal, "/node/amount", "FUNDING: amount of money.";
        currency: Code, "/node/currency", "FUNDING: ISO 4217 code.";
        persons_min: Integer, "/node/personsMin", "TRANSFER, RETURN: at least so many persons.";
        persons_max: Integer, "/node/personsMax", "TRANSFER, RETURN: at most so many persons.";
        metric: Code, "/node/metric", "COUNT: what is counted.";
        comparator: Code, "/node/comparator", "COUNT: how the number is meant.";
        low: Decimal, "/node/lowDecimal", "COUNT: the number, or the lower one.";
        high: Decimal, "/node/highDecimal", "COUNT: the upper number of a range.";
        unit: Text, "/node/unit", "COUNT: what the number is of.";
        court: Text, "/node/court", "LEGAL: the court.";
        case_name: Text, "/node/caseName", "LEGAL: the case.";
        legal_status: Code, "/node/status", "LEGAL: what the court did.";
        concern: Code, "/node/category", "CONCERN: its category.";
        pressure: Code, "/node/means", "PRESSURE: its means.";
        denial_of: Code, "/node/of", "DENIAL: what is denied.";
        scope: Text, "/node/scope", "STANCE, AGREEMENT: what it is limited to.";
        destination: Code, "/node/destination/code", "RETURN: ISO 3166-1 alpha-2 code, or XK, of the country to which they were sent.";
        keeps_disputes: Boolean, "/node/keepsDisputes", "Whether it is a correction that keeps the disputes of what it replaces.";
        evidence_sources: List("/source/number"), "/node/evidence", "For each piece of evidence: the number of the source in `sources.csv`.";
        evidence_quotes: TextList("/quote"), "/node/evidence", "For each piece of evidence: words of the source; a bar in them is written as `\\|`.";
        evidence_published_on: TextList("/publishedOn"), "/node/evidence", "For each piece of evidence: when its words became public, if it is not with its source.";
        evidence_locators: TextList("/locator"), "/node/evidence", "For each piece of evidence: where in the source; a bar in it is written as `\\|`.";
        initiative_title: Text, "/node/subject/initiative/title|/node/subject/title", "Title of the initiative.";
        initiative_started_on: Edtf, "/node/subject/initiative/startedOn|/node/subject/startedOn", "When the initiative started.";
        initiative_summary: Text, "/node/subject/initiative/summary|/node/subject/summary", "Summary of the initiative.";
        instrument: Code, "/node/instrument", "AGREEMENT: its form.";
        binding: Code, "/node/binding", "AGREEMENT: whether it binds under international law.";
        text_status: Code, "/node/textStatus", "AGREEMENT: whether its text is public.";
        signed_on: Edtf, "/node/signedOn", "AGREEMENT: when it was signed.";
        in_force_on: Edtf, "/node/inForceOn", "AGREEMENT: when it entered into force.";
        cap_persons: Integer, "/node/cap/persons", "AGREEMENT: largest number of persons.";
        cap_per: Code, "/node/cap/per", "AGREEMENT: what that number is for: a YEAR, MONTH, WEEK, or TOTAL.";
        purpose: Text, "/node/purpose", "FUNDING: what it is for.";
        transfer_note: Text, "/node/details", "TRANSFER, RETURN: details.";
        jurisdiction: Code, "/node/jurisdiction/code", "LEGAL: ISO 3166-1 alpha-2 code, or XK, of the state of the court.";
        docket: Text, "/node/docket", "LEGAL: docket number.";
        denial_detail: Text, "/node/detail", "DENIAL: details.";
        includes_planned: Boolean, "/node/includesPlanned", "COUNT: whether what is only planned is counted.";
    },
    key: &["seq"],
};

pub(super) fn filter(parameters: &Parameters) -> Value {
    json!({
        "initiative": parameters.text(INITIATIVE),
        "countries": parameters.list(COUNTRY),
        "kinds": parameters.text(STANCE).map(|_| ["STANCE"]),
    })
}

fn includes(parameters: &Parameters, edge: &Value) -> bool {
    is_requested(parameters, edge.pointer("/node/stance"))
}
