//! Writes now and then while something else is measured, and never waits for an answer.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Result;
use crate::http;
use crate::operation::Variables;
use crate::options::Options;
use crate::socket::send;
use crate::trigger::Trigger;

pub(crate) struct Writer {
    trigger: Trigger,
    stream: std::net::TcpStream,
    address: SocketAddr,
    gap: Option<Duration>,
    due: Instant,
    pub(crate) written: usize,
}

impl Writer {
    pub(crate) fn new(options: &Options, variables: &Variables, writes: f64) -> Result<Self> {
        let stream = std::net::TcpStream::connect(options.address)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            trigger: Trigger::new(options, variables)?,
            stream,
            address: options.address,
            gap: (writes > 0.0).then(|| Duration::from_secs_f64(1.0 / writes)),
            due: Instant::now(),
            written: 0,
        })
    }

    /// # Errors
    /// A write that was refused.
    pub(crate) fn write_if_due(&mut self) -> Result<()> {
        let Some(gap) = self.gap.filter(|_| Instant::now() >= self.due) else {
            return Ok(());
        };
        let mut answer = vec![0; 65_536];
        if self.written > 0 {
            let length = match self.stream.read(&mut answer) {
                Ok(length) => length,
                // The one before is not answered yet: later, then.
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            if !http::is_ok(&answer[..length])
                || answer.windows(8).any(|word| word == b"\"errors\"")
            {
                return Err(String::from_utf8_lossy(&answer[..length]).into());
            }
        }
        let body = self.trigger.next(None, self.written);
        let request = http::post(
            self.address,
            self.trigger.path(),
            &body,
            self.trigger.token(),
        );
        send(&mut self.stream, &request)?;
        self.written += 1;
        self.due += gap;
        Ok(())
    }
}
