//! Writes: what is recorded, what is refused, and that the ledger then holds just that.

use serde_json::{Value, json};

use super::Run;
use crate::Proven;
use crate::command::{About, Again, Cited, Draft, Issue, Pick, Target, When};
use crate::date::{Written, day_of};
use crate::rules::write::{Refusal, Signature};
use crate::rules::{Content, Subject, What};
use crate::told::{change, compare};
use crate::wording::{Wording, word};

/// A write that was recorded, for repeating it.
#[derive(Clone)]
pub(super) struct Write {
    /// The place of the editor.
    editor: usize,
    key: String,
    content: Content,
}

/// As the ledger names the editors.
const ACTORS: [&str; 2] = ["token:desk", "token:night"];

impl Run<'_> {
    pub(super) async fn open(&mut self, slug: u8) -> Proven {
        let requesting = ["US", "GB", "US"][usize::from(slug)];
        let slug = format!("asks-{slug}");
        self.write(What::Initiative { slug, requesting }, None)
            .await
    }

    pub(super) async fn register(
        &mut self,
        published: Option<Written>,
        original: Option<Pick>,
    ) -> Proven {
        let today = day_of(self.service().now());
        let what = What::Source {
            published: published.map(|written| written.on(today)),
            original: original.and_then(|pick| self.source(pick)),
        };
        self.write(what, None).await
    }

    pub(super) async fn record(&mut self, about: About, draft: &Draft, at: When) -> Proven {
        let initiatives = self.book.ledger.initiatives();
        let open: Vec<i64> = initiatives.map(|(seq, _, _)| seq).collect();
        let initiative = |pick: Pick| pick.of(&open).copied();
        let subject = match about {
            About::Relationship(pick, state) => {
                initiative(pick).map(|initiative| Subject::Relationship(initiative, state))
            }
            About::Country(code) => Some(Subject::Country(code)),
            About::Initiative(pick) => initiative(pick).map(Subject::Initiative),
        };
        let claim = subject.and_then(|subject| self.claim(subject, draft));
        match claim {
            Some(claim) => self.write(What::Statement(claim), Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn correct(&mut self, of: Target, draft: &Draft, at: When) -> Proven {
        let Some(of) = self.target(of) else {
            return Ok(());
        };
        let corrected = self.book.ledger.claim(of);
        let subject = corrected.map(|claim| claim.subject.clone());
        match subject.and_then(|subject| self.claim(subject, draft)) {
            Some(claim) => self.write(What::Correction { of, claim }, Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn retract(&mut self, of: Target, at: When) -> Proven {
        match self.target(of) {
            Some(of) => self.write(What::Retraction { of }, Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn add_evidence(&mut self, to: Pick, cited: &[Cited], at: When) -> Proven {
        let evidence = self.evidence(cited);
        let statements: Vec<i64> = self.book.ledger.claims().map(|(seq, _)| seq).collect();
        match to.of(&statements).copied() {
            Some(of) if !evidence.is_empty() => {
                self.write(What::Evidence { of, evidence }, Some(at)).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn import(&mut self, issue: Issue) -> Proven {
        let now = self.service().now();
        let expected = issue.record(&mut self.book.ledger, now);
        let refused = self.service().import(&issue.text()).await?;
        let model = json!(expected.err().map(|(code, _)| code));
        compare("the refusal of an import", &json!(refused), &model)?;
        self.catch_up().await
    }

    pub(super) async fn repeat(&mut self, write: Pick, how: Again) -> Proven {
        let Some(mut write) = write.of(&self.writes).cloned() else {
            return Ok(());
        };
        match how {
            Again::Unchanged => {}
            Again::Reworded => write.content.words.push_str(", in other words"),
            Again::ByTheOther => write.editor = 1 - write.editor,
        }
        self.send(&write, None).await
    }

    async fn write(&mut self, what: What, at: Option<When>) -> Proven {
        self.keys += 1;
        let key = format!("key-{}", self.keys);
        let words = format!("Words of {key}");
        let write = Write {
            editor: 0,
            key,
            content: Content { words, what },
        };
        self.send(&write, at).await
    }

    /// Afterwards the relationship that it is about is looked at, now and at a moment.
    async fn send(&mut self, write: &Write, at: Option<When>) -> Proven {
        let Write {
            editor,
            key,
            content,
        } = write;
        let now = self.service().now();
        let mut wording = word(&self.book.ledger, content);
        wording.input["idempotencyKey"] = key.as_str().into();
        let signature = Signature {
            actor: ACTORS[*editor],
            key: key.clone(),
        };
        let before = self.book.ledger.head();
        let expected = self.book.ledger.record(&signature, content.clone(), now);
        let told = self.hand_in(*editor, &wording).await?;
        self.catch_up().await?;
        compare(wording.mutation, &told, &self.answer(&expected, content))?;
        if self.book.ledger.head() > before {
            self.writes.push(write.clone());
        }
        match self.relationship_of(&content.what) {
            Some(relationship) if expected.is_ok() => self.look(relationship, at).await,
            _ => Ok(()),
        }
    }

    async fn hand_in(&self, editor: usize, wording: &Wording) -> Proven<Value> {
        let fields = format!(
            "{} ledgerHead {{ seq hash cursor }} stanceChange {{ {} }}",
            wording.object,
            change!()
        );
        let client = &self.service().client;
        let told = client
            .write(editor, wording.mutation, &fields, &wording.input)
            .await?;
        Ok(told.unwrap_or_else(|refused| json!([refused.0, refused.1])))
    }

    /// What must be answered.
    fn answer(&self, expected: &Result<i64, Refusal>, content: &Content) -> Value {
        let seq = match expected {
            Ok(seq) => *seq,
            Err((code, field)) => return json!([code, field]),
        };
        let place = self.book.place(seq);
        let mut answer = json!({
            "ledgerHead": { "seq": seq, "hash": place.hash, "cursor": place.cursor },
            "stanceChange": self.book.change(seq),
        });
        let (object, fields) = match &content.what {
            What::Initiative { slug, .. } => (
                "initiative",
                json!({ "slug": slug, "title": content.words }),
            ),
            What::Source { published, .. } => {
                let published = published.as_ref().map(|date| &date.text);
                let fields = json!({ "publishedOn": published, "title": content.words });
                ("source", fields)
            }
            What::Statement(_) | What::Correction { .. } => ("statement", self.standing(seq)),
            What::Retraction { of } | What::Evidence { of, .. } => {
                ("statement", self.standing(*of))
            }
        };
        answer[object] = fields;
        answer
    }

    fn standing(&self, seq: i64) -> Value {
        json!({ "number": seq, "standing": self.book.ledger.standing(seq) })
    }
}
