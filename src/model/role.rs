//! Who calls, and what that allows.

use strum::{AsRefStr, EnumString, IntoStaticStr};

/// What a caller may do; each role may do what the one before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE", ascii_case_insensitive)]
pub enum Role {
    /// Everyone, without a token.
    Reader,
    /// May record, correct and retract.
    Editor,
    /// May do what operators do.
    Admin,
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's name; absent without one.
    pub name: Option<String>,
    pub role: Role,
}

impl Caller {
    pub fn anonymous() -> Self {
        Self {
            name: None,
            role: Role::Reader,
        }
    }
}
