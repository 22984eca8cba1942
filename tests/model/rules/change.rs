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

impl Ledger {
    /// The relationship whose position the entry may change.
    pub fn affected_relationship(&self, action: &Action) -> Option<(i64, &'static str)> {
        let claim = match action {
            Action::Statement(claim) | Action::Correction { claim, .. } => Some(claim),
            Action::Retraction { of } => self.claim(*of),
            Action::Initiative { .. } | Action::Source { .. } | Action::Evidence { .. } => None,
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
