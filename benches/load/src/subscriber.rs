//! Many subscribers in one thread.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use serde_json::{Value, json};

use crate::Result;
use crate::operation::WATCH;
use crate::options::Options;
use crate::socket::{CLOSE, PING, PONG, TEXT, first_frame, frame, send, upgrade};

/// Sockets that may be on their way to a subscription at once.
const OPENING: usize = 64;
/// For all to be subscribed.
const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Upgrading,
    Greeting,
    Subscribed,
}

struct Socket {
    stream: TcpStream,
    stage: Stage,
    rest: Vec<u8>,
}

pub(crate) struct Watch {
    poll: Poll,
    events: Events,
    part: Vec<u8>,
    sockets: Vec<Socket>,
    subscribed: usize,
    /// Of each subscriber, the `filter`.
    filter: Box<dyn Fn(usize) -> Value>,
}

impl Watch {
    /// Opens sockets until all are subscribed.
    /// # Errors
    /// If one is refused or closed.
    pub(crate) fn start(
        options: &Options,
        count: usize,
        filter: impl Fn(usize) -> Value + 'static,
    ) -> Result<Self> {
        let mut watch = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            part: vec![0; 1 << 16],
            sockets: Vec::with_capacity(count),
            subscribed: 0,
            filter: Box::new(filter),
        };
        let begin = Instant::now();
        while watch.subscribed < count {
            while watch.sockets.len() < count && watch.sockets.len() < watch.subscribed + OPENING {
                watch.open(options)?;
            }
            watch.turn(Duration::from_millis(50), |_, _| {})?;
            if begin.elapsed() > PATIENCE {
                return Err(format!("only {} of {count} subscribed", watch.subscribed).into());
            }
        }
        Ok(watch)
    }

    fn open(&mut self, options: &Options) -> Result<()> {
        let stream = std::net::TcpStream::connect(options.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        let token = Token(self.sockets.len());
        self.poll
            .registry()
            .register(&mut stream, token, Interest::READABLE)?;
        let path = options.text("socket").unwrap_or("/graphql/ws");
        send(&mut stream, &upgrade(options.address, path))?;
        self.sockets.push(Socket {
            stream,
            stage: Stage::Upgrading,
            rest: Vec::new(),
        });
        Ok(())
    }

    /// Waits, and gives every event that arrived with the number of its subscriber.
    /// # Errors
    /// If a socket is closed or is sent anything but events.
    pub(crate) fn turn(
        &mut self,
        wait: Duration,
        mut heard: impl FnMut(usize, &str),
    ) -> Result<()> {
        self.poll.poll(&mut self.events, Some(wait))?;
        for event in &self.events {
            let number = event.token().0;
            let socket = &mut self.sockets[number];
            loop {
                match socket.stream.read(&mut self.part) {
                    Ok(0) => return Err(format!("the server closed socket {number}").into()),
                    Ok(length) => {
                        let all = self.part.len();
                        let before = socket.stage;
                        socket.hear(&self.part[..length], number, &self.filter, &mut heard)?;
                        if before != Stage::Subscribed && socket.stage == Stage::Subscribed {
                            self.subscribed += 1;
                        }
                        // A short read has emptied it: the next event tells of more.
                        if length < all {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }
}

impl Socket {
    fn hear(
        &mut self,
        part: &[u8],
        number: usize,
        filter: &dyn Fn(usize) -> Value,
        heard: &mut impl FnMut(usize, &str),
    ) -> Result<()> {
        let joined;
        let mut bytes = part;
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(part);
            joined = std::mem::take(&mut self.rest);
            bytes = &joined;
        }
        if self.stage == Stage::Upgrading {
            let Some(blank) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
                self.rest = bytes.to_vec();
                return Ok(());
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                return Err(String::from_utf8_lossy(bytes).into());
            }
            bytes = &bytes[blank + 4..];
            self.stage = Stage::Greeting;
            send(
                &mut self.stream,
                &frame(TEXT, br#"{"type":"connection_init"}"#),
            )?;
        }
        while let Some((opcode, payload, length)) = first_frame(bytes) {
            bytes = &bytes[length..];
            match opcode {
                TEXT if self.stage == Stage::Greeting => self.subscribe(number, &filter(number))?,
                TEXT => {
                    let text = std::str::from_utf8(payload)?;
                    if text.contains(r#""ping""#) {
                        send(&mut self.stream, &frame(TEXT, br#"{"type":"pong"}"#))?;
                    } else {
                        heard(number, text);
                    }
                }
                PING => send(&mut self.stream, &frame(PONG, payload))?,
                CLOSE => return Err(String::from_utf8_lossy(payload).into()),
                _ => {}
            }
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    fn subscribe(&mut self, number: usize, filter: &Value) -> Result<()> {
        self.stage = Stage::Subscribed;
        let payload = json!({ "query": WATCH, "variables": { "filter": filter } });
        let id = format!("s-{number:08}");
        let message = json!({ "id": id, "type": "subscribe", "payload": payload }).to_string();
        send(&mut self.stream, &frame(TEXT, message.as_bytes()))
    }
}
