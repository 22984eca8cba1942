//! Stance changes caused by an entry.

use super::position::Position;
use super::{Action, Ledger, Moment, Subject};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub initiative: i64,
    pub state: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub kind: &'static str,
    pub unusual: bool,
    pub disputed: bool,
    pub occurred_on: Option<String>,
    /// The statement that was recorded, corrected or retracted.
    pub statement: i64,
}

/// A change of the contradictions that cause a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeChange {
    pub initiative: i64,
    pub state: &'static str,
    pub kind: &'static str,
    pub rivals: Vec<(i64, i64)>,
    pub added: Vec<(i64, i64)>,
    pub removed: Vec<(i64, i64)>,
}

impl Ledger {
    /// What the newest entry changed in a dispute; `before` is the position without it.
    pub fn newest_dispute(&self, before: &Position) -> Option<DisputeChange> {
        let newest = self.entries.last()?;
        let (initiative, state) = self.affected_relationship(&newest.content.action)?;
        let now = self.position(initiative, state, &Moment::default());
        let without = |all: &[(i64, i64)], others: &[(i64, i64)]| -> Vec<(i64, i64)> {
            all.iter()
                .filter(|pair| !others.contains(pair))
                .copied()
                .collect()
        };
        let added = without(&now.rivals, &before.rivals);
        let removed = without(&before.rivals, &now.rivals);
        if added.is_empty() && removed.is_empty() {
            return None;
        }
        let kind = if before.rivals.is_empty() {
            "BEGAN"
        } else if now.rivals.is_empty() {
            "ENDED"
        } else if added.is_empty() {
            "SHRANK"
        } else {
            "GREW"
        };
        Some(DisputeChange {
            initiative,
            state,
            kind,
            rivals: now.rivals,
            added,
            removed,
        })
    }

    /// The initiative that an action is about, which is recorded as entry `seq`.
    pub fn initiative_of(&self, action: &Action, seq: i64) -> Option<i64> {
        let claim = match action {
            Action::Initiative { .. } => return Some(seq),
            Action::Source { .. } | Action::SourceCorrection { .. } => return None,
            Action::Review { initiative, .. } => return Some(*initiative),
            Action::Statement(claim) | Action::Correction { claim, .. } => claim,
            Action::Retraction { of } | Action::Evidence { of, .. } => self.claim(*of)?,
        };
        match claim.subject {
            Subject::Relationship(initiative, _) | Subject::Initiative(initiative) => {
                Some(initiative)
            }
            Subject::Country(_) => None,
        }
    }

    /// The relationship whose position the entry may change.
    pub fn affected_relationship(&self, action: &Action) -> Option<(i64, &'static str)> {
        let claim = match action {
            Action::Statement(claim) | Action::Correction { claim, .. } => Some(claim),
            Action::Retraction { of } => self.claim(*of),
            Action::Initiative { .. }
            | Action::Source { .. }
            | Action::SourceCorrection { .. }
            | Action::Evidence { .. }
            | Action::Review { .. } => None,
        };
        match claim?.subject {
            Subject::Relationship(initiative, state) => Some((initiative, state)),
            Subject::Country(_) | Subject::Initiative(_) => None,
        }
    }

    /// The stance change caused by the newest entry; `before` is the position without it.
    pub fn newest_change(&self, before: &Position) -> Option<Change> {
        let newest = self.entries.last()?;
        let (initiative, state) = self.affected_relationship(&newest.content.action)?;
        let now = self.position(initiative, state, &Moment::default());
        let (kind, statement) = match newest.content.action {
            Action::Correction { .. } => ("CORRECTION", self.head()),
            Action::Retraction { of } => ("RETRACTION", of),
            _ => ("EVENT", self.head()),
        };
        (before.stance != now.stance).then(|| Change {
            initiative,
            state,
            from: before.stance,
            to: now.stance,
            kind,
            unusual: kind == "EVENT" && !is_usual(before.stance, now.stance),
            disputed: !now.rivals.is_empty(),
            occurred_on: now.since,
            statement,
        })
    }
}

fn is_usual(from: &str, to: &str) -> bool {
    let usual_stances = match from {
        "UNKNOWN" => "NAMED APPROACHED NEGOTIATING AGREED_IN_PRINCIPLE AGREED REFUSED",
        "NAMED" => "APPROACHED NEGOTIATING AGREED_IN_PRINCIPLE AGREED REFUSED",
        "APPROACHED" => "NEGOTIATING AGREED_IN_PRINCIPLE AGREED REFUSED",
        "NEGOTIATING" => "AGREED_IN_PRINCIPLE AGREED REFUSED",
        "AGREED_IN_PRINCIPLE" | "SUSPENDED" => "NEGOTIATING AGREED IMPLEMENTING REFUSED ENDED",
        "AGREED" => "IMPLEMENTING SUSPENDED ENDED",
        "IMPLEMENTING" => "SUSPENDED ENDED",
        "REFUSED" => "APPROACHED NEGOTIATING",
        "ENDED" => "APPROACHED NEGOTIATING REFUSED",
        _ => "",
    };
    usual_stances.split(' ').any(|stance| stance == to)
}
