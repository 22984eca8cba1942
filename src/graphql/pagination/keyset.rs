//! Keyset order: the sort key and direction of a list. It depends neither on pages nor on loaders.

use std::cmp::Ordering;

use sea_orm::sea_query::{Expr, Order};

/// The direction of a sort order or of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortDirection {
    Ascending,
    Descending,
}

impl SortDirection {
    pub fn order(self) -> Order {
        match self {
            Self::Ascending => Order::Asc,
            Self::Descending => Order::Desc,
        }
    }

    pub fn compare<T: Ord + Copy>(self, left: T, right: T) -> Ordering {
        match self {
            Self::Ascending => left.cmp(&right),
            Self::Descending => right.cmp(&left),
        }
    }

    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// The order of a list: by `key`, and within equal keys by the unique `id`.
#[derive(Clone, Debug)]
pub struct KeysetOrder {
    pub key: Expr,
    pub id: Expr,
    pub direction: SortDirection,
}
