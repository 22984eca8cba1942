//! What is recorded, and what is refused.

use chrono::NaiveDate;

use super::said::corrected_by;
use super::{Claim, Content, Entry, Ledger, Moment, What};
use crate::date::day_of;

/// Code and field.
pub type Refusal = (&'static str, &'static str);

/// Who writes, under which key.
#[derive(Clone, Debug)]
pub struct Signature {
    pub actor: &'static str,
    pub key: String,
}

impl Ledger {
    /// Its number; for what was recorded before under the same key, the number of that time.
    /// # Errors
    /// Why nothing is recorded.
    pub fn record(
        &mut self,
        signature: &Signature,
        content: Content,
        now: i64,
    ) -> Result<i64, Refusal> {
        if let Some((seq, first)) = self.find_recorded(signature) {
            let is_same = first.content == content;
            return is_same
                .then_some(seq)
                .ok_or(("CONFLICT", "input.idempotencyKey"));
        }
        // The clock may have been set back since the day was written.
        let (begins, field) = content.what.begins();
        let is_to_come = begins.is_some_and(|first| first > day_of(now));
        refuse(is_to_come, ("BAD_USER_INPUT", field))?;
        self.check(&content.what)?;
        let touched = self.touched(&content.what);
        let before =
            touched.map(|(initiative, state)| self.position(initiative, state, &Moment::default()));
        let last = self.entries.last();
        self.entries.push(Entry {
            actor: signature.actor,
            key: signature.key.clone(),
            recorded_at: last.map_or(now, |last| now.max(last.recorded_at + 1)),
            content,
            change: None,
        });
        let change = before.and_then(|before| self.change(&before));
        if let Some(newest) = self.entries.last_mut() {
            newest.change = change;
        }
        Ok(self.head())
    }

    fn find_recorded(&self, Signature { actor, key }: &Signature) -> Option<(i64, &Entry)> {
        let mut all = self.numbered();
        all.find(|(_, entry)| entry.actor == *actor && entry.key == *key)
    }

    fn check(&self, what: &What) -> Result<(), Refusal> {
        match what {
            What::Initiative { slug, .. } => {
                let is_taken = self.initiatives().any(|(_, taken, _)| taken == slug);
                refuse(is_taken, ("CONFLICT", "input.slug"))
            }
            What::Correction { of, claim } => {
                refuse(!self.stands(*of), ("CONFLICT", "input.statement"))?;
                self.check_claim(claim)
            }
            What::Retraction { of } => refuse(!self.stands(*of), ("CONFLICT", "input.statement")),
            What::Statement(claim) => self.check_claim(claim),
            What::Source { .. } | What::Evidence { .. } => Ok(()),
        }
    }

    fn check_claim(&self, claim: &Claim) -> Result<(), Refusal> {
        let is_alien = |denied: &i64| {
            let denied = self.claim(*denied);
            denied.is_none_or(|denied| denied.subject != claim.subject)
        };
        let alien = claim.contradicts.iter().any(is_alien);
        refuse(alien, ("BAD_USER_INPUT", "input.contradicts.0"))
    }

    /// Whether a statement is neither corrected nor retracted.
    pub fn stands(&self, seq: i64) -> bool {
        self.standing(seq) == Some("STANDING")
    }

    pub fn standing(&self, seq: i64) -> Option<&'static str> {
        let said = self.said(&self.claim(seq)?.subject);
        let own = said.iter().find(|one| one.seq == seq)?;
        Some(if own.retracted_at.is_some() {
            "RETRACTED"
        } else if corrected_by(&said, seq).is_some() {
            "CORRECTED"
        } else {
            "STANDING"
        })
    }
}

impl What {
    /// The first day that its date may mean, and where that stands in an input.
    fn begins(&self) -> (Option<NaiveDate>, &'static str) {
        match self {
            Self::Source { published, .. } => {
                let first = published.as_ref().and_then(|date| date.first);
                (first, "input.publishedOn")
            }
            Self::Statement(claim) | Self::Correction { claim, .. } => {
                (claim.from.first, "input.validFrom")
            }
            Self::Initiative { .. } | Self::Retraction { .. } | Self::Evidence { .. } => (None, ""),
        }
    }
}

fn refuse(is_wrong: bool, refusal: Refusal) -> Result<(), Refusal> {
    if is_wrong { Err(refusal) } else { Ok(()) }
}
