//! Held bytes: bounds the memory that the server holds on behalf of one client address, and of all together.
//!
//! Counted is what grows with what a client sends, and what waits until it reads: request bodies, WebSocket messages,
//! subscriptions, operations that run, responses that are being sent. Small amounts that every connection has are not
//! counted: the connection limit bounds them. A permit counts until it is dropped.

use std::{collections::HashMap, fmt, sync::Arc};

use async_graphql::ServerError;
use axum::body::Bytes;
use parking_lot::Mutex;

use crate::{
    config::limits::TransportLimits,
    http::{
        response::graphql_error::{graphql_error, set_extension},
        tcp::client_ip::ClientIp,
    },
};

/// Bytes of one request or message that are not counted.
pub(crate) const UNCOUNTED_BYTES: usize = 16 << 10;
/// Bytes of a response that are not counted. hyper may queue several small responses of a connection.
pub(crate) const UNCOUNTED_RESPONSE_BYTES: usize = 1 << 10;

const PER_ADDRESS: &str = "max-held-bytes-per-address";
const TOTAL: &str = "max-held-bytes";

/// Clones share one count.
#[derive(Clone, Debug)]
pub(crate) struct MemoryLimiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    max_total: usize,
    max_per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    /// Contains only clients with a permit.
    by_client: HashMap<ClientIp, ClientCount>,
}

#[derive(Debug, Default)]
struct ClientCount {
    bytes: usize,
    permits: usize,
}

/// Counts as held bytes of its client until it is dropped.
#[derive(Debug)]
pub(crate) struct MemoryPermit {
    limiter: MemoryLimiter,
    client: ClientIp,
    bytes: usize,
}

/// Permits for the buffers of a WebSocket. They keep the capacity that its largest messages needed, so these count until it is
/// closed.
#[derive(Debug)]
pub(crate) struct BufferPermits {
    input: MemoryPermit,
    output: MemoryPermit,
    /// Bytes received since the last whole message.
    received: usize,
}

/// The client, or all clients together, hold as many bytes as they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemoryExceeded {
    /// The option.
    pub(crate) limit: &'static str,
    pub(crate) max: usize,
}

impl MemoryLimiter {
    pub(crate) fn new(limits: &TransportLimits) -> Self {
        Self(Arc::new(Shared {
            max_total: limits.held_bytes,
            max_per_client: limits.held_bytes_per_address,
            counts: Mutex::default(),
        }))
    }

    /// A permit of no bytes, to be resized.
    pub(crate) fn permit(&self, client: ClientIp) -> MemoryPermit {
        let mut counts = self.0.counts.lock();
        counts.by_client.entry(client).or_default().permits += 1;
        MemoryPermit {
            limiter: self.clone(),
            client,
            bytes: 0,
        }
    }

    /// A permit of so many bytes.
    /// # Errors
    /// The limit that they would exceed.
    pub(crate) fn reserve(
        &self,
        client: ClientIp,
        bytes: usize,
    ) -> Result<MemoryPermit, MemoryExceeded> {
        let mut permit = self.permit(client);
        permit.resize(bytes)?;
        Ok(permit)
    }
}

impl MemoryPermit {
    /// Counts so many bytes from now on. Fewer than before are always granted.
    /// # Errors
    /// The limit that they would exceed; the permit is unchanged.
    pub(crate) fn resize(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        let shared = &self.limiter.0;
        let mut counts = shared.counts.lock();
        let total = counts.total - self.bytes + bytes;
        let count = counts.by_client.entry(self.client).or_default();
        let by_client = count.bytes - self.bytes + bytes;
        if bytes > self.bytes {
            if by_client > shared.max_per_client {
                return Err(MemoryExceeded {
                    limit: PER_ADDRESS,
                    max: shared.max_per_client,
                });
            }
            if total > shared.max_total {
                return Err(MemoryExceeded {
                    limit: TOTAL,
                    max: shared.max_total,
                });
            }
        }
        count.bytes = by_client;
        counts.total = total;
        self.bytes = bytes;
        Ok(())
    }

    /// Moves so many bytes to a permit of their own; those that this one does not have are counted anew.
    /// # Errors
    /// As [`MemoryPermit::resize`].
    pub(crate) fn split_off(&mut self, bytes: usize) -> Result<Self, MemoryExceeded> {
        let mut part = self.limiter.permit(self.client);
        let moved = bytes.min(self.bytes);
        self.bytes -= moved;
        part.bytes = moved;
        part.resize(bytes)?;
        Ok(part)
    }

