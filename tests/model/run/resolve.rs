//! Resolves the picks of a command to existing objects.

use super::Run;
use crate::command::{ClaimDraft, EvidenceChoice, Pick, StatementChoice};
use crate::date::{day_of, days_before};
use crate::rules::{Body, Claim, Evidence, Subject};

impl Run<'_> {
    pub(super) fn claim(&self, subject: Subject, draft: &ClaimDraft) -> Option<Claim> {
        let source = self.source(draft.source)?;
        let mut evidence = vec![Evidence {
            source,
            relation: "SUPPORTS",
            published: None,
        }];
        evidence.extend(self.evidence(&draft.evidence));
        let claims = self.model.ledger.claims();
        let candidates = claims.filter(|(_, claim)| claim.subject == subject);
        let candidates: Vec<i64> = candidates.map(|(seq, _)| seq).collect();
        let mut contradicts: Vec<i64> = Vec::new();
        for contradicted in draft
            .contradicts
            .iter()
            .filter_map(|pick| pick.select(&candidates))
        {
            if !contradicts.contains(contradicted) {
                contradicts.push(*contradicted);
            }
        }
        Some(Claim {
            claimant: draft.claimant,
            body: replace_if_not_allowed(draft.body, &subject),
            subject,
            from: draft.from.on(day_of(self.service().now())),
            evidence,
            contradicts,
        })
    }

    pub(super) fn evidence(&self, choices: &[EvidenceChoice]) -> Vec<Evidence> {
        let today = day_of(self.service().now());
        let resolve = |choice: &EvidenceChoice| {
            let days_ago = choice.published;
            Some(Evidence {
                source: self.source(choice.source)?,
                relation: choice.relation,
                published: days_ago.map(|days_ago| days_before(today, days_ago)),
            })
        };
        choices.iter().filter_map(resolve).collect()
    }

    pub(super) fn source(&self, pick: Pick) -> Option<i64> {
        let sources: Vec<i64> = self.model.ledger.sources().collect();
        pick.select(&sources).copied()
    }

    pub(super) fn target(&self, target: StatementChoice) -> Option<i64> {
        let ledger = &self.model.ledger;
        let seqs = ledger.claims().map(|(seq, _)| seq);
        let all: Vec<i64> = seqs
            .filter(|seq| !target.standing || ledger.is_standing(*seq))
            .collect();
        target.pick.select(&all).copied()
    }
}

/// Replaces a kind of statement that is not valid for the subject.
fn replace_if_not_allowed(body: Body, subject: &Subject) -> Body {
    let is_of_relationships = matches!(
        body,
        Body::Stance(_) | Body::Agreement | Body::Transfer | Body::Return
    );
    match subject {
        Subject::Country(_) if is_of_relationships => Body::Concern,
        Subject::Initiative(_) if is_of_relationships => Body::Count,
        Subject::Relationship(..) | Subject::Country(_) | Subject::Initiative(_) => body,
    }
}
