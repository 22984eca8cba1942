//! Client of a live query: it keeps a document and its cursor, disconnects at any point, and resumes at any server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::TestResult;
use crate::editor::Editor;
use crate::ordered_json::{LiveResponse, OrderedJson};
use crate::socket::{ClientOptions, Socket};

/// What clients have to do.
#[derive(Clone)]
pub enum Phase {
    /// Follow, disconnect and resume.
    Writing,
    /// Nothing is written any more: each document has to become the answer, by its selection, byte for byte.
    Quiet(Arc<[String]>),
    End,
}

/// What happened to all clients together.
#[derive(Debug, Default)]
pub struct Count {
    pub answers: u64,
    pub patches: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub resumes: u64,
}

pub struct LiveClient {
    query: String,
    /// Index of its selection.
    selection: usize,
    servers: Vec<watch::Receiver<SocketAddr>>,
    random: fastrand::Rng,
    socket: Option<Socket>,
    document: Option<OrderedJson>,
    cursor: Option<String>,
    pub count: Count,
}

/// One in so many messages is followed by a disconnect.
const DISCONNECT_PERIOD: u32 = 12;
/// Between two attempts to connect.
const RETRY_DELAY: Duration = Duration::from_millis(20);

impl LiveClient {
    pub fn new(
        (selection, fields): (usize, &str),
        reads_patches: bool,
        servers: Vec<watch::Receiver<SocketAddr>>,
        random: fastrand::Rng,
    ) -> Self {
        let arguments = format!("patch: {reads_patches}, after: $after");
        Self {
            query: format!("query($after: String) @live({arguments}) {{ {fields} }}"),
            selection,
            servers,
            random,
            socket: None,
            document: None,
            cursor: None,
            count: Count::default(),
        }
    }

    /// Receives and applies the next message; connects first if there is no connection. Dropping the future loses no message.
    /// # Errors
    /// A message does not fit the document.
    pub async fn receive(&mut self, may_disconnect: bool) -> TestResult {
        if may_disconnect && self.random.u32(..DISCONNECT_PERIOD) == 0 {
            self.socket = None;
        }
        let Some(socket) = &mut self.socket else {
            self.connect().await;
            return Ok(());
        };
        if let Ok(Some(response)) = socket.next_response().await {
            return self.apply(&response);
        }
        // The operation was refused, or the connection has ended: by a kill, or while the database recovers.
        self.socket = None;
        sleep(RETRY_DELAY).await;
        Ok(())
    }

    async fn connect(&mut self) {
        let server = self.random.usize(..self.servers.len());
        let address = *self.servers[server].borrow();
        let variables = json!({ "after": self.cursor });
        let opened = Socket::open(address, ClientOptions::default()).await;
        if let Ok(mut socket) = opened
            && socket.subscribe("1", &self.query, &variables).await.is_ok()
        {
            self.count.resumes += u64::from(self.cursor.is_some());
            self.socket = Some(socket);
        } else {
            sleep(RETRY_DELAY).await;
        }
    }

    fn apply(&mut self, text: &RawValue) -> TestResult {
        let parsed: serde_json::Result<Value> = serde_json::from_str(text.get());
        let response = parsed.map_err(|error| error.to_string())?;
        let live = &response["extensions"]["live"];
        let violation = |reason: &str| Err(format!("{reason}: {response}"));
        if response.get("errors").is_some() {
            // The document stays that of the cursor.
            return Ok(());
        }
        let Some(cursor) = live["cursor"].as_str() else {
            return violation("no cursor");
        };
        if live.get("from").is_some() && live["from"].as_str() != self.cursor.as_deref() {
            return violation("the message is not for this document");
        }
        if live.get("reset").is_some() {
            return violation("the cursor was not honoured");
        }
        let parsed: serde_json::Result<LiveResponse> = serde_json::from_str(text.get());
        let news = parsed.map_err(|error| error.to_string())?;
        news.apply(&mut self.document)?;
        self.count.patches += u64::from(live.get("patch").is_some());
        self.count.unchanged += u64::from(live["unchanged"] == true);
        self.count.answers += u64::from(response.get("data").is_some());
        self.count.skipped += u64::from(live["skipped"] == true);
        self.cursor = Some(cursor.to_owned());
        Ok(())
    }

    /// Whether the document is the answer of a quiet ledger.
    pub fn is_settled(&self, phase: &Phase) -> bool {
        match phase {
            Phase::Writing => false,
            Phase::Quiet(answers) => self.text() == answers[self.selection],
            Phase::End => true,
        }
    }

    fn text(&self) -> String {
        let text = self.document.as_ref().map(OrderedJson::to_string);
        text.unwrap_or_default()
    }

    /// How the document differs from the answer, for a report.
    pub fn describe(&self) -> String {
        format!("{} has {}", self.query, self.text())
    }
}

/// The data of a query, byte for byte; `None` if the request failed.
pub async fn fresh_answer(editor: &Editor, server: SocketAddr, query: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Response {
        data: Option<Box<RawValue>>,
        #[serde(default)]
        errors: Vec<Value>,
    }
    let body = json!({ "query": query });
    let response: Response = editor.post(server, &body).await.ok()?;
    let data = response.data.filter(|_| response.errors.is_empty());
    data.map(|data| data.get().to_owned())
}
