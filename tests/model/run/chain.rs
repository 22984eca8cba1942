//! The ledger itself: no entry too many, none too few, each as the model has it and chained to the one before.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::Run;
use crate::Proven;
use crate::told::{Place, change, compare, entry};

const ENTRIES: &str = concat!(
    "query($after: String) { ledger { head { seq hash cursor }
       entries(after: $after, first: 100) { totalCount nodes { ",
    entry!(),
    " } } } }"
);

impl Run<'_> {
    /// Waits until the service has told the watcher of every entry of the model, and compares the ledger from there on.
    pub(super) async fn catch_up(&mut self) -> Proven {
        let before = self.book.known();
        for seq in before + 1..=self.book.ledger.head() {
            let told = self.watcher.event().await;
            let mut told = told.map_err(|why| format!("the watcher, at entry {seq}: {why}"))?;
            compare("the seq of an entry", &told["seq"], &json!(seq))?;
            let payload = told["payload"].take();
            told.as_object_mut().map(|fields| fields.remove("payload"));
            let text = |field: &str| told[field].as_str().unwrap_or_default().to_owned();
            let (cursor, hash) = (text("cursor"), text("hash"));
            let reckoned = self.hash(seq, payload.as_str().unwrap_or_default());
            compare("the hash of an entry", &json!(hash), &json!(reckoned))?;
            self.book.places.push(Place { cursor, hash });
            compare("heard by the watcher", &told, &self.book.entry(seq))?;
            self.watcher.advance(&self.book, seq);
        }
        self.list_entries(before).await
    }

    /// From a place on, up to a page.
    pub(super) async fn list_entries(&self, after: i64) -> Proven {
        let head = self.book.ledger.head();
        let entries = (after + 1..=head).take(100).map(|seq| self.book.entry(seq));
        let place = self.book.place(head);
        let model = json!({ "ledger": {
            "head": { "seq": head, "hash": place.hash, "cursor": place.cursor },
            "entries": { "totalCount": head, "nodes": entries.collect::<Vec<_>>() },
        } });
        let variables = json!({ "after": self.book.place(after).cursor });
        let told = self.service().client.ask(ENTRIES, &variables).await?;
        compare("the ledger", &told, &model)
    }

    /// By the recipe of the README.
    fn hash(&self, seq: i64, payload: &str) -> String {
        let entry = self.book.ledger.find(seq).expect("the model has it");
        let text = json!({
            "seq": seq, "kind": entry.content.what.kind(), "payload": payload, "actor": entry.actor,
            "idempotencyKey": entry.key, "recordedAt": entry.recorded_at,
        });
        let text = serde_json_canonicalizer::to_string(&text).expect("it is JSON");
        let mut digest = Sha256::new_with_prefix([0]);
        digest.update(&self.book.place(seq - 1).hash);
        digest.update(text);
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }
}
