//! Expected responses as JSON, with the queries that they belong to.

use serde_json::{Value, json};

use crate::TestResult;
use crate::date::text_of;
use crate::rules::change::Change;
use crate::rules::position::Position;
use crate::rules::revision::Revision;
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
            "seq kind actor recordedAt prevHash hash cursor about { number } stanceChange { ",
            change!(),
            " }"
        )
    };
}

pub(crate) use {change, entry};

/// The reference model, with the cursors and hashes that only the service can compute.
pub struct Model {
    pub ledger: Ledger,
    /// By seq; index 0 is the position before the first entry.
    pub entry_refs: Vec<EntryRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRef {
    pub cursor: String,
    pub hash: String,
}

impl Model {
    pub fn entry_ref(&self, seq: i64) -> &EntryRef {
        let index = usize::try_from(seq).expect("entries are numbered from 1");
        &self.entry_refs[index]
    }

    /// The newest entry whose cursor was received.
    pub fn observed_head(&self) -> i64 {
        i64::try_from(self.entry_refs.len() - 1).expect("the ledger fits into memory")
    }

    pub fn entry(&self, seq: i64) -> Value {
        let entry = self.ledger.entry(seq).expect("the entry is recorded");
        let about = entry.content.action.changed_statement(seq);
        json!({
            "seq": seq,
            "kind": entry.content.action.kind(),
            "actor": entry.actor,
            "recordedAt": text_of(entry.recorded_at),
            "prevHash": self.entry_ref(seq - 1).hash,
            "hash": self.entry_ref(seq).hash,
            "cursor": self.entry_ref(seq).cursor,
            "stanceChange": self.change(seq),
            "about": about.map(|statement| json!({ "number": statement })),
        })
    }

    /// Null if the entry caused no change.
    pub fn change(&self, seq: i64) -> Value {
        let entry = self.ledger.entry(seq).expect("the entry is recorded");
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
            "cursor": self.entry_ref(seq).cursor,
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

    /// All revisions of an entry.
    pub fn revisions(&self, seq: i64) -> Value {
        let revisions = self.ledger.revisions_by(seq);
        revisions
            .iter()
            .map(|one| self.revision(seq, one))
            .collect()
    }

    pub fn revision(&self, seq: i64, revision: &Revision) -> Value {
        let entry = self.ledger.entry(seq).expect("the entry is recorded");
        json!({
            "cursor": self.entry_ref(seq).cursor,
            "kind": revision.kind(),
            "recordedAt": text_of(entry.recorded_at),
            "statement": { "number": revision.statement },
            "by": revision.by.map(|by| json!({ "number": by })),
            "entry": { "seq": seq },
        })
    }

    /// Null if the entry changed no dispute.
    pub fn dispute(&self, seq: i64) -> Value {
        let entry = self.ledger.entry(seq).expect("the entry is recorded");
        let Some(change) = &entry.dispute else {
            return Value::Null;
        };
        json!({
            "cursor": self.entry_ref(seq).cursor,
            "kind": change.kind,
            "disputed": !change.rivals.is_empty(),
            "recordedAt": text_of(entry.recorded_at),
            "entry": { "seq": seq },
            "relationship": {
                "initiative": { "slug": self.ledger.slug(change.initiative) },
                "requestedState": { "code": change.state },
            },
            "rivals": pairs(&change.rivals),
            "added": pairs(&change.added),
            "removed": pairs(&change.removed),
        })
    }

    pub fn relationship(&self, initiative: i64, state: &'static str, at: &Moment) -> Value {
        let now = self.ledger.position(initiative, state, &Moment::default());
        let at_moment = self.ledger.position(initiative, state, at);
        let is_own = |change: &Change| (change.initiative, change.state) == (initiative, state);
        let entries = self.ledger.numbered();
        let own_changes = entries.filter(|(_, entry)| entry.change.as_ref().is_some_and(is_own));
        let changes: Vec<Value> = own_changes.map(|(seq, _)| self.change(seq)).collect();
        json!({
            "stance": now.stance, "since": now.since, "disputed": !now.rivals.is_empty(),
            "position": position(&now),
            "at_moment": position(&at_moment),
            "timeline": timeline(&at_moment),
            "changes": { "nodes": last_page(changes) },
            "statements": numbers(&at_moment.standing),
        })
    }
}

pub const RELATIONSHIP: &str = concat!(
    "query($slug: ID!, $states: [ID!], $at: MomentInput) { initiative(slug: $slug) {
       relationships(filter: { requestedState: { codes: $states } }, first: 1) { nodes {
         stance since disputed position { ...Position } at_moment: position(at: $at) { ...Position }
         timeline(at: $at) { stance from to basis { number } } changes(last: 100) { nodes { ",
    change!(),
    " } } statements(at: $at, last: 100) { totalCount nodes { number } } } } } }
     fragment Position on Position { stance since certain disputed basis { number }
       rivals { statement { number } contradicts { number } } }"
);

fn pairs(pairs: &[(i64, i64)]) -> Vec<Value> {
    let pairs = pairs.iter().map(|(contradicting, contradicted)| {
        json!({ "statement": { "number": contradicting }, "contradicts": { "number": contradicted } })
    });
    pairs.collect()
}

fn position(position: &Position) -> Value {
    json!({
        "stance": position.stance, "since": position.since, "certain": position.certain,
        "disputed": !position.rivals.is_empty(),
        "basis": position.basis.map(|seq| json!({ "number": seq })),
        "rivals": pairs(&position.rivals),
    })
}

fn timeline(position: &Position) -> Vec<Value> {
    let next = position
        .periods
        .iter()
        .skip(1)
        .map(|(_, since, _)| Some(since));
    let periods = position.periods.iter().zip(next.chain([None]));
    periods.map(|((stance, from, basis), to)| {
        json!({ "stance": stance, "from": from, "to": to, "basis": { "number": basis } })
    })
    .collect()
}

/// The last page of a list of statements, with 100 items.
pub fn numbers(seqs: &[i64]) -> Value {
    let nodes: Vec<Value> = seqs.iter().map(|seq| json!({ "number": seq })).collect();
    json!({ "totalCount": seqs.len(), "nodes": last_page(nodes) })
}

fn last_page(mut nodes: Vec<Value>) -> Vec<Value> {
    nodes.drain(..nodes.len().saturating_sub(100));
    nodes
}

/// # Errors
/// The path and the two values of the first difference.
pub fn compare(subject: &str, actual: &Value, expected: &Value) -> TestResult {
    if actual == expected {
        return Ok(());
    }
    let (path, actual, expected) = first_difference(actual, expected);
    Err(format!(
        "{subject}{path}: the service returned {actual}, the model {expected}"
    ))
}

/// The path of the first difference, and both values there.
fn first_difference<'v>(one: &'v Value, other: &'v Value) -> (String, &'v Value, &'v Value) {
    let descend = |step: String, one: &'v Value, other: &'v Value| {
        let (path, one, other) = first_difference(one, other);
        (step + &path, one, other)
    };
    match (one, other) {
        (Value::Object(fields), Value::Object(others)) if fields.keys().eq(others.keys()) => {
            let mut pairs = fields.iter().zip(others.values());
            let difference = pairs.find(|((_, one), other)| one != other);
            difference.map(|((key, one), other)| descend(format!(".{key}"), one, other))
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            let difference = pairs.find(|(_, (one, other))| one != other);
            difference.map(|(index, (one, other))| descend(format!("[{index}]"), one, other))
        }
        _ => None,
    }
    .unwrap_or((String::new(), one, other))
}
