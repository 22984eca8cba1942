//! Resource limiter: bounds what one client address holds at a time, and what all hold together, of one resource.
//!
//! Resources are open connections, held bytes, live queries, and files that are made for one client and sent. Held bytes are what grows with what a client sends, and what waits
//! until it reads: request bodies, WebSocket messages, subscriptions, operations that run, responses that are being sent.
//! Small amounts that every connection has are not counted: the connection limit bounds them.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

use super::client_ip::ClientIp;
use super::resource_exceeded::{Resource, ResourceExceeded, Scope};
use crate::config::limits::TransportLimits;

/// Clones share one count.
#[derive(Clone, Debug)]
pub(crate) struct ResourceLimiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    resource: Resource,
    max_total: usize,
    max_per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    /// Contains only clients that hold something.
    by_client: HashMap<ClientIp, usize>,
}

/// Counts until it is dropped.
#[derive(Debug)]
pub(crate) struct ResourcePermit {
    limiter: ResourceLimiter,
    /// `None` counts in total only.
    client: Option<ClientIp>,
    amount: usize,
}

impl ResourceLimiter {
    pub(crate) fn of_connections(limits: &TransportLimits) -> Self {
        let (total, per_client) = (limits.connections, limits.connections_per_address);
        Self::new(Resource::Connections, total, per_client)
    }

    pub(crate) fn of_held_bytes(limits: &TransportLimits) -> Self {
        let (total, per_client) = (limits.held_bytes, limits.held_bytes_per_address);
        Self::new(Resource::HeldBytes, total, per_client)
    }

    pub(crate) fn of_export_files(limits: &TransportLimits) -> Self {
        let (total, per_client) = (limits.export_files, limits.export_files_per_address);
        Self::new(Resource::ExportFiles, total, per_client)
    }

    pub(crate) fn of_live_queries(limits: &TransportLimits) -> Self {
        let (total, per_client) = (limits.live_queries, limits.live_queries_per_address);
        Self::new(Resource::LiveQueries, total, per_client)
    }

    fn new(resource: Resource, max_total: usize, max_per_client: usize) -> Self {
        Self(Arc::new(Shared {
            resource,
            max_total,
            max_per_client,
            counts: Mutex::default(),
        }))
    }

    /// A permit of nothing, to be resized.
    pub(crate) fn permit(&self, client: impl Into<Option<ClientIp>>) -> ResourcePermit {
        ResourcePermit {
            limiter: self.clone(),
            client: client.into(),
            amount: 0,
        }
    }

    /// A permit of that amount.
    /// # Errors
    /// As [`ResourcePermit::resize`].
    pub(crate) fn reserve(
        &self,
        client: impl Into<Option<ClientIp>>,
        amount: usize,
    ) -> Result<ResourcePermit, ResourceExceeded> {
        let mut permit = self.permit(client);
        permit.resize(amount)?;
        Ok(permit)
    }

    /// The amount that all clients hold.
    pub(crate) fn total(&self) -> usize {
        self.0.counts.lock().total
    }
}

impl ResourcePermit {
    /// Counts that amount from now on. Less than before is always granted.
    /// # Errors
    /// The limit that it would exceed; that of the client, if it would exceed both. The permit is unchanged.
    pub(crate) fn resize(&mut self, amount: usize) -> Result<(), ResourceExceeded> {
        let shared = &self.limiter.0;
        let mut counts = shared.counts.lock();
        let total = counts.total - self.amount + amount;
        let of_client = self.client.map(|client| {
            let before = counts.by_client.get(&client).copied().unwrap_or_default();
            (client, before - self.amount + amount)
        });
        if amount > self.amount {
            if of_client.is_some_and(|(_, amount)| amount > shared.max_per_client) {
                return Err(shared.exceeded(Scope::Client));
            }
            if total > shared.max_total {
                return Err(shared.exceeded(Scope::Total));
            }
        }
        counts.total = total;
        match of_client {
            Some((client, 0)) => {
                counts.by_client.remove(&client);
            }
            Some((client, amount)) => {
                counts.by_client.insert(client, amount);
            }
            None => {}
        }
        self.amount = amount;
        Ok(())
    }

