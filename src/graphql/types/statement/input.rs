//! Input objects of the statement mutations.

use async_graphql::{Context, ID, InputObject, OneofObject};

use super::body_input::BodyInput;
use super::enums::{ClaimantKind, EvidenceRelation};
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::types::mutation::{UNKNOWN, check_id};
use crate::input_errors::InputErrors;
use crate::ledger::payload;
use crate::model::statement::Claimant;

/// Records a new statement.
#[derive(InputObject)]
pub struct RecordStatementInput {
    /// Idempotency key, chosen by the client: at most 200 characters, unique per token. A retry with the same key and
    /// content returns the first result; reusing a key with different content returns `CONFLICT`.
    pub idempotency_key: String,
    /// The relationship, country or initiative that the statement is about.
    pub subject: SubjectInput,
    /// Author of the claim.
    pub claimant: ClaimantInput,
    /// Date from which the claim applies, as precise as the source; must not begin after today.
    pub valid_from: Edtf,
    /// The claim in one neutral sentence, at most 300 characters.
    pub summary: String,
    /// Structured content of the claim.
    pub body: BodyInput,
    /// Evidence: 1 to 50 items, at least one of which has the relation `SUPPORTS`.
    pub evidence: Vec<EvidenceInput>,
    /// IDs of statements about the same subject that this one contradicts; at most 50, without duplicates.
    pub contradicts: Option<Vec<ID>>,
    /// Editor's remark, at most 600 characters.
    pub note: Option<String>,
}

/// Replaces a wrong statement by a new one about the same subject.
#[derive(InputObject)]
pub struct CorrectStatementInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// ID of the statement to correct. It must be valid: neither corrected nor retracted.
    pub statement: ID,
    /// Reason for the correction, at most 600 characters.
    pub reason: Option<String>,
    /// Whether the correction settles the disputes of the corrected statement. Otherwise they are those of the correction:
    /// it is in dispute with what contradicts the corrected statement, or is contradicted by it.
    #[graphql(default)]
    pub settles_disputes: bool,
    /// Author of the claim.
    pub claimant: ClaimantInput,
    /// Date from which the claim applies, as precise as the source; must not begin after today.
    pub valid_from: Edtf,
    /// The claim in one neutral sentence, at most 300 characters.
    pub summary: String,
    /// Structured content of the claim.
    pub body: BodyInput,
    /// Evidence: 1 to 50 items, at least one of which has the relation `SUPPORTS`.
    pub evidence: Vec<EvidenceInput>,
    /// IDs of statements about the same subject that this one contradicts; at most 50, without duplicates.
    pub contradicts: Option<Vec<ID>>,
    /// Editor's remark, at most 600 characters.
    pub note: Option<String>,
}

/// Retracts a statement without replacing it. The statement it had corrected becomes valid again.
#[derive(InputObject)]
pub struct RetractStatementInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// ID of the statement to retract. It must be valid: neither corrected nor retracted.
    pub statement: ID,
    /// Reason for the retraction, at most 600 characters.
    pub reason: String,
}

/// Adds evidence to an existing statement.
#[derive(InputObject)]
pub struct AddEvidenceInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// ID of the statement.
    pub statement: ID,
    /// The evidence to add: 1 to 50 items.
    pub evidence: Vec<EvidenceInput>,
}

/// Subject of a statement; set exactly one field.
#[derive(OneofObject)]
pub enum SubjectInput {
    /// A relationship.
    Relationship(RelationshipInput),
    /// A country, by its ISO 3166-1 alpha-2 code.
    Country(ID),
    /// An initiative as a whole, by its slug.
    Initiative(ID),
}

/// Identifies a relationship by initiative and requested state; the initiative determines the requesting state.
#[derive(InputObject)]
pub struct RelationshipInput {
    /// Slug of the initiative.
    pub initiative: ID,
    /// ISO 3166-1 alpha-2 code of the requested state.
    pub requested_state: ID,
}

/// Author of a claim.
#[derive(InputObject)]
pub struct ClaimantInput {
    /// Category of the claimant.
    pub kind: ClaimantKind,
    /// Role, office, body or outlet, at most 600 characters. Name a person only if the office is not sufficient.
    pub label: String,
}

/// Link between a statement and a source.
#[derive(InputObject)]
pub struct EvidenceInput {
    /// ID of a registered source.
    pub source: ID,
    /// Relation of the source to the statement.
    pub relation: EvidenceRelation,
    /// Quotation from the source, at most 200 characters.
    pub quote: Option<String>,
    /// Location within the source, for example a page; at most 600 characters.
    pub locator: Option<String>,
    /// Date on which the cited passage became public, if the source derives from an older one that lacks it, or got it
    /// later; must not begin after today. It replaces the dates of the source and of its originals.
    pub published_on: Option<Edtf>,
}

impl SubjectInput {
    /// Adds an error for an initiative that does not exist.
    pub fn subject(self, ctx: &Context<'_>, errors: &mut InputErrors) -> payload::Subject {
        let mut initiative = |slug: &ID, field| {
            let id = initiative_id_by_slug(ctx, slug, field);
            errors.check(id).unwrap_or(UNKNOWN)
        };
        match self {
            Self::Relationship(relationship) => payload::Subject::Relationship {
                initiative: initiative(
                    &relationship.initiative,
                    "input.subject.relationship.initiative",
                ),
                requested_state: relationship.requested_state.to_ascii_uppercase(),
            },
            Self::Country(code) => payload::Subject::Country(code.to_ascii_uppercase()),
            Self::Initiative(slug) => {
                payload::Subject::Initiative(initiative(&slug, "input.subject.initiative"))
            }
        }
    }
}

impl From<ClaimantInput> for Claimant {
    fn from(input: ClaimantInput) -> Self {
        Self {
            kind: input.kind.into(),
            label: input.label,
        }
    }
}

/// Evidence as the ledger records it. Adds an error for each ID that is not a source's.
pub fn check_evidence(
    inputs: Vec<EvidenceInput>,
    errors: &mut InputErrors,
) -> Vec<payload::Evidence> {
    let parse = |(index, input): (usize, EvidenceInput)| {
        let field = |name| format!("input.evidence[{index}].{name}");
        let date = input.published_on;
        payload::Evidence {
            source: check_id(&field("source"), &input.source, "source", errors),
            published_on: date.map(|date| date.written(&field("publishedOn"), errors)),
            relation: input.relation.into(),
            quote: input.quote,
            locator: input.locator,
        }
    };
    inputs.into_iter().enumerate().map(parse).collect()
}

/// The seqs of the statements that are contradicted. Adds an error for each ID that is not a statement's.
pub fn check_contradicted(ids: Option<Vec<ID>>, errors: &mut InputErrors) -> Vec<i64> {
    let parse = |(index, id): (usize, ID)| {
        check_id(
            &format!("input.contradicts[{index}]"),
            &id,
            "statement",
            errors,
        )
    };
    let ids = ids.unwrap_or_default();
    ids.into_iter().enumerate().map(parse).collect()
}
