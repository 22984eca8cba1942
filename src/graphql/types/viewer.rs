//! The requester: its role, its limits and its rate limit.

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::config::limits::DocumentLimits;
use crate::graphql::connection::arguments::MAX_PAGE_SIZE;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::mark_uncacheable;
use crate::ledger::writer::LedgerHandle;
use crate::model::rate_limit_status::RateLimitStatus;
use crate::model::role::{self, Caller};

/// What a caller may do; each role may do what the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "role::Role")]
pub enum Role {
    /// Reads everything that the schema shows. No token is needed.
    Reader,
    /// Records: initiatives, sources, statements, corrections, retractions and evidence.
    Editor,
    /// Everything that a token can allow.
    Admin,
}

pub struct Viewer(Caller);

/// The caller, as the token of the request says.
#[Object]
impl Viewer {
    /// What the caller may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Name of the token; null without one.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The limits that apply to the caller's operations.
    async fn limits(&self, ctx: &Context<'_>) -> Limits {
        let limits = ctx.data_unchecked::<DocumentLimits>();
        Limits {
            page_size: MAX_PAGE_SIZE,
            document_bytes: limits.bytes,
            tokens: limits.tokens,
            nesting: limits.nesting,
            aliases: limits.aliases,
            directives: limits.directives,
            fragments: limits.fragments,
            fields: limits.fields,
            depth: limits.depth,
            cost: limits.cost,
        }
    }

    /// What the caller, by its token or else its address, has spent and may spend; null where nothing is limited.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        let status = ctx.data_opt::<RateLimitStatus>()?;
        let full_after = i64::try_from(status.full_after.as_micros()).unwrap_or(i64::MAX);
        let now = ctx.data_unchecked::<LedgerHandle>().now();
        Some(RateLimit {
            cost: status.cost,
            limit: status.limit,
            remaining: status.remaining,
            reset_at: DateTime::of_micros(now.0.saturating_add(full_after)),
        })
    }
}

/// What an operation may ask for; one that asks for more is refused whole, with the code `QUERY_TOO_COMPLEX` or, for a
/// page, `BAD_USER_INPUT`.
#[derive(SimpleObject)]
pub struct Limits {
    /// Items on a page at most.
    page_size: i32,
    /// Bytes of a document at most.
    document_bytes: usize,
    /// Tokens of a document at most: names, numbers, strings and punctuation. Variables may hold as many values.
    tokens: usize,
    /// Brackets inside of brackets at most, of any kind and in values too.
    nesting: usize,
    /// Fields under another name at most.
    aliases: usize,
    /// Directives at most.
    directives: usize,
    /// Definitions of fragments at most.
    fragments: usize,
    /// Fields at most, once fragments are in place.
    fields: usize,
    /// Levels of fields at most, once fragments are in place. Introspection is not counted.
    depth: usize,
    /// Cost of an operation at most: its fields, each times the items of the lists that it is in.
    cost: u32,
}

/// A caller's bucket of cost, which fills again all the time.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// What this operation cost.
    cost: u32,
    /// What the bucket holds when it is full.
    limit: u32,
    /// What was left in it after this operation. One that costs more is refused with `RATE_LIMITED`.
    remaining: u32,
    /// When it is full again, if nothing more is spent.
    reset_at: DateTime,
}

/// Root fields.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The caller.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        mark_uncacheable(ctx);
        Viewer(
            ctx.data_opt::<Caller>()
                .cloned()
                .unwrap_or_else(Caller::anonymous),
        )
    }
}
