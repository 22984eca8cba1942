//! The matrix: a row per requested state, a column per initiative, and in each cell the stance.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{csv_lines::csv_lines, relationships};
use crate::http::queries::{
    error::QueryError,
    pages::Pages,
    parameters::{COUNTRY, INITIATIVE, PUBLISHED_BY, Parameters, RECORDED_BY, STANCE, VALID_ON},
    pinned_query::{PinnedQuery, RateLimit},
};

pub(super) const DESCRIPTION: &str = "One row per requested state, one column per initiative: the stance, or nothing if there is no relationship.";
pub(super) const PARAMETERS: [&str; 6] = [
    VALID_ON,
    PUBLISHED_BY,
    RECORDED_BY,
    INITIATIVE,
    COUNTRY,
    STANCE,
];
/// The columns before those of initiatives. No slug has an underscore.
pub(super) const STATE_COLUMNS: [&str; 3] = [
    "requested_state",
    "requested_state_alpha3",
    "requested_state_name",
];
const INITIATIVES: &str = include_str!("operations/initiatives.graphql");

pub(super) struct MatrixFile {
    parameters: Parameters,
    pages: Pages,
    /// Slugs, once they are loaded.
    initiatives: Option<Vec<String>>,
    row: Row,
    is_complete: bool,
}

/// The row that is being collected: pages are in the order of requested states, which may go over the end of a page.
#[derive(Default)]
struct Row {
    state: [String; 3],
    stances: BTreeMap<String, String>,
}

impl MatrixFile {
    pub(super) fn new(query: PinnedQuery, parameters: Parameters) -> Self {
        let table = &relationships::TABLE;
        Self {
            pages: table.pages(query, &parameters),
            parameters,
            initiatives: None,
            row: Row::default(),
            is_complete: false,
        }
    }

    /// The next part of the file; `None` at its end.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        if self.is_complete {
            return Ok(None);
        }
        let mut rows = Vec::new();
        let initiatives = if let Some(initiatives) = self.initiatives.take() {
            initiatives
        } else {
            let slugs = list_initiatives(&self.pages.query, &self.parameters, rate_limit).await?;
            let states = STATE_COLUMNS.map(str::to_owned).into_iter();
            rows.push(states.chain(slugs.iter().cloned()).collect());
            slugs
        };
        let edges = self.pages.next(rate_limit).await?;
        self.is_complete = edges.is_none();
        for edge in edges.into_iter().flatten() {
            let row = self.row.add(&edge);
            rows.extend(row.map(|row| row.into_cells(&initiatives)));
        }
        if self.is_complete && !self.row.stances.is_empty() {
            let last = std::mem::take(&mut self.row);
            rows.push(last.into_cells(&initiatives));
        }
        self.initiatives = Some(initiatives);
        csv_lines(&rows).map(Some)
    }
}

impl Row {
    /// Adds a relationship; returns the row before, if the relationship begins another one.
    fn add(&mut self, edge: &Value) -> Option<Self> {
        let text = |pointer: &str| {
            let text = edge.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let state =
            ["code", "alpha3", "name"].map(|field| text(&format!("/node/requestedState/{field}")));
        let is_same = self.state == state || self.stances.is_empty();
        let complete = (!is_same).then(|| std::mem::take(self));
        self.state = state;
        let slug = text("/node/initiative/slug");
        self.stances.insert(slug, text("/position/stance"));
        complete
    }

    fn into_cells(mut self, initiatives: &[String]) -> Vec<String> {
        let stances = initiatives.iter();
        let stances = stances.map(|slug| self.stances.remove(slug).unwrap_or_default());
        let stances: Vec<String> = stances.collect();
        self.state.into_iter().chain(stances).collect()
    }
}

/// The slugs of the columns.
pub(super) async fn list_initiatives(
    query: &PinnedQuery,
    parameters: &Parameters,
    rate_limit: RateLimit,
) -> Result<Vec<String>, QueryError> {
    if query.seq == 0 {
        return Ok(Vec::new());
    }
    if let Some(slug) = parameters.text(INITIATIVE) {
        return Ok(vec![slug.to_owned()]);
    }
    let data = query.execute(INITIATIVES, &json!({}), rate_limit).await?;
    let all = data["initiatives"].as_array().into_iter().flatten();
    let slugs = all.filter_map(|initiative| initiative["slug"].as_str());
    Ok(slugs.map(str::to_owned).collect())
}
