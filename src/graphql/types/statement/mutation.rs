//! Mutations of statements: record, correct, retract and add evidence.

use async_graphql::{Context, Object};
use entity::ledger_entry;

use super::input::{
    AddEvidenceInput, CorrectStatementInput, RecordStatementInput, RetractStatementInput,
    parse_contradicted, parse_evidence,
};
use super::{Statement, load_statement};
use crate::error::{Error, Result};
use crate::graphql::loaders::{
    loaders,
    row::{RelationshipId, StatementId},
};
use crate::graphql::types::mutation::{head_after, parse_id, payload, record, stance_change_of};
use crate::ledger::payload::{self, Payload, Subject};

payload!(
    /// A statement was recorded.
    RecordStatementPayload {
        /// The new statement.
        statement: Statement
    }
);
payload!(
    /// A statement was replaced.
    CorrectStatementPayload {
        /// The new statement, in the place of the corrected one.
        statement: Statement
    }
);
payload!(
    /// A statement was taken back.
    RetractStatementPayload {
        /// The statement, with its new standing.
        statement: Statement
    }
);
payload!(
    /// Sources were added to a statement.
    AddEvidencePayload {
        /// The statement, with all its evidence.
        statement: Statement
    }
);

/// Root fields.
#[derive(Default)]
pub struct StatementMutation;

#[Object]
impl StatementMutation {
    /// Records what somebody says of a relationship, a country or an initiative. Needs the role EDITOR.
    /// Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CONFLICT` with the field at fault, and nothing is written.
    async fn record_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement.")] input: RecordStatementInput,
    ) -> Result<RecordStatementPayload> {
        let statement = payload::Statement {
            subject: input.subject.subject(ctx).await?,
            claimant: input.claimant.into(),
            valid_from: input.valid_from.0,
            summary: input.summary,
            body: input.body.try_into()?,
            evidence: parse_evidence(input.evidence)?,
            contradicts: parse_contradicted(input.contradicts)?,
            note: input.note,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::StatementRecorded(statement),
        )
        .await?;
        let (statement, ledger_head, stance_change) =
            load_payload_rows(ctx, &entry, entry.seq).await?;
        Ok(RecordStatementPayload {
            statement,
            ledger_head,
            stance_change,
        })
    }

    /// Replaces a statement that was wrong; the old one stays readable. Needs the role EDITOR.
    /// Errors: as `recordStatement`; `CONFLICT` if the statement was corrected or retracted before.
    async fn correct_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement that is replaced, and what takes its place.")]
        input: CorrectStatementInput,
    ) -> Result<CorrectStatementPayload> {
        let corrects = parse_id("input.statement", &input.statement, "statement")?;
        let statement = payload::Statement {
            subject: subject_of(ctx, corrects, &input.statement).await?,
            claimant: input.claimant.into(),
            valid_from: input.valid_from.0,
            summary: input.summary,
            body: input.body.try_into()?,
            evidence: parse_evidence(input.evidence)?,
            contradicts: parse_contradicted(input.contradicts)?,
            note: input.note,
        };
        let correction = payload::Correction {
            corrects,
            reason: input.reason,
            statement,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::StatementCorrected(correction),
        )
        .await?;
        let (statement, ledger_head, stance_change) =
            load_payload_rows(ctx, &entry, entry.seq).await?;
        Ok(CorrectStatementPayload {
            statement,
            ledger_head,
            stance_change,
        })
    }

    /// Takes a statement back; it stays readable, and what it had corrected stands again. Needs the role EDITOR.
    /// Errors: `NOT_FOUND`, or `CONFLICT` if the statement was corrected or retracted before.
    async fn retract_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement that is taken back, and why.")]
        input: RetractStatementInput,
    ) -> Result<RetractStatementPayload> {
        let id = parse_id("input.statement", &input.statement, "statement")?;
        let retraction = payload::Retraction {
            statement: id,
            reason: input.reason,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::StatementRetracted(retraction),
        )
        .await?;
        let (statement, ledger_head, stance_change) = load_payload_rows(ctx, &entry, id).await?;
        Ok(RetractStatementPayload {
            statement,
            ledger_head,
            stance_change,
        })
    }

    /// Adds sources to a statement. An earlier source may move the day from which it counts as public; the position
    /// of now never changes by it. Needs the role EDITOR.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the field at fault.
    async fn add_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement and its further sources.")] input: AddEvidenceInput,
    ) -> Result<AddEvidencePayload> {
        let id = parse_id("input.statement", &input.statement, "statement")?;
        let addition = payload::Addition {
            statement: id,
            evidence: parse_evidence(input.evidence)?,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::EvidenceAdded(addition),
        )
        .await?;
        let (statement, ledger_head, stance_change) = load_payload_rows(ctx, &entry, id).await?;
        Ok(AddEvidencePayload {
            statement,
            ledger_head,
            stance_change,
        })
    }
}

type PayloadRows = (
    Statement,
    crate::graphql::types::ledger::LedgerHead,
    Option<crate::graphql::types::stance_change::StanceChange>,
);

async fn load_payload_rows(
    ctx: &Context<'_>,
    entry: &ledger_entry::Model,
    statement: i64,
) -> Result<PayloadRows> {
    let statement = load_statement(ctx, statement).await?;
    Ok((
        statement,
        head_after(ctx, entry).await?,
        stance_change_of(ctx, entry).await?,
    ))
}

/// The subject of the corrected statement, which a correction cannot change.
async fn subject_of(ctx: &Context<'_>, statement: i64, id: &str) -> Result<Subject> {
    let row = loaders(ctx).load_one(StatementId(statement)).await?;
    let row = row.ok_or_else(|| Error::not_found_input("input.statement", "statement", id))?;
    if let Some(relationship) = row.relationship_id {
        let relationship = loaders(ctx).load_one(RelationshipId(relationship)).await?;
        let relationship = relationship
            .ok_or_else(|| Error::internal("the relationship of a statement is missing"))?;
        let (initiative, requested_state) =
            (relationship.initiative_id, relationship.requested_state);
        return Ok(Subject::Relationship {
            initiative,
            requested_state,
        });
    }
    let initiative = row.initiative_id.map(Subject::Initiative);
    let subject = row.country_code.map(Subject::Country).or(initiative);
    subject.ok_or_else(|| Error::internal(format!("statement {statement} has no subject")))
}
