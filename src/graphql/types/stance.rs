//! GraphQL enums of stances and of the reasons for which a stance change is published.

use async_graphql::Enum;

use crate::graphql::output::direct_json::ready::ready_enum;
use crate::model::stance;

/// Stance of a requested state on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stance::Stance")]
pub enum Stance {
    /// No statement about this relationship is currently valid. Statements cannot claim it.
    Unknown,
    /// Reported as a country that is or will be asked, without evidence that it was approached.
    Named,
    /// The request was made; no response is known.
    Approached,
    /// The two states are in talks, or the requested state says that it is considering the request.
    Negotiating,
    /// Willing to agree; terms are open or approval is pending.
    AgreedInPrinciple,
    /// Agreement concluded: signed, announced, or oral and acknowledged.
    Agreed,
    /// The agreement has been carried out at least once.
    Implementing,
    /// Paused, but not ended.
    Suspended,
    /// The request was refused.
    Refused,
    /// The agreement expired, was withdrawn or terminated, or was struck down.
    Ended,
}

/// Reason for which a stance change was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stance::ChangeKind")]
pub enum ChangeKind {
    /// A statement was recorded.
    Event,
    /// A statement was corrected.
    Correction,
    /// A statement was retracted.
    Retraction,
}

ready_enum!(Stance, ChangeKind);