    /// Moves that amount to a separate permit; what this one does not have is counted anew.
    /// # Errors
    /// As [`ResourcePermit::resize`].
    pub(crate) fn split_off(&mut self, amount: usize) -> Result<Self, ResourceExceeded> {
        let mut part = self.limiter.permit(self.client);
        let moved = amount.min(self.amount);
        self.amount -= moved;
        part.amount = moved;
        part.resize(amount)?;
        Ok(part)
    }

    /// Counts at least that amount from now on.
    /// # Errors
    /// As [`ResourcePermit::resize`].
    pub(crate) fn grow_to(&mut self, amount: usize) -> Result<(), ResourceExceeded> {
        self.resize(amount.max(self.amount))
    }
}

impl Drop for ResourcePermit {
    fn drop(&mut self) {
        if self.amount > 0 {
            let released = self.resize(0);
            debug_assert!(released.is_ok(), "less is always granted");
        }
    }
}

impl Shared {
    fn exceeded(&self, scope: Scope) -> ResourceExceeded {
        let max = match scope {
            Scope::Client => self.max_per_client,
            Scope::Total => self.max_total,
        };
        ResourceExceeded {
            resource: self.resource,
            scope,
            max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> ClientIp {
        ClientIp::from_ip(text.parse().unwrap())
    }

    fn held_bytes() -> ResourceLimiter {
        ResourceLimiter::of_held_bytes(&TransportLimits {
            held_bytes: 150,
            held_bytes_per_address: 100,
            ..TransportLimits::default()
        })
    }

    #[test]
    fn connections_are_limited_per_client_and_in_total() {
        let client = |text: &str| Some(client(text));
        let limiter = ResourceLimiter::of_connections(&TransportLimits {
            connections: 3,
            connections_per_address: 2,
            ..TransportLimits::default()
        });
        let first = limiter.reserve(client("192.0.2.1"), 1).unwrap();
        let _second = limiter.reserve(client("192.0.2.1"), 1).unwrap();
        let exceeded = |text: &str| limiter.reserve(client(text), 1).unwrap_err();
        let per_address = exceeded("192.0.2.1");
        assert_eq!(per_address.option(), "max-connections-per-address");
        let third = limiter.reserve(None, 1).unwrap();
        assert_eq!(exceeded("192.0.2.2").option(), "max-connections");
        assert_eq!(exceeded("192.0.2.1"), per_address);
        drop(third);
        assert_eq!(exceeded("192.0.2.1"), per_address);
        drop(first);
        assert!(limiter.reserve(client("192.0.2.1"), 1).is_ok());
        assert_eq!(limiter.0.counts.lock().by_client.len(), 1);
    }

    #[test]
    fn few_files_exist_and_one_for_each_address() {
        let limiter = ResourceLimiter::of_export_files(&TransportLimits::default());
        let reserve = |text: &str| limiter.reserve(client(text), 1);
        let first = reserve("192.0.2.1").unwrap();
        let exceeded = reserve("192.0.2.1").unwrap_err();
        assert_eq!(exceeded.option(), "max-export-files-per-address");
        let _second = reserve("192.0.2.2").unwrap();
        let _third = reserve("192.0.2.3").unwrap();
        assert_eq!(
            reserve("192.0.2.4").unwrap_err().option(),
            "max-export-files"
        );
        drop(first);
        assert!(reserve("192.0.2.4").is_ok());
    }

    #[test]
    fn held_bytes_are_limited_per_client_and_in_total_until_they_are_released() {
        let limiter = held_bytes();
        let limit = |client, bytes| {
            let permit = limiter.reserve(client, bytes);
            permit.map_err(|exceeded| exceeded.option())
        };
        let (one, other) = (client("192.0.2.1"), client("192.0.2.2"));
        let first = limit(one, 60).unwrap();
        assert_eq!(limit(one, 41).unwrap_err(), "max-held-bytes-per-address");
        assert_eq!(limit(other, 91).unwrap_err(), "max-held-bytes");
        let second = limit(other, 90).unwrap();
        drop((first, second));
        let counts = limiter.0.counts.lock();
        assert_eq!((counts.total, counts.by_client.len()), (0, 0));
    }

    #[test]
    fn a_permit_that_cannot_grow_stays_as_it_is() {
        let limiter = held_bytes();
        let mut permit = limiter.reserve(client("::1"), 80).unwrap();
        assert!(permit.grow_to(101).is_err());
        permit.grow_to(10).unwrap();
        assert_eq!(permit.amount, 80);
        permit.resize(10).unwrap();
        assert_eq!(limiter.total(), 10);
    }
}
