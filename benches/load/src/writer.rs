//! Background writer: sends writes at a fixed rate while queries are measured, and never waits for a response.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Result;
use crate::event::EventRequests;
use crate::http::{has_errors, is_ok, post_request};
use crate::operation::Variables;
use crate::options::Options;
use crate::websocket::send_all;

pub(crate) struct BackgroundWriter {
    requests: EventRequests,
    stream: std::net::TcpStream,
    address: SocketAddr,
    /// `None` writes nothing.
    interval: Option<Duration>,
    due_at: Instant,
    sent: usize,
    /// Writes of the current interval.
    pub(crate) written: usize,
}

impl BackgroundWriter {
    pub(crate) fn new(options: &Options, variables: &Variables, per_second: f64) -> Result<Self> {
        let stream = std::net::TcpStream::connect(options.address)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            requests: EventRequests::new(options, variables)?,
            stream,
            address: options.address,
            interval: (per_second > 0.0).then(|| Duration::from_secs_f64(1.0 / per_second)),
            due_at: Instant::now(),
            sent: 0,
            written: 0,
        })
    }

    /// # Errors
    /// A write that the server rejected.
    pub(crate) fn write_if_due(&mut self) -> Result<()> {
        let Some(interval) = self.interval.filter(|_| Instant::now() >= self.due_at) else {
            return Ok(());
        };
        if self.sent > 0 && !self.read_response()? {
            // The previous write has no response yet: try again later.
            return Ok(());
        }
        let body = self.requests.next_body(None, self.sent);
        let (path, token) = (self.requests.path(), self.requests.token());
        let request = post_request(self.address, path, &body, token);
        send_all(&mut self.stream, &request)?;
        self.sent += 1;
        self.written += 1;
        self.due_at += interval;
        Ok(())
    }

    /// Whether the response to the previous write was there.
    fn read_response(&mut self) -> Result<bool> {
        let mut buffer = vec![0; 65_536];
        let length = match self.stream.read(&mut buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let response = &buffer[..length];
        if !is_ok(response) || has_errors(response) {
            return Err(String::from_utf8_lossy(response).into());
        }
        Ok(true)
    }
}
