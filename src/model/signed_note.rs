//! Signed notes and checkpoints, as transparency logs have them (C2SP signed-note and tlog-checkpoint), with an Ed25519 key.

use data_encoding::{BASE64, HEXLOWER};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

use super::merkle_tree::Hash;

/// The type of Ed25519 keys, before the key itself.
const ED25519: u8 = 1;

/// A key that signs notes, with its name: not empty, without spaces and without `+`.
pub struct NoteSigner {
    name: String,
    key: Ed25519KeyPair,
}

impl NoteSigner {
    /// `seed` is the private key of RFC 8032; `None` if it does not have 32 bytes.
    pub fn new(name: &str, seed: &[u8]) -> Option<Self> {
        let key = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        Some(Self {
            name: name.to_owned(),
            key,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The verifier key: name, key ID and public key, joined by `+`.
    pub fn verifier_key(&self) -> String {
        let id = HEXLOWER.encode(&self.key_id());
        format!("{}+{id}+{}", self.name, BASE64.encode(&self.typed_key()))
    }

    /// The checkpoint of a tree: a note of the name, the number of leaves and the root.
    pub fn sign_checkpoint(&self, size: u64, root: &Hash) -> String {
        self.sign(&format!("{}\n{size}\n{}\n", self.name, BASE64.encode(root)))
    }

    /// The note of a text: the text, an empty line, the signature. The text ends with a line feed. The same text always gives the
    /// same note.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes());
        let signature = [self.key_id().as_slice(), signature.as_ref()].concat();
        let encoded = BASE64.encode(&signature);
        format!("{text}\n\u{2014} {} {encoded}\n", self.name)
    }

    /// Says which key signed; it is not a check.
    fn key_id(&self) -> [u8; 4] {
        let hasher = Sha256::new_with_prefix(&self.name).chain_update(b"\n");
        let hash: Hash = hasher.chain_update(self.typed_key()).finalize().into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    fn typed_key(&self) -> Vec<u8> {
        [&[ED25519], self.key.public_key().as_ref()].concat()
    }
}

/// Without the key.
impl std::fmt::Debug for NoteSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "NoteSigner({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519 as ALGORITHM, UnparsedPublicKey};

    use super::*;

    /// The first test of RFC 8032 §7.1.
    fn signer() -> NoteSigner {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let seed = HEXLOWER.decode(seed.as_bytes()).unwrap();
        NoteSigner::new("demarche/test", &seed).unwrap()
    }

    #[test]
    fn a_checkpoint_is_a_note_that_its_verifier_key_verifies() {
        let signer = signer();
        let key = signer.verifier_key();
        let parts: Vec<&str> = key.splitn(3, '+').collect();
        let ["demarche/test", id, encoded] = parts[..] else {
            panic!("{key}");
        };
        let typed = BASE64.decode(encoded.as_bytes()).unwrap();
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(HEXLOWER.encode(&typed), format!("01{public}"));

        let note = signer.sign_checkpoint(7, &[0; 32]);
        let (text, signatures) = note.split_once("\n\n").unwrap();
        let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(text, format!("demarche/test\n7\n{root}"));
        let line = signatures.strip_suffix('\n').unwrap();
        let encoded = line.strip_prefix("— demarche/test ").unwrap();
        let bytes = BASE64.decode(encoded.as_bytes()).unwrap();
        assert_eq!(HEXLOWER.encode(&bytes[..4]), id);
        let verifier = UnparsedPublicKey::new(&ALGORITHM, &typed[1..]);
        let message = format!("{text}\n");
        verifier.verify(message.as_bytes(), &bytes[4..]).unwrap();
    }

    #[test]
    fn a_seed_of_another_length_is_no_key() {
        assert!(NoteSigner::new("name", &[0; 31]).is_none());
    }
}
