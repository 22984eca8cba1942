//! What a subscriber, or a list of changes, is about: names resolved, as the service does it when it is asked.

use serde_json::{Value, json};

use crate::command::Wants;
use crate::rules::{Entry, Ledger};

#[derive(Clone, Debug)]
pub enum Wanted {
    Changes {
        initiative: Option<i64>,
        states: Option<Vec<&'static str>>,
        to: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
    },
    Entries {
        kinds: Option<Vec<&'static str>>,
    },
}

impl Wanted {
    pub fn new(wants: &Wants, ledger: &Ledger) -> Self {
        let open: Vec<i64> = ledger.initiatives().map(|(seq, _, _)| seq).collect();
        match wants.clone() {
            Wants::Changes {
                initiative,
                states,
                to,
                kinds,
            } => Self::Changes {
                initiative: initiative.and_then(|pick| pick.of(&open).copied()),
                states,
                to,
                kinds,
            },
            Wants::Entries { kinds } => Self::Entries { kinds },
        }
    }

    pub fn holds(&self, entry: &Entry) -> bool {
        let among = |all: &Option<Vec<&'static str>>, one: &str| {
            all.as_ref().is_none_or(|all| all.contains(&one))
        };
        match self {
            Self::Changes {
                initiative,
                states,
                to,
                kinds,
            } => entry.change.as_ref().is_some_and(|change| {
                initiative.is_none_or(|initiative| change.initiative == initiative)
                    && among(states, change.state)
                    && among(to, change.to)
                    && among(kinds, change.kind)
            }),
            Self::Entries { kinds } => among(kinds, entry.content.what.kind()),
        }
    }

    /// The filter or the kinds, as variables.
    pub fn variables(&self, ledger: &Ledger) -> Value {
        match self {
            Self::Changes {
                initiative,
                states,
                to,
                kinds,
            } => {
                let slugs = initiative.map(|initiative| [ledger.slug(initiative)]);
                json!({ "filter": {
                    "initiatives": slugs, "countries": states, "to": to, "kinds": kinds,
                } })
            }
            Self::Entries { kinds } => json!({ "kinds": kinds }),
        }
    }
}
