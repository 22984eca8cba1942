//! Filters of subscriptions and lists of changes, with resolved references.

use serde_json::{Value, json};

use crate::command::{FilterChoice, MoreConditions, Pick};
use crate::mutation::statement_id;
use crate::rules::{Entry, Ledger};

#[derive(Clone, Debug)]
pub enum Filter {
    Changes {
        initiative: Option<i64>,
        states: Option<Vec<&'static str>>,
        to: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
        more: MoreConditions,
    },
    Disputes {
        initiative: Option<i64>,
        states: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
    },
    Revisions {
        statements: Vec<i64>,
    },
    Entries {
        initiative: Option<i64>,
        kinds: Option<Vec<&'static str>>,
    },
}

impl Filter {
    /// All entries.
    pub const EVERYTHING: Self = Self::Entries {
        initiative: None,
        kinds: None,
    };

    pub fn new(choice: &FilterChoice, ledger: &Ledger) -> Self {
        let initiatives: Vec<i64> = ledger.initiatives().map(|(seq, _, _)| seq).collect();
        let select = |pick: Option<Pick>| pick.and_then(|pick| pick.select(&initiatives).copied());
        match choice.clone() {
            FilterChoice::Changes {
                initiative,
                states,
                to,
                kinds,
                more,
            } => Self::Changes {
                initiative: select(initiative),
                states,
                to,
                kinds,
                more,
            },
            FilterChoice::Disputes {
                initiative,
                states,
                kinds,
            } => Self::Disputes {
                initiative: select(initiative),
                states,
                kinds,
            },
            FilterChoice::Revisions { statements } => {
                let all: Vec<i64> = ledger.claims().map(|(seq, _)| seq).collect();
                let selected = statements.iter().filter_map(|pick| pick.select(&all));
                match selected.copied().collect::<Vec<_>>() {
                    // Without a statement there is none to follow.
                    none if none.is_empty() => Self::EVERYTHING,
                    statements => Self::Revisions { statements },
                }
            }
            FilterChoice::Entries { initiative, kinds } => Self::Entries {
                initiative: select(initiative),
                kinds,
            },
        }
    }

    pub fn matches(&self, seq: i64, entry: &Entry, ledger: &Ledger) -> bool {
        let is_selected = |all: &Option<Vec<&'static str>>, one: &str| {
            all.as_ref().is_none_or(|all| all.contains(&one))
        };
        match self {
            Self::Changes {
                initiative,
                states,
                to,
                kinds,
                more,
            } => entry.change.as_ref().is_some_and(|change| {
                initiative.is_none_or(|initiative| change.initiative == initiative)
                    && is_selected(states, change.state)
                    && is_selected(to, change.to)
                    && is_selected(kinds, change.kind)
                    && (is_selected(&more.involves, change.from)
                        || is_selected(&more.involves, change.to))
                    && more.disputed.is_none_or(|one| one == change.disputed)
                    && more.unusual.is_none_or(|one| one == change.unusual)
                    && ledger
                        .claim(change.statement)
                        .is_some_and(|claim| is_selected(&more.claimants, claim.claimant))
            }),
            Self::Disputes {
                initiative,
                states,
                kinds,
            } => entry.dispute.as_ref().is_some_and(|change| {
                initiative.is_none_or(|initiative| change.initiative == initiative)
                    && is_selected(states, change.state)
                    && is_selected(kinds, change.kind)
            }),
            Self::Revisions { statements } => {
                let chains = statements.iter().map(|seq| ledger.chain_of(*seq));
                ledger.revises(seq, &chains.collect::<Vec<_>>())
            }
            Self::Entries { initiative, kinds } => {
                (initiative.is_none() || entry.initiative == *initiative)
                    && is_selected(kinds, entry.content.action.kind())
            }
        }
    }

    /// The variables of the operation.
    pub fn variables(&self, ledger: &Ledger) -> Value {
        match self {
            Self::Changes {
                initiative,
                states,
                to,
                kinds,
                more,
            } => {
                let slugs = initiative.map(|initiative| [ledger.slug(initiative)]);
                json!({ "filter": {
                    "initiatives": slugs, "countries": states, "to": to, "kinds": kinds,
                    "involves": more.involves, "claimants": more.claimants,
                    "disputed": more.disputed, "unusual": more.unusual,
                } })
            }
            Self::Disputes {
                initiative,
                states,
                kinds,
            } => {
                let slugs = initiative.map(|initiative| [ledger.slug(initiative)]);
                json!({ "filter": { "initiatives": slugs, "countries": states, "kinds": kinds } })
            }
            Self::Revisions { statements } => {
                // By number or by ID.
                let ids = statements
                    .iter()
                    .enumerate()
                    .map(|(index, seq)| match index % 2 {
                        0 => seq.to_string(),
                        _ => statement_id(*seq),
                    });
                json!({ "statements": ids.collect::<Vec<_>>() })
            }
            Self::Entries { initiative, kinds } => {
                let slug = initiative.map(|initiative| ledger.slug(initiative));
                json!({ "initiative": slug, "kinds": kinds })
            }
        }
    }
}
