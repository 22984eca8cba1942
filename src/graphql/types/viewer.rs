//! The requester: its role, its limits and its rate limit.

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::config::limits::DocumentLimits;
use crate::graphql::connection::arguments::MAX_PAGE_SIZE;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::mark_uncacheable;
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::{ready_enum, ready_fields};
use crate::ledger::writer::LedgerHandle;
use crate::model::rate_limit_status::RateLimitStatus;
use crate::model::role::{self, Caller};

/// Role of a client. Each role includes the permissions of the preceding one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "role::Role")]
pub enum Role {
    /// Can read everything in the schema. No token is required.
    Reader,
    /// Can record initiatives, sources, statements, corrections, retractions and evidence.
    Editor,
    /// Has all permissions that a token can grant.
    Admin,
}

pub struct Viewer(Caller);

/// The client that sent the request, identified by its token.
#[Object]
impl Viewer {
    /// Role of the client.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Name of the token; null without a token.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Limits that apply to the client's operations.
    async fn limits(&self, ctx: &Context<'_>) -> DirectJson<Limits> {
        let limits = ctx.data_unchecked::<DocumentLimits>();
        DirectJson(Limits {
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
        })
    }

    /// Rate limit of the client, per token or, without one, per address; null if rate limiting is off.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<DirectJson<RateLimit>> {
        let status = ctx.data_opt::<RateLimitStatus>()?;
        let full_after = i64::try_from(status.full_after.as_micros()).unwrap_or(i64::MAX);
        let now = ctx.data_unchecked::<LedgerHandle>().now();
        Some(DirectJson(RateLimit {
            cost: status.cost,
            limit: status.limit,
            remaining: status.remaining,
            reset_at: DateTime::of_micros(now.0.saturating_add(full_after)),
        }))
    }
}

ready_enum!(Role);

ready_fields!(Viewer {
    "role" => role,
    "name" => name,
    "limits" => limits of DirectJson<Limits>,
    "rateLimit" => rate_limit of DirectJson<RateLimit>,
});

/// Limits per operation. An operation over a limit is rejected with `QUERY_TOO_COMPLEX`; a page that is too large, with
/// `BAD_USER_INPUT`.
#[derive(SimpleObject)]
pub struct Limits {
    /// Maximum number of items on a page.
    page_size: i32,
    /// Maximum size of the document in bytes.
    document_bytes: usize,
    /// Maximum number of tokens in the document: names, numbers, strings and punctuation. It is also the maximum number
    /// of values in the variables.
    tokens: usize,
    /// Maximum number of nested brackets of any kind, including those in values.
    nesting: usize,
    /// Maximum number of aliased fields.
    aliases: usize,
    /// Maximum number of directives.
    directives: usize,
    /// Maximum number of fragment definitions.
    fragments: usize,
    /// Maximum number of fields after expanding fragments.
    fields: usize,
    /// Maximum selection depth after expanding fragments. Introspection has a separate limit.
    depth: usize,
    /// Maximum query cost: each field counts once per item of the lists that contain it.
    cost: u32,
}

ready_fields!(Limits {
    "pageSize" => page_size,
    "documentBytes" => document_bytes,
    "tokens" => tokens,
    "nesting" => nesting,
    "aliases" => aliases,
    "directives" => directives,
    "fragments" => fragments,
    "fields" => fields,
    "depth" => depth,
    "cost" => cost,
});

/// State of the client's rate limit: a token bucket of query cost, per token or address, that refills continuously.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// Cost of this operation.
    cost: u32,
    /// Capacity of the bucket.
    limit: u32,
    /// Cost left in the bucket after this operation. An operation that costs more is rejected with `RATE_LIMITED`.
    remaining: u32,
    /// Time at which the bucket is full again if no further operation is sent.
    reset_at: DateTime,
}

ready_fields!(RateLimit {
    "cost" => cost,
    "limit" => limit,
    "remaining" => remaining,
    "resetAt" => reset_at,
});

/// Root fields.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The client that sent the request, with its role and limits.
    async fn viewer(&self, ctx: &Context<'_>) -> DirectJson<Viewer> {
        mark_uncacheable(ctx);
        DirectJson(Viewer(
            ctx.data_opt::<Caller>()
                .cloned()
                .unwrap_or_else(Caller::anonymous),
        ))
    }
}
