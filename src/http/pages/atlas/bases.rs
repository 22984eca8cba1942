//! Bases: the statements that positions rest on at the moment of the page.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    answer::{BasesAnswer, Basis, BasisOfRelationship},
    sentence::Moment,
    view::{Known, View},
};
use crate::http::pages::request::PageRequest;
use crate::http::response::error::HttpError;

const QUERY: &str = include_str!("../../../../web/atlas/operations/Bases.graphql");
/// States of one question.
const PAGE: usize = 100;

pub(super) struct Bases {
    /// The ledger entry of the state that they are of.
    pub(super) seq: i64,
    pub(super) by_code: BTreeMap<String, Basis>,
}

impl Bases {
    /// Of the states with a stance at the moment of the view, as of a ledger entry.
    /// # Errors
    /// Those of [`PageRequest::ask`].
    pub(super) async fn ask(
        request: &PageRequest,
        view: &View,
        (slug, moment, seq): (&str, &Moment, i64),
    ) -> Result<Self, HttpError> {
        let mut at = serde_json::Map::new();
        if let Some(day) = &view.on {
            // Never both: a report "of June" would vanish until its last day.
            let clock = match view.known {
                Known::Now => "validOn",
                Known::Then => "publishedBy",
            };
            at.insert(clock.to_owned(), day.as_str().into());
        }
        if let Some(instant) = &view.at {
            at.insert("recordedBy".to_owned(), instant.as_str().into());
        }
        let known = moment.standings.iter();
        let known = known.filter(|(_, standing)| standing.stance != "UNKNOWN");
        let codes: Vec<&str> = known.map(|(code, _)| code.as_str()).collect();
        let mut by_code = BTreeMap::new();
        for states in codes.chunks(PAGE) {
            let variables = json!({ "i": slug, "at": at, "states": states });
            let answer: BasesAnswer = request.ask(QUERY, variables, Some(seq)).await?;
            let nodes = answer.initiative.into_iter();
            let nodes = nodes.flat_map(|initiative| initiative.relationships.nodes);
            by_code.extend(nodes.filter_map(|node: BasisOfRelationship| {
                Some((node.requested_state.code, node.position.basis?))
            }));
        }
        Ok(Self { seq, by_code })
    }
}
