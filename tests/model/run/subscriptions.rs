//! Subscribers that connect, receive, disconnect and resume.

use std::net::SocketAddr;

use super::{Run, SubscriberSlot};
use crate::TestResult;
use crate::command::{FilterChoice, Pick};
use crate::expected::Model;
use crate::filter::Filter;
use crate::subscriber::Subscriber;

/// Concurrent subscribers; one more replaces the oldest.
const MAX_SUBSCRIBERS: usize = 4;

impl Run<'_> {
    /// Subscribes from the start of the ledger, or after an entry.
    pub(super) async fn subscribe(
        &mut self,
        choice: &FilterChoice,
        after: Option<Pick>,
    ) -> TestResult {
        if self.subscribers.len() == MAX_SUBSCRIBERS {
            let mut oldest = self.subscribers.remove(0);
            self.receive_all(&mut oldest).await?;
            self.events += oldest.subscriber.received;
        }
        let seqs: Vec<i64> = (0..=self.model.observed_head()).collect();
        let after = after.and_then(|pick| pick.select(&seqs).copied());
        let filter = Filter::new(choice, &self.model.ledger);
        let mut subscriber = Subscriber::new(filter, after.unwrap_or_default(), &self.model);
        let server = self.service().client.server;
        subscriber.connect(server, &self.model.ledger).await?;
        self.subscribers.push(SubscriberSlot {
            subscriber,
            restores: self.restores,
        });
        Ok(())
    }

    pub(super) async fn receive(&mut self, subscriber: Pick, at_most: u8) -> TestResult {
        let Some(slot) = self.find_slot(subscriber, true) else {
            return Ok(());
        };
        let slot = &mut self.subscribers[slot];
        slot.subscriber.receive(&self.model, at_most).await
    }

    pub(super) fn disconnect(&mut self, subscriber: Pick) {
        if let Some(slot) = self.find_slot(subscriber, true) {
            self.subscribers[slot].subscriber.disconnect();
        }
    }

    pub(super) async fn resume(&mut self, subscriber: Pick) -> TestResult {
        let Some(index) = self.find_slot(subscriber, false) else {
            return Ok(());
        };
        let server = self.service().client.server;
        self.subscribers[index]
            .resume(server, &self.model, self.restores)
            .await
    }

    /// Reconnects if necessary, and receives everything up to now.
    pub(super) async fn receive_all(&self, slot: &mut SubscriberSlot) -> TestResult {
        if !slot.subscriber.is_connected() {
            let server = self.service().client.server;
            slot.resume(server, &self.model, self.restores).await?;
        }
        slot.subscriber.receive(&self.model, u8::MAX).await
    }

    fn find_slot(&self, pick: Pick, connected: bool) -> Option<usize> {
        let all = self.subscribers.iter().enumerate();
        let matching = all.filter(|(_, slot)| slot.subscriber.is_connected() == connected);
        let matching: Vec<usize> = matching.map(|(index, _)| index).collect();
        pick.select(&matching).copied()
    }
}

impl SubscriberSlot {
    async fn resume(&mut self, server: SocketAddr, model: &Model, restores: usize) -> TestResult {
        if self.restores == restores {
            return self.subscriber.connect(server, &model.ledger).await;
        }
        self.restores = restores;
        self.subscriber.restart_after_restore(server, model).await
    }
}
