//! What the service must say, as JSON, beside what it is asked.

use serde_json::{Value, json};

use crate::Proven;
use crate::date::text_of;
use crate::rules::change::Change;
use crate::rules::position::Position;
use crate::rules::{Ledger, Moment};

macro_rules! change {
    () => {
        "cursor from to kind unusual disputed occurredOn recordedAt statement { number }
         relationship { initiative { slug } requestedState { code } }"
    };
}

macro_rules! entry {
    () => {
        concat!(
            "seq kind actor recordedAt prevHash hash cursor stanceChange { ",
            change!(),
            " }"
        )
    };
}

pub(crate) use {change, entry};

/// The model, and what only the service can know: cursors and hashes.
pub struct Book {
    pub ledger: Ledger,
    /// By seq; the first is the place before the first entry.
    pub places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub cursor: String,
    pub hash: String,
}

impl Book {
    pub fn place(&self, seq: i64) -> &Place {
        let at = usize::try_from(seq).expect("entries are numbered from 1");
        &self.places[at]
    }

    /// The newest entry whose cursor is known.
    pub fn known(&self) -> i64 {
        i64::try_from(self.places.len() - 1).expect("it fits into memory")
    }

    pub fn entry(&self, seq: i64) -> Value {
        let entry = self.ledger.find(seq).expect("it is recorded");
        json!({
            "seq": seq,
            "kind": entry.content.what.kind(),
            "actor": entry.actor,
            "recordedAt": text_of(entry.recorded_at),
            "prevHash": self.place(seq - 1).hash,
            "hash": self.place(seq).hash,
            "cursor": self.place(seq).cursor,
            "stanceChange": self.change(seq),
        })
    }

    /// Null where an entry caused none.
    pub fn change(&self, seq: i64) -> Value {
        let entry = self.ledger.find(seq).expect("it is recorded");
        let Some(change) = &entry.change else {
            return Value::Null;
        };
        let Change {
            initiative,
            state,
            from,
            to,
            kind,
            unusual,
            disputed,
            occurred_on,
            statement,
        } = change;
        json!({
            "cursor": self.place(seq).cursor,
            "from": from, "to": to, "kind": kind, "unusual": unusual, "disputed": disputed,
            "occurredOn": occurred_on,
            "recordedAt": text_of(entry.recorded_at),
            "statement": { "number": statement },
            "relationship": {
                "initiative": { "slug": self.ledger.slug(*initiative) },
                "requestedState": { "code": state },
            },
        })
    }

    pub fn relationship(&self, initiative: i64, state: &'static str, at: &Moment) -> Value {
        let now = self.ledger.position(initiative, state, &Moment::default());
        let then = self.ledger.position(initiative, state, at);
        let is_own = |change: &Change| (change.initiative, change.state) == (initiative, state);
        let entries = self.ledger.numbered();
        let moved = entries.filter(|(_, entry)| entry.change.as_ref().is_some_and(is_own));
        let changes: Vec<Value> = moved.map(|(seq, _)| self.change(seq)).collect();
        json!({
            "stance": now.stance, "since": now.since, "disputed": !now.rivals.is_empty(),
            "position": position(&now),
            "then": position(&then),
            "timeline": timeline(&then),
            "changes": { "nodes": last(changes) },
            "statements": numbers(&then.standing),
        })
    }
}

pub const RELATIONSHIP: &str = concat!(
    "query($slug: ID!, $states: [ID!], $at: MomentInput) { initiative(slug: $slug) {
       relationships(filter: { requestedState: { codes: $states } }, first: 1) { nodes {
         stance since disputed position { ...Position } then: position(at: $at) { ...Position }
         timeline(at: $at) { stance from to basis { number } } changes(last: 100) { nodes { ",
    change!(),
    " } } statements(at: $at, last: 100) { totalCount nodes { number } } } } } }
     fragment Position on Position { stance since certain disputed basis { number }
       rivals { statement { number } contradicts { number } } }"
);

fn position(position: &Position) -> Value {
    let rivals = position.rivals.iter().map(|(denying, denied)| {
        json!({ "statement": { "number": denying }, "contradicts": { "number": denied } })
    });
    json!({
        "stance": position.stance, "since": position.since, "certain": position.certain,
        "disputed": !position.rivals.is_empty(),
        "basis": position.basis.map(|seq| json!({ "number": seq })),
        "rivals": rivals.collect::<Vec<_>>(),
    })
}

fn timeline(position: &Position) -> Vec<Value> {
    let next = position
        .runs
        .iter()
        .skip(1)
        .map(|(_, since, _)| Some(since));
    let runs = position.runs.iter().zip(next.chain([None]));
    runs.map(|((stance, from, basis), to)| {
        json!({ "stance": stance, "from": from, "to": to, "basis": { "number": basis } })
    })
    .collect()
}

/// What a page of the last hundred statements says.
pub fn numbers(seqs: &[i64]) -> Value {
    let nodes: Vec<Value> = seqs.iter().map(|seq| json!({ "number": seq })).collect();
    json!({ "totalCount": seqs.len(), "nodes": last(nodes) })
}

fn last(mut nodes: Vec<Value>) -> Vec<Value> {
    nodes.drain(..nodes.len().saturating_sub(100));
    nodes
}

/// # Errors
/// If the service says something else than the model: where first.
pub fn compare(what: &str, service: &Value, model: &Value) -> Proven {
    if service == model {
        return Ok(());
    }
    let (path, service, model) = differ(service, model);
    Err(format!(
        "{what}{path}: the service says {service}, the model {model}"
    ))
}

/// The deepest place that holds the first difference, and both values there.
fn differ<'v>(one: &'v Value, other: &'v Value) -> (String, &'v Value, &'v Value) {
    let within = |step: String, one: &'v Value, other: &'v Value| {
        let (path, one, other) = differ(one, other);
        (step + &path, one, other)
    };
    match (one, other) {
        (Value::Object(fields), Value::Object(others)) if fields.keys().eq(others.keys()) => {
            let mut pairs = fields.iter().zip(others.values());
            let found = pairs.find(|((_, one), other)| one != other);
            found.map(|((key, one), other)| within(format!(".{key}"), one, other))
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            let found = pairs.find(|(_, (one, other))| one != other);
            found.map(|(at, (one, other))| within(format!("[{at}]"), one, other))
        }
        _ => None,
    }
    .unwrap_or((String::new(), one, other))
}
