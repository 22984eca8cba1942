//! Keyset order: by which key a list is sorted and in which direction. It knows neither pages nor loaders.

use std::cmp::Ordering;

use sea_orm::sea_query::{Expr, Order};

/// The order of a list, or of a walk along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    Ascending,
    Descending,
}

impl Way {
    pub fn order(self) -> Order {
        match self {
            Self::Ascending => Order::Asc,
            Self::Descending => Order::Desc,
        }
    }

    pub fn compare<T: Ord + Copy>(self, one: T, other: T) -> Ordering {
        match self {
            Self::Ascending => one.cmp(&other),
            Self::Descending => other.cmp(&one),
        }
    }

    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// The order of a list: by `key`, and within equal keys by the unique `id`.
#[derive(Clone, Debug)]
pub struct Sort {
    pub key: Expr,
    pub id: Expr,
    pub way: Way,
}
