//! What commands name, by what there is when they run.

use super::Run;
use crate::command::{Cited, Draft, Pick, Target};
use crate::date::day_of;
use crate::rules::{Body, Claim, Evidence, Subject};

impl Run<'_> {
    pub(super) fn claim(&self, subject: Subject, draft: &Draft) -> Option<Claim> {
        let source = self.source(draft.source)?;
        let relation = "SUPPORTS";
        let mut evidence = vec![Evidence { source, relation }];
        evidence.extend(self.evidence(&draft.evidence));
        let claims = self.book.ledger.claims();
        let same = claims.filter(|(_, claim)| claim.subject == subject);
        let same: Vec<i64> = same.map(|(seq, _)| seq).collect();
        let mut contradicts: Vec<i64> = Vec::new();
        for denied in draft.contradicts.iter().filter_map(|pick| pick.of(&same)) {
            if !contradicts.contains(denied) {
                contradicts.push(*denied);
            }
        }
        Some(Claim {
            body: fit(draft.body, &subject),
            subject,
            from: draft.from.on(day_of(self.service().now())),
            evidence,
            contradicts,
        })
    }

    pub(super) fn evidence(&self, cited: &[Cited]) -> Vec<Evidence> {
        let one = |cited: &Cited| {
            let (source, relation) = (self.source(cited.source)?, cited.relation);
            Some(Evidence { source, relation })
        };
        cited.iter().filter_map(one).collect()
    }

    pub(super) fn source(&self, pick: Pick) -> Option<i64> {
        let sources: Vec<i64> = self.book.ledger.sources().collect();
        pick.of(&sources).copied()
    }

    pub(super) fn target(&self, target: Target) -> Option<i64> {
        let ledger = &self.book.ledger;
        let seqs = ledger.claims().map(|(seq, _)| seq);
        let all: Vec<i64> = seqs
            .filter(|seq| !target.standing || ledger.stands(*seq))
            .collect();
        target.pick.of(&all).copied()
    }
}

/// Not every kind is said of everything.
fn fit(body: Body, subject: &Subject) -> Body {
    let is_of_relationships = matches!(body, Body::Stance(_) | Body::Agreement | Body::Transfer);
    match subject {
        Subject::Country(_) if is_of_relationships => Body::Concern,
        Subject::Initiative(_) if is_of_relationships => Body::Count,
        Subject::Relationship(..) | Subject::Country(_) | Subject::Initiative(_) => body,
    }
}
