//! What makes an event, and what the event is about.
//!
//! Each event carries its number in its summary. Each changes a stance: later than all that was said before, to what the
//! generator never uses, and from round to round to another.

use std::collections::HashMap;

use serde_json::json;

use crate::Result;
use crate::operation::{Variables, body};
use crate::options::Options;

const RECORD: &str = "mutation($input: RecordStatementInput!) { \
    recordStatement(input: $input) { stanceChange { to } } }";
const ROUNDS: [&str; 2] = ["ENDED", "NEGOTIATING"];
/// Before the number of an event.
pub(crate) const MARK: &str = "bench #";
/// Digits of the number.
pub(crate) const DIGITS: usize = 7;

pub(crate) struct Trigger {
    kind: Kind,
    source: String,
    /// (identifier, initiative, requested state)
    relationships: Vec<[String; 3]>,
    /// Places in `relationships` by requested state, and how many events each has had.
    by_state: HashMap<String, (Vec<usize>, usize)>,
    used: usize,
}

enum Kind {
    /// A mutation of ours, with an editor's token.
    Record(String),
    /// Peers are told what happened and write nothing.
    Publish,
    /// The limit is given the frame.
    Frame(String),
}

impl Trigger {
    pub(crate) fn new(options: &Options, variables: &Variables) -> Result<Self> {
        let kind = match (options.text("token"), options.text("frame")) {
            (Some(token), _) => Kind::Record(token.to_owned()),
            (None, Some(path)) => Kind::Frame(std::fs::read_to_string(path)?),
            (None, None) => Kind::Publish,
        };
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let all = variables.list("relationships").iter();
        let relationships: Vec<_> = all
            .map(|one| [text(&one[0]), text(&one[1]), text(&one[2])])
            .collect();
        let mut by_state = HashMap::<_, (Vec<_>, _)>::new();
        for (at, [_, _, state]) in relationships.iter().enumerate() {
            by_state.entry(state.clone()).or_default().0.push(at);
        }
        let source = text(&variables.0["source"]);
        let used = options.number("from", 0)?;
        Ok(Self {
            kind,
            source,
            relationships,
            by_state,
            used,
        })
    }

    pub(crate) fn path(&self) -> &'static str {
        match self.kind {
            Kind::Record(_) => "/graphql",
            Kind::Publish | Kind::Frame(_) => "/publish",
        }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        match &self.kind {
            Kind::Record(token) => Some(token),
            Kind::Publish | Kind::Frame(_) => None,
        }
    }

    /// The body that makes the next event, about any country or the one given.
    pub(crate) fn next(&mut self, state: Option<&str>, number: usize) -> String {
        let (at, round) = self.place(state);
        let [id, initiative, requested] = &self.relationships[at];
        let (to, from) = (ROUNDS[round % 2], ROUNDS[(round + 1) % 2]);
        let summary = format!("{MARK}{number:0DIGITS$}");
        match &self.kind {
            Kind::Publish => {
                json!({ "relationship": id, "from": from, "to": to, "summary": summary })
                    .to_string()
            }
            Kind::Frame(frame) => {
                let mark = frame.find(MARK).unwrap_or_default();
                format!(
                    "{}{summary}{}",
                    &frame[..mark],
                    &frame[mark + summary.len()..]
                )
            }
            Kind::Record(_) => {
                let day = format!("2026-{:02}-{:02}", 1 + round / 28 % 10, 1 + round % 28);
                let subject = json!({ "initiative": initiative, "requestedState": requested });
                let input = json!({
                    "idempotencyKey": format!("bench-{at}-{round}-{number}"),
                    "subject": { "relationship": subject },
                    "claimant": { "kind": "PRESS", "label": "Made Gazette" },
                    "validFrom": day,
                    "summary": summary,
                    "body": { "stance": { "stance": to } },
                    "evidence": [{ "source": self.source, "relation": "SUPPORTS" }],
                });
                body(RECORD, &json!({ "input": input }))
            }
        }
    }

    /// Which relationship, and for which time it has its turn.
    fn place(&mut self, state: Option<&str>) -> (usize, usize) {
        if let Some(state) = state
            && let Some((places, used)) = self.by_state.get_mut(state)
        {
            let (at, round) = (places[*used % places.len()], *used / places.len());
            *used += 1;
            return (at, round);
        }
        // A prime: neighbours in the list are of the same country.
        let (at, all) = (self.used * 7919, self.relationships.len());
        let round = self.used / all;
        self.used += 1;
        (at % all, round)
    }
}
