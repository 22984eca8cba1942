//! Requests that cause events.
//!
//! Each event carries its number in its summary. Each changes a stance: its date is later than all dates in the data,
//! and its stance differs from that of the event before about the same relationship.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::Result;
use crate::operation::{Variables, body};
use crate::options::Options;

const RECORD_STATEMENT: &str = "mutation($input: RecordStatementInput!) { \
    recordStatement(input: $input) { stanceChange { to } } }";
/// The stances that the events about one relationship alternate between; the generator never uses the first.
const STANCES: [&str; 2] = ["ENDED", "NEGOTIATING"];
/// Precedes the number of an event.
pub(crate) const MARK: &str = "bench #";
pub(crate) const NUMBER_DIGITS: usize = 7;

pub(crate) struct EventRequests {
    kind: RequestKind,
    source: String,
    relationships: Vec<RelationshipKey>,
    by_state: HashMap<String, StateEvents>,
    /// Events so far without a given state.
    sent: usize,
}

enum RequestKind {
    /// A mutation of this service, with the token of an editor.
    RecordStatement { token: String },
    /// Peers publish an event without writing anything.
    Publish,
    /// The limit sends the posted frame.
    PublishFrame { template: String },
}

struct RelationshipKey {
    id: String,
    initiative: String,
    requested_state: String,
}

/// Indexes of the relationships of one requested state, and the number of events about them so far.
#[derive(Default)]
struct StateEvents {
    indexes: Vec<usize>,
    sent: usize,
}

impl EventRequests {
    pub(crate) fn new(options: &Options, variables: &Variables) -> Result<Self> {
        let kind = match (options.text("token"), options.text("frame")) {
            (Some(token), _) => RequestKind::RecordStatement {
                token: token.to_owned(),
            },
            (None, Some(path)) => RequestKind::PublishFrame {
                template: std::fs::read_to_string(path)?,
            },
            (None, None) => RequestKind::Publish,
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = variables.list("relationships").iter();
        let relationships: Vec<_> = list
            .map(|values| RelationshipKey {
                id: text(&values[0]),
                initiative: text(&values[1]),
                requested_state: text(&values[2]),
            })
            .collect();
        let mut by_state = HashMap::<_, StateEvents>::new();
        for (index, key) in relationships.iter().enumerate() {
            let state = by_state.entry(key.requested_state.clone()).or_default();
            state.indexes.push(index);
        }
        Ok(Self {
            kind,
            source: text(&variables.0["source"]),
            relationships,
            by_state,
            sent: options.number("from", 0)?,
        })
    }

    pub(crate) fn path(&self) -> &'static str {
        match self.kind {
            RequestKind::RecordStatement { .. } => "/graphql",
            RequestKind::Publish | RequestKind::PublishFrame { .. } => "/publish",
        }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        match &self.kind {
            RequestKind::RecordStatement { token } => Some(token),
            RequestKind::Publish | RequestKind::PublishFrame { .. } => None,
        }
    }

    /// The request body of the next event, about the given requested state or any.
    pub(crate) fn next_body(&mut self, state: Option<&str>, number: usize) -> String {
        let (index, round) = self.next_relationship(state);
        let (to, from) = (STANCES[round % 2], STANCES[(round + 1) % 2]);
        let summary = format!("{MARK}{number:0NUMBER_DIGITS$}");
        match &self.kind {
            RequestKind::Publish => {
                let id = &self.relationships[index].id;
                json!({ "relationship": id, "from": from, "to": to, "summary": summary })
                    .to_string()
            }
            RequestKind::PublishFrame { template } => {
                let offset = template.find(MARK).unwrap_or_default();
                let (before, after) = (&template[..offset], &template[offset + summary.len()..]);
                format!("{before}{summary}{after}")
            }
            RequestKind::RecordStatement { .. } => {
                let mut input = self.statement_input(index, round, to);
                input["idempotencyKey"] = json!(format!("bench-{index}-{round}-{number}"));
                input["summary"] = json!(summary);
                body(RECORD_STATEMENT, &json!({ "input": input }))
            }
        }
    }

    fn statement_input(&self, index: usize, round: usize, to: &str) -> Value {
        let key = &self.relationships[index];
        let subject =
            json!({ "initiative": key.initiative, "requestedState": key.requested_state });
        json!({
            "subject": { "relationship": subject },
            "claimant": { "kind": "PRESS", "label": "Made Gazette" },
            "validFrom": format!("2026-{:02}-{:02}", 1 + round / 28 % 10, 1 + round % 28),
            "body": { "stance": { "stance": to } },
            "evidence": [{ "source": self.source, "relation": "SUPPORTS" }],
        })
    }

    /// Index of the next relationship, and how many events it has had.
    fn next_relationship(&mut self, state: Option<&str>) -> (usize, usize) {
        if let Some(state) = state
            && let Some(StateEvents { indexes, sent }) = self.by_state.get_mut(state)
        {
            let (index, round) = (indexes[*sent % indexes.len()], *sent / indexes.len());
            *sent += 1;
            return (index, round);
        }
        // The step is a prime, since neighbours in the list are about the same country.
        let (index, count) = (self.sent * 7919, self.relationships.len());
        let round = self.sent / count;
        self.sent += 1;
        (index % count, round)
    }
}
