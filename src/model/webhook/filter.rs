//! Filter of a webhook: which stance changes are sent. It has the fields of `StanceChangeFilter` in the API.

use serde::{Deserialize, Serialize};

use crate::model::stance::{ChangeKind, Stance};
use crate::model::statement::ClaimantKind;

/// A change matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFilter {
    /// Slugs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub initiatives: Vec<String>,
    /// Alpha-2 codes of requested states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// UN M49 codes of regions of requested states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Stances before the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Stance>,
    /// Stances after the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Stance>,
    /// Stances before or after the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub involves: Vec<Stance>,
    /// Kinds of change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ChangeKind>,
    /// Categories of the claimant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claimants: Vec<ClaimantKind>,
    /// Whether the position was disputed after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<bool>,
    /// Whether the transition is unusual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unusual: Option<bool>,
}
