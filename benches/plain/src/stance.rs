//! The enums of the measured operations.

use async_graphql::resolver_utils::EnumType;
use async_graphql::{Enum, Error, Result};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Stance {
    Unknown,
    Named,
    Approached,
    Negotiating,
    AgreedInPrinciple,
    Agreed,
    Implementing,
    Suspended,
    Refused,
    Ended,
}

impl Stance {
    /// Parses the name that the tables hold.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let item = Self::items().iter().find(|item| item.name == text);
        item.map(|item| item.value)
            .ok_or_else(|| Error::new("not a stance"))
    }

    pub(crate) fn name(self) -> &'static str {
        let item = Self::items().iter().find(|item| item.value == self);
        item.map_or("", |item| item.name)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RelationshipField {
    Since,
}
