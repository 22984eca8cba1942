//! Conditions on a statement itself.

use entity::statement::Model;

use crate::model::position::history::History;
use crate::model::position::packed_fact::PackedFact;
use crate::model::statement::facets::{FacetFilter, Facets};
use crate::model::statement::{ClaimantKind, Standing, StatementKind};
use crate::read_model::Verdict;

/// Conditions on a statement itself, independent of its subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementCriteria {
    pub kinds: Option<Vec<StatementKind>>,
    pub claimants: Option<Vec<ClaimantKind>>,
    pub standing: Option<Vec<Standing>>,
}

/// Whether a statement is valid now, corrected or retracted. Retracted takes precedence over corrected.
pub fn standing(row: &Model) -> Standing {
    standing_of(row.retracted_at.is_some(), row.corrected_by.is_some())
}

fn standing_of(is_retracted: bool, is_corrected: bool) -> Standing {
    match (is_retracted, is_corrected) {
        (true, _) => Standing::Retracted,
        (false, true) => Standing::Corrected,
        (false, false) => Standing::Standing,
    }
}

impl StatementCriteria {
    /// The conditions that facets decide.
    pub(super) fn facets(&self) -> FacetFilter {
        FacetFilter::new(self.kinds.as_deref(), self.claimants.as_deref())
    }

    /// What facets say of a statement. It is undecided if its history says which of several standings it
    /// has, and that matters.
    pub(super) fn verdict(&self, filter: FacetFilter, facets: Facets, is_pinned: bool) -> Verdict {
        if !filter.matches(facets) {
            return Verdict::Mismatch;
        }
        let Some(all) = &self.standing else {
            return Verdict::Match;
        };
        let possible: &[Standing] = match (facets.is_retracted(), facets.is_corrected()) {
            (true, _) if is_pinned => {
                &[Standing::Retracted, Standing::Corrected, Standing::Standing]
            }
            (true, _) => &[Standing::Retracted],
            (false, true) => &[Standing::Corrected, Standing::Standing],
            (false, false) => &[Standing::Standing],
        };
        let matching = possible.iter().filter(|one| all.contains(one)).count();
        match matching {
            0 => Verdict::Mismatch,
            count if count == possible.len() => Verdict::Match,
            _ => Verdict::Undecided,
        }
    }

    /// Whether a statement of a history meets every condition.
    pub(super) fn matches(&self, history: &History, fact: &PackedFact) -> bool {
        let kinds = self.kinds.as_ref();
        let claimants = self.claimants.as_ref();
        kinds.is_none_or(|all| fact.kind.is_some_and(|one| all.contains(&one)))
            && claimants.is_none_or(|all| fact.claimant.is_some_and(|one| all.contains(&one)))
            && self.has_standing(history, fact)
    }

    fn has_standing(&self, history: &History, fact: &PackedFact) -> bool {
        self.standing.as_ref().is_none_or(|all| {
            let is_corrected =
                fact.is_corrected() && history.valid_correction_of(fact.id).is_some();
            all.contains(&standing_of(fact.is_retracted(), is_corrected))
        })
    }
}
