//! Rejection of a connection before any of its requests is read.

use std::{fmt::Write, time::Duration};

use axum::{body, response::Response};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

/// Time for the peer to read the response.
const REJECTION_TIMEOUT: Duration = Duration::from_millis(100);

/// Sends the response if the peer reads it at once, and closes the connection.
pub(super) async fn reject_connection(mut stream: TcpStream, response: Response) {
    let bytes = http1_bytes(response).await;
    let rejection = async {
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    };
    drop(timeout(REJECTION_TIMEOUT, rejection).await);
}

/// The response as HTTP/1.1.
async fn http1_bytes(response: Response) -> Vec<u8> {
    let (parts, body) = response.into_parts();
    let body = body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let length = body.len();
    let status = parts.status;
    let mut head =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in &parts.headers {
        let name = title_case(name.as_str());
        let value = value.to_str().unwrap_or_default();
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), &body].concat()
}

/// The usual spelling of a header name.
fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}
