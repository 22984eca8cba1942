//! Hash chain: each entry's hash covers its content and the previous hash. With a saved head, anyone can detect that an
//! earlier entry was altered.

use data_encoding::HEXLOWER;
use entity::ledger_entry;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::canonical;

/// The genesis hash, before the first entry; it binds the chain to its origin.
pub fn genesis(origin: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("demarche ledger 1\n{origin}")))
}

/// SHA-256 over a zero byte and [`leaf_data`]: the hash of a leaf of the Merkle tree (RFC 9162 §2.1.1), too.
pub fn hash_entry(entry: &ledger_entry::Model) -> Result<String> {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(leaf_data(entry)?);
    Ok(HEXLOWER.encode(&hasher.finalize()))
}

/// What the hash of an entry covers: the previous hash in hexadecimal, and the canonical JSON (RFC 8785) of the entry without its
/// hashes.
pub fn leaf_data(entry: &ledger_entry::Model) -> Result<String> {
    let content = Content {
        actor: &entry.actor,
        idempotency_key: &entry.idempotency_key,
        kind: &entry.kind,
        payload: &entry.payload,
        recorded_at: entry.recorded_at,
        seq: entry.seq,
    };
    let canonical = canonical::to_string(&content).map_err(Error::internal)?;
    Ok(format!("{}{canonical}", entry.prev_hash))
}

/// The hashed content; fields in alphabetical order, as `model::canonical` requires.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'e> {
    actor: &'e str,
    idempotency_key: &'e str,
    kind: &'e str,
    payload: &'e str,
    recorded_at: i64,
    seq: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_hashed() {
        let entry = ledger_entry::Model {
            seq: 1,
            kind: "K".into(),
            payload: "{}".into(),
            actor: "a".into(),
            idempotency_key: "i".into(),
            recorded_at: 5,
            prev_hash: genesis("g"),
            hash: String::new(),
        };
        let hash = hash_entry(&entry).unwrap();
        let altered = [
            ledger_entry::Model {
                seq: 2,
                ..entry.clone()
            },
            ledger_entry::Model {
                kind: "L".into(),
                ..entry.clone()
            },
            ledger_entry::Model {
                payload: "{ }".into(),
                ..entry.clone()
            },
            ledger_entry::Model {
                actor: "b".into(),
                ..entry.clone()
            },
            ledger_entry::Model {
                idempotency_key: "j".into(),
                ..entry.clone()
            },
            ledger_entry::Model {
                recorded_at: 6,
                ..entry.clone()
            },
            ledger_entry::Model {
                prev_hash: genesis("h"),
                ..entry.clone()
            },
        ];
        for entry in altered {
            assert_ne!(hash_entry(&entry).unwrap(), hash, "{entry:?}");
        }
    }
}
