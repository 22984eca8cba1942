//! Invalid inputs: each is rejected with its code and field, and nothing is written.

use serde_json::{Value, json};

use super::Run;
use crate::TestResult;
use crate::command::{Mistake, Pick};
use crate::date::{Date, day_of};
use crate::expected::compare;
use crate::mutation::{mutation_for, source_id, statement_id};
use crate::rules::{Action, Body, Claim, Content, Evidence, Subject};
use crate::strategies::STATES;

/// The number of an entry that does not exist.
const UNKNOWN_SEQ: i64 = 999_999;

impl Run<'_> {
    pub(super) async fn mistake(&mut self, kind: Mistake, pick: Pick) -> TestResult {
        let response = match kind {
            Mistake::UnknownStatement => self.retract_id(&statement_id(UNKNOWN_SEQ)).await?,
            // The source recorded at the start.
            Mistake::IdOfOtherType => self.retract_id(&source_id(2)).await?,
            Mistake::NoToken => self.send_invalid(&self.valid_input(), None).await?,
            Mistake::InvalidCursor => self.list_after("no cursor").await?,
            Mistake::DifferentSubject => match self.statement_about_other_subject(pick) {
                Some(id) => self.contradict(&id).await?,
                None => return Ok(()),
            },
            Mistake::UnknownSource
            | Mistake::NoEvidence
            | Mistake::NoSupportingEvidence
            | Mistake::UnknownStance
            | Mistake::FutureDate
            | Mistake::RequestingStateAsSubject
            | Mistake::UnknownCountry
            | Mistake::UnknownInitiative
            | Mistake::KindNotAllowed => {
                let mut input = self.valid_input();
                make_invalid(&mut input, kind, self.service().now());
                self.send_invalid(&input, Some(0)).await?
            }
        };
        let (code, field) = expected_error(kind);
        compare(&format!("{kind:?}"), &response, &json!([code, field]))?;
        self.catch_up().await
    }

    /// The input of a valid statement.
    fn valid_input(&self) -> Value {
        let evidence = Evidence {
            source: 2,
            relation: "SUPPORTS",
            published: None,
        };
        let claim = Claim {
            subject: Subject::Relationship(1, STATES[0]),
            claimant: "PRESS",
            body: Body::Stance("NAMED"),
            from: Date::day(day_of(self.service().now())),
            evidence: vec![evidence],
            contradicts: Vec::new(),
        };
        let content = Content {
            text: "It is wrong".to_owned(),
            action: Action::Statement(claim),
        };
        mutation_for(&self.model.ledger, &content).input
    }

    async fn send_invalid(&self, input: &Value, editor: Option<usize>) -> TestResult<Value> {
        let query = "mutation($input: RecordStatementInput!) { recordStatement(input: $input) {
                       ledgerHead { seq } } }";
        let mut input = input.clone();
        input["idempotencyKey"] = "wrong".into();
        self.execute(query, &json!({ "input": input }), editor)
            .await
    }

    async fn retract_id(&self, id: &str) -> TestResult<Value> {
        let query = "mutation($input: RetractStatementInput!) { retractStatement(input: $input) {
                       ledgerHead { seq } } }";
        let input = json!({ "idempotencyKey": "wrong", "statement": id, "reason": "It is wrong" });
        self.execute(query, &json!({ "input": input }), Some(0))
            .await
    }

    async fn contradict(&self, id: &str) -> TestResult<Value> {
        let mut input = self.valid_input();
        input["contradicts"] = json!([id]);
        self.send_invalid(&input, Some(0)).await
    }

    /// The id of a statement about another subject.
    fn statement_about_other_subject(&self, pick: Pick) -> Option<String> {
        let own = Subject::Relationship(1, STATES[0]);
        let others = self.model.ledger.claims();
        let others = others.filter(|(_, claim)| claim.subject != own);
        let others: Vec<i64> = others.map(|(seq, _)| seq).collect();
        pick.select(&others).map(|seq| statement_id(*seq))
    }

    async fn list_after(&self, cursor: &str) -> TestResult<Value> {
        let query = "query($after: String) { ledger { entries(after: $after) { totalCount } } }";
        self.execute(query, &json!({ "after": cursor }), None).await
    }

    /// Code and field of the error, or the data if there is none.
    async fn execute(
        &self,
        query: &str,
        variables: &Value,
        editor: Option<usize>,
    ) -> TestResult<Value> {
        let client = &self.service().client;
        let response = client.execute(query, variables, editor).await?;
        Ok(response.unwrap_or_else(|(code, field)| json!([code, field])))
    }
}

fn make_invalid(input: &mut Value, mistake: Mistake, now: i64) {
    let relationship = &mut input["subject"]["relationship"];
    match mistake {
        Mistake::UnknownSource => input["evidence"][0]["source"] = source_id(UNKNOWN_SEQ).into(),
        Mistake::NoEvidence => input["evidence"] = json!([]),
        Mistake::NoSupportingEvidence => input["evidence"][0]["relation"] = "MENTIONS".into(),
        Mistake::UnknownStance => input["body"]["stance"]["stance"] = "UNKNOWN".into(),
        Mistake::FutureDate => {
            let tomorrow = day_of(now) + chrono::Days::new(1);
            input["validFrom"] = tomorrow.to_string().into();
        }
        Mistake::RequestingStateAsSubject => relationship["requestedState"] = "US".into(),
        Mistake::UnknownCountry => relationship["requestedState"] = "QQ".into(),
        Mistake::UnknownInitiative => relationship["initiative"] = "unknown".into(),
        Mistake::KindNotAllowed => input["body"] = crate::mutation::body(Body::Count),
        Mistake::UnknownStatement
        | Mistake::IdOfOtherType
        | Mistake::DifferentSubject
        | Mistake::NoToken
        | Mistake::InvalidCursor => {}
    }
}

fn expected_error(mistake: Mistake) -> (&'static str, &'static str) {
    match mistake {
        Mistake::UnknownStatement | Mistake::IdOfOtherType => ("NOT_FOUND", "input.statement"),
        Mistake::UnknownSource => ("NOT_FOUND", "input.evidence[0].source"),
        Mistake::NoEvidence | Mistake::NoSupportingEvidence => ("BAD_USER_INPUT", "input.evidence"),
        Mistake::UnknownStance => ("BAD_USER_INPUT", "input.body.stance.stance"),
        Mistake::FutureDate => ("BAD_USER_INPUT", "input.validFrom"),
        Mistake::RequestingStateAsSubject => (
            "BAD_USER_INPUT",
            "input.subject.relationship.requestedState",
        ),
        Mistake::UnknownCountry => ("NOT_FOUND", "input.subject.relationship.requestedState"),
        Mistake::UnknownInitiative => ("NOT_FOUND", "input.subject.relationship.initiative"),
        Mistake::KindNotAllowed => ("BAD_USER_INPUT", "input.subject"),
        Mistake::DifferentSubject => ("BAD_USER_INPUT", "input.contradicts[0]"),
        Mistake::NoToken => ("UNAUTHENTICATED", ""),
        Mistake::InvalidCursor => ("CURSOR_INVALID", "after"),
    }
}
