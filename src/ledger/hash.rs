//! The chain that ties every entry to the one before.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// What the first entry's `prevHash` is: 64 hexadecimal digits.
pub fn genesis(generation: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(format!("demarche ledger 1\n{generation}")))
}
