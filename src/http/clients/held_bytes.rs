//! Held bytes: permits for the buffers of WebSockets, and for bytes that are being sent.

use axum::body::Bytes;

use super::{
    client_ip::ClientIp,
    resource_exceeded::ResourceExceeded,
    resource_limiter::{ResourceLimiter, ResourcePermit},
};

/// Bytes of one request or message that are not counted.
pub(crate) const UNCOUNTED_BYTES: usize = 16 << 10;
/// Bytes of a response that are not counted. hyper may queue several small responses of a connection.
pub(crate) const UNCOUNTED_RESPONSE_BYTES: usize = 1 << 10;

/// Permits for the buffers of a WebSocket. They keep the capacity that its largest messages needed, so these count until it is
/// closed.
#[derive(Debug)]
pub(crate) struct BufferPermits {
    input: ResourcePermit,
    output: ResourcePermit,
    /// Bytes received since the last whole message.
    received: usize,
}

impl BufferPermits {
    pub(crate) fn new(limiter: &ResourceLimiter, client: ClientIp) -> Self {
        Self {
            input: limiter.permit(client),
            output: limiter.permit(client),
            received: 0,
        }
    }

    /// # Errors
    /// As [`ResourcePermit::resize`].
    pub(crate) fn receive(&mut self, bytes: usize) -> Result<(), ResourceExceeded> {
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
    /// As [`ResourcePermit::resize`].
    pub(crate) fn send(&mut self, bytes: usize) -> Result<(), ResourceExceeded> {
        if bytes <= UNCOUNTED_BYTES {
            return Ok(());
        }
        self.output.grow_to(bytes)
    }
}

/// The same bytes, which hold the permit until the last copy is dropped.
pub(crate) fn hold(data: Bytes, permit: ResourcePermit) -> Bytes {
    struct Held {
        data: Bytes,
        _permit: ResourcePermit,
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
