//! Subscribers that come, listen, break off and come back.

use std::net::SocketAddr;

use super::{Listener, Run};
use crate::Proven;
use crate::command::{Pick, Wants};
use crate::subscriber::Subscriber;
use crate::told::Book;
use crate::wanted::Wanted;

/// Subscribers at once; a further one takes the place of the oldest.
const MOST: usize = 4;

impl Run<'_> {
    /// From the beginning of the ledger, or from a place in it.
    pub(super) async fn subscribe(&mut self, wants: &Wants, after: Option<Pick>) -> Proven {
        if self.subscribers.len() == MOST {
            let mut oldest = self.subscribers.remove(0);
            self.hear_all(&mut oldest).await?;
            self.events += oldest.subscriber.heard;
        }
        let places: Vec<i64> = (0..=self.book.known()).collect();
        let after = after.and_then(|pick| pick.of(&places).copied());
        let wanted = Wanted::new(wants, &self.book.ledger);
        let mut subscriber = Subscriber::new(wanted, after.unwrap_or_default(), &self.book);
        let server = self.service().client.server;
        subscriber.connect(server, &self.book.ledger).await?;
        self.subscribers.push(Listener {
            subscriber,
            restored: self.restored,
        });
        Ok(())
    }

    pub(super) async fn hear(&mut self, subscriber: Pick, at_most: u8) -> Proven {
        let Some(listener) = self.find(subscriber, true) else {
            return Ok(());
        };
        let listener = &mut self.subscribers[listener];
        listener.subscriber.hear(&self.book, at_most).await
    }

    pub(super) fn disconnect(&mut self, subscriber: Pick) {
        if let Some(listener) = self.find(subscriber, true) {
            self.subscribers[listener].subscriber.disconnect();
        }
    }

    pub(super) async fn resume(&mut self, subscriber: Pick) -> Proven {
        let Some(at) = self.find(subscriber, false) else {
            return Ok(());
        };
        let server = self.service().client.server;
        self.subscribers[at]
            .resume(server, &self.book, self.restored)
            .await
    }

    /// Comes back if it has to, and hears everything up to now.
    pub(super) async fn hear_all(&self, listener: &mut Listener) -> Proven {
        if !listener.subscriber.is_connected() {
            let server = self.service().client.server;
            listener.resume(server, &self.book, self.restored).await?;
        }
        listener.subscriber.hear(&self.book, u8::MAX).await
    }

    fn find(&self, pick: Pick, connected: bool) -> Option<usize> {
        let all = self.subscribers.iter().enumerate();
        let such = all.filter(|(_, one)| one.subscriber.is_connected() == connected);
        let such: Vec<usize> = such.map(|(at, _)| at).collect();
        pick.of(&such).copied()
    }
}

impl Listener {
    async fn resume(&mut self, server: SocketAddr, book: &Book, restored: usize) -> Proven {
        if self.restored == restored {
            return self.subscriber.connect(server, &book.ledger).await;
        }
        self.restored = restored;
        self.subscriber.begin_anew(server, book).await
    }
}
