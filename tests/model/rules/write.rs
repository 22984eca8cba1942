//! Writes: what is recorded, and what is rejected.

use chrono::NaiveDate;

use super::statement::corrected_by;
use super::{Action, Claim, Content, Entry, Evidence, Ledger, Moment};
use crate::date::day_of;

/// Code and field.
pub type Rejection = (&'static str, &'static str);

/// Actor and idempotency key of a write.
#[derive(Clone, Debug)]
pub struct WriteKey {
    pub actor: &'static str,
    pub key: String,
}

impl Ledger {
    /// The number of the entry; for a repeated write, the number of the first one.
    /// # Errors
    /// The rejection.
    pub fn record(
        &mut self,
        write_key: &WriteKey,
        content: Content,
        now: i64,
    ) -> Result<i64, Rejection> {
        if let Some((seq, first)) = self.find_recorded(write_key) {
            let is_same = first.content == content;
            return is_same
                .then_some(seq)
                .ok_or(("CONFLICT", "input.idempotencyKey"));
        }
        // The clock may have been set back since the input was written.
        for (first_day, field) in content.action.first_days() {
            let is_in_future = first_day.is_some_and(|first| first > day_of(now));
            reject_if(is_in_future, ("BAD_USER_INPUT", field))?;
        }
        self.check_preconditions(&content.action)?;
        let relationship = self.affected_relationship(&content.action);
        let before = relationship
            .map(|(initiative, state)| self.position(initiative, state, &Moment::default()));
        let initiative = self.initiative_of(&content.action, self.head() + 1);
        let last = self.entries.last();
        self.entries.push(Entry {
            actor: write_key.actor,
            key: write_key.key.clone(),
            recorded_at: last.map_or(now, |last| now.max(last.recorded_at + 1)),
            content,
            change: None,
            dispute: None,
            initiative,
        });
        let before = before.as_ref();
        let change = before.and_then(|before| self.newest_change(before));
        let dispute = before.and_then(|before| self.newest_dispute(before));
        if let Some(newest) = self.entries.last_mut() {
            (newest.change, newest.dispute) = (change, dispute);
        }
        Ok(self.head())
    }

    fn find_recorded(&self, WriteKey { actor, key }: &WriteKey) -> Option<(i64, &Entry)> {
        let mut all = self.numbered();
        all.find(|(_, entry)| entry.actor == *actor && entry.key == *key)
    }

    fn check_preconditions(&self, action: &Action) -> Result<(), Rejection> {
        match action {
            Action::Initiative { slug, .. } => {
                let is_taken = self.initiatives().any(|(_, existing, _)| existing == slug);
                reject_if(is_taken, ("CONFLICT", "input.slug"))
            }
            Action::Correction { of, claim, .. } => {
                reject_if(!self.is_standing(*of), ("CONFLICT", "input.statement"))?;
                self.check_claim(claim)
            }
            Action::Retraction { of } => {
                reject_if(!self.is_standing(*of), ("CONFLICT", "input.statement"))
            }
            Action::Statement(claim) => self.check_claim(claim),
            Action::Source { .. } | Action::Evidence { .. } => Ok(()),
            Action::SourceCorrection {
                of,
                version,
                original,
                ..
            } => {
                let newest = self.source(*of).expect("the source exists");
                reject_if(newest.version != *version, ("CONFLICT", "input.version"))?;
                let is_circular = original.is_some_and(|source| self.derives_from(source, *of));
                reject_if(is_circular, ("BAD_USER_INPUT", "input.derivedFrom"))
            }
            Action::Review {
                initiative, state, ..
            } => {
                let exists = |state| self.relationships().contains(&(*initiative, state));
                let field = "input.subject.relationship.requestedState";
                reject_if(!state.is_none_or(exists), ("NOT_FOUND", field))
            }
        }
    }

    fn check_claim(&self, claim: &Claim) -> Result<(), Rejection> {
        let has_other_subject = |seq: &i64| {
            let contradicted = self.claim(*seq);
            contradicted.is_none_or(|contradicted| contradicted.subject != claim.subject)
        };
        let is_invalid = claim.contradicts.iter().any(has_other_subject);
        reject_if(is_invalid, ("BAD_USER_INPUT", "input.contradicts[0]"))
    }

    /// Whether a statement is neither corrected nor retracted.
    pub fn is_standing(&self, seq: i64) -> bool {
        self.standing(seq) == Some("STANDING")
    }

    pub fn standing(&self, seq: i64) -> Option<&'static str> {
        let statements = self.statements_about(&self.claim(seq)?.subject);
        let own = statements.iter().find(|one| one.seq == seq)?;
        Some(if own.retracted_at.is_some() {
            "RETRACTED"
        } else if corrected_by(&statements, seq).is_some() {
            "CORRECTED"
        } else {
            "STANDING"
        })
    }
}

impl Action {
    /// The first possible day of each of its dates, and the input field of that date.
    fn first_days(&self) -> Vec<(Option<NaiveDate>, &'static str)> {
        let (own, evidence): (_, &[Evidence]) = match self {
            Self::Source { published, .. } | Self::SourceCorrection { published, .. } => {
                let first = published.as_ref().and_then(|date| date.first);
                ((first, "input.publishedOn"), &[])
            }
            Self::Statement(claim) | Self::Correction { claim, .. } => {
                ((claim.from.first, "input.validFrom"), &claim.evidence)
            }
            Self::Review { on, .. } => ((*on, "input.reviewedOn"), &[]),
            Self::Evidence { evidence, .. } => ((None, ""), evidence),
            Self::Initiative { .. } | Self::Retraction { .. } => ((None, ""), &[]),
        };
        let fields = [
            "input.evidence[0].publishedOn",
            "input.evidence[1].publishedOn",
        ];
        let evidence = evidence.iter().map(|piece| piece.published);
        [own].into_iter().chain(evidence.zip(fields)).collect()
    }
}

fn reject_if(is_invalid: bool, rejection: Rejection) -> Result<(), Rejection> {
    if is_invalid { Err(rejection) } else { Ok(()) }
}
