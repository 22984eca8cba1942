//! HTTP client that records statements, each of which moves a state from one stance to the next.

use std::net::SocketAddr;
use std::time::Duration;

use demarche::model::country::ATLAS;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An editor with a token. Clones share its connections.
#[derive(Clone)]
pub struct Editor {
    http: reqwest::Client,
    token: String,
}

/// Response to an acknowledged write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub key: String,
    pub seq: i64,
    pub hash: String,
}

/// Reason why a write was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteFailure {
    /// No response: the write may or may not be recorded.
    NoResponse,
    /// Error code: the write is not recorded.
    Rejected(String),
}

/// The server's own limit for a request is 10 seconds; a longer wait means that it hangs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(40);

impl Editor {
    pub fn new(token: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(REQUEST_TIMEOUT);
        Self {
            http: http.build().unwrap(),
            token: token.to_owned(),
        }
    }

    /// Opens a separate initiative for a generator. The same slug gives the same statements again.
    pub async fn open_initiative(&self, server: SocketAddr, slug: &str) -> StatementGenerator {
        let initiative = json!({
            "idempotencyKey": format!("{slug}-initiative"), "slug": slug, "title": "Requests",
            "summary": "A diplomatic request.", "requestingState": "US", "startedOn": "2025-01-20",
        });
        let source = json!({
            "idempotencyKey": format!("{slug}-source"), "kind": "NEWS", "publisher": "A newspaper",
            "title": "A report", "url": "https://example.org/report", "publishedOn": "2025-06-25",
            "language": "en",
        });
        let initiative = self.write(server, "openInitiative", "initiative { id }", &initiative);
        initiative.await.unwrap();
        let source = self.write(server, "registerSource", "source { id }", &source);
        let source = source.await.unwrap();
        StatementGenerator {
            slug: slug.to_owned(),
            source: source["source"]["id"].as_str().unwrap().to_owned(),
            next_number: 0,
        }
    }

    /// # Errors
    /// The write was not acknowledged.
    pub async fn record_statement(
        &self,
        server: SocketAddr,
        statement: &Statement,
    ) -> Result<Acknowledgement, WriteFailure> {
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

    /// Retracts a statement. A retraction that was recorded already succeeds again.
    /// # Errors
    /// The write was not acknowledged.
    pub async fn retract_statement(
        &self,
        server: SocketAddr,
        statement: &Acknowledgement,
    ) -> Result<(), WriteFailure> {
        let query = format!("{{ statement(number: {}) {{ id }} }}", statement.seq);
        let found = self.query(server, &query).await?;
        let input = json!({
            "idempotencyKey": format!("{}-retraction", statement.key),
            "statement": found["statement"]["id"],
            "reason": "The source withdrew its report",
        });
        let fields = "statement { standing }";
        let written = self.write(server, "retractStatement", fields, &input);
        written.await.map(drop)
    }

    async fn write(
        &self,
        server: SocketAddr,
        mutation: &str,
        fields: &str,
        input: &Value,
    ) -> Result<Value, WriteFailure> {
        let (first, rest) = mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {fields} ledgerHead {{ seq hash }} }} }}",
            first.to_uppercase()
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        let mut response: Value = self.post(server, &body).await?;
        match response["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(WriteFailure::Rejected(code.to_owned())),
            None => Ok(response["data"][mutation].take()),
        }
    }

    /// The data of a query.
    /// # Errors
    /// The request failed.
    pub async fn query(&self, server: SocketAddr, query: &str) -> Result<Value, WriteFailure> {
        let mut response: Value = self.post(server, &json!({ "query": query })).await?;
        match response["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(WriteFailure::Rejected(code.to_owned())),
            None => Ok(response["data"].take()),
        }
    }

    /// # Errors
    /// No response, or one of another type.
    pub async fn post<T: DeserializeOwned>(
        &self,
        server: SocketAddr,
        body: &Value,
    ) -> Result<T, WriteFailure> {
        let request = self.http.post(format!("http://{server}/graphql"));
        let response = request.bearer_auth(&self.token).json(body).send().await;
        let response = response.map_err(|_| WriteFailure::NoResponse)?;
        response.json().await.map_err(|_| WriteFailure::NoResponse)
    }
}

/// Generates statements without end, each of which moves one of many states. The sequence is deterministic.
#[derive(Clone, Debug)]
pub struct StatementGenerator {
    pub slug: String,
    source: String,
    next_number: usize,
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
/// 2025-01-20; from then on, one day per round over all states.
const FIRST_DAY: chrono::NaiveDate = chrono::NaiveDate::from_ymd_opt(2025, 1, 20).expect("a day");

impl StatementGenerator {
    pub fn next(&mut self) -> Statement {
        self.next_number += 1;
        self.statement(self.next_number - 1)
    }

    /// The first statement from number `from` on whose state and stance match, with its number.
    pub fn find_from(
        &self,
        from: usize,
        matches: impl Fn(&str, &str) -> bool,
    ) -> (usize, Statement) {
        let mut numbers = from..;
        let number = numbers.find(|number| {
            let (_, state, stance) = Self::stance_move(*number);
            matches(state, stance)
        });
        let number = number.expect("the sequence is endless");
        (number, self.statement(number))
    }

    /// Round, state and stance.
    fn stance_move(number: usize) -> (usize, &'static str, &'static str) {
        let states = ATLAS.countries.len() - 1;
        let (round, state) = (number / states, number % states);
        let mut requested_states = ATLAS
            .countries
            .iter()
            .filter(|country| country.code != "US");
        let state = requested_states
            .nth(state)
            .expect("below the number of states");
        (round, &state.code, STANCES[round % STANCES.len()])
    }

    fn statement(&self, number: usize) -> Statement {
        let (round, state, stance) = Self::stance_move(number);
        let day = FIRST_DAY + chrono::Days::new(round as u64);
        let key = format!("{}-{number}", self.slug);
        let input = json!({
            "idempotencyKey": key,
            "subject": { "relationship": { "initiative": self.slug, "requestedState": state } },
            "claimant": { "kind": "REQUESTED_STATE", "label": "Foreign ministry" },
            "validFrom": day.to_string(),
            "summary": format!("A statement of the ministry, key={key};"),
            "body": { "stance": { "stance": stance } },
            "evidence": [{ "source": self.source, "relation": "SUPPORTS" }],
        });
        Statement { key, input }
    }

    /// Like [`StatementGenerator::next`], but with an unknown source: rejected only after the writer has looked it up.
    pub fn invalid_statement(&self) -> Statement {
        let Statement { key, mut input } = self.statement(self.next_number);
        input["evidence"][0]["source"] = "U3RhdGVtZW50OjE".into();
        let key = format!("{key}-invalid");
        input["idempotencyKey"] = key.as_str().into();
        Statement { key, input }
    }
}
