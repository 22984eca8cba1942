//! A server with the shipped data, started as `main` does, and what a client of it knows.

use std::time::Duration;

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, RateLimits};
use demarche::config::telemetry::Operating;
use demarche::config::{Database, Serve};
use demarche::database::Missing;
use demarche::ledger::api_tokens;
use demarche::model::role::Role;
use demarche::server::{Server, clock, open, random};
use serde_json::{Value, json};

pub struct Live {
    pub server: Server,
    /// An editor's.
    pub token: String,
    http: reqwest::Client,
    _directory: tempfile::TempDir,
}

/// Texts that mean something to this server.
#[derive(Debug)]
pub struct Known {
    pub cursors: Vec<String>,
    pub ids: Vec<String>,
    pub codes: Vec<String>,
    pub slugs: Vec<String>,
    pub languages: Vec<String>,
    pub words: Vec<String>,
}

/// What an answer was, before anything is made of it.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// The server's own limits are shorter; beyond this it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

impl Live {
    /// As by default, but for the rate: nobody else asks so much.
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
            empty: false,
            doors: Doors::default(),
            limits: Limits {
                rate: RateLimits {
                    per_second: 0,
                    ..RateLimits::default()
                },
                ..Limits::default()
            },
            operating: Operating::default(),
        };
        let server = Server::start(&config, clock()).await.unwrap();
        let database = open(&url, Missing::Refuse).await.unwrap();
        let (key, now) = (random().unwrap(), clock()());
        let token = api_tokens::create(database.writer(), Role::Editor, "fuzz", key, now);
        let token = token.await.unwrap();
        database.close().await.unwrap();
        Self {
            server,
            token,
            http: reqwest::Client::builder()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
            _directory: directory,
        }
    }

    /// # Errors
    /// What keeps the server from answering at all.
    pub async fn ask(&self, body: &Value, token: Option<&str>) -> Result<Answer, String> {
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
        Ok(Answer {
            status,
            body: body.to_vec(),
        })
    }

    pub async fn know(&self) -> Known {
        let query = "{
            ledger { head { cursor } genesis { cursor } }
            countries { id }
            initiatives { id }
            statements(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            sources(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            relationships(first: 40) { nodes { id } pageInfo { startCursor endCursor } }
            stanceChanges(first: 5) { pageInfo { startCursor endCursor } }
        }";
        let answer = self.ask(&json!({ "query": query }), None).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        let (mut ids, mut cursors) = (Vec::new(), Vec::new());
        collect(&answer["data"], &mut ids, &mut cursors);
        assert!(ids.len() > 100 && cursors.len() > 8, "{answer}");
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Known {
            cursors,
            ids,
            codes: owned(&["RW", "US", "LY", "XK", "TN", "SE", "rw", "ZZ", "150"]),
            slugs: owned(&["us-third-country-removals"]),
            languages: owned(&["en", "fr", "zh-Hant", "de-CH", "xx"]),
            words: owned(&[
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

fn collect(value: &Value, ids: &mut Vec<String>, cursors: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str() {
                    Some(id) if key == "id" => ids.push(id.to_owned()),
                    Some(cursor) => cursors.push(cursor.to_owned()),
                    None => collect(value, ids, cursors),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids, cursors)),
        _ => {}
    }
}
