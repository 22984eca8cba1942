//! Connection limiter: bounds the number of open connections in total and per client address.
//!
//! A permit counts as one open connection until it is dropped.

use std::{collections::HashMap, sync::Arc};

use super::client_ip::ClientIp;
use crate::config::limits::TransportLimits;
use parking_lot::Mutex;

/// Clones share one count.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    max_total: usize,
    max_per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    /// Contains only clients with an open connection, so it has at most `total` entries.
    by_client: HashMap<ClientIp, usize>,
}

impl ConnectionLimiter {
    pub(crate) fn new(limits: &TransportLimits) -> Self {
        Self(Arc::new(Shared {
            max_total: limits.connections,
            max_per_client: limits.connections_per_address,
            counts: Mutex::default(),
        }))
    }

    /// A permit for one more connection, or `None` if that would exceed a limit.
    pub(crate) fn try_acquire(&self, client: Option<ClientIp>) -> Option<ConnectionPermit> {
        let mut counts = self.0.counts.lock();
        if counts.total >= self.0.max_total {
            return None;
        }
        if let Some(client) = client {
            let count = counts.by_client.entry(client).or_default();
            if *count >= self.0.max_per_client {
                return None;
            }
            *count += 1;
        }
        counts.total += 1;
        Some(ConnectionPermit {
            limiter: self.clone(),
            client,
        })
    }

    /// Number of open connections.
    pub(crate) fn open_count(&self) -> usize {
        self.0.counts.lock().total
    }
}

impl Shared {}

/// Counts as one open connection until it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    limiter: ConnectionLimiter,
    client: Option<ClientIp>,
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = self.limiter.0.counts.lock();
        counts.total -= 1;
        if let Some(client) = self.client
            && let Some(count) = counts.by_client.get_mut(&client)
        {
            *count -= 1;
            if *count == 0 {
                counts.by_client.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_limited_per_client_and_in_total() {
        let client = |text: &str| Some(ClientIp::from_ip(text.parse().unwrap()));
        let limiter = ConnectionLimiter::new(&TransportLimits {
            connections: 3,
            connections_per_address: 2,
            ..TransportLimits::default()
        });
        let first = limiter.try_acquire(client("192.0.2.1")).unwrap();
        let _second = limiter.try_acquire(client("192.0.2.1")).unwrap();
        assert!(limiter.try_acquire(client("192.0.2.1")).is_none());
        let third = limiter.try_acquire(None).unwrap();
        assert!(limiter.try_acquire(client("192.0.2.2")).is_none());
        drop(third);
        assert!(limiter.try_acquire(client("192.0.2.1")).is_none());
        drop(first);
        assert!(limiter.try_acquire(client("192.0.2.1")).is_some());
        assert_eq!(limiter.0.counts.lock().by_client.len(), 1);
    }
}