    /// Counts at least so many bytes from now on.
    /// # Errors
    /// As [`MemoryPermit::resize`].
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        self.resize(bytes.max(self.bytes))
    }
}

impl Drop for MemoryPermit {
    fn drop(&mut self) {
        let mut counts = self.limiter.0.counts.lock();
        counts.total -= self.bytes;
        if let Some(count) = counts.by_client.get_mut(&self.client) {
            count.bytes -= self.bytes;
            count.permits -= 1;
            if count.permits == 0 {
                counts.by_client.remove(&self.client);
            }
        }
    }
}

impl BufferPermits {
    pub(crate) fn new(limiter: &MemoryLimiter, client: ClientIp) -> Self {
        Self {
            input: limiter.permit(client),
            output: limiter.permit(client),
            received: 0,
        }
    }

    /// # Errors
    /// As [`MemoryPermit::resize`].
    pub(crate) fn receive(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        self.received += bytes;
        if self.received <= UNCOUNTED_BYTES {
            return Ok(());
        }
        self.input.grow_to(self.received)
    }

    pub(crate) fn message_received(&mut self) {
        self.received = 0;
    }

    /// Counts a message that is to be sent.
    /// # Errors
    /// As [`MemoryPermit::resize`].
    pub(crate) fn send(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        if bytes <= UNCOUNTED_BYTES {
            return Ok(());
        }
        self.output.grow_to(bytes)
    }
}

impl std::error::Error for MemoryExceeded {}

impl fmt::Display for MemoryExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.limit == TOTAL {
            "all clients"
        } else {
            "your address"
        };
        let Self { limit, max } = self;
        write!(
            f,
            "requests, subscriptions and unread responses of {whose} hold too much memory; the limit (--{limit}) is {max} \
             bytes; close some or read faster, then retry"
        )
    }
}

impl MemoryExceeded {
    /// The error for a WebSocket or an event stream, which have no HTTP status.
    pub(crate) fn into_error(self) -> ServerError {
        let mut error = graphql_error("RATE_LIMITED", self.to_string());
        set_extension(&mut error, "limit", self.limit);
        set_extension(&mut error, "max", self.max as u64);
        error
    }
}

/// The same bytes, which hold the permit until the last copy is dropped.
pub(crate) fn hold(data: Bytes, permit: MemoryPermit) -> Bytes {
    struct Held {
        data: Bytes,
        _permit: MemoryPermit,
    }
    impl AsRef<[u8]> for Held {
        fn as_ref(&self) -> &[u8] {
            &self.data
        }
    }
    Bytes::from_owner(Held {
        data,
        _permit: permit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> ClientIp {
        ClientIp::from_ip(text.parse().unwrap())
    }

    fn limiter() -> MemoryLimiter {
        MemoryLimiter::new(&TransportLimits {
            held_bytes: 150,
            held_bytes_per_address: 100,
            ..TransportLimits::default()
        })
    }

    #[test]
    fn held_bytes_are_limited_per_client_and_in_total_until_they_are_released() {
        let limiter = limiter();
        let limit = |client, bytes| {
            let permit = limiter.reserve(client, bytes);
            permit.map_err(|exceeded| exceeded.limit)
        };
        let (one, other) = (client("192.0.2.1"), client("192.0.2.2"));
        let first = limit(one, 60).unwrap();
        assert_eq!(limit(one, 41).unwrap_err(), PER_ADDRESS);
        assert_eq!(limit(other, 91).unwrap_err(), TOTAL);
        let second = limit(other, 90).unwrap();
        drop((first, second));
        let counts = limiter.0.counts.lock();
        assert_eq!((counts.total, counts.by_client.len()), (0, 0));
    }

    #[test]
    fn a_permit_that_cannot_grow_stays_as_it_is() {
        let limiter = limiter();
        let mut permit = limiter.reserve(client("::1"), 80).unwrap();
        assert!(permit.grow_to(101).is_err());
        permit.grow_to(10).unwrap();
        assert_eq!(permit.bytes, 80);
        permit.resize(10).unwrap();
        assert_eq!(limiter.0.counts.lock().total, 10);
    }
}
