//! Hash chain as received by a subscriber. Each entry must follow its predecessor, so a gap, a repeat or another order
//! is an error.

use std::net::SocketAddr;

use serde_json::Value;

use crate::TestResult;
use crate::editor::Editor;

/// Subscribes to the ledger entries with their hashes.
pub const CHAIN_SUBSCRIPTION: &str = "subscription($after: String) {
    entry: ledgerAppended(after: $after) { seq prevHash hash cursor recordedAt } }";

/// The last entry received.
#[derive(Clone, Debug)]
pub struct ChainTip {
    pub seq: i64,
    pub hash: String,
    pub cursor: String,
}

impl ChainTip {
    /// Position before the first entry.
    pub async fn genesis(editor: &Editor, server: SocketAddr) -> Self {
        Self::query_entry(editor, server, "genesis").await
    }

    /// Position of the newest entry.
    pub async fn head(editor: &Editor, server: SocketAddr) -> Self {
        Self::query_entry(editor, server, "head").await
    }

    async fn query_entry(editor: &Editor, server: SocketAddr, field: &str) -> Self {
        let query = format!("{{ ledger {{ {field} {{ seq hash cursor }} }} }}");
        let response = editor.query(server, &query).await.unwrap();
        Self::from_entry(&response["ledger"][field])
    }

    fn from_entry(entry: &Value) -> Self {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        Self {
            seq: entry["seq"].as_i64().unwrap_or_default(),
            hash: text("hash"),
            cursor: text("cursor"),
        }
    }

    /// Advances to the received entry.
    /// # Errors
    /// It is not the next entry.
    pub fn advance(&mut self, entry: &Value) -> TestResult {
        let next = Self::from_entry(entry);
        if next.seq != self.seq + 1 || entry["prevHash"] != *self.hash {
            return Err(format!(
                "received entry {} after entry {}",
                next.seq, self.seq
            ));
        }
        *self = next;
        Ok(())
    }
}

/// Recording time of an entry, in microseconds since 1970.
pub fn recorded_at(entry: &Value) -> i64 {
    let text = entry["recordedAt"].as_str().unwrap_or_default();
    demarche::model::time::Timestamp::parse(text).map_or(0, |instant| instant.0)
}
