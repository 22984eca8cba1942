//! Recall: what became of cited statements.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::{ledger_entry, statement};

use super::revision::StatementRevision;
use super::{Statement, load_rows};
use crate::error::{Error, Result};
use crate::graphql::inputs::{check_length, scalars::DateTime};
use crate::graphql::loaders::evidence::EvidenceOf;
use crate::graphql::loaders::row::{EntryAt, EntrySeq, StatementId};
use crate::graphql::loaders::source::SourceCorrectionsOf;
use crate::graphql::loaders::{loader_context, loaders};
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::id::GlobalId;
use crate::model::position::chain::{RevisedBy, Revision, RevisionKind};
use crate::model::position::history::History;
use crate::model::time::Timestamp;
use crate::read_model::HistoryKey;

/// Statements of one request or subscription.
pub const MAX_STATEMENTS: usize = 500;

/// A statement with the history of its subject.
pub struct Recall {
    row: statement::Model,
    history: Arc<History>,
    since: Option<Timestamp>,
}

/// What became of a statement.
#[Object]
impl Recall {
    /// The statement. Its `standing` says whether it is still valid.
    async fn statement(&self) -> Result<DirectJson<Statement>> {
        Statement::from_row(self.row.clone()).map(DirectJson)
    }

    /// The corrections that took its place, each of the one before; empty if it was not corrected.
    async fn successors(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<Statement>>> {
        let rows = load_rows(ctx, self.find_successors(ctx)?).await?;
        rows.into_iter()
            .map(|row| Statement::from_row(row).map(DirectJson))
            .collect()
    }

    /// The statement that is valid in its place: the last of its successors or, if it was not corrected, the statement itself.
    /// Null if it was retracted.
    async fn current(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
        let last = self.find_successors(ctx)?.pop();
        let last = last.unwrap_or(self.row.id);
        if self.history.retracted_at(last).is_some() {
            return Ok(None);
        }
        let rows = load_rows(ctx, vec![last]).await?;
        let current = rows.into_iter().next().map(Statement::from_row);
        Ok(current.transpose()?.map(DirectJson))
    }

    /// What was done to it, and to the other statements of its chain of corrections, after `since`; in ledger order.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<StatementRevision>>> {
        self.charge(ctx)?;
        let chain = self.history.chain_of(self.row.id);
        let mut revisions = self.history.revisions(chain);
        revisions.extend(added_evidence(ctx, &self.history, chain).await?);
        revisions.extend(corrected_sources(ctx, &self.history, chain).await?);
        let mut revisions = with_entries(ctx, revisions).await?;
        revisions.retain(|one| {
            let since = self.since.as_ref();
            since.is_none_or(|since| one.entry.recorded_at > since.0)
        });
        revisions.sort_unstable_by_key(|one| (one.entry.seq, one.revision));
        Ok(revisions.into_iter().map(DirectJson).collect())
    }
}

ready_fields!(Recall {
    "statement" => statement of DirectJson<Statement>,
});

impl Recall {
    fn find_successors(&self, ctx: &Context<'_>) -> Result<Vec<i64>> {
        self.charge(ctx)?;
        Ok(self.history.successors(self.row.id))
    }

    /// Charges a pass over what was done to the statements of the subject.
    /// # Errors
    /// `Error::TooComplex` if that is more than the operation may cost.
    fn charge(&self, ctx: &Context<'_>) -> Result<()> {
        let work = self.history.revision_work();
        loader_context(ctx).work().spend(work as u64)
    }
}

/// Evidence that was added to statements of a chain, once per entry.
async fn added_evidence(
    ctx: &Context<'_>,
    history: &History,
    chain: i64,
) -> Result<Vec<(RevisedBy, Revision)>> {
    let statements = history.statements_of_chain(chain).into_iter();
    let evidence = loaders(ctx).load_many(statements.map(EvidenceOf)).await?;
    let rows = evidence.values().flatten().map(|(row, _)| row);
    let added = rows.filter(|row| row.seq != row.statement_id && row.ordinal == 0);
    let revisions = added.map(|row| {
        let revision = Revision {
            statement: row.statement_id,
            kind: RevisionKind::EvidenceAdded,
            by: None,
            chain,
        };
        (RevisedBy::Entry(row.seq), revision)
    });
    Ok(revisions.collect())
}

/// Corrections of the sources of a chain, once per statement.
async fn corrected_sources(
    ctx: &Context<'_>,
    history: &History,
    chain: i64,
) -> Result<Vec<(RevisedBy, Revision)>> {
    let statements = history.statements_of_chain(chain).into_iter();
    let statements = statements.map(SourceCorrectionsOf);
    let corrections = loaders(ctx).load_many(statements).await?;
    let corrections = corrections.iter();
    let corrections = corrections.flat_map(|(of, seqs)| seqs.iter().map(|seq| (of.0, *seq)));
    let revisions = corrections.map(|(statement, seq)| {
        let revision = Revision {
            statement,
            kind: RevisionKind::SourceCorrected,
            by: None,
            chain,
        };
        (RevisedBy::Entry(seq), revision)
    });
    Ok(revisions.collect())
}

