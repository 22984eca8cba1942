//! Writes: compares responses and rejections with the model, and the ledger after each write.

use serde_json::{Value, json};

use super::Run;
use crate::TestResult;
use crate::command::{
    ClaimDraft, DocumentVersion, EvidenceChoice, MomentChoice, Pick, Repetition, StatementChoice,
    SubjectChoice,
};
use crate::date::{DateForm, day_of, days_before};
use crate::expected::{change, compare};
use crate::mutation::{MutationRequest, mutation_for};
use crate::rules::write::{Rejection, WriteKey};
use crate::rules::{Action, Content, Subject};

/// A recorded write, to be repeated.
#[derive(Clone)]
pub(super) struct Write {
    /// Index of the editor.
    editor: usize,
    key: String,
    content: Content,
}

/// The editors as actors of entries.
const ACTORS: [&str; 2] = ["token:desk", "token:night"];

impl Run<'_> {
    pub(super) async fn open(&mut self, slug: u8) -> TestResult {
        let requesting = ["US", "GB", "US"][usize::from(slug)];
        let slug = format!("asks-{slug}");
        self.write(Action::Initiative { slug, requesting }, None)
            .await
    }

    pub(super) async fn register(
        &mut self,
        published: Option<DateForm>,
        original: Option<Pick>,
    ) -> TestResult {
        let today = day_of(self.service().now());
        let action = Action::Source {
            published: published.map(|form| form.on(today)),
            original: original.and_then(|pick| self.source(pick)),
        };
        self.write(action, None).await
    }

    pub(super) async fn correct_source(
        &mut self,
        (of, stale): (Pick, bool),
        published: Option<DateForm>,
        original: Option<Pick>,
    ) -> TestResult {
        let Some(of) = self.source(of) else {
            return Ok(());
        };
        let today = day_of(self.service().now());
        let newest = self.model.ledger.source(of);
        let newest = newest.map_or(of, |data| data.version);
        let action = Action::SourceCorrection {
            of,
            version: if stale { of } else { newest },
            published: published.map(|form| form.on(today)),
            original: original.and_then(|pick| self.source(pick)),
        };
        self.write(action, None).await
    }

    pub(super) async fn record(
        &mut self,
        choice: SubjectChoice,
        claim_draft: &ClaimDraft,
        at: MomentChoice,
    ) -> TestResult {
        let initiatives = self.model.ledger.initiatives();
        let initiatives: Vec<i64> = initiatives.map(|(seq, _, _)| seq).collect();
        let initiative = |pick: Pick| pick.select(&initiatives).copied();
        let subject = match choice {
            SubjectChoice::Relationship(pick, state) => {
                initiative(pick).map(|initiative| Subject::Relationship(initiative, state))
            }
            SubjectChoice::Country(code) => Some(Subject::Country(code)),
            SubjectChoice::Initiative(pick) => initiative(pick).map(Subject::Initiative),
        };
        let claim = subject.and_then(|subject| self.claim(subject, claim_draft));
        match claim {
            Some(claim) => self.write(Action::Statement(claim), Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn correct(
        &mut self,
        of: StatementChoice,
        claim_draft: &ClaimDraft,
        at: MomentChoice,
    ) -> TestResult {
        let Some(of) = self.target(of) else {
            return Ok(());
        };
        let corrected = self.model.ledger.claim(of);
        let subject = corrected.map(|claim| claim.subject.clone());
        match subject.and_then(|subject| self.claim(subject, claim_draft)) {
            Some(claim) => {
                let correction = Action::Correction {
                    of,
                    keeps_disputes: claim_draft.keeps_disputes,
                    claim,
                };
                self.write(correction, Some(at)).await
            }
            None => Ok(()),
        }
    }

    pub(super) async fn retract(&mut self, of: StatementChoice, at: MomentChoice) -> TestResult {
        match self.target(of) {
            Some(of) => self.write(Action::Retraction { of }, Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn add_evidence(
        &mut self,
        to: Pick,
        choices: &[EvidenceChoice],
        at: MomentChoice,
    ) -> TestResult {
        let evidence = self.evidence(choices);
        let statements: Vec<i64> = self.model.ledger.claims().map(|(seq, _)| seq).collect();
        match to.select(&statements).copied() {
            Some(of) if !evidence.is_empty() => {
                self.write(Action::Evidence { of, evidence }, Some(at))
                    .await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn review(
        &mut self,
        of: Pick,
        state: Option<&'static str>,
        days_ago: Option<u8>,
    ) -> TestResult {
        let today = day_of(self.service().now());
        let initiatives = self.model.ledger.initiatives();
        let initiatives: Vec<i64> = initiatives.map(|(seq, _, _)| seq).collect();
        let Some(initiative) = of.select(&initiatives).copied() else {
            return Ok(());
        };
        let review = Action::Review {
            initiative,
            state,
            on: days_ago.map(|days_ago| days_before(today, days_ago)),
        };
        self.write(review, None).await
    }

    pub(super) async fn import(&mut self, version: DocumentVersion) -> TestResult {
        let now = self.service().now();
        let outcome = version.record(&mut self.model.ledger, now);
        let rejected = self.service().import(&version.to_json()).await?;
        let expected = json!(outcome.err().map(|(code, _)| code));
        compare("the error of an import", &json!(rejected), &expected)?;
        self.catch_up().await
    }

    pub(super) async fn repeat(&mut self, write: Pick, repetition: Repetition) -> TestResult {
        let Some(mut write) = write.select(&self.writes).cloned() else {
            return Ok(());
        };
        match repetition {
            Repetition::Unchanged => {}
            Repetition::Reworded => write.content.text.push_str(", in other words"),
            Repetition::ByOtherEditor => write.editor = 1 - write.editor,
        }
        self.send(&write, None).await
    }

    async fn write(&mut self, action: Action, at: Option<MomentChoice>) -> TestResult {
        self.keys += 1;
        let key = format!("key-{}", self.keys);
        let text = format!("Text of {key}");
        let write = Write {
            editor: 0,
            key,
            content: Content { text, action },
        };
        self.send(&write, at).await
    }

    /// Sends a write and compares the response, then the relationship that it is about, now and at a moment.
    async fn send(&mut self, write: &Write, at: Option<MomentChoice>) -> TestResult {
        let Write {
            editor,
            key,
            content,
        } = write;
        let now = self.service().now();
        let mut request = mutation_for(&self.model.ledger, content);
        request.input["idempotencyKey"] = key.as_str().into();
        let write_key = WriteKey {
            actor: ACTORS[*editor],
            key: key.clone(),
        };
        let before = self.model.ledger.head();
        let outcome = self.model.ledger.record(&write_key, content.clone(), now);
        let response = self.send_mutation(*editor, &request).await?;
        self.catch_up().await?;
        compare(
            request.mutation,
            &response,
            &self.expected_response(&outcome, content),
        )?;
        if self.model.ledger.head() > before {
            self.writes.push(write.clone());
        }
        match self.relationship_of(&content.action) {
            Some(relationship) if outcome.is_ok() => self.check_position(relationship, at).await,
            _ => Ok(()),
        }
    }

    async fn send_mutation(&self, editor: usize, request: &MutationRequest) -> TestResult<Value> {
        let fields = format!(
            "{} ledgerHead {{ seq hash cursor }} stanceChange {{ {} }}",
            request.selection,
            change!()
        );
        let client = &self.service().client;
        let response = client
            .write(editor, request.mutation, &fields, &request.input)
            .await?;
        Ok(response.unwrap_or_else(|error| json!([error.0, error.1])))
    }

    /// The expected response.
    fn expected_response(&self, outcome: &Result<i64, Rejection>, content: &Content) -> Value {
        let seq = match outcome {
            Ok(seq) => *seq,
            Err((code, field)) => return json!([code, field]),
        };
        let entry_ref = self.model.entry_ref(seq);
        let mut response = json!({
            "ledgerHead": { "seq": seq, "hash": entry_ref.hash, "cursor": entry_ref.cursor },
            "stanceChange": self.model.change(seq),
        });
        let (object, fields) = match &content.action {
            Action::Initiative { slug, .. } => {
                ("initiative", json!({ "slug": slug, "title": content.text }))
            }
            // After a repetition, those of now.
            Action::Source { .. } => ("source", self.source_data(seq)),
            Action::SourceCorrection { of, .. } => {
                let version = self.model.ledger.source(*of).map(|data| data.version);
                let mut fields = self.source_data(*of);
                fields["version"] = json!(version);
                ("source", fields)
            }
            Action::Statement(_) | Action::Correction { .. } => ("statement", self.standing(seq)),
            Action::Retraction { of } | Action::Evidence { of, .. } => {
                ("statement", self.standing(*of))
            }
            Action::Review { on, .. } => {
                let entry = self.model.ledger.entry(seq);
                let recorded_on = entry.map(|entry| day_of(entry.recorded_at));
                let day = on.or(recorded_on).map(|day| day.to_string());
                let note = &content.text;
                ("review", json!({ "seq": seq, "day": day, "note": note }))
            }
        };
        response[object] = fields;
        response
    }

    fn source_data(&self, source: i64) -> Value {
        let data = self.model.ledger.source(source);
        let data = data.expect("the source is recorded");
        let published = data.published.map(|date| &date.text);
        json!({ "publishedOn": published, "title": data.title })
    }

    fn standing(&self, seq: i64) -> Value {
        json!({ "number": seq, "standing": self.model.ledger.standing(seq) })
    }
}
