//! Sort direction as an input.

use async_graphql::Enum;

use crate::graphql::pagination::keyset::SortDirection;

/// Sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Ascending: small to large, A to Z, old to new.
    Asc,
    /// Descending: large to small, Z to A, new to old.
    Desc,
}

impl From<OrderDirection> for SortDirection {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Asc => Self::Ascending,
            OrderDirection::Desc => Self::Descending,
        }
    }
}
