//! A closed loop over kept connections: each asks again as soon as it is answered.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use serde_json::json;

use crate::Result;
use crate::http::{self, Client, digest, extent};
use crate::options::Options;
use crate::process::{cpu_seconds, quantile_ms, resident_kib};
use crate::socket::send;
use crate::writer::Writer;

/// Answers of which one is compared byte by byte; of the others only the length is.
const COMPARED: u64 = 64;

struct Asking {
    stream: TcpStream,
    heard: Vec<u8>,
    /// Head and end of the answer that is arriving.
    extent: Option<(usize, usize)>,
    /// Which of the bodies it asks.
    asked: usize,
    since: Instant,
}

/// What all connections share.
struct Loop {
    requests: Vec<Vec<u8>>,
    /// Length and digest of the first answer to each.
    known: Vec<Option<(usize, u64)>>,
    /// Answers may change while something is written.
    is_quiet: bool,
    next: usize,
    answers: u64,
    bytes: u64,
    micros: Vec<u64>,
    wrong: u64,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let (variables, operation) = (options.variables()?, options.first("operation")?);
    let pid = options.number("pid", 0)?;
    let seconds = Duration::from_secs_f64(options.number("seconds", 3.0)?);
    let per_second: f64 = options.number("writes", 0.0)?;
    let bodies = variables.bodies(operation)?;
    let requests = bodies
        .iter()
        .map(|body| http::post(options.address, "/graphql", body, None));
    let mut shared = Loop {
        requests: requests.collect(),
        known: vec![None; bodies.len()],
        is_quiet: per_second == 0.0,
        next: 0,
        answers: 0,
        bytes: 0,
        micros: Vec::new(),
        wrong: 0,
    };
    // Each once, so that what is measured as hot is hot.
    let mut client = Client::connect(options.address)?;
    for body in &bodies {
        client.post("/graphql", body, None)?;
    }
    let mut poll = Poll::new()?;
    let mut all = open(&poll, options.address, options.number("connections", 16)?)?;
    let mut writer = Writer::new(options, &variables, per_second)?;
    for asking in &mut all {
        shared.ask(asking)?;
    }
    // As long as is measured: Node compiles what is used often.
    shared.spin(&mut poll, &mut all, seconds, &mut writer)?;
    let (wrong, written) = (shared.wrong, writer.written);
    shared.clear();
    let (begin, before) = (Instant::now(), cpu_seconds(pid)?);
    shared.spin(&mut poll, &mut all, seconds, &mut writer)?;
    let (elapsed, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds(pid)? - before);
    let answers = shared.answers.max(1) as f64;
    println!(
        "{}",
        json!({
            "label": options.text("label"), "cell": operation, "writes": writer.written - written,
            "per_second": (answers / elapsed).round(), "cpu_us": round(cpu * 1e6 / answers),
            "p50_ms": quantile_ms(&mut shared.micros, 0.5), "p99_ms": quantile_ms(&mut shared.micros, 0.99),
            "bytes": shared.bytes / shared.answers.max(1), "wrong": wrong + shared.wrong,
            "resident_mib": resident_kib(pid)? / 1024,
        })
    );
    Ok(())
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn open(poll: &Poll, address: SocketAddr, count: usize) -> Result<Vec<Asking>> {
    let one = |at| -> Result<Asking> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry()
            .register(&mut stream, Token(at), Interest::READABLE)?;
        let (heard, since) = (Vec::new(), Instant::now());
        Ok(Asking {
            stream,
            heard,
            extent: None,
            asked: 0,
            since,
        })
    };
    (0..count).map(one).collect()
}

impl Loop {
    fn ask(&mut self, asking: &mut Asking) -> Result<()> {
        asking.asked = self.next % self.requests.len();
        self.next += 1;
        asking.since = Instant::now();
        send(&mut asking.stream, &self.requests[asking.asked])
    }

    fn clear(&mut self) {
        (self.answers, self.bytes, self.wrong) = (0, 0, 0);
        self.micros.clear();
    }

    fn spin(
        &mut self,
        poll: &mut Poll,
        all: &mut [Asking],
        time: Duration,
        writer: &mut Writer,
    ) -> Result<()> {
        let (begin, mut events) = (Instant::now(), Events::with_capacity(256));
        let mut part = vec![0; 1 << 18];
        while begin.elapsed() < time {
            writer.write_if_due()?;
            poll.poll(&mut events, Some(Duration::from_millis(10)))?;
            for event in &events {
                let asking = &mut all[event.token().0];
                loop {
                    match asking.stream.read(&mut part) {
                        Ok(0) => return Err("the server closed a connection".into()),
                        Ok(length) => self.hear(asking, &part[..length])?,
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, asking: &mut Asking, part: &[u8]) -> Result<()> {
        asking.heard.extend_from_slice(part);
        asking.extent = asking.extent.or_else(|| extent(&asking.heard));
        let Some((head, end)) = asking.extent.filter(|(_, end)| asking.heard.len() >= *end) else {
            return Ok(());
        };
        self.answers += 1;
        self.bytes += (end - head) as u64;
        self.micros
            .push(u64::try_from(asking.since.elapsed().as_micros())?);
        if !http::is_ok(&asking.heard) || !self.is_right(asking.asked, &asking.heard[head..end]) {
            self.wrong += 1;
        }
        asking.heard.clear();
        asking.extent = None;
        self.ask(asking)
    }

    fn is_right(&mut self, asked: usize, answer: &[u8]) -> bool {
        if !self.is_quiet {
            return answer.starts_with(b"{\"data\":") && !answer.ends_with(b"]}");
        }
        match self.known[asked] {
            None => {
                self.known[asked] = Some((answer.len(), digest(answer)));
                !answer.windows(8).any(|word| word == b"\"errors\"")
            }
            Some((length, known)) => {
                let is_compared = self.answers.is_multiple_of(COMPARED);
                answer.len() == length && (!is_compared || digest(answer) == known)
            }
        }
    }
}
