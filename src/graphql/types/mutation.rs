//! What every mutation does: who may write, hand in the command, answer with what it caused.

use async_graphql::{Context, ID};
use entity::ledger_entry;

use super::ledger::LedgerHead;
use super::stance_change::StanceChange;
use crate::error::{Error, Result};
use crate::graphql::loaders::{loaders, reader, row::ChangeSeq};
use crate::ledger::command::Command;
use crate::ledger::payload::Payload;
use crate::ledger::writer::Ledger;
use crate::model::id::GlobalId;
use crate::model::role::Caller;

/// Hands in a write for the caller and waits until it is on disk.
/// # Errors
/// `Error::Unauthenticated` without a token, or what the ledger refuses it for.
pub async fn record(
    ctx: &Context<'_>,
    idempotency_key: &str,
    payload: Payload,
) -> Result<ledger_entry::Model> {
    let actor = actor(ctx)?;
    let ledger = ctx.data_unchecked::<Ledger>();
    let command = Command::new(
        &format!("token:{actor}"),
        idempotency_key,
        payload,
        ledger.now().day(),
    )?;
    let entry = ledger.record(command).await?;
    reader(ctx).catch_up(entry.seq).await;
    Ok(entry)
}

/// Who writes, by the name of its token. Whether it may is asked in `access`, before anything runs.
fn actor<'c>(ctx: &Context<'c>) -> Result<&'c str> {
    let caller = ctx.data_opt::<Caller>();
    let name = caller.and_then(|caller| caller.name.as_deref());
    name.ok_or(Error::Unauthenticated("this needs the token of an editor"))
}

/// The head of the ledger just after an entry.
pub async fn head_after(ctx: &Context<'_>, entry: &ledger_entry::Model) -> Result<LedgerHead> {
    let generation = reader(ctx).generation();
    Ok(LedgerHead::new(
        generation,
        entry.seq,
        entry.hash.clone(),
        Some(entry.recorded_at),
    ))
}

/// The stance change that an entry caused, if any.
pub async fn change_of(
    ctx: &Context<'_>,
    entry: &ledger_entry::Model,
) -> Result<Option<StanceChange>> {
    Ok(loaders(ctx)
        .load_one(ChangeSeq(entry.seq))
        .await?
        .map(StanceChange::from))
}

/// The seq of the statement, source or initiative that an input names.
pub fn named(field: &str, id: &ID, what: &'static str) -> Result<i64> {
    match (GlobalId::parse(id), what) {
        (Some(GlobalId::Statement(seq)), "statement")
        | (Some(GlobalId::Source(seq)), "source")
        | (Some(GlobalId::Initiative(seq)), "initiative") => Ok(seq),
        _ => Err(Error::unknown(field, what, id.as_str())),
    }
}

/// Declares a mutation's payload: the object written, the head after it, and the change it caused.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: $type,
            /// The head of the ledger just after this entry; keep it to tell later whether history was altered.
            pub ledger_head: $crate::graphql::types::ledger::LedgerHead,
            /// The stance change that this entry caused; null if the stance is what it was.
            pub stance_change: Option<$crate::graphql::types::stance_change::StanceChange>,
        }
    };
}

pub(super) use payload;
