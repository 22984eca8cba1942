//! Mutations of statements: record, correct, retract and add evidence.

use async_graphql::{Context, ID, Object};
use entity::statement;

use super::input::{
    AddEvidenceInput, CorrectStatementInput, RecordStatementInput, RetractStatementInput,
    check_contradicted, check_evidence,
};
use super::{Statement, load_statement};
use crate::error::{Error, Result};
use crate::graphql::loaders::{
    loaders,
    row::{RelationshipId, StatementId},
};
use crate::graphql::types::mutation::{Outcome, UNKNOWN, Write, check_id, payload, record};
use crate::input_errors::InputErrors;
use crate::ledger::payload::{self, Payload, Subject};
use crate::model::statement::{Body, RequiredSubject};

payload!(
    /// Result of `recordStatement`.
    RecordStatementPayload {
        /// The new statement; null after a dry run.
        statement: Statement
    }
);
payload!(
    /// Result of `correctStatement`.
    CorrectStatementPayload {
        /// The new statement, which replaces the corrected one; null after a dry run.
        statement: Statement
    }
);
payload!(
    /// Result of `retractStatement`.
    RetractStatementPayload {
        /// The retracted statement; null after a dry run.
        statement: Statement
    }
);
payload!(
    /// Result of `addEvidence`.
    AddEvidencePayload {
        /// The statement with all of its evidence; null after a dry run.
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
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<RecordStatementPayload> {
        let mut errors = InputErrors::default();
        let statement = payload::Statement {
            subject: input.subject.subject(ctx, &mut errors),
            claimant: input.claimant.into(),
            valid_from: input.valid_from.written("input.validFrom", &mut errors),
            summary: input.summary,
            body: input.body.body(&mut errors),
            evidence: check_evidence(input.evidence, &mut errors),
            contradicts: check_contradicted(input.contradicts, &mut errors),
            note: input.note,
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::StatementRecorded(statement),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let statement = recorded_statement(ctx, &outcome).await?;
        RecordStatementPayload::new(ctx, statement, outcome).await
    }

    /// Replaces a wrong statement; the old one remains readable. Requires the role `EDITOR`.
    /// Errors: those of `recordStatement`; `CONFLICT` if the statement is already corrected or retracted.
    async fn correct_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement to correct and its replacement.")]
        input: CorrectStatementInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<CorrectStatementPayload> {
        let mut errors = InputErrors::default();
        let id = &input.statement;
        let corrects = check_id("input.statement", id, "statement", &mut errors);
        let body = input.body.body(&mut errors);
        let statement = payload::Statement {
            subject: subject_of(ctx, corrects, id, &body, &mut errors).await?,
            claimant: input.claimant.into(),
            valid_from: input.valid_from.written("input.validFrom", &mut errors),
            summary: input.summary,
            body,
            evidence: check_evidence(input.evidence, &mut errors),
            contradicts: check_contradicted(input.contradicts, &mut errors),
            note: input.note,
        };
        let correction = payload::Correction {
            corrects,
            keeps_disputes: !input.settles_disputes,
            reason: input.reason,
            statement,
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::StatementCorrected(correction),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let statement = recorded_statement(ctx, &outcome).await?;
        CorrectStatementPayload::new(ctx, statement, outcome).await
    }

    /// Retracts a statement; it remains readable, and the statement it had corrected becomes valid again. Requires the
    /// role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field; `CONFLICT` if the statement is already corrected
    /// or retracted.
    async fn retract_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement to retract and the reason.")] input: RetractStatementInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<RetractStatementPayload> {
        let mut errors = InputErrors::default();
        let id = check_id(
            "input.statement",
            &input.statement,
            "statement",
            &mut errors,
        );
        let retraction = payload::Retraction {
            statement: id,
            reason: input.reason,
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::StatementRetracted(retraction),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let statement = outcome.load(|_| load_statement(ctx, id)).await?;
        RetractStatementPayload::new(ctx, statement, outcome).await
    }

    /// Adds evidence to a statement. An earlier source can move the day from which the statement counts as public; the
    /// current position never changes. Requires the role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
    async fn add_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statement and the evidence to add.")] input: AddEvidenceInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<AddEvidencePayload> {
        let mut errors = InputErrors::default();
        let id = check_id(
            "input.statement",
            &input.statement,
            "statement",
            &mut errors,
        );
        let addition = payload::Addition {
            statement: id,
            evidence: check_evidence(input.evidence, &mut errors),
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::EvidenceAdded(addition),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let statement = outcome.load(|_| load_statement(ctx, id)).await?;
        AddEvidencePayload::new(ctx, statement, outcome).await
    }
}

/// The subject of the corrected statement, which a correction cannot change. If there is no such statement, adds that error and
/// gives a subject that the body may be about.
/// # Errors
/// An error of the database.
async fn subject_of(
    ctx: &Context<'_>,
    corrected: i64,
    id: &ID,
    body: &Body,
    errors: &mut InputErrors,
) -> Result<Subject> {
    if let Some(row) = loaders(ctx).load_one(StatementId(corrected)).await? {
        return stored_subject(ctx, row).await;
    }
    errors.add(Error::not_found_input(
        "input.statement",
        "statement",
        id.as_str(),
    ));
    Ok(match body.kind().required_subject() {
        RequiredSubject::Relationship => Subject::Relationship {
            initiative: UNKNOWN,
            requested_state: String::new(),
        },
        RequiredSubject::Initiative | RequiredSubject::Any => Subject::Initiative(UNKNOWN),
    })
}

async fn stored_subject(ctx: &Context<'_>, row: statement::Model) -> Result<Subject> {
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
    subject.ok_or_else(|| Error::internal(format!("statement {} has no subject", row.id)))
}

/// The statement that a mutation recorded; `None` for a dry run.
async fn recorded_statement(ctx: &Context<'_>, outcome: &Outcome) -> Result<Option<Statement>> {
    let Outcome::Recorded(recorded) = outcome else {
        return Ok(None);
    };
    let row = recorded
        .rows
        .as_ref()
        .and_then(|rows| rows.statement.clone());
    match row {
        Some(row) => Statement::from_row(row).map(Some),
        None => load_statement(ctx, recorded.entry.seq).await.map(Some),
    }
}
