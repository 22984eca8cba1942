//! Cursors: opaque texts that name a position.
//!
//! A *ledger* cursor names a position in one history and is rejected by any other. A *page* cursor names a row in one sort
//! order of a list.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// A position in the ledger: (generation, seq, first eight bytes of that entry's hash). A restored backup or a rewritten
/// history has another generation or another hash, so that it rejects the cursor instead of misreading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerCursor {
    pub generation: String,
    pub seq: i64,
    /// 16 hexadecimal digits.
    pub hash_prefix: String,
}

impl LedgerCursor {
    pub fn new(generation: &str, seq: i64, hash: &str) -> Self {
        let hash_prefix = hash.get(..16).unwrap_or(hash).to_owned();
        Self {
            generation: generation.to_owned(),
            seq,
            hash_prefix,
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (generation, seq, hash_prefix) = decode(text)?;
        Some(Self {
            generation,
            seq,
            hash_prefix,
        })
    }
}

impl LedgerCursor {
    /// The reason why the cursor does not belong to a ledger, if so. `hash` is the ledger's hash at the cursor's seq; `None` if
    /// the ledger has no such entry.
    pub fn mismatch(&self, generation: &str, hash: Option<&str>) -> Option<CursorMismatch> {
        if self.generation != generation {
            return Some(CursorMismatch::OtherLedger);
        }
        if self.seq == 0 {
            // No entry was read that could have been altered. The genesis hash is not compared: a restore changes it.
            return None;
        }
        match hash {
            None => Some(CursorMismatch::Ahead),
            Some(hash) if *self != Self::new(generation, self.seq, hash) => {
                Some(CursorMismatch::Altered)
            }
            Some(_) => None,
        }
    }
}

/// Why a cursor does not belong to a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorMismatch {
    OtherLedger,
    Ahead,
    Altered,
}

impl CursorMismatch {
    /// The predicate of an error about the cursor, with what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::OtherLedger => {
                "was issued by another ledger, or before this database was restored; refetch and continue from `extensions.head.cursor`"
            }
            Self::Ahead => {
                "is ahead of the ledger: an older backup was restored; refetch and continue from `extensions.head.cursor`"
            }
            Self::Altered => {
                "refers to an entry that was altered since; refetch and continue from `extensions.head.cursor`"
            }
        }
    }
}

impl std::fmt::Display for LedgerCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(&(&self.generation, self.seq, &self.hash_prefix)))
    }
}

/// The head of a ledger, for a client that must start again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerTip {
    pub seq: i64,
    /// Hash of that entry; 64 hexadecimal digits.
    pub hash: String,
    pub cursor: String,
}

impl LedgerTip {
    pub fn new(generation: &str, seq: i64, hash: String) -> Self {
        let cursor = LedgerCursor::new(generation, seq, &hash).to_string();
        Self { seq, hash, cursor }
    }
}

/// A row in an ordered list: the sort key's value and the row's unique id (keyset pagination).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
pub struct PageCursor {
    pub key: SortKey,
    pub id: i64,
}

/// The value that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(untagged)]
pub enum SortKey {
    Number(i64),
    Text(String),
}

impl PageCursor {
    pub fn parse(text: &str) -> Option<Self> {
        let (key, id) = decode(text)?;
        Some(Self { key, id })
    }
}

impl std::fmt::Display for PageCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(&(&self.key, self.id)))
    }
}

fn encode(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("strings and numbers have a JSON form");
    BASE64URL_NOPAD.encode(&json)
}

fn decode<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_their_text() {
        let cursor = LedgerCursor::new("g", 7, "0123456789abcdef0123");
        assert_eq!(cursor.hash_prefix, "0123456789abcdef");
        assert_eq!(LedgerCursor::parse(&cursor.to_string()), Some(cursor));
        let row = PageCursor {
            key: SortKey::Text("PE".into()),
            id: 3,
        };
        assert_eq!(PageCursor::parse(&row.to_string()), Some(row));
    }

    #[test]
    fn a_cursor_fits_one_history_only() {
        let cursor = LedgerCursor::new("g", 7, "0123456789abcdef0123");
        assert_eq!(cursor.mismatch("g", Some("0123456789abcdef0123")), None);
        assert!(cursor.mismatch("h", Some("0123456789abcdef0123")).is_some());
        assert!(cursor.mismatch("g", Some("1123456789abcdef0123")).is_some());
        assert!(cursor.mismatch("g", None).is_some());
        let cut = LedgerCursor {
            hash_prefix: "0123".into(),
            ..cursor
        };
        assert!(cut.mismatch("g", Some("0123456789abcdef0123")).is_some());
        let start = LedgerCursor::new("g", 0, "0123456789abcdef0123");
        assert_eq!(start.mismatch("g", Some("1123456789abcdef0123")), None);
        assert!(start.mismatch("h", Some("0123456789abcdef0123")).is_some());
    }

    #[test]
    fn an_invalid_text_is_not_a_cursor() {
        for wrong in ["", "AAAA", "not base64!", "WyJhIl0", "🦀"] {
            assert_eq!(LedgerCursor::parse(wrong), None);
            assert_eq!(PageCursor::parse(wrong), None);
        }
    }
}
