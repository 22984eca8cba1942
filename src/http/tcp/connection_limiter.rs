//! How many connections there are, in all and from each client.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::client_ip::Client;
use crate::config::limits::TransportLimits;

/// Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    in_all: usize,
    per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    in_all: usize,
    /// Only clients that have a connection, so this is no larger than `in_all`.
    of: HashMap<Client, usize>,
}

impl Connections {
    pub(crate) fn new(limits: &TransportLimits) -> Self {
        Self(Arc::new(Shared {
            in_all: limits.connections,
            per_client: limits.connections_per_address,
            counts: Mutex::default(),
        }))
    }

    /// One more, until the guard is dropped; nothing where that would be one too many.
    pub(crate) fn enter(&self, client: Option<Client>) -> Option<Connection> {
        let mut counts = self.0.lock();
        if counts.in_all >= self.0.in_all {
            return None;
        }
        if let Some(client) = client {
            let count = counts.of.entry(client).or_default();
            if *count >= self.0.per_client {
                return None;
            }
            *count += 1;
        }
        counts.in_all += 1;
        let connections = self.clone();
        Some(Connection {
            connections,
            client,
        })
    }

    /// How many are open.
    pub(crate) fn in_all(&self) -> usize {
        self.0.lock().in_all
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the connections.
#[derive(Debug)]
pub(crate) struct Connection {
    connections: Connections,
    client: Option<Client>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut counts = self.connections.0.lock();
        counts.in_all -= 1;
        if let Some(client) = self.client
            && let Some(count) = counts.of.get_mut(&client)
        {
            *count -= 1;
            if *count == 0 {
                counts.of.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_and_all_together_have_so_many_places() {
        let client = |text: &str| Some(Client::of(text.parse().unwrap()));
        let connections = Connections::new(&TransportLimits {
            connections: 3,
            connections_per_address: 2,
            ..TransportLimits::default()
        });
        let first = connections.enter(client("192.0.2.1")).unwrap();
        let _second = connections.enter(client("192.0.2.1")).unwrap();
        assert!(connections.enter(client("192.0.2.1")).is_none());
        let third = connections.enter(None).unwrap();
        assert!(connections.enter(client("192.0.2.2")).is_none());
        drop(third);
        assert!(connections.enter(client("192.0.2.1")).is_none());
        drop(first);
        assert!(connections.enter(client("192.0.2.1")).is_some());
        assert_eq!(connections.0.lock().of.len(), 1);
    }
}
