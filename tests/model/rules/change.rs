//! What is published when a stance changes.

use super::position::Position;
use super::{Ledger, Moment, Subject, What};

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

impl Ledger {
    /// The relationship whose position an entry may move.
    pub fn touched(&self, what: &What) -> Option<(i64, &'static str)> {
        let claim = match what {
            What::Statement(claim) | What::Correction { claim, .. } => Some(claim),
            What::Retraction { of } => self.claim(*of),
            What::Initiative { .. } | What::Source { .. } | What::Evidence { .. } => None,
        };
        match claim?.subject {
            Subject::Relationship(initiative, state) => Some((initiative, state)),
            Subject::Country(_) | Subject::Initiative(_) => None,
        }
    }

    /// What the newest entry changed; `before` is the position without it.
    pub fn change(&self, before: &Position) -> Option<Change> {
        let newest = self.entries.last()?;
        let (initiative, state) = self.touched(&newest.content.what)?;
        let now = self.position(initiative, state, &Moment::default());
        let (kind, statement) = match newest.content.what {
            What::Correction { .. } => ("CORRECTION", self.head()),
            What::Retraction { of } => ("RETRACTION", of),
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
    let usual = match from {
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
    usual.split(' ').any(|word| word == to)
}
