//! Server with the bundled data, started like in `main`, and valid values for requests to it.

use std::time::Duration;

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, RateLimits};
use demarche::config::telemetry::TelemetryConfig;
use demarche::config::webhooks::WebhookConfig;
use demarche::config::{Database, Serve};
use demarche::database::IfMissing;
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::server::{Server, clock, open, random_bytes};
use serde_json::{Value, json};

pub struct TestServer {
    pub server: Server,
    /// Token of an editor.
    pub token: String,
    http: reqwest::Client,
    _directory: tempfile::TempDir,
}

/// Values that exist on this server.
#[derive(Debug)]
pub struct KnownValues {
    pub cursors: Vec<String>,
    pub ids: Vec<String>,
    pub codes: Vec<String>,
    pub slugs: Vec<String>,
    pub languages: Vec<String>,
    pub search_texts: Vec<String>,
}

/// Status and body of an HTTP response.
pub struct HttpResponse {
    pub status: u16,
    pub body: Vec<u8>,
}

/// The server's own limits are shorter; a longer wait means that it hangs.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

impl TestServer {
    /// With default settings, except that the rate limit is off.
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/demarche.db", directory.path().display());
        let config = Serve {
            database: Database {
                database_url: url.clone(),
            },
            read_database_url: None,
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: None,
            no_seed: false,
            scratch: false,
            allow_clock_behind: false,
            drain_delay: std::time::Duration::ZERO.into(),
            access: AccessConfig::default(),
            limits: Limits {
                rate: RateLimits {
                    per_second: 0,
                    ..RateLimits::default()
                },
                ..Limits::default()
            },
            telemetry: TelemetryConfig::default(),
            webhooks: WebhookConfig::default(),
        };
        let server = Server::start(&config, clock()).await.unwrap();
        let database = open(&url, IfMissing::Fail).await.unwrap();
        let (key, now) = (random_bytes().unwrap(), clock()());
        let token = api_tokens::create(database.writer(), Role::Editor, "fuzz", key, now);
        let token = token.await.unwrap();
        database.close().await.unwrap();
        Self {
            server,
            token,
            http: reqwest::Client::builder()
                .timeout(REQUEST_TIMEOUT)
                .build()
                .unwrap(),
            _directory: directory,
        }
    }

    /// # Errors
    /// The server does not respond.
    pub async fn post(&self, body: &Value, token: Option<&str>) -> Result<HttpResponse, String> {
        let url = format!("http://{}/graphql", self.server.address);
        let mut request = self.http.post(url).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = response.status().as_u16();
        let body = response
            .bytes()
            .await
            .map_err(|error| format!("{error:?}"))?;
        Ok(HttpResponse {
            status,
            body: body.to_vec(),
        })
    }

    pub async fn load_known_values(&self) -> KnownValues {
        let query = "{
            ledger { head { cursor } genesis { cursor } }
            countries { id }
            initiatives { id }
            statements(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            sources(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            relationships(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            stanceChanges(first: 5) { pageInfo { startCursor endCursor } }
        }";
        let response = self.post(&json!({ "query": query }), None).await.unwrap();
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let (mut ids, mut cursors) = (Vec::new(), Vec::new());
        collect_values(&body["data"], &mut ids, &mut cursors);
        assert!(ids.len() > 100 && cursors.len() > 8, "{body}");
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        KnownValues {
            cursors,
            ids,
            codes: owned(&["RW", "US", "LY", "XK", "TN", "SE", "rw", "ZZ", "150"]),
            slugs: owned(&["us-third-country-removals"]),
            languages: owned(&["en", "fr", "zh-Hant", "de-CH", "xx"]),
            search_texts: owned(&[
                "Rwanda",
                "côte",
                "swazi",
                "1",
                "https://example.org/a",
                "desk-1",
                "agree*",
            ]),
        }
    }
}

fn collect_values(value: &Value, ids: &mut Vec<String>, cursors: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str() {
                    Some(id) if key == "id" => ids.push(id.to_owned()),
                    Some(cursor) => cursors.push(cursor.to_owned()),
                    None => collect_values(value, ids, cursors),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_values(item, ids, cursors)),
        _ => {}
    }
}
