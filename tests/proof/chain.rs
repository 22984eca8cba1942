//! The ledger as a subscriber hears it: each entry must follow the one before it, which leaves no room for a gap, a
//! repeat or another order.

use std::net::SocketAddr;

use serde_json::Value;

use crate::Proven;
use crate::editor::Editor;

/// A subscription to the chain itself.
pub const CHAIN: &str = "subscription($after: String) {
    entry: ledgerAppended(after: $after) { seq prevHash hash cursor recordedAt } }";

/// The last entry that was heard.
#[derive(Clone, Debug)]
pub struct Link {
    pub seq: i64,
    pub hash: String,
    pub cursor: String,
}

impl Link {
    /// Before the first entry.
    pub async fn genesis(editor: &Editor, server: SocketAddr) -> Self {
        Self::at(editor, server, "genesis").await
    }

    /// The newest entry.
    pub async fn head(editor: &Editor, server: SocketAddr) -> Self {
        Self::at(editor, server, "head").await
    }

    async fn at(editor: &Editor, server: SocketAddr, place: &str) -> Self {
        let query = format!("{{ ledger {{ {place} {{ seq hash cursor }} }} }}");
        let answer = editor.query(server, &query).await.unwrap();
        Self::read(&answer["ledger"][place])
    }

    fn read(entry: &Value) -> Self {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        Self {
            seq: entry["seq"].as_i64().unwrap_or_default(),
            hash: text("hash"),
            cursor: text("cursor"),
        }
    }

    /// Goes on to the entry that was heard.
    /// # Errors
    /// It is not the next.
    pub fn follow(&mut self, entry: &Value) -> Proven {
        let next = Self::read(entry);
        if next.seq != self.seq + 1 || entry["prevHash"] != *self.hash {
            return Err(format!(
                "entry {} was heard after entry {}",
                next.seq, self.seq
            ));
        }
        *self = next;
        Ok(())
    }
}

/// When an entry was recorded, in microseconds since 1970.
pub fn recorded_at(entry: &Value) -> i64 {
    let text = entry["recordedAt"].as_str().unwrap_or_default();
    demarche::model::time::Instant::parse(text).map_or(0, |instant| instant.0)
}
