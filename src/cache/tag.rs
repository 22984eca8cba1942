//! Cache tags: what a cached value may depend on, and what a ledger entry may change.

/// A unit of invalidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheTag {
    /// Every entry.
    Any,
    /// Statements about any relationship.
    Relationships,
    /// By seq: statements about the initiative or a relationship in it.
    Initiative(i64),
    /// By alpha-2 code: statements about the country or a relationship in which it is either state.
    Country([u8; 2]),
    /// By seq: statements about the relationship.
    Relationship(i64),
    /// By seq: reviews of the initiative as a whole, each of which is one of all its relationships.
    Reviews(i64),
    /// By seq: the statement's evidence, corrections and retraction.
    Statement(i64),
    /// By seq: the source's data.
    Source(i64),
}

impl CacheTag {
    /// A malformed code depends on everything: that is safe, and does not occur.
    pub fn country(code: &str) -> Self {
        code.as_bytes().try_into().map_or(Self::Any, Self::Country)
    }
}
