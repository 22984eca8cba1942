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

/// The limit that one more connection would exceed, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExceededLimit {
    Total(usize),
    PerAddress(usize),
}

impl ConnectionLimiter {
    pub(crate) fn new(limits: &TransportLimits) -> Self {
        Self(Arc::new(Shared {
            max_total: limits.connections,
            max_per_client: limits.connections_per_address,
            counts: Mutex::default(),
        }))
    }

    /// A permit for one more connection.
    /// # Errors
    /// The limit that it would exceed; that of the address, if it would exceed both.
    pub(crate) fn try_acquire(
        &self,
        client: Option<ClientIp>,
    ) -> Result<ConnectionPermit, ExceededLimit> {
        let mut counts = self.0.counts.lock();
        let of_client = client.and_then(|client| counts.by_client.get(&client));
        if of_client.is_some_and(|count| *count >= self.0.max_per_client) {
            return Err(ExceededLimit::PerAddress(self.0.max_per_client));
        }
        if counts.total >= self.0.max_total {
            return Err(ExceededLimit::Total(self.0.max_total));
        }
        if let Some(client) = client {
            *counts.by_client.entry(client).or_default() += 1;
        }
        counts.total += 1;
        Ok(ConnectionPermit {
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
        let per_address = ExceededLimit::PerAddress(2);
        let exceeded = |text: &str| limiter.try_acquire(client(text)).unwrap_err();
        assert_eq!(exceeded("192.0.2.1"), per_address);
        let third = limiter.try_acquire(None).unwrap();
        assert_eq!(exceeded("192.0.2.2"), ExceededLimit::Total(3));
        assert_eq!(exceeded("192.0.2.1"), per_address);
        drop(third);
        assert_eq!(exceeded("192.0.2.1"), per_address);
        drop(first);
        assert!(limiter.try_acquire(client("192.0.2.1")).is_ok());
        assert_eq!(limiter.0.counts.lock().by_client.len(), 1);
    }
}
