//! Steps that all mutations share: identify the requester, submit the command to the ledger, load the rows of the payload.

use async_graphql::{Context, ID};

use super::ledger::LedgerHead;
use super::stance_change::StanceChange;
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::graphql::loaders::work_budget::{SQL_ROW, SQL_STATEMENT};
use crate::graphql::loaders::{loader_context, loaders, row::ChangeSeq};
use crate::input_errors::InputErrors;
use crate::ledger::command::Command;
use crate::ledger::dry_run::{DryRun, MAX_SQL_STATEMENTS};
use crate::ledger::payload::Payload;
use crate::ledger::write_group::Recorded;
use crate::ledger::writer::LedgerHandle;
use crate::model::id::GlobalId;
use crate::model::role::Caller;

/// What a mutation did.
pub enum Outcome {
    Recorded(Box<Recorded>),
    DryRun(Box<DryRun>),
}

impl Outcome {
    /// The object of the payload, by the seq of the entry; `None` for a dry run.
    pub async fn load<T, F: Future<Output = Result<T>>>(
        &self,
        load: impl FnOnce(i64) -> F,
    ) -> Result<Option<T>> {
        match self {
            Self::Recorded(recorded) => load(recorded.entry.seq).await.map(Some),
            Self::DryRun(_) => Ok(None),
        }
    }
}

/// A payload to record in the name of the requester.
pub struct Write {
    pub idempotency_key: String,
    pub payload: Payload,
    pub dry_run: bool,
    /// The errors of the input so far. Where a value has one, the payload has another value that causes no further error.
    pub errors: InputErrors,
}

/// Records a payload, or determines what that would do. Returns when the entry is on disk and the feed has reached it or
/// `wait_for_feed` has given up waiting.
/// # Errors
/// `Error::Unauthenticated` without a token, or the errors with which the ledger rejects the command.
pub async fn record(ctx: &Context<'_>, write: Write) -> Result<Outcome> {
    let actor = format!("token:{}", token_name(ctx)?);
    let ledger = ctx.data_unchecked::<LedgerHandle>();
    let (key, today, mut errors) = (&write.idempotency_key, ledger.now().day(), write.errors);
    let command = Command::check(&actor, key, write.payload, today, &mut errors);
    if write.dry_run || !errors.is_empty() {
        // With errors, too, so that those which only the recorded rows show are reported at once.
        let result = dry_run(ctx, ledger, &command, errors).await?;
        return Ok(Outcome::DryRun(Box::new(result)));
    }
    let recorded = ledger.record(command).await?;
    let seq = recorded.entry.seq;
    loader_context(ctx).wait_for_feed(seq).await;
    Ok(Outcome::Recorded(Box::new(recorded)))
}

async fn dry_run(
    ctx: &Context<'_>,
    ledger: &LedgerHandle,
    command: &Command,
    errors: InputErrors,
) -> Result<DryRun> {
    let context = loader_context(ctx);
    context
        .work()
        .spend((MAX_SQL_STATEMENTS - 1) * SQL_STATEMENT)?;
    let reader = context.db([CacheTag::Any]);
    let outcome = ledger.dry_run(reader, command, errors).await;
    context.work().add(outcome.facts * SQL_ROW);
    outcome.result
}

/// The name of the requester's token. `RootFieldAuthorization` has checked its role before the operation runs.
fn token_name<'c>(ctx: &Context<'c>) -> Result<&'c str> {
    let caller = ctx.data_opt::<Caller>();
    let name = caller.and_then(|caller| caller.name.as_deref());
    name.ok_or(Error::Unauthenticated("an editor's token is required"))
}

/// The head of the ledger just after an entry, or before a dry run.
pub fn head_of(ctx: &Context<'_>, outcome: &Outcome) -> LedgerHead {
    match outcome {
        Outcome::Recorded(recorded) => {
            let entry = &recorded.entry;
            let generation = loader_context(ctx).generation();
            let recorded_at = Some(entry.recorded_at);
            LedgerHead::new(generation, entry.seq, entry.hash.clone(), recorded_at)
        }
        Outcome::DryRun(result) => LedgerHead::from_row(&result.head),
    }
}

/// The stance change that an entry caused, if any.
pub async fn stance_change_of(
    ctx: &Context<'_>,
    outcome: &Outcome,
) -> Result<Option<StanceChange>> {
    let Outcome::Recorded(recorded) = outcome else {
        return Ok(None);
    };
    let row = match &recorded.rows {
        Some(rows) => rows.change.clone(),
        None => loaders(ctx).load_one(ChangeSeq(recorded.entry.seq)).await?,
    };
    Ok(row.map(StanceChange::from))
}

/// The seq of an object that does not exist, for an ID that is not valid.
pub const UNKNOWN: i64 = 0;

/// As [`parse_id`]; adds its error.
pub fn check_id(field: &str, id: &ID, what: &'static str, errors: &mut InputErrors) -> i64 {
    errors.check(parse_id(field, id, what)).unwrap_or(UNKNOWN)
}

/// The seq in the global ID of a statement, source or initiative, whichever `what` says.
/// # Errors
/// `Error::NotFound` at `field` if the text is not such an ID.
pub fn parse_id(field: &str, id: &ID, what: &'static str) -> Result<i64> {
    match (GlobalId::parse(id), what) {
        (Some(GlobalId::Statement(seq)), "statement")
        | (Some(GlobalId::Source(seq)), "source")
        | (Some(GlobalId::Initiative(seq)), "initiative") => Ok(seq),
        _ => Err(Error::not_found_input(field, what, id.as_str())),
    }
}

/// Declares the payload of a mutation: the written object, the ledger head after it and the stance change it caused.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$type>,
            /// The ledger head directly after this entry. Store it to detect later whether the history up to here was
            /// altered. After a dry run, the head that the input was checked against.
            pub ledger_head: $crate::graphql::types::ledger::LedgerHead,
            /// The stance change that this entry caused; null if the stance did not change, and after a dry run.
            pub stance_change: Option<$crate::graphql::types::stance_change::StanceChange>,
            /// What the mutation would do; null unless it has `dryRun: true`.
            pub dry_run: Option<$crate::graphql::types::dry_run::DryRun>,
        }

        impl $name {
            async fn new(
                ctx: &async_graphql::Context<'_>,
                $field: Option<$type>,
                outcome: $crate::graphql::types::mutation::Outcome,
            ) -> $crate::error::Result<Self> {
                use $crate::graphql::types::mutation::{Outcome, head_of, stance_change_of};
                Ok(Self {
                    $field,
                    ledger_head: head_of(ctx, &outcome),
                    stance_change: stance_change_of(ctx, &outcome).await?,
                    dry_run: match outcome {
                        Outcome::Recorded(_) => None,
                        Outcome::DryRun(result) => {
                            Some($crate::graphql::types::dry_run::DryRun(*result))
                        }
                    },
                })
            }
        }
    };
}

pub(super) use payload;
