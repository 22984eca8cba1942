//! GraphQL enums of stances and of the reasons for which a stance change is published.

use async_graphql::Enum;

use crate::model::stance;

/// Where the requested state stands on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stance::Stance")]
pub enum Stance {
    /// Nobody says anything. Never claimed by a statement.
    Unknown,
    /// Reported as a country that is or will be asked; no approach shown.
    Named,
    /// Asked; no answer known.
    Approached,
    /// Both talk, or it says that it considers.
    Negotiating,
    /// Willing; terms are open or approval is pending.
    AgreedInPrinciple,
    /// Concluded: signed, announced, or verbal and admitted.
    Agreed,
    /// Carried out at least once.
    Implementing,
    /// Stopped without ending.
    Suspended,
    /// Said no.
    Refused,
    /// Expired, withdrawn, terminated or struck down.
    Ended,
}

/// Why a stance change was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stance::ChangeKind")]
pub enum ChangeKind {
    /// Something new was recorded.
    Event,
    /// A statement was replaced by a correction.
    Correction,
    /// A statement was taken back.
    Retraction,
}
