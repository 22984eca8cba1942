//! Random writes of every kind through the API, for tests of properties.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{
    correction, document, dry_run_of, evidence, id, in_bundled_initiative, initiative, source,
    stance_input,
};

/// Random writes of every kind, about the initiative `asks` and the bundled one.
pub struct RandomWriter<'a> {
    app: &'a TestApp,
    random: fastrand::Rng,
    statements: Vec<Value>,
    sources: Vec<String>,
    imports: usize,
}

const STANCES: [&str; 5] = ["NAMED", "APPROACHED", "AGREED", "REFUSED", "IMPLEMENTING"];
const STATES: [&str; 6] = ["RW", "PE", "AD", "ZW", "KI", "SZ"];

impl<'a> RandomWriter<'a> {
    /// Opens the initiative.
    pub async fn start(app: &'a TestApp, seed: u64) -> Self {
        app.mutate("openInitiative", &initiative("asks")).await;
        Self {
            app,
            random: fastrand::Rng::with_seed(seed),
            statements: Vec::new(),
            sources: vec![app.register_source().await],
            imports: 0,
        }
    }

    /// Writes until the ledger has so many more entries, or a few more.
    pub async fn write_entries(&mut self, count: i64) {
        let end = self.app.head().await["seq"].as_i64().unwrap() + count;
        while self.app.head().await["seq"].as_i64().unwrap() < end {
            self.write(5).await;
            self.import().await;
        }
    }

    /// A document of eight statements, one of which is a correction and one a denial.
    async fn import(&mut self) {
        self.imports += 1;
        let number = self.imports;
        let mut all = document("imported", &STATES);
        let statements = all["statements"].as_array_mut().unwrap();
        statements.extend([0, 1].map(|at| statements[at].clone()));
        for (at, statement) in statements.iter_mut().enumerate() {
            let (stance, day) = (self.pick(&STANCES), self.day());
            statement["key"] = format!("{number}-{at}").into();
            statement["body"]["stance"]["stance"] = stance.into();
            statement["validFrom"] = day.into();
            match at {
                6 => statement["corrects"] = format!("{number}-0").into(),
                7 => statement["contradicts"] = json!([format!("{number}-1")]),
                _ => {}
            }
        }
        self.app.import(&all).await;
    }

    pub async fn write(&mut self, count: usize) {
        for _ in 0..count {
            match self.random.u8(..12) {
                0 => self.register_source().await,
                1 | 2 => self.correct().await,
                3 | 4 => self.retract().await,
                5 => self.add_evidence().await,
                6 => self.review().await,
                7 => self.correct_source().await,
                _ => self.record().await,
            }
        }
    }

    async fn register_source(&mut self) {
        let mut input = source();
        input["title"] = format!("A report of the ministry, {}", self.random.u8(..9)).into();
        input["publishedOn"] = self.day().into();
        let payload = self.app.mutate("registerSource", &input).await;
        self.sources
            .push(payload["source"]["id"].as_str().unwrap().to_owned());
    }

    /// With a wrong version at times, and an original that may derive from it.
    async fn correct_source(&mut self) {
        let (id, other) = (self.source(), self.source());
        let query = format!(r#"{{ node(id: "{id}") {{ ... on Source {{ version }} }} }}"#);
        let version = self.app.query(&query).await["node"]["version"].as_i64();
        let mut input = source();
        input["source"] = id.into();
        input["version"] = (version.unwrap() - i64::from(self.random.u8(..6) == 0)).into();
        input["reason"] = "The date was that of another report.".into();
        input["title"] = format!("A corrected report, {}", self.random.u8(..9)).into();
        input["publishedOn"] = match self.random.u8(..4) {
            0 => Value::Null,
            _ => self.day().into(),
        };
        if self.random.u8(..3) == 0 {
            input["derivedFrom"] = other.into();
        }
        self.send("correctSource", &input).await;
    }

    async fn record(&mut self) {
        let (state, stance) = (self.pick(&STATES), self.pick(&STANCES));
        let day = self.day();
        let mut input = stance_input(&self.source(), state, stance, &day);
        if self.random.bool() {
            input = in_bundled_initiative(input);
        }
        if let Some(denied) = self
            .random
            .choice(&self.statements)
            .filter(|_| self.random.bool())
        {
            let mut denial = input.clone();
            denial["contradicts"] = json!([denied["id"]]);
            let response = self.send("recordStatement", &denial).await;
            return self.push(&response, "recordStatement");
        }
        let response = self.send("recordStatement", &input).await;
        self.push(&response, "recordStatement");
    }

    async fn correct(&mut self) {
        let Some(statement) = self.statement() else {
            return;
        };
        let (stance, day) = (self.pick(&STANCES), self.day());
        let mut input = correction(&statement, &self.source(), stance, &day);
        input["settlesDisputes"] = self.random.bool().into();
        let response = self.send("correctStatement", &input).await;
        self.push(&response, "correctStatement");
    }

    async fn retract(&mut self) {
        let Some(statement) = self.statement() else {
            return;
        };
        let input = json!({ "statement": statement["id"], "reason": "Never said." });
        self.send("retractStatement", &input).await;
    }

    async fn add_evidence(&mut self) {
        let Some(statement) = self.statement() else {
            return;
        };
        let input = evidence(&json!({ "statement": statement }), &self.source());
        self.send("addEvidence", &input).await;
    }

    /// Of a relationship, which may not exist, or of a whole initiative.
    async fn review(&mut self) {
        let slug = ["asks", "us-third-country-removals"][usize::from(self.random.bool())];
        let state = self.pick(&STATES);
        let subject = match self.random.u8(..4) {
            0 => json!({ "initiative": slug }),
            _ => json!({ "relationship": { "initiative": slug, "requestedState": state } }),
        };
        let mut input = json!({ "subject": subject, "note": "Two newspapers." });
        if self.random.bool() {
            input["reviewedOn"] = self.day().into();
        }
        self.send("recordReview", &input).await;
    }

    /// Writes after a dry run, which must foresee the result.
    async fn send(&self, mutation: &str, input: &Value) -> Value {
        let planned = dry_run_of(self.app, mutation, input).await;
        let written = self.app.try_mutate(mutation, input).await;
        let errors = |response: &Value| response["errors"][0]["extensions"].clone();
        assert_eq!(errors(&planned), errors(&written), "{mutation} {input}");
        let change = |payload: &Value| ["from", "to", "kind"].map(|key| payload[key].clone());
        let planned = &planned["data"][mutation]["dryRun"]["stanceChange"];
        let written_change = &written["data"][mutation]["stanceChange"];
        assert_eq!(
            change(planned),
            change(written_change),
            "{mutation} {input}"
        );
        written
    }

    fn push(&mut self, response: &Value, mutation: &str) {
        let payload = &response["data"][mutation];
        if payload["statement"].is_object() {
            assert!(!id(payload).is_empty());
            self.statements.push(payload["statement"].clone());
        }
    }

    fn statement(&mut self) -> Option<Value> {
        self.random.choice(&self.statements).cloned()
    }

    fn source(&mut self) -> String {
        self.random.choice(&self.sources).unwrap().clone()
    }

    fn pick<'t>(&mut self, all: &[&'t str]) -> &'t str {
        self.random.choice(all).unwrap()
    }

    fn day(&mut self) -> String {
        format!(
            "2026-{:02}-{:02}",
            self.random.u8(1..11),
            self.random.u8(1..29)
        )
    }
}
