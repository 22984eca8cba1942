//! Callers and their roles.

use crate::model::time::Timestamp;
use strum::{AsRefStr, EnumString, IntoStaticStr};

/// Permissions of a caller; each role includes the one before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE", ascii_case_insensitive)]
pub enum Role {
    /// Everyone, without a token.
    Reader,
    /// May record, correct and retract.
    Editor,
    /// May also do what is reserved to operators.
    Admin,
}

/// The authenticated sender of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's name; absent without one.
    pub name: Option<String>,
    pub role: Role,
    /// The instant from which the token is refused; absent for never.
    pub expires: Option<Timestamp>,
}

impl Caller {
    pub fn anonymous() -> Self {
        Self {
            name: None,
            role: Role::Reader,
            expires: None,
        }
    }

    /// The instant at which the token expired, if that is not after `now`, which is asked for only if the token expires at all.
    pub fn expired_at(&self, now: impl FnOnce() -> Timestamp) -> Option<Timestamp> {
        let expires = self.expires?;
        (expires <= now()).then_some(expires)
    }
}
