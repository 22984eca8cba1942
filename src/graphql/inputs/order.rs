//! Sort direction as an input.

use async_graphql::Enum;

use crate::graphql::pagination::keyset::SortDirection;

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// From small to large, from A to Z, from old to new.
    Asc,
    /// From large to small, from Z to A, from new to old.
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