/// Two SQL statements for any number of revisions on one level.
async fn with_entries(
    ctx: &Context<'_>,
    revisions: Vec<(RevisedBy, Revision)>,
) -> Result<Vec<StatementRevision>> {
    let seqs = revisions.iter().filter_map(|(by, _)| match by {
        RevisedBy::Entry(seq) => Some(EntrySeq(*seq)),
        RevisedBy::RetractionAt(_) => None,
    });
    let instants = revisions.iter().filter_map(|(by, _)| match by {
        RevisedBy::Entry(_) => None,
        RevisedBy::RetractionAt(at) => Some(EntryAt(at.0)),
    });
    let entries: HashMap<EntrySeq, ledger_entry::Model> = loaders(ctx).load_many(seqs).await?;
    let retractions = loaders(ctx).load_many(instants).await?;
    let revisions = revisions.iter().map(|(by, revision)| {
        let entry = match by {
            RevisedBy::Entry(seq) => entries.get(&EntrySeq(*seq)),
            RevisedBy::RetractionAt(at) => retractions.get(&EntryAt(at.0)),
        };
        let missing = || Error::internal(format!("the entry of {by:?} is missing"));
        Ok(StatementRevision {
            revision: *revision,
            entry: entry.cloned().ok_or_else(missing)?,
        })
    });
    revisions.collect()
}

/// Root fields.
#[derive(Default)]
pub struct RecallQuery;

#[Object]
impl RecallQuery {
    /// What became of statements that you cited, in the order of `statements`: an item for each, null where there is no such
    /// statement. To be notified, subscribe to `statementRevised`.
    async fn recalled(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Global IDs or numbers of statements, at most 500. A text that is neither is a `BAD_USER_INPUT` error."
        )]
        statements: Vec<ID>,
        #[graphql(
            desc = "Only revisions that were recorded after this time, for example that of your citation; all by default."
        )]
        since: Option<DateTime>,
    ) -> Result<DirectJsonList<Option<DirectJson<Recall>>>> {
        let since = since.map(|since| since.timestamp("since")).transpose()?;
        let numbers = parse_numbers(&statements)?;
        let cited = find_with_histories(ctx, &numbers).await?;
        let recalls = numbers.iter().map(|number| {
            let (row, history) = cited.get(number).cloned()?;
            Some(DirectJson(Recall {
                row,
                history,
                since,
            }))
        });
        Ok(recalls.collect())
    }
}

/// The statements with these numbers that exist, and the histories of their subjects, each of which is paid once.
async fn find_with_histories(
    ctx: &Context<'_>,
    numbers: &[i64],
) -> Result<HashMap<i64, (statement::Model, Arc<History>)>> {
    let keys = numbers.iter().copied().map(StatementId);
    let rows = loaders(ctx).load_many(keys).await?;
    let mut histories: HashMap<HistoryKey, Arc<History>> = HashMap::new();
    let mut found = HashMap::new();
    for row in rows.into_values() {
        let key = HistoryKey::of(&row);
        let key =
            key.ok_or_else(|| Error::internal(format!("statement {} has no subject", row.id)))?;
        let history = match histories.get(&key) {
            Some(history) => Arc::clone(history),
            None => loader_context(ctx).history(key.clone()).await?,
        };
        histories.insert(key, Arc::clone(&history));
        found.insert(row.id, (row, history));
    }
    Ok(found)
}

/// The chains of corrections of statements, for a subscription.
/// # Errors
/// `Error::BadUserInput` for an empty list, `Error::NotFound` for a statement that does not exist, besides those of
/// [`parse_numbers`].
pub async fn resolve_chains(ctx: &Context<'_>, statements: &[ID]) -> Result<Vec<i64>> {
    if statements.is_empty() {
        return Err(Error::bad_input(
            "statements",
            "names no statement to follow",
        ));
    }
    let numbers = parse_numbers(statements)?;
    let found = find_with_histories(ctx, &numbers).await?;
    let chains = numbers.iter().enumerate().map(|(index, number)| {
        let Some((_, history)) = found.get(number) else {
            let field = format!("statements[{index}]");
            return Err(Error::not_found_input(
                &field,
                "statement",
                statements[index].as_str(),
            ));
        };
        Ok(history.chain_of(*number))
    });
    chains.collect()
}

/// The numbers of statements by their global IDs or numbers.
/// # Errors
/// `Error::BadUserInput` at a text that is neither, and for too many.
fn parse_numbers(statements: &[ID]) -> Result<Vec<i64>> {
    check_length("statements", statements.len(), MAX_STATEMENTS)?;
    let numbers = statements.iter().enumerate().map(|(index, id)| {
        if let Some(GlobalId::Statement(seq)) = GlobalId::parse(id) {
            return Ok(seq);
        }
        let number = id.parse::<i64>().ok();
        let number = number.filter(|number| number.to_string() == id.as_str());
        number.ok_or_else(|| {
            let message = format!(
                "`{}` is neither the global ID nor the number of a statement",
                id.as_str()
            );
            Error::bad_input(format!("statements[{index}]"), message)
        })
    });
    numbers.collect()
}
