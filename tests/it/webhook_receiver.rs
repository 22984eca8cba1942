//! Receiver of webhooks: a server on a loopback port that records each request and answers as the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use demarche::model::webhook::secret::Secret;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;
use standardwebhooks::{Webhook, WebhookError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longest wait for a request.
const LIMIT: Duration = Duration::from_secs(20);

/// Deliveries that a test has not read yet.
const MAX_UNREAD: usize = 1_000;

#[derive(Clone, Debug)]
pub enum Reply {
    /// A status line and headers, separated by line breaks.
    Head(&'static str),
    /// Closes the connection without an answer.
    Close,
    /// Never answers.
    Silence,
    /// A body without end.
    EndlessBody,
    /// A head without end.
    EndlessHead,
}

pub const ACCEPTED: Reply = Reply::Head("200 OK");

#[derive(Clone, Debug)]
pub struct Delivery {
    pub head: String,
    pub body: String,
}

impl Delivery {
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Code of the requested state, and its new stance.
    pub fn change(&self) -> (String, String) {
        let json = self.json();
        let text = |pointer| json.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        (
            text("/data/relationship/requestedState/code"),
            text("/data/to"),
        )
    }

    /// Whether each of the secrets has signed it, and nothing else has.
    #[track_caller]
    pub fn assert_signed_by(&self, secrets: &[&str]) {
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let sign = |secret: &&str| {
            let secret = Secret::parse(secret).unwrap();
            secret.sign(self.id(), timestamp, &self.body)
        };
        let expected: Vec<String> = secrets.iter().map(sign).collect();
        assert_eq!(self.header("webhook-signature"), expected.join(" "));
    }

    /// What the official library says of the signature, at the time of the real clock.
    pub fn verify(&self, secret: &str) -> Result<(), WebhookError> {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers = names.map(|name| {
            let value = self.header(name).parse().unwrap();
            (HeaderName::from_static(name), value)
        });
        let headers = HeaderMap::from_iter(headers);
        Webhook::new(secret)?.verify(self.body.as_bytes(), &headers)
    }
}

pub struct Receiver {
    port: u16,
    deliveries: mpsc::Receiver<Delivery>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Answers with `replies` in turn, and accepts everything after them.
    pub async fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let next = Arc::new(Mutex::new(replies.iter().cloned().collect::<VecDeque<_>>()));
        let (sender, deliveries) = mpsc::channel(MAX_UNREAD);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (sender, next) = (sender.clone(), Arc::clone(&next));
                tokio::spawn(async move { drop(serve(stream, &sender, &next).await) });
            }
        });
        Self {
            port,
            deliveries,
            task,
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub async fn next(&mut self) -> Delivery {
        let delivery = timeout(LIMIT, self.deliveries.recv()).await;
        delivery.expect("a delivery arrives").unwrap()
    }

    /// The changes of the next deliveries.
    pub async fn changes(&mut self, count: usize) -> Vec<(String, String)> {
        let mut changes = Vec::new();
        for _ in 0..count {
            changes.push(self.next().await.change());
        }
        changes
    }

    /// Whether no delivery has arrived that was not read.
    pub fn is_quiet(&mut self) -> bool {
        self.deliveries.try_recv().is_err()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    sender: &mpsc::Sender<Delivery>,
    replies: &Mutex<VecDeque<Reply>>,
) -> std::io::Result<()> {
    let delivery = read(&mut stream).await?;
    let reply = replies.lock().unwrap().pop_front().unwrap_or(ACCEPTED);
    // The test may have ended.
    drop(sender.send(delivery).await);
    match reply {
        Reply::Head(head) => {
            let head = head.replace('\n', "\r\n");
            let text = format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\nok");
            stream.write_all(text.as_bytes()).await
        }
        Reply::Close => Ok(()),
        Reply::Silence => stream.read(&mut [0]).await.map(drop),
        Reply::EndlessBody => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).await?;
            loop {
                let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
                stream.write_all(chunk.as_bytes()).await?;
            }
        }
        Reply::EndlessHead => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                let line = format!("x: {}\r\n", "x".repeat(1_000));
                stream.write_all(line.as_bytes()).await?;
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Delivery> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| length.parse() == Ok(body.len())) {
                let (head, body) = (head.to_owned(), body.to_owned());
                return Ok(Delivery { head, body });
            }
        }
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
}
