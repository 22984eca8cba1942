//! Hand-written HTTP/1.1 client: bodies with `Content-Length` only, no chunks.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Result;

/// Node closes connections that were idle for five seconds.
const MAX_IDLE: Duration = Duration::from_secs(2);
/// Longer than the timeout of the servers in as-of cells.
const READ_TIMEOUT: Duration = Duration::from_mins(4);

pub(crate) fn post_request(
    address: SocketAddr,
    path: &str,
    body: &str,
    token: Option<&str>,
) -> Vec<u8> {
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

/// Offsets of the body and of the end of the first response, once its head is complete.
pub(crate) fn body_range(bytes: &[u8]) -> Option<(usize, usize)> {
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

/// Whether a GraphQL response has errors, without parsing it.
pub(crate) fn has_errors(body: &[u8]) -> bool {
    body.windows(8).any(|window| window == b"\"errors\"")
}

/// FNV-1a hash.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One connection that waits for each response.
pub(crate) struct Client {
    address: SocketAddr,
    stream: TcpStream,
    last_used: Instant,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(Self {
            address,
            stream,
            last_used: Instant::now(),
        })
    }

    /// The body of the response.
    /// # Errors
    /// Any status but 200.
    pub(crate) fn post(&mut self, path: &str, body: &str, token: Option<&str>) -> Result<Vec<u8>> {
        self.send(&post_request(self.address, path, body, token))
    }

    /// The same with another header line, without a token.
    /// # Errors
    /// Any status but 200.
    pub(crate) fn post_with(&mut self, path: &str, body: &str, header: &str) -> Result<Vec<u8>> {
        let request = String::from_utf8(post_request(self.address, path, body, None))?;
        let request = request.replacen("\r\n", &format!("\r\n{header}\r\n"), 1);
        self.send(request.as_bytes())
    }

    fn send(&mut self, request: &[u8]) -> Result<Vec<u8>> {
        if self.last_used.elapsed() > MAX_IDLE {
            *self = Self::connect(self.address)?;
        }
        self.stream.write_all(request)?;
        let (mut bytes, mut chunk) = (Vec::new(), vec![0; 65_536]);
        loop {
            if let Some((head, end)) = body_range(&bytes)
                && bytes.len() >= end
            {
                self.last_used = Instant::now();
                return if is_ok(&bytes) {
                    Ok(bytes.drain(head..end).collect())
                } else {
                    Err(String::from_utf8_lossy(&bytes).into())
                };
            }
            match self.stream.read(&mut chunk)? {
                0 => return Err("the server closed the connection".into()),
                length => bytes.extend_from_slice(&chunk[..length]),
            }
        }
    }

    /// The `data` of a GraphQL response.
    /// # Errors
    /// A response with errors.
    pub(crate) fn execute(&mut self, body: &str, token: Option<&str>) -> Result<Value> {
        let mut response: Value = serde_json::from_slice(&self.post("/graphql", body, token)?)?;
        match response.get("errors") {
            Some(errors) => Err(errors.to_string().into()),
            None => Ok(response["data"].take()),
        }
    }
}
