//! The ledger: the service has exactly the entries of the model, each with the right content and hash.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::Run;
use crate::TestResult;
use crate::expected::{EntryRef, change, compare, entry};

const ENTRIES: &str = concat!(
    "query($after: String) { ledger { head { seq hash cursor }
       entries(after: $after, first: 100) { totalCount nodes { ",
    entry!(),
    " } } } }"
);

impl Run<'_> {
    /// Waits until the watcher has received every entry of the model, then compares the ledger from there on.
    pub(super) async fn catch_up(&mut self) -> TestResult {
        let before = self.model.observed_head();
        for seq in before + 1..=self.model.ledger.head() {
            let event = self.watcher.next_event().await;
            let mut event =
                event.map_err(|reason| format!("the watcher, at entry {seq}: {reason}"))?;
            compare("the seq of an entry", &event["seq"], &json!(seq))?;
            let payload = event["payload"].take();
            event.as_object_mut().map(|fields| fields.remove("payload"));
            let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            let (cursor, hash) = (text("cursor"), text("hash"));
            let computed = self.expected_hash(seq, payload.as_str().unwrap_or_default());
            compare("the hash of an entry", &json!(hash), &json!(computed))?;
            self.model.entry_refs.push(EntryRef { cursor, hash });
            compare("event of the watcher", &event, &self.model.entry(seq))?;
            self.watcher.advance(&self.model, seq);
        }
        self.list_entries(before).await
    }

    /// Compares one page of entries after `after`.
    pub(super) async fn list_entries(&self, after: i64) -> TestResult {
        let head = self.model.ledger.head();
        let entries = (after + 1..=head)
            .take(100)
            .map(|seq| self.model.entry(seq));
        let entry_ref = self.model.entry_ref(head);
        let expected = json!({ "ledger": {
            "head": { "seq": head, "hash": entry_ref.hash, "cursor": entry_ref.cursor },
            "entries": { "totalCount": head, "nodes": entries.collect::<Vec<_>>() },
        } });
        let variables = json!({ "after": self.model.entry_ref(after).cursor });
        let response = self.service().client.query(ENTRIES, &variables).await?;
        compare("the ledger", &response, &expected)
    }

    /// The hash as specified in the README.
    fn expected_hash(&self, seq: i64, payload: &str) -> String {
        let entry = self
            .model
            .ledger
            .entry(seq)
            .expect("the model has the entry");
        let text = json!({
            "seq": seq, "kind": entry.content.action.kind(), "payload": payload, "actor": entry.actor,
            "idempotencyKey": entry.key, "recordedAt": entry.recorded_at,
        });
        let text = serde_json_canonicalizer::to_string(&text).expect("the value is JSON");
        let mut digest = Sha256::new_with_prefix([0]);
        digest.update(&self.model.entry_ref(seq - 1).hash);
        digest.update(text);
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }
}
