//! Cache tags: what a cached value may depend on, and what a ledger entry may change.

/// What an answer may rest on, and what an entry may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Anything that is ever recorded.
    Everything,
    /// What is said about any relationship.
    Relationships,
    /// By seq: what is said about it or a relationship in it.
    Initiative(i64),
    /// By alpha-2 code: what is said about it or a relationship of which it is either end.
    Country([u8; 2]),
    /// By seq: what is said about it.
    Relationship(i64),
    /// By seq: its evidence, and what became of it.
    Statement(i64),
}

impl Tag {
    /// What names no country rests on everything: that is safe, and does not happen.
    pub fn country(code: &str) -> Self {
        code.as_bytes()
            .try_into()
            .map_or(Self::Everything, Self::Country)
    }
}
