//! Who is asking.

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::page_arguments::LIMIT;
use super::{COMPLEXITY, DEPTH};

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
    async fn limits(&self) -> Limits {
        Limits {
            page_size: LIMIT,
            depth: DEPTH,
            complexity: COMPLEXITY,
        }
    }
}

/// What an operation may ask for; one that asks for more is refused whole, with the code `QUERY_TOO_COMPLEX` or, for a
/// page, `BAD_USER_INPUT`.
#[derive(SimpleObject)]
pub struct Limits {
    /// Items on a page at most.
    page_size: i32,
    /// Levels of selection at most.
    depth: usize,
    /// Fields times the items that their lists can have, summed over the operation, at most.
    complexity: usize,
}

/// Root fields.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The caller.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        Viewer(
            ctx.data_opt::<Caller>()
                .cloned()
                .unwrap_or_else(Caller::anonymous),
        )
    }
}
