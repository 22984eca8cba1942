//! The answer of the operation that the page and its scripts share.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::view::Known;

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) initiative: Option<Initiative>,
    pub(super) ledger: Ledger,
}

#[derive(Deserialize)]
pub(super) struct Ledger {
    pub(super) head: Head,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    /// 0 before the first entry.
    pub(super) seq: i64,
    /// `None` before the first entry.
    pub(super) recorded_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Initiative {
    pub(super) title: String,
    pub(super) requesting_state: RequestingState,
    pub(super) sources_up_to: Option<String>,
    pub(super) wording: Option<Wording>,
    pub(super) count_claims: Vec<CountClaim>,
    pub(super) relationships: Relationships,
    pub(super) known: Vec<Step>,
    pub(super) public: Vec<Step>,
}

#[derive(Deserialize)]
pub(super) struct State {
    pub(super) code: String,
    pub(super) name: String,
    /// For the map, where there is little room.
    pub(super) short: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RequestingState {
    #[serde(flatten)]
    pub(super) state: State,
    /// For the sentence, which is English whatever the language of the names.
    pub(super) english: String,
}

impl State {
    pub(super) fn short_name(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.name)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wording {
    pub(super) ask: String,
    pub(super) carried_out: String,
    pub(super) have_carried_out: String,
    pub(super) had_carried_out: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountClaim {
    pub(super) number: i64,
    pub(super) metric: String,
    pub(super) comparator: String,
    pub(super) low: i64,
    pub(super) claimant: Claimant,
    pub(super) published_on: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Claimant {
    pub(super) label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

/// A further page of the relationships.
#[derive(Deserialize)]
pub(super) struct More {
    pub(super) initiative: Option<MoreOfInitiative>,
}

#[derive(Deserialize)]
pub(super) struct MoreOfInitiative {
    pub(super) relationships: Relationships,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relationships {
    pub(super) page_info: PageInfo,
    pub(super) nodes: Vec<Relationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relationship {
    id: String,
    pub(super) requested_state: State,
    pub(super) position: Position,
}

#[derive(Deserialize)]
pub(super) struct Position {
    pub(super) stance: String,
    pub(super) since: Option<String>,
    pub(super) disputed: bool,
}

/// What the positions of some states rest on.
#[derive(Deserialize)]
pub(super) struct BasesAnswer {
    pub(super) initiative: Option<BasesOfInitiative>,
}

#[derive(Deserialize)]
pub(super) struct BasesOfInitiative {
    pub(super) relationships: BasesOfRelationships,
}

#[derive(Deserialize)]
pub(super) struct BasesOfRelationships {
    pub(super) nodes: Vec<BasisOfRelationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BasisOfRelationship {
    pub(super) requested_state: Coded,
    pub(super) position: Based,
}

#[derive(Deserialize)]
pub(super) struct Coded {
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct Based {
    pub(super) basis: Option<Basis>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Basis {
    pub(super) number: i64,
    pub(super) summary: String,
    pub(super) published_on: Option<String>,
    pub(super) claimant: Claimant,
}

#[derive(Deserialize)]
pub(super) struct Step {
    pub(super) on: String,
    pub(super) uncertain: usize,
    pub(super) moves: Vec<Move>,
}

#[derive(Deserialize)]
pub(super) struct Move {
    relationship: MovedRelationship,
    from: String,
    to: String,
    disputed: bool,
}

#[derive(Deserialize)]
struct MovedRelationship {
    id: String,
}

/// Where a state stood.
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) stance: String,
    pub(super) since: Option<String>,
    pub(super) disputed: bool,
}

impl Initiative {
    /// Where the states stood after the last step up to a day, by code; and how many were uncertain then.
    pub(super) fn standings_on(
        &self,
        known: Known,
        day: &str,
    ) -> (BTreeMap<String, Standing>, usize) {
        let steps = match known {
            Known::Now => &self.known,
            Known::Then => &self.public,
        };
        let nodes = self.relationships.nodes.iter();
        let codes: HashMap<&str, &str> = nodes
            .map(|node| (node.id.as_str(), node.requested_state.code.as_str()))
            .collect();
        let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
        let mut uncertain = 0;
        for step in steps.iter().take_while(|step| step.on.as_str() <= day) {
            uncertain = step.uncertain;
            for change in &step.moves {
                let Some(code) = codes.get(change.relationship.id.as_str()) else {
                    continue;
                };
                let before = standings.get(*code).and_then(|before| before.since.clone());
                let since = if change.from == change.to {
                    before
                } else {
                    Some(step.on.clone())
                };
                let standing = Standing {
                    stance: change.to.clone(),
                    since,
                    disputed: change.disputed,
                };
                standings.insert((*code).to_owned(), standing);
            }
        }
        (standings, uncertain)
    }

    /// Where the states stand now, by code.
    pub(super) fn standings(&self) -> BTreeMap<String, Standing> {
        let nodes = self.relationships.nodes.iter();
        nodes
            .map(|node| {
                let Position {
                    stance,
                    since,
                    disputed,
                } = &node.position;
                let standing = Standing {
                    stance: stance.clone(),
                    since: since.clone(),
                    disputed: *disputed,
                };
                (node.requested_state.code.clone(), standing)
            })
            .collect()
    }
}
