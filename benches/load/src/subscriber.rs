//! Subscribers: many `WebSocket` connections in one thread, each with one subscription or live query (graphql-transport-ws).

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use serde_json::{Value, json};

use crate::Result;
use crate::options::Options;
use crate::websocket::{CLOSE, PING, PONG, TEXT, first_frame, frame, send_all, upgrade};

/// Sockets that may be connecting at once.
const MAX_OPENING: usize = 64;
/// Limit until all are subscribed.
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(90);

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Upgrading,
    Initialising,
    /// A live query waits for its first answer.
    Starting,
    Subscribed,
}

struct SubscriberSocket {
    number: usize,
    stream: TcpStream,
    stage: Stage,
    /// Bytes of an incomplete frame.
    unread: Vec<u8>,
}

/// What each subscriber sends.
pub(crate) struct Operations {
    /// The payload of a subscriber's `subscribe` message, by its number.
    pub(crate) payload_of: Box<dyn Fn(usize) -> Value>,
    /// Whether the first message is an answer from before the first event.
    pub(crate) is_live: bool,
}

pub(crate) struct Subscribers {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    sockets: Vec<SubscriberSocket>,
    subscribed: usize,
    operations: Operations,
}

impl Subscribers {
    /// Opens sockets until all are subscribed.
    /// # Errors
    /// If a socket is rejected or closed, or not all are subscribed within [`SUBSCRIBE_TIMEOUT`].
    pub(crate) fn start(options: &Options, count: usize, operations: Operations) -> Result<Self> {
        let mut subscribers = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            buffer: vec![0; 1 << 16],
            sockets: Vec::with_capacity(count),
            subscribed: 0,
            operations,
        };
        let start = Instant::now();
        while subscribers.subscribed < count {
            let limit = count.min(subscribers.subscribed + MAX_OPENING);
            while subscribers.sockets.len() < limit {
                subscribers.open(options)?;
            }
            subscribers.poll(Duration::from_millis(50), |_, _| {})?;
            if start.elapsed() > SUBSCRIBE_TIMEOUT {
                let subscribed = subscribers.subscribed;
                return Err(format!("only {subscribed} of {count} subscribed").into());
            }
        }
        Ok(subscribers)
    }

    fn open(&mut self, options: &Options) -> Result<()> {
        let stream = std::net::TcpStream::connect(options.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        let number = self.sockets.len();
        self.poll
            .registry()
            .register(&mut stream, Token(number), Interest::READABLE)?;
        let path = options.text("socket").unwrap_or("/graphql/ws");
        send_all(&mut stream, &upgrade(options.address, path))?;
        self.sockets.push(SubscriberSocket {
            number,
            stream,
            stage: Stage::Upgrading,
            unread: Vec::new(),
        });
        Ok(())
    }

    /// Waits at most `timeout` for messages and passes each to `on_event` with the number of its subscriber.
    /// # Errors
    /// If a socket is closed, or receives anything but events.
    pub(crate) fn poll(
        &mut self,
        timeout: Duration,
        mut on_event: impl FnMut(usize, &str),
    ) -> Result<()> {
        self.poll.poll(&mut self.events, Some(timeout))?;
        for event in &self.events {
            let socket = &mut self.sockets[event.token().0];
            let stage_before = socket.stage;
            socket.read(&mut self.buffer, &self.operations, &mut on_event)?;
            if stage_before != Stage::Subscribed && socket.stage == Stage::Subscribed {
                self.subscribed += 1;
            }
        }
        Ok(())
    }
}

impl SubscriberSocket {
    /// Reads until the socket is empty.
    fn read(
        &mut self,
        buffer: &mut [u8],
        operations: &Operations,
        on_event: &mut impl FnMut(usize, &str),
    ) -> Result<()> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(format!("the server closed socket {}", self.number).into()),
                Ok(length) => {
                    self.receive(&buffer[..length], operations, on_event)?;
                    // A short read has emptied the socket; the next readiness event announces more.
                    if length < buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn receive(
        &mut self,
        chunk: &[u8],
        operations: &Operations,
        on_event: &mut impl FnMut(usize, &str),
    ) -> Result<()> {
        let joined;
        let mut bytes = chunk;
        if !self.unread.is_empty() {
            self.unread.extend_from_slice(chunk);
            joined = std::mem::take(&mut self.unread);
            bytes = &joined;
        }
        if self.stage == Stage::Upgrading {
            let Some(length) = self.finish_upgrade(bytes)? else {
                self.unread = bytes.to_vec();
                return Ok(());
            };
            bytes = &bytes[length..];
        }
        while let Some((opcode, payload, length)) = first_frame(bytes) {
            bytes = &bytes[length..];
            match opcode {
                TEXT if self.stage == Stage::Initialising => self.subscribe(operations)?,
                TEXT if self.stage == Stage::Starting => self.stage = Stage::Subscribed,
                TEXT => {
                    let text = std::str::from_utf8(payload)?;
                    if text.contains(r#""ping""#) {
                        self.send(TEXT, br#"{"type":"pong"}"#)?;
                    } else {
                        on_event(self.number, text);
                    }
                }
                PING => self.send(PONG, payload)?,
                CLOSE => return Err(String::from_utf8_lossy(payload).into()),
                _ => {}
            }
        }
        self.unread.extend_from_slice(bytes);
        Ok(())
    }

    /// The length of the response to the upgrade, or `None` while it is incomplete.
    fn finish_upgrade(&mut self, bytes: &[u8]) -> Result<Option<usize>> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        if !bytes.starts_with(b"HTTP/1.1 101") {
            return Err(String::from_utf8_lossy(bytes).into());
        }
        self.stage = Stage::Initialising;
        self.send(TEXT, br#"{"type":"connection_init"}"#)?;
        Ok(Some(end + 4))
    }

    fn subscribe(&mut self, operations: &Operations) -> Result<()> {
        self.stage = if operations.is_live {
            Stage::Starting
        } else {
            Stage::Subscribed
        };
        let payload = (operations.payload_of)(self.number);
        let id = format!("s-{:08}", self.number);
        let message = json!({ "id": id, "type": "subscribe", "payload": payload }).to_string();
        self.send(TEXT, message.as_bytes())
    }

    fn send(&mut self, opcode: u8, payload: &[u8]) -> Result<()> {
        send_all(&mut self.stream, &frame(opcode, payload))
    }
}
