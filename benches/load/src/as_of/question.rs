//! Questions about a moment: the same for this service, in GraphQL, and for `PostgreSQL`, in SQL.

use std::path::Path;

use serde_json::{Value, json};

use super::moment::{Day, Moment};
use crate::Result;
use crate::operation::body;

/// One variation of a cell.
pub(crate) struct Question {
    /// Of the GraphQL request.
    pub(crate) body: String,
    pub(crate) days: (Day, Day),
    /// The entry that was the newest one recorded; `None` is no limit.
    pub(crate) recorded_seq: Option<i64>,
    /// The last argument in SQL: the slug, the code or the stance.
    pub(crate) text: String,
}

/// What all questions vary over, as `load asof-prepare` wrote it.
pub(crate) struct Variations {
    pub(crate) slugs: Vec<String>,
    pub(crate) codes: Vec<String>,
    /// Of statements.
    pub(crate) numbers: Vec<i64>,
    pub(crate) moments: Vec<Moment>,
}

pub(crate) const CELLS: [&str; 6] = [
    "tallyAt",
    "pageAt",
    "chart",
    "positionAt",
    "positionNow",
    "statementsAt",
];

const TALLY: &str = "query Tally($slug: ID!, $at: MomentInput) { initiative(slug: $slug) { \
    tally(at: $at) { total disputed byStance { stance count } } } }";
const PAGE: &str = "query PageAt($at: MomentInput) { \
    relationships(at: $at, filter: { stance: [REFUSED] }, first: 20) { pageInfo { hasNextPage } \
    nodes { id requestingState { code } requestedState { code } position(at: $at) { stance since disputed } } } }";
const CHART: &str = "query Chart($slug: ID!, $from: Date!, $to: Date!) { initiative(slug: $slug) { \
    history(from: $from, to: $to, every: MONTH) { on tally { total disputed byStance { stance count } } } } }";
const POSITIONS: &str = "query Positions($code: ID!, $at: MomentInput) { country(code: $code) { code name \
    relationships(direction: INCOMING, first: 50) { nodes { id position(at: $at) { stance since disputed } \
    requestingState { code name } } } } }";
const POSITIONS_NOW: &str = "query PositionsNow($code: ID!) { country(code: $code) { code name \
    relationships(direction: INCOMING, first: 50) { nodes { id stance since disputed \
    requestingState { code name } } } } }";
const STATEMENTS: &str = "query StatementsAt($at: MomentInput) { statements(at: $at, first: 20) { \
    nodes { number kind validFrom summary } } }";

/// Points of a chart.
const MONTHS: i32 = 120;

impl Variations {
    pub(crate) fn read(path: impl AsRef<Path>) -> Result<Self> {
        let value: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        let texts = |name: &str| {
            let values = list(name);
            let texts = values.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        Ok(Self {
            slugs: texts("slugs"),
            codes: texts("codes"),
            numbers: list("numbers").iter().filter_map(Value::as_i64).collect(),
            moments: list("moments").iter().map(Moment::from_json).collect(),
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        let moments: Vec<Value> = self.moments.iter().map(Moment::to_json).collect();
        json!({ "slugs": self.slugs, "codes": self.codes, "numbers": self.numbers, "moments": moments })
    }

    /// The questions of a cell, one for each moment.
    /// # Errors
    /// An unknown cell, or no data to ask about.
    pub(crate) fn questions(&self, cell: &str) -> Result<Vec<Question>> {
        if self.slugs.is_empty() || self.codes.is_empty() {
            return Err("there is nothing to ask about".into());
        }
        let numbered = self.moments.iter().enumerate();
        numbered
            .map(|(index, moment)| self.question(cell, index, moment))
            .collect()
    }

    fn question(&self, cell: &str, index: usize, moment: &Moment) -> Result<Question> {
        let slug = &self.slugs[index % self.slugs.len()];
        // Prime, so that the countries of the list come in no order.
        let code = &self.codes[index * 37 % self.codes.len()];
        let at = moment.input();
        let (query, variables, text) = match cell {
            "tallyAt" => (TALLY, json!({ "slug": slug, "at": at }), slug.as_str()),
            "pageAt" => (PAGE, json!({ "at": at }), "REFUSED"),
            "positionAt" => (POSITIONS, json!({ "code": code, "at": at }), code.as_str()),
            "positionNow" => (POSITIONS_NOW, json!({ "code": code }), code.as_str()),
            "statementsAt" => (STATEMENTS, json!({ "at": at }), ""),
            "chart" => return Ok(chart(slug, index)),
            other => return Err(format!("unknown cell: {other}").into()),
        };
        Ok(Question {
            body: body(query, &variables),
            days: (
                moment.valid_on.unwrap_or(Day::INFINITY),
                moment.published_by.unwrap_or(Day::INFINITY),
            ),
            recorded_seq: moment.recorded_seq,
            text: text.to_owned(),
        })
    }
}

/// Charts begin on changing days of 2016, also the last ones of months, and have a point in each of [`MONTHS`].
fn chart(slug: &str, index: usize) -> Question {
    let index = i32::try_from(index).unwrap_or(0);
    let (month, day) = (index * 5 % 12 + 1, index * 7 % 28 + 1);
    let from = Day::new(2016, month, day);
    let last = 2016 * 12 + month - 1 + MONTHS - 1;
    let to = Day::new(last / 12, last % 12 + 1, day);
    let variables = json!({ "slug": slug, "from": from.to_string(), "to": to.to_string() });
    Question {
        body: body(CHART, &variables),
        days: (from, to),
        recorded_seq: None,
        text: slug.to_owned(),
    }
}

/// Whether the data of a response has the shape of the cell's answers.
pub(crate) fn is_answer(cell: &str, data: &Value) -> bool {
    match cell {
        "tallyAt" => data["initiative"]["tally"]["total"].is_u64(),
        "pageAt" => data["relationships"]["nodes"].is_array(),
        "chart" => data["initiative"]["history"][MONTHS as usize - 1]["on"].is_string(),
        "positionAt" | "positionNow" => data["country"]["relationships"]["nodes"].is_array(),
        "statementsAt" => data["statements"]["nodes"].is_array(),
        _ => false,
    }
}
