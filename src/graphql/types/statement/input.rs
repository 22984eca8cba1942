//! Input objects of the statement mutations.

use async_graphql::{Context, ID, InputObject, OneofObject};

use super::body_input::BodyInput;
use super::enums::{ClaimantKind, EvidenceRelation};
use crate::error::Result;
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::types::mutation::parse_id;
use crate::ledger::payload;
use crate::model::statement::Claimant;

/// A new statement.
#[derive(InputObject)]
pub struct RecordStatementInput {
    /// Chosen by you, at most 200 characters, unique among your writes. A retry with the same key and content gives
    /// the first result; the same key with another content is refused.
    pub idempotency_key: String,
    /// What the statement is about.
    pub subject: SubjectInput,
    /// Who says it.
    pub claimant: ClaimantInput,
    /// When what is claimed began to hold, as exactly as the source says it; not after today.
    pub valid_from: Edtf,
    /// What is claimed, in one neutral sentence of at most 300 characters.
    pub summary: String,
    /// What is claimed, in the terms of its kind.
    pub body: BodyInput,
    /// The sources it rests on: 1 to 50, at least one of which supports it.
    pub evidence: Vec<EvidenceInput>,
    /// Statements about the same subject that this one denies; at most 50.
    pub contradicts: Option<Vec<ID>>,
    /// The editor's remark, at most 600 characters.
    pub note: Option<String>,
}

/// A statement that replaces another, because that one was wrong; about the same subject.
#[derive(InputObject)]
pub struct CorrectStatementInput {
    /// Chosen by you, at most 200 characters, unique among your writes; see `RecordStatementInput`.
    pub idempotency_key: String,
    /// The statement that is replaced. It must stand: not corrected or retracted before.
    pub statement: ID,
    /// Why it is replaced, at most 600 characters.
    pub reason: Option<String>,
    /// Who says it.
    pub claimant: ClaimantInput,
    /// When what is claimed began to hold, as exactly as the source says it; not after today.
    pub valid_from: Edtf,
    /// What is claimed, in one neutral sentence of at most 300 characters.
    pub summary: String,
    /// What is claimed, in the terms of its kind.
    pub body: BodyInput,
    /// The sources it rests on: 1 to 50, at least one of which supports it.
    pub evidence: Vec<EvidenceInput>,
    /// Statements about the same subject that this one denies; at most 50.
    pub contradicts: Option<Vec<ID>>,
    /// The editor's remark, at most 600 characters.
    pub note: Option<String>,
}

/// A statement that is taken back without another in its place. What it had corrected stands again.
#[derive(InputObject)]
pub struct RetractStatementInput {
    /// Chosen by you, at most 200 characters, unique among your writes; see `RecordStatementInput`.
    pub idempotency_key: String,
    /// The statement that is taken back. It must stand: not corrected or retracted before.
    pub statement: ID,
    /// Why, at most 600 characters.
    pub reason: String,
}

/// Further sources for a statement.
#[derive(InputObject)]
pub struct AddEvidenceInput {
    /// Chosen by you, at most 200 characters, unique among your writes; see `RecordStatementInput`.
    pub idempotency_key: String,
    /// The statement that the sources bear on.
    pub statement: ID,
    /// 1 to 50 sources.
    pub evidence: Vec<EvidenceInput>,
}

/// What a statement is about: exactly one of these.
#[derive(OneofObject)]
pub enum SubjectInput {
    /// Where one state stands within an initiative.
    Relationship(RelationshipInput),
    /// A country by itself: its alpha-2 code.
    Country(ID),
    /// An initiative as a whole: its slug.
    Initiative(ID),
}

/// A relationship, by its requested end; the requesting end is the initiative's.
#[derive(InputObject)]
pub struct RelationshipInput {
    /// The slug of the initiative.
    pub initiative: ID,
    /// Alpha-2 code of the requested state.
    pub requested_state: ID,
}

/// Who says something.
#[derive(InputObject)]
pub struct ClaimantInput {
    /// In what capacity.
    pub kind: ClaimantKind,
    /// By role or office, at most 600 characters; name persons only where the office does not do.
    pub label: String,
}

/// What ties a statement to a source.
#[derive(InputObject)]
pub struct EvidenceInput {
    /// The id of a registered source.
    pub source: ID,
    /// How the source bears on the statement.
    pub relation: EvidenceRelation,
    /// The words of the source, at most 200 characters.
    pub quote: Option<String>,
    /// Where in the source, for example a page; at most 600 characters.
    pub locator: Option<String>,
}

impl SubjectInput {
    pub async fn subject(self, ctx: &Context<'_>) -> Result<payload::Subject> {
        Ok(match self {
            Self::Relationship(relationship) => payload::Subject::Relationship {
                initiative: initiative_id_by_slug(
                    ctx,
                    &relationship.initiative,
                    "input.subject.relationship.initiative",
                )?,
                requested_state: relationship.requested_state.to_ascii_uppercase(),
            },
            Self::Country(code) => payload::Subject::Country(code.to_ascii_uppercase()),
            Self::Initiative(slug) => payload::Subject::Initiative(initiative_id_by_slug(
                ctx,
                &slug,
                "input.subject.initiative",
            )?),
        })
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

/// Evidence as the ledger records it.
/// # Errors
/// `Error::NotFound` at the item with an ID that is not a source's.
pub fn parse_evidence(inputs: Vec<EvidenceInput>) -> Result<Vec<payload::Evidence>> {
    let parse = |(index, input): (usize, EvidenceInput)| {
        Ok(payload::Evidence {
            source: parse_id(
                &format!("input.evidence[{index}].source"),
                &input.source,
                "source",
            )?,
            relation: input.relation.into(),
            quote: input.quote,
            locator: input.locator,
        })
    };
    inputs.into_iter().enumerate().map(parse).collect()
}

/// The seqs of the statements that are contradicted.
/// # Errors
/// `Error::NotFound` at the item with an ID that is not a statement's.
pub fn parse_contradicted(ids: Option<Vec<ID>>) -> Result<Vec<i64>> {
    let parse = |(index, id): (usize, ID)| {
        parse_id(&format!("input.contradicts[{index}]"), &id, "statement")
    };
    ids.unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(parse)
        .collect()
}
