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
    /// Result of `recordStatement`.
    RecordStatementPayload {
        /// The new statement.
        statement: Statement
    }
);
payload!(
    /// Result of `correctStatement`.
    CorrectStatementPayload {
        /// The new statement, which replaces the corrected one.
        statement: Statement
    }
);
payload!(
    /// Result of `retractStatement`.
    RetractStatementPayload {
        /// The retracted statement.
        statement: Statement
    }
);
payload!(
    /// Result of `addEvidence`.
    AddEvidencePayload {
        /// The statement with all of its evidence.
        statement: Statement
    }
);

/// Root fields.
#[derive(Default)]
pub struct StatementMutation;

#[Object]
impl StatementMutation {
    /// Records a claimant's statement about a relationship, a country or an initiative. Requires the role `EDITOR`.
    /// Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CONFLICT` with the invalid field.
    async fn record_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement to record.")] input: RecordStatementInput,
    ) -> Result<RecordStatementPayload> {
        let statement = payload::Statement {
            subject: input.subject.subject(ctx).await?,
            claimant: input.claimant.into(),
            valid_from: input.valid_from.written("input.validFrom")?,
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

    /// Replaces a wrong statement; the old one remains readable. Requires the role `EDITOR`.
    /// Errors: those of `recordStatement`; `CONFLICT` if the statement is already corrected or retracted.
    async fn correct_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement to correct and its replacement.")]
        input: CorrectStatementInput,
    ) -> Result<CorrectStatementPayload> {
        let corrects = parse_id("input.statement", &input.statement, "statement")?;
        let statement = payload::Statement {
            subject: subject_of(ctx, corrects, &input.statement).await?,
            claimant: input.claimant.into(),
            valid_from: input.valid_from.written("input.validFrom")?,
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

    /// Retracts a statement; it remains readable, and the statement it had corrected becomes valid again. Requires the
    /// role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field; `CONFLICT` if the statement is already corrected
    /// or retracted.
    async fn retract_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement to retract and the reason.")] input: RetractStatementInput,
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

    /// Adds evidence to a statement. An earlier source can move the day from which the statement counts as public; the
    /// current position never changes. Requires the role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
    async fn add_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement and the evidence to add.")] input: AddEvidenceInput,
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
