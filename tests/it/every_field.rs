//! Queries that select every field of the schema, generated from its introspection: one per root field.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use demarche::config::limits::{DocumentLimits, Limits, TimeLimits};
use serde_json::Value;

use crate::app::{TestApp, limits};

/// Levels of objects below a root field. Lists take two.
const DEPTH: usize = 4;
/// How often one path passes a type.
const VISITS: usize = 2;

const INTROSPECTION: &str = "{ __schema { types { name kind possibleTypes { name } fields {
    name args { name type { kind } defaultValue } type { ...T } } } } }
    fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }";

/// Required arguments, by `Type.field`.
const ARGUMENTS: [(&str, &str); 18] = [
    ("Query.country", r#"code: "RW""#),
    ("Query.countryBy", r#"key: { alpha3: "RWA" }"#),
    (
        "Query.resolveCountries",
        r#"texts: ["Türkiye", "XKX", "x"]"#,
    ),
    ("Query.initiative", r#"slug: "us-third-country-removals""#),
    ("Query.statement", "number: $NUMBER"),
    ("Query.node", r#"id: "$NODE""#),
    ("Query.nodes", "ids: [$NODES]"),
    ("Ledger.inclusionProof", "seq: 1"),
    ("Ledger.consistencyProof", "from: 1"),
    ("Query.search", r#"text: "deport re", first: 50"#),
    (
        "Query.countries",
        r#"filter: { codes: ["RW", "PE", "XK"] }"#,
    ),
    ("Query.relationships", "first: 3"),
    (
        "Country.stance",
        r#"initiative: "us-third-country-removals""#,
    ),
    ("Country.neighbours", ""),
    ("Region.countries", ""),
    (
        "Initiative.history",
        r#"from: "2025-01-01", to: "2026-12-01", every: MONTH, clock: RECORDED"#,
    ),
    ("Initiative.steps", "clock: RECORDED"),
    (
        "Initiative.changes",
        r#"between: { from: { publishedBy: "2025-06-30" }, to: {} }"#,
    ),
];

/// Fields that depend on the client, lead through reference data or back to nothing new, or nest more kinds of statements than a
/// document may.
const SKIPPED: [&str; 18] = [
    // By a key that no export has.
    "TreeHead.note",
    "EntryList.note",
    "Ledger.verifierKey",
    "Query.recalled",
    "Query.viewer",
    "Query.webhooks",
    "Query.regions",
    "Country.neighbours",
    "Region.countries",
    "Relationship.lastReview",
    "SourceVersion.derivedFrom",
    "ReturnStatement.destination",
    // Those of the other kinds are the same.
    "ReturnStatement.subject",
    "ReturnStatement.evidence",
    "ReturnStatement.corrects",
    "ReturnStatement.correctedBy",
    "ReturnStatement.contradicts",
    "ReturnStatement.contradictedBy",
];

/// Limits that let the generated queries pass.
pub fn unlimited() -> Limits {
    Limits {
        document: DocumentLimits {
            bytes: 4 << 20,
            tokens: 400_000,
            aliases: 100_000,
            fields: 400_000,
            depth: 100,
            nesting: 200,
            cost: 2_000_000_000,
            ..DocumentLimits::default()
        },
        // A debug build on a busy machine takes seconds for the largest.
        time: TimeLimits {
            request: Duration::from_mins(5).into(),
            statement: Duration::from_mins(5).into(),
            ..TimeLimits::default()
        },
        ..limits()
    }
}

/// The types of a schema by name.
pub struct Types(pub BTreeMap<String, Value>);

impl Types {
    pub async fn load(app: &TestApp) -> Self {
        let schema = app.query(INTROSPECTION).await;
        let types = schema["__schema"]["types"].as_array().unwrap().iter();
        Self(types.map(|one| (text(&one["name"]), one.clone())).collect())
    }

    /// A query per field of the root type.
    pub fn queries(&self) -> Vec<String> {
        let fields = fields(&self.0["Query"]);
        let names = fields.iter().map(|field| text(&field["name"]));
        let names = names.filter(|name| !is_skipped("Query", name));
        names
            .map(|name| {
                let field = fields.iter().find(|field| field["name"] == name.as_str());
                let field = self.field("Query", field.unwrap(), "", &mut Vec::new());
                format!("{{ {} }}", field.unwrap())
            })
            .collect()
    }

    fn field(
        &self,
        parent: &str,
        field: &Value,
        alias: &str,
        path: &mut Vec<String>,
    ) -> Option<String> {
        let name = text(&field["name"]);
        let output = named(&field["type"]);
        let selection = self.selection(&output, path)?;
        let arguments = arguments(parent, &name, field);
        let alias = if alias.is_empty() {
            String::new()
        } else {
            format!("{alias}_{name}: ")
        };
        Some(format!("{alias}{name}{arguments}{selection}"))
    }

    /// The selection set of a type; empty for a leaf, `None` where the path is too long.
    fn selection(&self, name: &str, path: &mut Vec<String>) -> Option<String> {
        let of_type = &self.0[name];
        if !["OBJECT", "INTERFACE", "UNION"].contains(&of_type["kind"].as_str().unwrap()) {
            return Some(String::new());
        }
        let visits = path.iter().filter(|one| *one == name).count();
        // A node can be anything, so its fields are many.
        let of_node = path.iter().filter(|one| *one == "Node").count();
        if path.len() + 2 * of_node >= DEPTH || visits >= VISITS {
            return None;
        }
        path.push(name.to_owned());
        let mut set = " { __typename".to_owned();
        for (concrete, alias) in self.parts(name, path) {
            let mut part = String::new();
            for field in fields(&self.0[&concrete]) {
                if !is_skipped(&concrete, &text(&field["name"])) {
                    let field = self.field(&concrete, field, &alias, path);
                    write!(part, " {}", field.unwrap_or_default()).unwrap();
                }
            }
            if !part.trim().is_empty() {
                write!(set, " ... on {concrete} {{{part} }}").unwrap();
            }
        }
        path.pop();
        set.push_str(" }");
        Some(set)
    }

    /// An object itself; of an interface or union its members, each with its own names of fields. Where one path passes several
    /// of those, the later ones have one member, so that queries stay small.
    fn parts(&self, name: &str, path: &[String]) -> Vec<(String, String)> {
        let Some(members) = self.0[name]["possibleTypes"].as_array() else {
            return vec![(name.to_owned(), String::new())];
        };
        // The path ends with this type.
        let has_members = |one: &&String| self.0[*one]["possibleTypes"].is_array();
        let count = path.iter().filter(has_members).count();
        let limit = if count > 1 { 1 } else { usize::MAX };
        let members = members.iter().rev().take(limit);
        let members = members.map(|one| text(&one["name"]));
        members.map(|one| (one.clone(), one)).collect()
    }
}

/// The arguments of a field, the same wherever it is selected.
pub fn arguments(parent: &str, name: &str, field: &Value) -> String {
    let key = format!("{parent}.{name}");
    let known = ARGUMENTS.iter().find(|(field, _)| *field == key);
    let mut list = known.map_or_else(String::new, |(_, list)| (*list).to_owned());
    let takes = |argument: &str| {
        let all = field["args"].as_array().unwrap();
        all.iter().any(|one| one["name"] == argument)
    };
    if takes("first") && !list.contains("first") {
        let separator = if list.is_empty() { "" } else { ", " };
        write!(list, "{separator}last: 2").unwrap();
    }
    if list.is_empty() {
        list
    } else {
        format!("({list})")
    }
}

pub fn is_skipped(parent: &str, name: &str) -> bool {
    SKIPPED.contains(&format!("{parent}.{name}").as_str())
}

pub fn fields(of_type: &Value) -> &[Value] {
    of_type["fields"].as_array().map_or(&[], Vec::as_slice)
}

/// The name of a type without its lists and non-nulls.
pub fn named(wrapped: &Value) -> String {
    let mut inner = wrapped;
    while !inner["ofType"].is_null() {
        inner = &inner["ofType"];
    }
    text(&inner["name"])
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
