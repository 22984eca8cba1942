//! Closed loop over persistent connections: each sends its next request as soon as its response is complete.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Result;
use crate::http::{body_range, digest, has_errors, is_ok, post_request};
use crate::websocket::send_all;
use crate::writer::BackgroundWriter;

/// Limit for the first response and the first write of an interval.
const FIRST_TIMEOUT: Duration = Duration::from_secs(30);
/// One response in so many is compared by digest; of the others only the length is.
const DIGEST_INTERVAL: u64 = 64;

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// Offsets of the body and of the end of the response that is arriving.
    body_range: Option<(usize, usize)>,
    /// Index of the request that awaits its response.
    request_index: usize,
    sent_at: Instant,
}

/// What a measured interval saw.
#[derive(Default)]
pub(crate) struct LoopCounts {
    pub(crate) responses: u64,
    pub(crate) bytes: u64,
    pub(crate) wrong: u64,
    pub(crate) latencies_us: Vec<u64>,
}

pub(crate) struct ClosedLoop {
    poll: Poll,
    connections: Vec<Connection>,
    requests: RequestCycle,
    pub(crate) counts: LoopCounts,
}

/// The requests in turn, and what their responses must be.
struct RequestCycle {
    requests: Vec<Vec<u8>>,
    /// Length and digest of the first response to each.
    expected: Vec<Option<(usize, u64)>>,
    /// Whether responses stay the same, because nothing writes meanwhile.
    is_read_only: bool,
    next: usize,
}

impl ClosedLoop {
    /// Opens the connections and sends the first request on each.
    pub(crate) fn start(
        address: SocketAddr,
        bodies: &[String],
        connections: usize,
        is_read_only: bool,
    ) -> Result<Self> {
        let poll = Poll::new()?;
        let requests = bodies
            .iter()
            .map(|body| post_request(address, "/graphql", body, None));
        let mut requests = RequestCycle {
            requests: requests.collect(),
            expected: vec![None; bodies.len()],
            is_read_only,
            next: 0,
        };
        let mut opened = Vec::with_capacity(connections);
        for index in 0..connections {
            let mut connection = Connection::open(&poll, address, Token(index))?;
            requests.send_next(&mut connection)?;
            opened.push(connection);
        }
        Ok(Self {
            poll,
            connections: opened,
            requests,
            counts: LoopCounts::default(),
        })
    }

    /// Sends and receives for the given time, or longer until there is a response and, if writes are due, a write.
    /// # Errors
    /// A closed connection, a failed write, or no response or write within [`FIRST_TIMEOUT`].
    pub(crate) fn run_for(
        &mut self,
        time: Duration,
        mut writer: Option<&mut BackgroundWriter>,
    ) -> Result<()> {
        self.counts = LoopCounts::default();
        let (start, mut events) = (Instant::now(), Events::with_capacity(256));
        let mut buffer = vec![0; 1 << 18];
        if let Some(writer) = &mut writer {
            writer.written = 0;
        }
        loop {
            let has_written = writer.as_ref().is_some_and(|writer| writer.written > 0);
            let is_complete = self.counts.responses > 0 && (self.is_read_only() || has_written);
            if is_complete && start.elapsed() >= time {
                return Ok(());
            }
            if !is_complete && start.elapsed() >= time.max(FIRST_TIMEOUT) {
                return Err(format!("no response or no write within {:?}", start.elapsed()).into());
            }
            if let Some(writer) = &mut writer {
                writer.write_if_due()?;
            }
            self.poll
                .poll(&mut events, Some(Duration::from_millis(10)))?;
            for event in &events {
                let connection = &mut self.connections[event.token().0];
                connection.receive(&mut buffer, &mut self.requests, &mut self.counts)?;
            }
        }
    }

    fn is_read_only(&self) -> bool {
        self.requests.is_read_only
    }
}

impl Connection {
    fn open(poll: &Poll, address: SocketAddr, token: Token) -> Result<Self> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry()
            .register(&mut stream, token, Interest::READABLE)?;
        Ok(Self {
            stream,
            received: Vec::new(),
            body_range: None,
            request_index: 0,
            sent_at: Instant::now(),
        })
    }

    /// Reads until the socket is empty, and sends the next request after a complete response.
    fn receive(
        &mut self,
        buffer: &mut [u8],
        requests: &mut RequestCycle,
        counts: &mut LoopCounts,
    ) -> Result<()> {
        loop {
            let length = match self.stream.read(buffer) {
                Ok(0) => return Err("the server closed a connection".into()),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            self.received.extend_from_slice(&buffer[..length]);
            self.body_range = self.body_range.or_else(|| body_range(&self.received));
            let complete = self
                .body_range
                .filter(|(_, end)| self.received.len() >= *end);
            if let Some((head, end)) = complete {
                counts.responses += 1;
                counts.bytes += (end - head) as u64;
                let latency = u64::try_from(self.sent_at.elapsed().as_micros())?;
                counts.latencies_us.push(latency);
                let body = &self.received[head..end];
                let is_compared = counts.responses.is_multiple_of(DIGEST_INTERVAL);
                if !is_ok(&self.received)
                    || !requests.is_expected(self.request_index, body, is_compared)
                {
                    counts.wrong += 1;
                }
                self.received.clear();
                self.body_range = None;
                requests.send_next(self)?;
            }
        }
    }
}

impl RequestCycle {
    fn send_next(&mut self, connection: &mut Connection) -> Result<()> {
        connection.request_index = self.next % self.requests.len();
        self.next += 1;
        connection.sent_at = Instant::now();
        send_all(
            &mut connection.stream,
            &self.requests[connection.request_index],
        )
    }

    fn is_expected(&mut self, request_index: usize, body: &[u8], is_compared: bool) -> bool {
        if !self.is_read_only {
            // A response with errors ends with their list.
            return body.starts_with(b"{\"data\":") && !body.ends_with(b"]}");
        }
        match self.expected[request_index] {
            None => {
                self.expected[request_index] = Some((body.len(), digest(body)));
                !has_errors(body)
            }
            Some((length, expected)) => {
                body.len() == length && (!is_compared || digest(body) == expected)
            }
        }
    }
}
