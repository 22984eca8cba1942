//! Cursors: opaque texts that say how far a reader has come.
//!
//! A *ledger* cursor names a place in one history and is refused by any other. A *page* cursor names a row in one
//! order of a list.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// A place in the ledger: (generation, seq, first eight bytes of the hash there). A restored backup or a rewritten
/// history has another generation or another hash, so that a cursor is refused there and never misread.
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
    /// Why the cursor names no place of a ledger, or nothing. `hash` is the ledger's own at the cursor's seq; none if the
    /// ledger has not come so far.
    pub fn misfit(&self, generation: &str, hash: Option<&str>) -> Option<&'static str> {
        if self.generation != generation {
            return Some("is of another ledger; read anew from the start");
        }
        if self.seq == 0 {
            // Nothing was read that could have been altered. A ledger that takes on another's entries has a new first hash.
            return None;
        }
        match hash {
            None => Some("is ahead of the ledger: an older copy was restored"),
            Some(hash) if *self != Self::new(generation, self.seq, hash) => {
                Some("is of a history that was altered since; read anew from the start")
            }
            Some(_) => None,
        }
    }
}

impl std::fmt::Display for LedgerCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(&(&self.generation, self.seq, &self.hash_prefix)))
    }
}

/// Where a ledger ends, for a client that must begin anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub seq: i64,
    /// Of the entry there; 64 hexadecimal digits.
    pub hash: String,
    pub cursor: String,
}

impl Place {
    pub fn new(generation: &str, seq: i64, hash: String) -> Self {
        let cursor = LedgerCursor::new(generation, seq, &hash).to_string();
        Self { seq, hash, cursor }
    }
}

/// A row in an ordered list: the sort key's value and the row's unique id (keyset paging).
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
        let place = LedgerCursor::new("g", 7, "0123456789abcdef0123");
        assert_eq!(place.hash_prefix, "0123456789abcdef");
        assert_eq!(LedgerCursor::parse(&place.to_string()), Some(place));
        let row = PageCursor {
            key: SortKey::Text("PE".into()),
            id: 3,
        };
        assert_eq!(PageCursor::parse(&row.to_string()), Some(row));
    }

    #[test]
    fn a_cursor_fits_one_history_only() {
        let place = LedgerCursor::new("g", 7, "0123456789abcdef0123");
        assert_eq!(place.misfit("g", Some("0123456789abcdef0123")), None);
        assert!(place.misfit("h", Some("0123456789abcdef0123")).is_some());
        assert!(place.misfit("g", Some("1123456789abcdef0123")).is_some());
        assert!(place.misfit("g", None).is_some());
        let cut = LedgerCursor {
            hash_prefix: "0123".into(),
            ..place
        };
        assert!(cut.misfit("g", Some("0123456789abcdef0123")).is_some());
        let start = LedgerCursor::new("g", 0, "0123456789abcdef0123");
        assert_eq!(start.misfit("g", Some("1123456789abcdef0123")), None);
        assert!(start.misfit("h", Some("0123456789abcdef0123")).is_some());
    }

    #[test]
    fn garbage_is_no_cursor() {
        for wrong in ["", "AAAA", "not base64!", "WyJhIl0", "🦀"] {
            assert_eq!(LedgerCursor::parse(wrong), None);
            assert_eq!(PageCursor::parse(wrong), None);
        }
    }
}
