//! Client of a live query as the documents describe it: it keeps a document and the cursor that it is of.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::ordered_json::{LiveResponse, OrderedJson};
use crate::websocket_client::WebSocketClient;

pub struct LiveClient {
    socket: WebSocketClient,
    document: Value,
    /// The same document, with the order of its members.
    ordered: Option<OrderedJson>,
    cursor: Option<String>,
}

impl LiveClient {
    /// A client without an answer.
    pub async fn start(app: &TestApp, query: &str, variables: Value) -> Self {
        Self {
            socket: app.subscribe(query, variables).await,
            document: Value::Null,
            ordered: None,
            cursor: None,
        }
    }

    /// The same client on a new connection. The query has the variable `after`.
    pub async fn resume(self, app: &TestApp, query: &str) -> Self {
        let after = json!({ "after": self.cursor });
        Self {
            socket: app.subscribe(query, after).await,
            ..self
        }
    }

    /// What it has received so far.
    pub fn document(&self) -> &Value {
        &self.document
    }

    pub fn cursor(&self) -> &str {
        self.cursor.as_deref().expect("an answer was received")
    }

    /// Completes the operation.
    pub async fn complete(&mut self) {
        self.socket
            .send(&json!({ "type": "complete", "id": "1" }))
            .await;
    }

    pub fn socket(&mut self) -> &mut WebSocketClient {
        &mut self.socket
    }

    /// What it has received so far, byte for byte.
    pub fn text(&self) -> String {
        let text = self.ordered.as_ref().map(OrderedJson::to_string);
        text.unwrap_or_default()
    }

    /// The next response, which is applied to the document. Messages of other operations are skipped.
    pub async fn receive(&mut self) -> Value {
        let (text, mut message) = loop {
            let text = self.socket.next_text().await;
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["id"] == "1" {
                break (text, message);
            }
        };
        assert_eq!(message["type"], "next", "{message:#}");
        let response = message["payload"].take();
        let Next { payload } = serde_json::from_str(&text).unwrap();
        payload.apply(&mut self.ordered).unwrap();
        self.apply(&response);
        response
    }

    /// Applies a response as a client does: a whole answer replaces the document, a patch changes it.
    fn apply(&mut self, response: &Value) {
        let live = &response["extensions"]["live"];
        if response.get("errors").is_some() {
            assert_eq!(live["cursor"], Value::Null, "{response:#}");
            self.document = response["data"].clone();
            return;
        }
        if let Some(from) = live.get("from") {
            assert_eq!(from, self.cursor(), "{response:#}");
            assert!(response.get("data").is_none(), "{response:#}");
        }
        if live.get("patch").is_some() {
            let patch: json_patch::Patch = serde_json::from_value(live["patch"].clone()).unwrap();
            json_patch::patch(&mut self.document, &patch).unwrap();
        } else if live["unchanged"] != true {
            self.document = response["data"].clone();
        }
        self.cursor = Some(live["cursor"].as_str().unwrap().to_owned());
    }
}

#[derive(Deserialize)]
struct Next {
    payload: LiveResponse,
}

impl TestApp {
    /// The data of a query that must succeed, byte for byte.
    pub async fn query_text(&self, query: &str) -> String {
        #[derive(Deserialize)]
        struct Body {
            data: Box<RawValue>,
        }
        let request = self.http().post(self.url("/graphql"));
        let request = request.json(&json!({ "query": query }));
        let text = request.send().await.unwrap().text().await.unwrap();
        let body: Result<Body, _> = serde_json::from_str(&text);
        body.unwrap_or_else(|error| panic!("{error}: {text}"))
            .data
            .get()
            .to_owned()
    }
}
