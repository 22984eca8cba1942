//! A subscriber: what it wants, how far it has come, and what it must hear next.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Proven;
use crate::client::refused;
use crate::rules::Ledger;
use crate::socket::{Caller, Gone, Said, Socket};
use crate::told::{Book, change, compare, entry};
use crate::wanted::Wanted;

/// For a message that must come.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Subscriber {
    wanted: Wanted,
    /// The last event that it handled, or where it began.
    after: i64,
    cursor: String,
    /// Events that it heard.
    pub heard: usize,
    socket: Option<Socket>,
}

const CHANGES: &str = concat!(
    "subscription($filter: StanceChangeFilter, $after: String) {
       stanceChanged(filter: $filter, after: $after) { ",
    change!(),
    " } }"
);
const ENTRIES: &str = concat!(
    "subscription($kinds: [EntryKind!], $after: String) {
       ledgerAppended(kinds: $kinds, after: $after) { payload ",
    entry!(),
    " } }"
);

impl Subscriber {
    /// It has heard everything up to a place.
    pub fn new(wanted: Wanted, after: i64, book: &Book) -> Self {
        Self {
            wanted,
            after,
            cursor: book.place(after).cursor.clone(),
            heard: 0,
            socket: None,
        }
    }

    pub fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Subscribes by the last cursor that it handled.
    pub async fn connect(&mut self, server: SocketAddr, ledger: &Ledger) -> Proven {
        let mut variables = self.wanted.variables(ledger);
        variables["after"] = self.cursor.as_str().into();
        let query = match self.wanted {
            Wanted::Changes { .. } => CHANGES,
            Wanted::Entries { .. } => ENTRIES,
        };
        let gone = |Gone| "the socket is gone as it begins".to_owned();
        let mut socket = Socket::open(server, Caller::default())
            .await
            .map_err(gone)?;
        socket
            .subscribe("1", query, &variables)
            .await
            .map_err(gone)?;
        self.socket = Some(socket);
        Ok(())
    }

    /// The connection breaks.
    pub fn disconnect(&mut self) {
        self.socket = None;
    }

    /// Its cursor is of a ledger that is no longer there: it must be told so, and begins anew.
    pub async fn begin_anew(&mut self, server: SocketAddr, book: &Book) -> Proven {
        self.connect(server, &book.ledger).await?;
        match self.said().await? {
            Said::Error(message) => {
                let (code, field) = refused(&message["payload"])?;
                let told = json!([code, field]);
                compare(
                    "a cursor of another ledger",
                    &told,
                    &json!(["CURSOR_INVALID", "after"]),
                )?;
            }
            Said::Event(_, event) => return Err(format!("an old cursor is taken: {event}")),
        }
        (self.after, self.cursor) = (0, book.place(0).cursor.clone());
        self.connect(server, &book.ledger).await
    }

    /// Handles what it must hear by now, or a part of it.
    pub async fn hear(&mut self, book: &Book, at_most: u8) -> Proven {
        let mut left = at_most;
        while left > 0
            && let Some(seq) = self.next(book)
        {
            let event = self.event().await;
            let event = event.map_err(|why| format!("{:?}, at entry {seq}: {why}", self.wanted))?;
            self.handle(book, seq, event)?;
            // All there is, if it is not told how many.
            left -= u8::from(at_most < u8::MAX);
        }
        Ok(())
    }

    /// Handles whatever still comes until the server hangs up.
    pub async fn hear_out(&mut self, book: &Book) -> Proven {
        while let Some(socket) = &mut self.socket {
            match timeout(PATIENCE, socket.next()).await {
                Ok(Ok(Said::Event(_, event))) => {
                    let Some(seq) = self.next(book) else {
                        return Err(format!("{:?} hears too much: {event}", self.wanted));
                    };
                    self.handle(book, seq, event)?;
                }
                Ok(Ok(Said::Error(error))) => return Err(format!("it ends with {error}")),
                Ok(Err(Gone)) => self.disconnect(),
                Err(_) => return Err("a server that ends does not hang up".to_owned()),
            }
        }
        Ok(())
    }

    /// The next event, as it comes.
    pub async fn event(&mut self) -> Proven<Value> {
        match self.said().await? {
            Said::Event(_, mut data) => Ok(match self.wanted {
                Wanted::Changes { .. } => data["stanceChanged"].take(),
                Wanted::Entries { .. } => data["ledgerAppended"].take(),
            }),
            Said::Error(error) => Err(format!("it is refused: {error}")),
        }
    }

    async fn said(&mut self) -> Proven<Said> {
        let socket = self.socket.as_mut().ok_or("it is not connected")?;
        let said = timeout(PATIENCE, socket.next()).await;
        let said = said.map_err(|_| "nothing is heard".to_owned())?;
        said.map_err(|Gone| "the server hangs up".to_owned())
    }

    /// The entry that it must hear of next.
    fn next(&self, book: &Book) -> Option<i64> {
        let mut later = book.ledger.numbered().filter(|(seq, _)| *seq > self.after);
        let found = later.find(|(_, entry)| self.wanted.holds(entry));
        found.map(|(seq, _)| seq)
    }

    fn handle(&mut self, book: &Book, seq: i64, mut event: Value) -> Proven {
        for field in ["stanceChanged", "ledgerAppended"] {
            if let Some(inner) = event.get_mut(field) {
                event = inner.take();
            }
        }
        if let Some(fields) = event.as_object_mut() {
            fields.remove("payload");
        }
        let expected = match self.wanted {
            Wanted::Changes { .. } => book.change(seq),
            Wanted::Entries { .. } => book.entry(seq),
        };
        compare(&format!("heard by {:?}", self.wanted), &event, &expected)?;
        self.advance(book, seq);
        Ok(())
    }

    /// It has handled the event of an entry.
    pub fn advance(&mut self, book: &Book, seq: i64) {
        self.after = seq;
        self.cursor.clone_from(&book.place(seq).cursor);
        self.heard += 1;
    }
}
