//! Who is calling, and what that caller may do.

use strum::{AsRefStr, EnumString, IntoStaticStr};

/// Ascending in what is allowed: each role may do what the one before may.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    AsRefStr,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    #[default]
    Reader,
    Editor,
    Admin,
}

/// The holder of the token that came with a request; without a token, a nameless reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    pub name: Option<String>,
    pub role: Role,
}
