//! Revisions of statements: what a ledger entry did to a statement that was recorded before it.

use async_graphql::{Context, Enum, Object};
use entity::ledger_entry;

use super::{Statement, load_statement};
use crate::error::{Error, Result, parse_stored};
use crate::feed::Event;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::loader_context;
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::{ready_enum, ready_fields};
use crate::graphql::types::ledger::LedgerEntry;
use crate::ledger::payload::Payload;
use crate::model::cursor::LedgerCursor;
use crate::model::position::chain::{self, Revision};

/// What an entry did to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "chain::RevisionKind")]
pub enum RevisionKind {
    /// Another statement, `by`, corrects it.
    Corrected,
    /// It was retracted.
    Retracted,
    /// Its correction, `by`, was retracted: it is valid again.
    Reinstated,
    /// Another statement, `by`, contradicts it.
    Contradicted,
    /// Evidence for or against it was added.
    EvidenceAdded,
    /// A source that it cites was corrected, or the day of publication of a source that derives from a corrected one moved.
    SourceCorrected,
}

ready_enum!(RevisionKind);

pub struct StatementRevision {
    pub revision: Revision,
    pub entry: ledger_entry::Model,
}

impl StatementRevision {
    /// Those of an event.
    pub fn of(event: &Event) -> Vec<Self> {
        let revisions = event.revisions.iter();
        let revision = |revision: &Revision| Self {
            revision: *revision,
            entry: event.entry.clone(),
        };
        revisions.map(revision).collect()
    }
}

/// What a ledger entry did to a statement that was recorded before it. The stance may be the same before and after.
#[Object]
impl StatementRevision {
    /// Ledger cursor of the entry. Use it as `after` to continue from here without gaps or repeats.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let generation = loader_context(ctx).generation();
        Ok(LedgerCursor::new(generation, self.entry.seq, &self.entry.hash).to_string())
    }

    /// The statement that was revised. Its `standing` is the current one, not that of the revision.
    async fn statement(&self, ctx: &Context<'_>) -> Result<DirectJson<Statement>> {
        load_statement(ctx, self.revision.statement)
            .await
            .map(DirectJson)
    }

    /// What the entry did to it.
    async fn kind(&self) -> RevisionKind {
        self.revision.kind.into()
    }

    /// The correction, the contradicting statement, or the retracted correction; null if it was retracted, evidence was
    /// added, or a source was corrected.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
        match self.revision.by {
            Some(id) => load_statement(ctx, id).await.map(DirectJson).map(Some),
            None => Ok(None),
        }
    }

    /// Reason for the correction (also of a source) or retraction; null if none was given, and for the other kinds.
    async fn reason(&self) -> Result<Option<String>> {
        use chain::RevisionKind::{
            Contradicted, Corrected, EvidenceAdded, Reinstated, Retracted, SourceCorrected,
        };
        match self.revision.kind {
            Corrected | Retracted | Reinstated | SourceCorrected => reason_of(&self.entry),
            Contradicted | EvidenceAdded => Ok(None),
        }
    }

    /// Time of recording.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.entry.recorded_at)
    }

    /// The ledger entry that revised the statement.
    async fn entry(&self) -> DirectJson<LedgerEntry> {
        DirectJson(LedgerEntry(self.entry.clone()))
    }
}

ready_fields!(StatementRevision {
    "kind" => kind,
    "reason" => reason,
    "recordedAt" => recorded_at,
    "entry" => entry of DirectJson<LedgerEntry>,
});

fn reason_of(entry: &ledger_entry::Model) -> Result<Option<String>> {
    let kind = parse_stored(&entry.kind)?;
    Ok(
        match Payload::parse(kind, &entry.payload).map_err(Error::internal)? {
            Payload::StatementCorrected(correction) => correction.reason,
            Payload::StatementRetracted(retraction) => Some(retraction.reason),
            Payload::InitiativeOpened(_)
            | Payload::SourceRegistered(_)
            | Payload::StatementRecorded(_)
            | Payload::EvidenceAdded(_)
            | Payload::ReviewRecorded(_)
            | Payload::EditionImported(_) => None,
            Payload::SourceCorrected(correction) => Some(correction.reason),
        },
    )
}
