//! Start and end of a case, and restart and restore of the service.

use serde_json::{Value, json};

use super::{Run, SubscriberSlot};
use crate::TestResult;
use crate::backend::Backend;
use crate::expected::{EntryRef, Model, compare};
use crate::filter::Filter;
use crate::rules::Ledger;
use crate::service::Service;
use crate::subscriber::Subscriber;

const GENESIS: &str = "{ ledger { generation genesis { seq hash cursor } } }";

impl<'b> Run<'b> {
    /// Starts with a new database, an initiative and a source.
    pub(super) async fn start(backend: &'b Backend) -> TestResult<Self> {
        let service = Service::start(backend).await?;
        let genesis = load_genesis(&service).await?;
        let model = Model {
            ledger: Ledger::default(),
            entry_refs: vec![genesis],
        };
        let watcher = Subscriber::new(Filter::EVERYTHING, 0, &model);
        let mut run = Self {
            backend,
            service: Some(service),
            model,
            watcher,
            subscribers: Vec::new(),
            writes: Vec::new(),
            keys: 0,
            restores: 0,
            events: 0,
        };
        match run.prepare().await {
            Ok(()) => Ok(run),
            Err(reason) => {
                run.clean_up().await;
                Err(reason)
            }
        }
    }

    async fn prepare(&mut self) -> TestResult {
        self.connect_watcher().await?;
        self.open(0).await?;
        self.register(None, None).await
    }

    async fn connect_watcher(&mut self) -> TestResult {
        let server = self.service().client.server;
        self.watcher.connect(server, &self.model.ledger).await
    }

    pub(super) async fn restart(&mut self) -> TestResult {
        let service = self
            .service
            .take()
            .expect("the service runs between commands");
        let draining = drain_all(&mut self.watcher, &mut self.subscribers, &self.model);
        self.service = Some(service.restart(draining).await?);
        self.connect_watcher().await?;
        self.check_over_time().await?;
        self.list_relationships(None).await
    }

    /// All earlier cursors must be rejected; everything else must be unchanged.
    pub(super) async fn restore(&mut self) -> TestResult {
        let service = self
            .service
            .take()
            .expect("the service runs between commands");
        let entries = self.model.ledger.head();
        let draining = drain_all(&mut self.watcher, &mut self.subscribers, &self.model);
        let service = service.restore(self.backend, entries, draining).await?;
        let genesis = load_genesis(&service).await?;
        self.service = Some(service);
        self.restores += 1;
        let old = std::mem::replace(&mut self.model.entry_refs, vec![genesis]);
        compare(
            "the genesis",
            &json!(self.model.entry_refs[0].hash),
            &json!(old[0].hash),
        )?;
        self.check_rejected(&old[old.len() / 2]).await?;
        self.events += self.watcher.received;
        self.watcher = Subscriber::new(Filter::EVERYTHING, 0, &self.model);
        self.connect_watcher().await?;
        self.catch_up().await?;
        let hashes = |entry_refs: &[EntryRef]| -> Vec<String> {
            entry_refs
                .iter()
                .map(|entry_ref| entry_ref.hash.clone())
                .collect()
        };
        compare(
            "hashes",
            &json!(hashes(&self.model.entry_refs)),
            &json!(hashes(&old)),
        )?;
        self.list_relationships(None).await
    }

    /// A cursor from before the restore must be rejected.
    async fn check_rejected(&self, old: &EntryRef) -> TestResult {
        let query = "query($after: String) { stanceChanges(after: $after) { totalCount } }";
        let variables = json!({ "after": old.cursor });
        let client = &self.service().client;
        let response = client.execute(query, &variables, None).await?;
        let response = response.unwrap_or_else(|(code, field)| json!([code, field]));
        let expected: Value = json!(["CURSOR_INVALID", "after"]);
        compare("a cursor from before the restore", &response, &expected)
    }

    /// Receives all outstanding events, compares the final lists and verifies the ledger. Returns the number of events.
    pub(super) async fn finish(mut self) -> TestResult<usize> {
        let mut subscribers = std::mem::take(&mut self.subscribers);
        let result = self.compare_final_state(&mut subscribers).await;
        if let Err(reason) = result {
            self.clean_up().await;
            return Err(reason);
        }
        let received = subscribers.iter().map(|slot| slot.subscriber.received);
        let received = self.events + self.watcher.received + received.sum::<usize>();
        let service = self
            .service
            .take()
            .expect("the service runs between commands");
        let draining = drain_all(&mut self.watcher, &mut subscribers, &self.model);
        let entries = self.model.ledger.head();
        service.stop(self.backend, entries, draining).await?;
        Ok(received)
    }

    async fn compare_final_state(&self, subscribers: &mut [SubscriberSlot]) -> TestResult {
        for slot in subscribers {
            self.receive_all(slot).await?;
        }
        for after in (0..=self.model.observed_head()).step_by(100) {
            self.list_entries(after).await?;
        }
        for relationship in self.model.ledger.relationships() {
            self.check_position(relationship, None).await?;
        }
        self.check_over_time().await?;
        self.list_relationships(None).await
    }

    /// Cleans up after a failed case.
    pub(super) async fn clean_up(mut self) {
        for slot in &mut self.subscribers {
            slot.subscriber.disconnect();
        }
        self.watcher.disconnect();
        if let Some(service) = self.service.take() {
            // The failure is reported already.
            drop(service.stop(self.backend, 0, async { Ok(()) }).await);
        }
    }
}

/// Drains all subscriptions until the server closes them; every event must be expected.
async fn drain_all(
    watcher: &mut Subscriber,
    slots: &mut [SubscriberSlot],
    model: &Model,
) -> TestResult {
    watcher.drain(model).await?;
    for slot in slots {
        slot.subscriber.drain(model).await?;
    }
    Ok(())
}

async fn load_genesis(service: &Service) -> TestResult<EntryRef> {
    let response = service.client.query(GENESIS, &json!({})).await?;
    let genesis = &response["ledger"]["genesis"];
    compare("the seq of the genesis", &genesis["seq"], &json!(0))?;
    let text = |field: &str| genesis[field].as_str().unwrap_or_default().to_owned();
    let (cursor, hash) = (text("cursor"), text("hash"));
    Ok(EntryRef { cursor, hash })
}
