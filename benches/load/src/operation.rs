//! The measured operations, four queries, a subscription and a live query, and their variables.

use serde_json::{Value, json};

use crate::Result;

pub(crate) const OPERATIONS: [&str; 4] = ["q1", "q2", "q3", "q4"];

const COUNTRY: &str =
    "query Country($code: ID!) { country(code: $code) { code name region { name } capital } }";
const STANCES: &str = "query Stances($code: ID!) { country(code: $code) { code name region { name } capital \
    relationships(direction: INCOMING, first: 50) { nodes { id stance since \
    requestingState { code name region { name } capital } \
    changes(last: 5) { nodes { from to occurredOn } } } } } }";
const MAP: &str = "{ countries { code name region { name } capital \
    relationships(direction: INCOMING, first: 3) { nodes { id stance since } } } }";
pub(crate) const PAGE: &str = "query Page($stance: [Stance!], $after: String) { \
    relationships(filter: { stance: $stance }, orderBy: { field: SINCE }, first: 100, after: $after) { \
    nodes { id stance since requestedState { code } } } }";
pub(crate) const WATCH: &str = "subscription Watch($filter: StanceChangeFilter) { \
    stanceChanged(filter: $filter) { from to relationship { id stance requestingState { code name } \
    requestedState { code name } } statement { summary } } }";

/// The same of the newest change, as a live query.
pub(crate) const LIVE: &str = "query Newest @live { stanceChanges(last: 1) { nodes { \
    from to relationship { id stance requestingState { code name } \
    requestedState { code name } } statement { summary } } } }";

/// The values that the operations vary over, as `load prepare` wrote them.
pub(crate) struct Variables(pub(crate) Value);

impl Variables {
    pub(crate) fn read(path: &str) -> Result<Self> {
        Ok(Self(serde_json::from_slice(&std::fs::read(path)?)?))
    }

    pub(crate) fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn codes(&self) -> Vec<&str> {
        self.list("codes")
            .iter()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The request bodies of an operation, one for each value that it varies over.
    /// # Errors
    /// An unknown operation, or data too small to vary over anything.
    pub(crate) fn bodies(&self, operation: &str) -> Result<Vec<String>> {
        let by_code = |text| {
            let codes = self.list("codes").iter();
            codes
                .map(|code| body(text, &json!({ "code": code })))
                .collect()
        };
        let pages = || self.list("pages").iter().map(|page| body(PAGE, page));
        let bodies: Vec<String> = match operation {
            "q1" => by_code(COUNTRY),
            "q2" => by_code(STANCES),
            "q3" => vec![body(MAP, &json!({}))],
            "q4" => pages().collect(),
            other => return Err(format!("unknown operation: {other}").into()),
        };
        if bodies.is_empty() {
            return Err(format!("{operation}: the data set is too small").into());
        }
        Ok(bodies)
    }
}

pub(crate) fn body(query: &str, variables: &Value) -> String {
    json!({ "query": query, "variables": variables }).to_string()
}
