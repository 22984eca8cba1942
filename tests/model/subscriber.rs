//! Subscriber: its filter, its cursor, and the events that it must receive next.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::TestResult;
use crate::client::single_error;
use crate::expected::{Model, change, compare, entry};
use crate::filter::Filter;
use crate::rules::Ledger;
use crate::socket::{ClientOptions, Disconnected, ServerMessage, Socket};

/// Maximum time for an expected message.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Subscriber {
    filter: Filter,
    /// The entry of the last handled event, or the start.
    after: i64,
    cursor: String,
    /// Number of received events.
    pub received: usize,
    socket: Option<Socket>,
}

const CHANGES: &str = concat!(
    "subscription($filter: StanceChangeFilter, $after: String) {
       stanceChanged(filter: $filter, after: $after) { ",
    change!(),
    " } }"
);
const DISPUTES: &str = "subscription($filter: DisputeChangeFilter, $after: String) {
   disputeChanged(filter: $filter, after: $after) { cursor kind disputed recordedAt entry { seq }
     relationship { initiative { slug } requestedState { code } } rivals { ...Pair } added { ...Pair }
     removed { ...Pair } } }
 fragment Pair on Contradiction { statement { number } contradicts { number } }";
const REVISIONS: &str = "subscription($statements: [ID!]!, $after: String) {
   statementRevised(statements: $statements, after: $after) { cursor kind recordedAt statement { number } by { number }
     entry { seq } } }";
const ENTRIES: &str = concat!(
    "subscription($initiative: ID, $kinds: [EntryKind!], $after: String) {
       ledgerAppended(initiative: $initiative, kinds: $kinds, after: $after) { payload ",
    entry!(),
    " } }"
);

impl Subscriber {
    /// Creates a subscriber that starts after an entry.
    pub fn new(filter: Filter, after: i64, model: &Model) -> Self {
        Self {
            filter,
            after,
            cursor: model.entry_ref(after).cursor.clone(),
            received: 0,
            socket: None,
        }
    }

    pub fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Subscribes with the last handled cursor.
    pub async fn connect(&mut self, server: SocketAddr, ledger: &Ledger) -> TestResult {
        let mut variables = self.filter.variables(ledger);
        variables["after"] = self.cursor.as_str().into();
        let query = match self.filter {
            Filter::Changes { .. } => CHANGES,
            Filter::Disputes { .. } => DISPUTES,
            Filter::Revisions { .. } => REVISIONS,
            Filter::Entries { .. } => ENTRIES,
        };
        let to_error = |Disconnected| "the socket was closed during the start".to_owned();
        let mut socket = Socket::open(server, ClientOptions::default())
            .await
            .map_err(to_error)?;
        socket
            .subscribe("1", query, &variables)
            .await
            .map_err(to_error)?;
        self.socket = Some(socket);
        Ok(())
    }

    /// Closes the connection.
    pub fn disconnect(&mut self) {
        self.socket = None;
    }

    /// Resumes after a restore: its cursor must be rejected, then it starts from the beginning.
    pub async fn restart_after_restore(&mut self, server: SocketAddr, model: &Model) -> TestResult {
        self.connect(server, &model.ledger).await?;
        match self.next_message().await? {
            ServerMessage::Error(message) => {
                let (code, field) = single_error(&message["payload"])?;
                let response = json!([code, field]);
                compare(
                    "a cursor from before the restore",
                    &response,
                    &json!(["CURSOR_INVALID", "after"]),
                )?;
            }
            ServerMessage::Event(_, event) => {
                return Err(format!(
                    "a cursor from before the restore was accepted: {event}"
                ));
            }
        }
        (self.after, self.cursor) = (0, model.entry_ref(0).cursor.clone());
        self.connect(server, &model.ledger).await
    }

    /// Receives and checks the expected events, up to a limit.
    pub async fn receive(&mut self, model: &Model, at_most: u8) -> TestResult {
        let mut remaining = at_most;
        while remaining > 0
            && let Some(seq) = self.next_expected(model)
        {
            let event = self.next_event().await;
            let event =
                event.map_err(|reason| format!("{:?}, at entry {seq}: {reason}", self.filter))?;
            self.check_event(model, seq, event)?;
            // `u8::MAX` means all.
            remaining -= u8::from(at_most < u8::MAX);
        }
        Ok(())
    }

    /// Receives and checks all further events until the server closes the socket.
    pub async fn drain(&mut self, model: &Model) -> TestResult {
        while let Some(socket) = &mut self.socket {
            match timeout(MESSAGE_TIMEOUT, socket.next()).await {
                Ok(Ok(ServerMessage::Event(_, event))) => {
                    let Some(seq) = self.next_expected(model) else {
                        return Err(format!(
                            "{:?} received an unexpected event: {event}",
                            self.filter
                        ));
                    };
                    self.check_event(model, seq, event)?;
                }
                Ok(Ok(ServerMessage::Error(error))) => {
                    return Err(format!("the subscription ended with {error}"));
                }
                Ok(Err(Disconnected)) => self.disconnect(),
                Err(_) => return Err("the stopping server did not close the socket".to_owned()),
            }
        }
        Ok(())
    }

    /// The next event, unchecked.
    pub async fn next_event(&mut self) -> TestResult<Value> {
        match self.next_message().await? {
            ServerMessage::Event(_, mut data) => Ok(match self.filter {
                Filter::Changes { .. } => data["stanceChanged"].take(),
                Filter::Disputes { .. } => data["disputeChanged"].take(),
                Filter::Revisions { .. } => data["statementRevised"].take(),
                Filter::Entries { .. } => data["ledgerAppended"].take(),
            }),
            ServerMessage::Error(error) => Err(format!("the subscription was rejected: {error}")),
        }
    }

    async fn next_message(&mut self) -> TestResult<ServerMessage> {
        let socket = self
            .socket
            .as_mut()
            .ok_or("the subscriber is not connected")?;
        let result = timeout(MESSAGE_TIMEOUT, socket.next()).await;
        let message = result.map_err(|_| "timeout: no message received".to_owned())?;
        message.map_err(|Disconnected| "the server closed the socket".to_owned())
    }

    /// The entry of the next expected event.
    fn next_expected(&self, model: &Model) -> Option<i64> {
        let mut later = model.ledger.numbered().filter(|(seq, _)| *seq > self.after);
        let entry = later.find(|(seq, entry)| self.filter.matches(*seq, entry, &model.ledger));
        entry.map(|(seq, _)| seq)
    }

    fn check_event(&mut self, model: &Model, seq: i64, mut event: Value) -> TestResult {
        for field in [
            "stanceChanged",
            "disputeChanged",
            "statementRevised",
            "ledgerAppended",
        ] {
            if let Some(inner) = event.get_mut(field) {
                event = inner.take();
            }
        }
        if let Some(fields) = event.as_object_mut() {
            fields.remove("payload");
        }
        let expected = match self.filter {
            Filter::Changes { .. } => model.change(seq),
            Filter::Disputes { .. } => model.dispute(seq),
            Filter::Revisions { .. } => model.revisions(seq),
            Filter::Entries { .. } => model.entry(seq),
        };
        compare(&format!("event for {:?}", self.filter), &event, &expected)?;
        self.advance(model, seq);
        Ok(())
    }

    /// Moves to the entry of a handled event.
    pub fn advance(&mut self, model: &Model, seq: i64) {
        self.after = seq;
        self.cursor.clone_from(&model.entry_ref(seq).cursor);
        self.received += 1;
    }
}
