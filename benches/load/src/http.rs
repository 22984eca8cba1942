//! HTTP/1.1 by hand: as much as our servers speak, with lengths and without chunks.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Result;

/// Node closes connections that were idle for five.
const IDLE: Duration = Duration::from_secs(2);

pub(crate) fn post(address: SocketAddr, path: &str, body: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map_or(String::new(), |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json\r\n{authorization}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Where a response's body begins and where it ends, once all of its head is there.
pub(crate) fn extent(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    Some((head, head + length?))
}

pub(crate) fn is_ok(response: &[u8]) -> bool {
    response.starts_with(b"HTTP/1.1 200")
}

/// FNV-1a.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One connection that waits for each answer.
pub(crate) struct Client {
    address: SocketAddr,
    stream: TcpStream,
    used: Instant,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self {
            address,
            stream,
            used: Instant::now(),
        })
    }

    /// The body of the answer.
    /// # Errors
    /// Any answer but 200.
    pub(crate) fn post(&mut self, path: &str, body: &str, token: Option<&str>) -> Result<Vec<u8>> {
        if self.used.elapsed() > IDLE {
            *self = Self::connect(self.address)?;
        }
        self.stream
            .write_all(&post(self.address, path, body, token))?;
        let (mut bytes, mut part) = (Vec::new(), vec![0; 65_536]);
        loop {
            if let Some((head, end)) = extent(&bytes)
                && bytes.len() >= end
            {
                self.used = Instant::now();
                return if is_ok(&bytes) {
                    Ok(bytes.drain(head..end).collect())
                } else {
                    Err(String::from_utf8_lossy(&bytes).into())
                };
            }
            match self.stream.read(&mut part)? {
                0 => return Err("the server closed the connection".into()),
                length => bytes.extend_from_slice(&part[..length]),
            }
        }
    }

    /// The data of an answer.
    /// # Errors
    /// An answer with errors.
    pub(crate) fn ask(&mut self, body: &str, token: Option<&str>) -> Result<Value> {
        let mut answer: Value = serde_json::from_slice(&self.post("/graphql", body, token)?)?;
        match answer.get("errors") {
            Some(errors) => Err(errors.to_string().into()),
            None => Ok(answer["data"].take()),
        }
    }
}
