//! Steps that all mutations share: identify the requester, submit the command to the ledger, load the rows of the payload.

use async_graphql::{Context, ID};
use entity::ledger_entry;

use super::ledger::LedgerHead;
use super::stance_change::StanceChange;
use crate::error::{Error, Result};
use crate::graphql::loaders::{loader_context, loaders, row::ChangeSeq};
use crate::ledger::command::Command;
use crate::ledger::payload::Payload;
use crate::ledger::writer::LedgerHandle;
use crate::model::id::GlobalId;
use crate::model::role::Caller;

/// Records a payload in the name of the requester. Returns when the entry is on disk and the feed has reached it or
/// `wait_for_feed` has given up waiting.
/// # Errors
/// `Error::Unauthenticated` without a token, or the error with which the ledger rejects the command.
pub async fn record(
    ctx: &Context<'_>,
    idempotency_key: &str,
    payload: Payload,
) -> Result<ledger_entry::Model> {
    let token = token_name(ctx)?;
    let ledger = ctx.data_unchecked::<LedgerHandle>();
    let command = Command::new(
        &format!("token:{token}"),
        idempotency_key,
        payload,
        ledger.now().day(),
    )?;
    let entry = ledger.record(command).await?;
    loader_context(ctx).wait_for_feed(entry.seq).await;
    Ok(entry)
}

/// The name of the requester's token. `RootFieldAuthorization` has checked its role before the operation runs.
fn token_name<'c>(ctx: &Context<'c>) -> Result<&'c str> {
    let caller = ctx.data_opt::<Caller>();
    let name = caller.and_then(|caller| caller.name.as_deref());
    name.ok_or(Error::Unauthenticated("an editor's token is required"))
}

/// The head of the ledger just after an entry.
pub async fn head_after(ctx: &Context<'_>, entry: &ledger_entry::Model) -> Result<LedgerHead> {
    let generation = loader_context(ctx).generation();
    Ok(LedgerHead::new(
        generation,
        entry.seq,
        entry.hash.clone(),
        Some(entry.recorded_at),
    ))
}

/// The stance change that an entry caused, if any.
pub async fn stance_change_of(
    ctx: &Context<'_>,
    entry: &ledger_entry::Model,
) -> Result<Option<StanceChange>> {
    Ok(loaders(ctx)
        .load_one(ChangeSeq(entry.seq))
        .await?
        .map(StanceChange::from))
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
            pub $field: $type,
            /// The ledger head directly after this entry. Store it to detect later whether the history up to here was
            /// altered.
            pub ledger_head: $crate::graphql::types::ledger::LedgerHead,
            /// The stance change that this entry caused; null if the stance did not change.
            pub stance_change: Option<$crate::graphql::types::stance_change::StanceChange>,
        }
    };
}

pub(super) use payload;
