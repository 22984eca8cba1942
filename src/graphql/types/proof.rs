//! Proofs as GraphQL objects: heads of the Merkle tree over the ledger, and what leads from an entry or an earlier head to one.

use std::sync::Arc;

use async_graphql::{Context, Object};
use data_encoding::HEXLOWER;
use entity::ledger_entry;

use crate::error::{Error, Result};
use crate::graphql::loaders::proofs::{RangeRoot, SIGNATURE, Signer};
use crate::graphql::loaders::row::EntrySeq;
use crate::graphql::loaders::{loader_context, loaders};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ReadyFields;
use crate::ledger::hash::leaf_data;
use crate::model::merkle_tree::{Hash, LeafRange, consistency_path, inclusion_path};
use crate::model::signed_note::NoteSigner;

/// A tree, by its number of entries.
pub struct TreeHead {
    size: u64,
    root: Hash,
}

impl TreeHead {
    /// The head of the tree of the first entries, which the ledger has.
    pub async fn load(ctx: &Context<'_>, size: u64) -> Result<Self> {
        let mut hashes = load_hashes(ctx, &[LeafRange::whole(size)]).await?;
        let root = hashes.pop();
        let root = root.ok_or_else(|| Error::internal("a tree has no root"))?;
        Ok(Self { size, root })
    }
}

/// Head of the Merkle tree (RFC 9162) over the hashes of the first entries of the ledger. Store one to detect later whether an
/// entry was altered, added in between or removed.
#[Object]
impl TreeHead {
    /// Number of entries in the tree: the first ones.
    async fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree, 64 hexadecimal digits; of an empty tree the SHA-256 hash of nothing.
    async fn root(&self) -> String {
        HEXLOWER.encode(&self.root)
    }

    /// The head as a signed note (a checkpoint of C2SP tlog-checkpoint), which `ledger.verifierKey` verifies: lines with the name of
    /// the ledger, `size` and `root` in base64, an empty line and the signature.
    async fn note(&self, ctx: &Context<'_>) -> Result<String> {
        let signer = load_signer(ctx).await?;
        loader_context(ctx).work().spend(SIGNATURE)?;
        Ok(signer.sign_checkpoint(self.size, &self.root))
    }
}

impl ReadyFields for TreeHead {}

/// The hashes that lead from an entry to the root.
pub struct InclusionProof {
    seq: i64,
    index: u64,
    size: u64,
    path: Vec<LeafRange>,
}

impl InclusionProof {
    /// The proof for an entry, in the tree of so many entries, which the ledger has.
    /// # Errors
    /// `Error::BadUserInput` if the tree does not have the entry.
    pub fn new(seq: i64, size: u64) -> Result<Self> {
        let index = u64::try_from(seq.saturating_sub(1)).ok();
        let path = index.and_then(|index| Some((index, inclusion_path(index, size)?)));
        let (index, path) = path.ok_or_else(|| {
            let message = format!("{seq} is not an entry of a tree of {size}; use 1 to {size}");
            Error::bad_input("seq", message)
        })?;
        Ok(Self {
            seq,
            index,
            size,
            path,
        })
    }
}

impl InclusionProof {
    async fn load_entry(&self, ctx: &Context<'_>) -> Result<ledger_entry::Model> {
        let entry = loaders(ctx).load_one(EntrySeq(self.seq)).await?;
        entry.ok_or_else(|| Error::internal(format!("entry {} is missing", self.seq)))
    }
}

/// Proof that an entry is in a tree (RFC 9162 §2.1.3).
#[Object]
impl InclusionProof {
    /// Sequence number of the entry.
    async fn seq(&self) -> i64 {
        self.seq
    }

    /// Index of the entry in the tree, from 0: `seq` minus 1.
    async fn leaf_index(&self) -> u64 {
        self.index
    }

    /// Number of entries in the tree.
    async fn tree_size(&self) -> u64 {
        self.size
    }

    /// Content of the leaf: the hash of the entry before in hexadecimal, followed by the entry in canonical JSON (RFC 8785), with
    /// the keys of the exported ledger except `hash` and `prevHash`.
    async fn leaf_data(&self, ctx: &Context<'_>) -> Result<String> {
        leaf_data(&self.load_entry(ctx).await?)
    }

    /// Hash of the leaf, which is the `hash` of the entry: SHA-256 over a zero byte and `leafData`, 64 hexadecimal digits.
    async fn leaf_hash(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.load_entry(ctx).await?.hash)
    }

    /// Hashes that lead from the leaf to the root, from the leaf upwards and without it, 64 hexadecimal digits each.
    async fn hashes(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        encoded_hashes(ctx, &self.path).await
    }

    /// Head of the tree.
    async fn tree_head(&self, ctx: &Context<'_>) -> Result<DirectJson<TreeHead>> {
        TreeHead::load(ctx, self.size).await.map(DirectJson)
    }
}

impl ReadyFields for InclusionProof {}

/// The hashes that lead from one root to another.
pub struct ConsistencyProof {
    from: u64,
    to: u64,
    path: Vec<LeafRange>,
}

impl ConsistencyProof {
    /// The proof between trees of so many entries, which the ledger has.
    /// # Errors
    /// `Error::BadUserInput` unless the first is not empty, and not larger than the second.
    pub fn new(from: u64, to: u64) -> Result<Self> {
        let path = consistency_path(from, to).ok_or_else(|| {
            let message = if from == 0 {
                "an empty tree is the beginning of every tree, so there is nothing to prove; use 1 or more".to_owned()
            } else {
                format!("{from} is more than `to`, which is {to}; the smaller tree comes first")
            };
            Error::bad_input("from", message)
        })?;
        Ok(Self { from, to, path })
    }
}

/// Proof that a tree is the beginning of a larger one (RFC 9162 §2.1.4): that no entry of it was altered or removed.
#[Object]
impl ConsistencyProof {
    /// Head of the smaller tree.
    async fn from(&self, ctx: &Context<'_>) -> Result<DirectJson<TreeHead>> {
        TreeHead::load(ctx, self.from).await.map(DirectJson)
    }

    /// Head of the larger tree.
    async fn to(&self, ctx: &Context<'_>) -> Result<DirectJson<TreeHead>> {
        TreeHead::load(ctx, self.to).await.map(DirectJson)
    }

    /// Hashes that lead from the root of the smaller tree to that of the larger one, in the order of RFC 9162, 64 hexadecimal
    /// digits each; none if the trees are equal.
    async fn hashes(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        encoded_hashes(ctx, &self.path).await
    }
}

impl ReadyFields for ConsistencyProof {}

async fn encoded_hashes(ctx: &Context<'_>, path: &[LeafRange]) -> Result<Vec<String>> {
    let hashes = load_hashes(ctx, path).await?;
    Ok(hashes.iter().map(|hash| HEXLOWER.encode(hash)).collect())
}

/// The roots of ranges, in their order.
async fn load_hashes(ctx: &Context<'_>, path: &[LeafRange]) -> Result<Vec<Hash>> {
    let keys = path.iter().copied().map(RangeRoot);
    let found = loaders(ctx).load_many(keys.clone()).await?;
    let missing = || Error::internal("a range of the tree has no root");
    keys.map(|key| found.get(&key).copied().ok_or_else(missing))
        .collect()
}

/// The key that signs notes.
pub async fn load_signer(ctx: &Context<'_>) -> Result<Arc<NoteSigner>> {
    let signer = loaders(ctx).load_one(Signer).await?;
    signer.ok_or_else(|| Error::internal("there is no signing key"))
}
