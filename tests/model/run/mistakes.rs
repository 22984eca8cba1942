//! Inputs that are wrong: each has its code and its field, and nothing is written.

use serde_json::{Value, json};

use super::Run;
use crate::Proven;
use crate::command::{Mistake, Pick};
use crate::date::{Date, day_of};
use crate::draw::STATES;
use crate::rules::{Body, Claim, Content, Evidence, Subject, What};
use crate::told::compare;
use crate::wording::{source_id, statement_id, word};

/// Of an entry that is none.
const NOWHERE: i64 = 999_999;

impl Run<'_> {
    pub(super) async fn mistake(&mut self, kind: Mistake, pick: Pick) -> Proven {
        let told = match kind {
            Mistake::UnknownStatement => self.retract_id(&statement_id(NOWHERE)).await?,
            // The source of the beginning.
            Mistake::IdOfAnotherKind => self.retract_id(&source_id(2)).await?,
            Mistake::NoToken => self.send_wrong(&self.valid_input(), None).await?,
            Mistake::NoCursor => self.ask_after("no cursor").await?,
            Mistake::AnotherSubject => match self.elsewhere(pick) {
                Some(id) => self.contradict(&id).await?,
                None => return Ok(()),
            },
            Mistake::UnknownSource
            | Mistake::NoEvidence
            | Mistake::NoSupport
            | Mistake::UnknownStance
            | Mistake::Tomorrow
            | Mistake::RequestingStateItself
            | Mistake::UnknownCountry
            | Mistake::UnknownInitiative
            | Mistake::KindThatDoesNotFit => {
                let mut input = self.valid_input();
                spoil(&mut input, kind, self.service().now());
                self.send_wrong(&input, Some(0)).await?
            }
        };
        let (code, field) = refusal(kind);
        compare(&format!("{kind:?}"), &told, &json!([code, field]))?;
        self.catch_up().await
    }

    /// Of a statement that would be recorded.
    fn valid_input(&self) -> Value {
        let evidence = Evidence {
            source: 2,
            relation: "SUPPORTS",
        };
        let claim = Claim {
            subject: Subject::Relationship(1, STATES[0]),
            body: Body::Stance("NAMED"),
            from: Date::day(day_of(self.service().now())),
            evidence: vec![evidence],
            contradicts: Vec::new(),
        };
        let content = Content {
            words: "It is wrong".to_owned(),
            what: What::Statement(claim),
        };
        word(&self.book.ledger, &content).input
    }

    async fn send_wrong(&self, input: &Value, editor: Option<usize>) -> Proven<Value> {
        let query = "mutation($input: RecordStatementInput!) { recordStatement(input: $input) {
                       ledgerHead { seq } } }";
        let mut input = input.clone();
        input["idempotencyKey"] = "wrong".into();
        self.refusal(query, &json!({ "input": input }), editor)
            .await
    }

    async fn retract_id(&self, id: &str) -> Proven<Value> {
        let query = "mutation($input: RetractStatementInput!) { retractStatement(input: $input) {
                       ledgerHead { seq } } }";
        let input = json!({ "idempotencyKey": "wrong", "statement": id, "reason": "It is wrong" });
        self.refusal(query, &json!({ "input": input }), Some(0))
            .await
    }

    async fn contradict(&self, id: &str) -> Proven<Value> {
        let mut input = self.valid_input();
        input["contradicts"] = json!([id]);
        self.send_wrong(&input, Some(0)).await
    }

    /// The id of a statement about something else.
    fn elsewhere(&self, pick: Pick) -> Option<String> {
        let own = Subject::Relationship(1, STATES[0]);
        let others = self.book.ledger.claims();
        let others = others.filter(|(_, claim)| claim.subject != own);
        let others: Vec<i64> = others.map(|(seq, _)| seq).collect();
        pick.of(&others).map(|seq| statement_id(*seq))
    }

    async fn ask_after(&self, cursor: &str) -> Proven<Value> {
        let query = "query($after: String) { ledger { entries(after: $after) { totalCount } } }";
        self.refusal(query, &json!({ "after": cursor }), None).await
    }

    /// Code and field, or what is answered instead.
    async fn refusal(
        &self,
        query: &str,
        variables: &Value,
        editor: Option<usize>,
    ) -> Proven<Value> {
        let client = &self.service().client;
        let told = client.answer(query, variables, editor).await?;
        Ok(told.unwrap_or_else(|(code, field)| json!([code, field])))
    }
}

fn spoil(input: &mut Value, mistake: Mistake, now: i64) {
    let relationship = &mut input["subject"]["relationship"];
    match mistake {
        Mistake::UnknownSource => input["evidence"][0]["source"] = source_id(NOWHERE).into(),
        Mistake::NoEvidence => input["evidence"] = json!([]),
        Mistake::NoSupport => input["evidence"][0]["relation"] = "MENTIONS".into(),
        Mistake::UnknownStance => input["body"]["stance"]["stance"] = "UNKNOWN".into(),
        Mistake::Tomorrow => {
            let tomorrow = day_of(now) + chrono::Days::new(1);
            input["validFrom"] = tomorrow.to_string().into();
        }
        Mistake::RequestingStateItself => relationship["requestedState"] = "US".into(),
        Mistake::UnknownCountry => relationship["requestedState"] = "QQ".into(),
        Mistake::UnknownInitiative => relationship["initiative"] = "nobody-asks".into(),
        Mistake::KindThatDoesNotFit => input["body"] = crate::wording::body(Body::Count),
        Mistake::UnknownStatement
        | Mistake::IdOfAnotherKind
        | Mistake::AnotherSubject
        | Mistake::NoToken
        | Mistake::NoCursor => {}
    }
}

fn refusal(mistake: Mistake) -> (&'static str, &'static str) {
    match mistake {
        Mistake::UnknownStatement | Mistake::IdOfAnotherKind => ("NOT_FOUND", "input.statement"),
        Mistake::UnknownSource => ("NOT_FOUND", "input.evidence.0.source"),
        Mistake::NoEvidence | Mistake::NoSupport => ("BAD_USER_INPUT", "input.evidence"),
        Mistake::UnknownStance => ("BAD_USER_INPUT", "input.body.stance.stance"),
        Mistake::Tomorrow => ("BAD_USER_INPUT", "input.validFrom"),
        Mistake::RequestingStateItself => (
            "BAD_USER_INPUT",
            "input.subject.relationship.requestedState",
        ),
        Mistake::UnknownCountry => ("NOT_FOUND", "input.subject.relationship.requestedState"),
        Mistake::UnknownInitiative => ("NOT_FOUND", "input.subject.relationship.initiative"),
        Mistake::KindThatDoesNotFit => ("BAD_USER_INPUT", "input.subject"),
        Mistake::AnotherSubject => ("BAD_USER_INPUT", "input.contradicts.0"),
        Mistake::NoToken => ("UNAUTHENTICATED", ""),
        Mistake::NoCursor => ("CURSOR_INVALID", "after"),
    }
}
