//! Input positions: what is expected where a value or a variable stands.

use async_graphql::{Name, Pos};

/// Source of a value. JSON has no enum values, so there they are strings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Document,
    Json,
}

/// The use of a variable in an input position.
pub(super) struct Usage<'d> {
    pub(super) variable: &'d Name,
    pub(super) at: Pos,
    pub(super) position: InputPosition<'d>,
}

#[derive(Clone, Copy)]
pub(super) struct InputPosition<'d> {
    /// For example `[ID!]`.
    pub(super) expected: &'d str,
    /// Whether the schema has a default value for it.
    pub(super) has_default: bool,
    /// Whether it is a field of a `@oneOf` input object.
    pub(super) is_one_of: bool,
}

impl InputPosition<'_> {
    /// GraphQL, `IsNonNullPosition()`: a field of a `@oneOf` object is non-null, although its type is nullable.
    pub(super) fn effective_type(self) -> String {
        let is_required = self.is_one_of && !self.expected.ends_with('!');
        format!("{}{}", self.expected, if is_required { "!" } else { "" })
    }
}
