//! Proofs of positions as GraphQL objects: the entries that a position rests on, with their proofs, and a commitment to all entries
//! about its relationship.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, Object};
use data_encoding::{BASE64, HEXLOWER};
use entity::relationship;

use super::ledger::{LedgerEntry, load_head};
use super::proof::{InclusionProof, TreeHead, load_signer};
use crate::error::{Error, Result};
use crate::graphql::loaders::proofs::{ListedEntry, SIGNATURE};
use crate::graphql::loaders::row::EntrySeq;
use crate::graphql::loaders::{loader_context, loaders};
use crate::graphql::output::direct_json::ready::{ReadyFields, ready_fields};
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::merkle_tree::{Hash, empty_root, root};
use crate::model::position;

pub struct PositionProof {
    relationship: Arc<relationship::Model>,
    /// The statements that decide the position, ascending: each has the seq of its entry.
    statements: Vec<i64>,
    tree_size: u64,
}

impl PositionProof {
    /// The proof of a position, in the tree of all entries.
    pub async fn load(
        ctx: &Context<'_>,
        relationship: Arc<relationship::Model>,
        position: &position::Position,
    ) -> Result<Self> {
        let head = load_head(ctx).await?;
        let tree_size = loader_context(ctx).tree_size("seq", head.seq).await?;
        let rivals = position.rivals.iter();
        let rivals = rivals.flat_map(|(denying, denied)| [*denying, *denied]);
        let statements: BTreeSet<i64> = position.basis.into_iter().chain(rivals).collect();
        Ok(Self {
            relationship,
            statements: statements.into_iter().collect(),
            tree_size,
        })
    }
}

/// What a position rests on, for checks that need not trust this server: docs/proofs.md says what is proven and what is not.
#[Object]
impl PositionProof {
    /// Head of the tree that has the entries.
    async fn tree_head(&self, ctx: &Context<'_>) -> Result<DirectJson<TreeHead>> {
        TreeHead::load(ctx, self.tree_size).await.map(DirectJson)
    }

    /// The entries of the statement that determines the stance and of those that contradict each other, in ledger order; none for
    /// `UNKNOWN`.
    async fn entries(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<ProvenEntry>>> {
        let keys = self.statements.iter().copied().map(EntrySeq);
        let mut rows = loaders(ctx).load_many(keys).await?;
        let entries = self.statements.iter().map(|seq| {
            let row = rows.remove(&EntrySeq(*seq));
            let row = row.ok_or_else(|| Error::internal(format!("entry {seq} is missing")))?;
            let proof = InclusionProof::new(*seq, self.tree_size)?;
            Ok(DirectJson(ProvenEntry(row, proof)))
        });
        entries.collect()
    }

    /// Commitment to all entries about the relationship, from which the position is derived: leaving one out, or adding one,
    /// changes it.
    async fn history(&self, ctx: &Context<'_>) -> Result<DirectJson<EntryList>> {
        let context = loader_context(ctx);
        let entries = context.list_entries(self.relationship.id, self.tree_size);
        Ok(DirectJson(EntryList {
            relationship: Arc::clone(&self.relationship),
            tree_size: self.tree_size,
            entries: entries.await?,
        }))
    }
}

impl ReadyFields for PositionProof {}

pub struct ProvenEntry(entity::ledger_entry::Model, InclusionProof);

/// A ledger entry with the proof that it is in a tree.
#[Object]
impl ProvenEntry {
    /// The entry.
    async fn entry(&self) -> DirectJson<LedgerEntry> {
        DirectJson(LedgerEntry(self.0.clone()))
    }

    /// Proof that it is in the tree of the position's proof.
    async fn inclusion_proof(&self) -> DirectJson<&InclusionProof> {
        DirectJson(&self.1)
    }
}

ready_fields!(ProvenEntry {
    "entry" => entry of DirectJson<LedgerEntry>,
});

pub struct EntryList {
    relationship: Arc<relationship::Model>,
    tree_size: u64,
    entries: Vec<ListedEntry>,
}

/// The entries about a relationship, in ledger order: those that record or correct a statement about it, and those that retract
/// such a statement or add evidence to it.
#[Object]
impl EntryList {
    /// Number of entries.
    async fn length(&self) -> usize {
        self.entries.len()
    }

    /// Sequence number of each entry.
    async fn seqs(&self) -> Vec<i64> {
        self.entries.iter().map(|entry| entry.seq).collect()
    }

    /// Root of the Merkle tree (RFC 9162) over the hashes of these entries alone, 64 hexadecimal digits.
    async fn root(&self) -> String {
        HEXLOWER.encode(&self.list_root())
    }

    /// The commitment as a signed note, which `ledger.verifierKey` verifies. Lines: `demarche relationship 1`, the name of the ledger,
    /// the number of entries of the ledger, the initiative (by `seq`) and the code of the requested state, `length`, and `root` in
    /// base64.
    async fn note(&self, ctx: &Context<'_>) -> Result<String> {
        let signer = load_signer(ctx).await?;
        loader_context(ctx).work().spend(SIGNATURE)?;
        let row = &self.relationship;
        let lines = [
            "demarche relationship 1".to_owned(),
            signer.name().to_owned(),
            self.tree_size.to_string(),
            format!("{} {}", row.initiative_id, row.requested_state),
            self.entries.len().to_string(),
            BASE64.encode(&self.list_root()),
        ];
        Ok(signer.sign(&(lines.join("\n") + "\n")))
    }
}

impl ReadyFields for EntryList {}

impl EntryList {
    fn list_root(&self) -> Hash {
        let hashes: Vec<Hash> = self.entries.iter().map(|entry| entry.hash).collect();
        root(&hashes).unwrap_or_else(empty_root)
    }
}
