//! How much and how long a client may.

use std::time::Duration;

/// Bytes of a request body.
pub const BODY: usize = 1 << 20;
/// Bytes of a WebSocket message from a client, and of one frame.
pub const MESSAGE: usize = 64 << 10;
/// Bytes of a socket's read buffer: thousands of sockets mostly listen to nobody.
pub const READ_BUFFER: usize = 4 << 10;

/// Times and counts that a test may want shorter.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the upgrade of a socket to its `connection_init`.
    pub init: Duration,
    /// Between two pings of ours; a peer silent for two of them is gone.
    pub ping: Duration,
    /// For one message to a socket. Who cannot read it by then is cut and resumes by cursor.
    pub send: Duration,
    /// For the body of a request to arrive.
    pub body: Duration,
    /// For a query or mutation over HTTP. A write goes on in its own task, so no commit is torn.
    pub execution: Duration,
    /// For a stream of events to fail before it is answered with 200.
    pub first_event: Duration,
    /// Between two comments that keep a quiet stream of events open.
    pub keep_alive: Duration,
    /// For sockets and streams to end after the signal to stop.
    pub grace: Duration,
    /// Operations at once on one socket.
    pub operations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            send: Duration::from_secs(10),
            body: Duration::from_secs(15),
            execution: Duration::from_secs(30),
            first_event: Duration::from_millis(200),
            keep_alive: Duration::from_secs(12),
            grace: Duration::from_secs(5),
            operations: 20,
        }
    }
}
