//! A client that records statements, each of which moves a state from one stance to the next.

use std::net::SocketAddr;
use std::time::Duration;

use demarche::model::country::ATLAS;
use serde_json::{Value, json};

/// An editor with a token. Clones share its connections.
#[derive(Clone)]
pub struct Editor {
    http: reqwest::Client,
    token: String,
}

/// What a write was acknowledged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub key: String,
    pub seq: i64,
    pub hash: String,
}

/// Why a write was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unacknowledged {
    /// Nobody answered: it may be recorded or not.
    Silent,
    /// The code of the error: it is not recorded.
    Refused(String),
}

/// The server's own limit for a request is 10 seconds; beyond this it hangs.
const PATIENCE: Duration = Duration::from_secs(40);

impl Editor {
    pub fn new(token: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self {
            http: http.build().unwrap(),
            token: token.to_owned(),
        }
    }

    /// A story in an initiative of its own. The same name gives the same story again.
    pub async fn begin(&self, server: SocketAddr, slug: &str) -> Story {
        let initiative = json!({
            "idempotencyKey": format!("{slug}-initiative"), "slug": slug, "title": "Requests",
            "summary": "What is asked.", "requestingState": "US", "startedOn": "2025-01-20",
        });
        let source = json!({
            "idempotencyKey": format!("{slug}-source"), "kind": "NEWS", "publisher": "A newspaper",
            "title": "A report", "url": "https://example.org/report", "publishedOn": "2025-06-25",
            "language": "en",
        });
        let opened = self.write(server, "openInitiative", "initiative { id }", &initiative);
        opened.await.unwrap();
        let registered = self.write(server, "registerSource", "source { id }", &source);
        let source = registered.await.unwrap();
        Story {
            slug: slug.to_owned(),
            source: source["source"]["id"].as_str().unwrap().to_owned(),
            told: 0,
        }
    }

    /// # Errors
    /// Why it was not acknowledged.
    pub async fn state(
        &self,
        server: SocketAddr,
        statement: &Statement,
    ) -> Result<Acknowledgement, Unacknowledged> {
        let payload = self
            .write(
                server,
                "recordStatement",
                "statement { number summary }",
                &statement.input,
            )
            .await?;
        let head = &payload["ledgerHead"];
        assert_eq!(payload["statement"]["number"], head["seq"], "{payload}");
        Ok(Acknowledgement {
            key: statement.key.clone(),
            seq: head["seq"].as_i64().unwrap(),
            hash: head["hash"].as_str().unwrap().to_owned(),
        })
    }

    async fn write(
        &self,
        server: SocketAddr,
        mutation: &str,
        fields: &str,
        input: &Value,
    ) -> Result<Value, Unacknowledged> {
        let (first, rest) = mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {fields} ledgerHead {{ seq hash }} }} }}",
            first.to_uppercase()
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        let mut answer = self.ask(server, &body).await?;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(Unacknowledged::Refused(code.to_owned())),
            None => Ok(answer["data"][mutation].take()),
        }
    }

    /// The data of a query.
    /// # Errors
    /// Why there are none.
    pub async fn query(&self, server: SocketAddr, query: &str) -> Result<Value, Unacknowledged> {
        let mut answer = self.ask(server, &json!({ "query": query })).await?;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(Unacknowledged::Refused(code.to_owned())),
            None => Ok(answer["data"].take()),
        }
    }

    async fn ask(&self, server: SocketAddr, body: &Value) -> Result<Value, Unacknowledged> {
        let request = self.http.post(format!("http://{server}/graphql"));
        let answer = request.bearer_auth(&self.token).json(body).send().await;
        let answer = answer.map_err(|_| Unacknowledged::Silent)?;
        answer.json().await.map_err(|_| Unacknowledged::Silent)
    }
}

/// Statements without end, each a move of one of many states, the same at every telling.
#[derive(Clone, Debug)]
pub struct Story {
    pub slug: String,
    source: String,
    told: usize,
}

#[derive(Clone, Debug)]
pub struct Statement {
    /// Its idempotency key.
    pub key: String,
    input: Value,
}

const STANCES: [&str; 5] = [
    "NAMED",
    "APPROACHED",
    "NEGOTIATING",
    "AGREED",
    "IMPLEMENTING",
];
/// 2025-01-20, from which on a round of all states takes a day.
const BEGINNING: chrono::NaiveDate = chrono::NaiveDate::from_ymd_opt(2025, 1, 20).expect("a day");

impl Story {
    pub fn next(&mut self) -> Statement {
        self.told += 1;
        self.statement(self.told - 1)
    }

    /// The first from this number on of which this holds, and its number: (state, stance).
    pub fn find(&self, from: usize, holds: impl Fn(&str, &str) -> bool) -> (usize, Statement) {
        let mut numbers = from..;
        let number = numbers.find(|number| {
            let (_, state, stance) = Self::move_of(*number);
            holds(state, stance)
        });
        let number = number.expect("there is no end");
        (number, self.statement(number))
    }

    /// Round, state and stance.
    fn move_of(number: usize) -> (usize, &'static str, &'static str) {
        let states = ATLAS.countries.len() - 1;
        let (round, state) = (number / states, number % states);
        let mut asked = ATLAS
            .countries
            .iter()
            .filter(|country| country.code != "US");
        let state = asked.nth(state).expect("it is below their number");
        (round, &state.code, STANCES[round % STANCES.len()])
    }

    fn statement(&self, number: usize) -> Statement {
        let (round, state, stance) = Self::move_of(number);
        let day = BEGINNING + chrono::Days::new(round as u64);
        let key = format!("{}-{number}", self.slug);
        let input = json!({
            "idempotencyKey": key,
            "subject": { "relationship": { "initiative": self.slug, "requestedState": state } },
            "claimant": { "kind": "REQUESTED_STATE", "label": "Foreign ministry" },
            "validFrom": day.to_string(),
            "summary": format!("The ministry says where the state stands, key={key};"),
            "body": { "stance": { "stance": stance } },
            "evidence": [{ "source": self.source, "relation": "SUPPORTS" }],
        });
        Statement { key, input }
    }

    /// As [`Story::next`], but of a state that is none: refused, after the ledger was asked to record it.
    pub fn wrong(&self) -> Statement {
        let Statement { key, mut input } = self.statement(self.told);
        input["evidence"][0]["source"] = "U3RhdGVtZW50OjE".into();
        let key = format!("{key}-wrong");
        input["idempotencyKey"] = key.as_str().into();
        Statement { key, input }
    }
}
