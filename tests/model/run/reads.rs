//! Queries and their expected responses.

use serde_json::{Value, json};

use super::Run;
use crate::TestResult;
use crate::command::{FilterChoice, MomentChoice, Pick};
use crate::date::text_of;
use crate::expected::{RELATIONSHIP, change, compare, numbers};
use crate::filter::Filter;
use crate::mutation::{moment, source_id};
use crate::rules::position::Position;
use crate::rules::statement::{corrected_by, visible};
use crate::rules::{Moment, Subject};
use crate::strategies::STANCES;

const CHANGES: &str = concat!(
    "query($filter: StanceChangeFilter, $after: String) {
       stanceChanges(filter: $filter, after: $after, first: 30) { totalCount nodes { ",
    change!(),
    " } } }"
);
const LISTS: &str = "query($at: MomentInput, $from: MomentInput!) {
  relationships(at: $at, first: 100) { totalCount nodes { initiative { slug } requestedState { code }
    stance since disputed reviewedOn(at: $at) position(at: $at) { stance since disputed } } edges { position { stance since disputed } } }
  queue: relationships(at: $at, first: 100, orderBy: { field: REVIEWED, direction: DESC }) { nodes {
    initiative { slug } requestedState { code } reviewedOn(at: $at) } }
  initiatives { slug reviewedOn(at: $at) tally(at: $at) { total disputed byStance { stance count } }
    changes(between: { from: $from, to: {} }) { relationship { requestedState { code } }
      from { stance since certain disputed } to { stance since certain disputed } } }
  statements(at: $at, last: 100) { totalCount nodes { number } } }";
const STATEMENT: &str = "query($number: ID!) { statement(number: $number) {
  number kind standing validFrom summary publishedOn recordedAt retractedAt retractionReason
  corrects { number } correctedBy { number } contradicts { number } contradictedBy { number }
  evidence { relation recordedAt publishedOn source { id } } ... on StanceStatement { stance } }
  recalled(statements: [$number]) { statement { number } successors { number } current { number }
    revisions { cursor kind recordedAt statement { number } by { number } entry { seq } } } }";

impl Run<'_> {
    pub(super) async fn check_position_of(
        &self,
        relationship: Pick,
        at: MomentChoice,
    ) -> TestResult {
        let relationships = self.model.ledger.relationships();
        match relationship.select(&relationships) {
            Some(relationship) => self.check_position(*relationship, Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn check_position(
        &self,
        (initiative, state): (i64, &'static str),
        at: Option<MomentChoice>,
    ) -> TestResult {
        let at = at.map_or(Moment::default(), |choice| self.moment(choice));
        let slug = self.model.ledger.slug(initiative);
        let variables = json!({ "slug": slug, "states": [state], "at": moment(&at) });
        let response = self
            .service()
            .client
            .query(RELATIONSHIP, &variables)
            .await?;
        let relationship = self.model.relationship(initiative, state, &at);
        let expected = json!({ "initiative": { "relationships": { "nodes": [relationship] } } });
        compare(&format!("{slug} {state} at {at:?}"), &response, &expected)
    }

    pub(super) async fn list_changes(&self, choice: &FilterChoice, after: Pick) -> TestResult {
        let filter = Filter::new(choice, &self.model.ledger);
        let mut variables = filter.variables(&self.model.ledger);
        let entry_ref = after.select(&self.model.entry_refs);
        variables["after"] = json!(entry_ref.map(|entry_ref| &entry_ref.cursor));
        let matching = self.model.ledger.numbered();
        let matching =
            matching.filter(|(seq, entry)| filter.matches(*seq, entry, &self.model.ledger));
        let matching: Vec<i64> = matching.map(|(seq, _)| seq).collect();
        let last = self
            .model
            .entry_refs
            .iter()
            .position(|one| Some(one) == entry_ref);
        let last = i64::try_from(last.unwrap_or_default()).expect("the ledger fits into memory");
        let later = matching.iter().filter(|seq| **seq > last).take(30);
        let nodes: Vec<Value> = later.map(|seq| self.model.change(*seq)).collect();
        let expected = json!({ "stanceChanges": { "totalCount": matching.len(), "nodes": nodes } });
        let response = self.service().client.query(CHANGES, &variables).await?;
        compare(&format!("{filter:?} after {last}"), &response, &expected)
    }

    /// Compares the lists of relationships, tallies and statements.
    pub(super) async fn list_relationships(&self, at: Option<MomentChoice>) -> TestResult {
        let limit = at.map(|choice| self.moment(choice));
        let at = limit.unwrap_or_default();
        let mut positions: Vec<(i64, &'static str, Position)> = Vec::new();
        for (initiative, state) in self.model.ledger.relationships() {
            let position = self.model.ledger.position(initiative, state, &at);
            positions.push((initiative, state, position));
        }
        let initiatives = self.model.ledger.initiatives().map(|(seq, slug, _)| {
            let own = positions
                .iter()
                .filter(|(initiative, _, _)| *initiative == seq);
            let own = own.map(|(_, _, position)| position);
            let with_statements: Vec<&Position> =
                own.filter(|one| !one.standing.is_empty()).collect();
            let changes = self.changes(seq, &positions);
            let reviewed_on = self.model.ledger.reviewed_on(seq, None, &at);
            let reviewed_on = reviewed_on.map(|day| day.to_string());
            json!({
                "slug": slug, "tally": tally(&with_statements), "changes": changes, "reviewedOn": reviewed_on,
            })
        });
        let initiatives: Vec<Value> = initiatives.collect();
        // Without a moment, relationships without a valid statement are listed, too.
        positions.retain(|(_, _, position)| limit.is_none() || !position.standing.is_empty());
        let queue = self.queue(&positions, &at);
        positions.sort_by_key(|(_, state, _)| *state);
        let nodes = positions.iter().map(|(initiative, state, at_moment)| {
            let now = self
                .model
                .ledger
                .position(*initiative, state, &Moment::default());
            let mut node = summary(&now);
            node["initiative"] = json!({ "slug": self.model.ledger.slug(*initiative) });
            node["requestedState"] = json!({ "code": state });
            node["position"] = summary(at_moment);
            node["reviewedOn"] = self.reviewed_on(*initiative, state, &at);
            node
        });
        let edges = positions
            .iter()
            .map(|(_, _, position)| json!({ "position": summary(position) }));
        let expected = json!({
            "relationships": {
                "totalCount": positions.len(), "nodes": nodes.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>(),
            },
            "queue": { "nodes": queue },
            "initiatives": initiatives,
            "statements": numbers(&self.statements(limit.as_ref())),
        });
        let variables = json!({ "at": limit.as_ref().map(moment), "from": moment(&at) });
        let response = self.service().client.query(LISTS, &variables).await?;
        compare(&format!("lists at {limit:?}"), &response, &expected)
    }

    fn reviewed_on(&self, initiative: i64, state: &'static str, at: &Moment) -> Value {
        let day = self.model.ledger.reviewed_on(initiative, Some(state), at);
        json!(day.map(|day| day.to_string()))
    }

    /// The relationships in descending order of their reviews and, of equal ones, of their first statements. The positions are in
    /// the order of first statements.
    fn queue(&self, positions: &[(i64, &'static str, Position)], at: &Moment) -> Vec<Value> {
        let mut rows: Vec<_> = positions.iter().rev().collect();
        let day = |initiative: i64, state: &'static str| {
            self.model.ledger.reviewed_on(initiative, Some(state), at)
        };
        rows.sort_by_key(|(initiative, state, _)| std::cmp::Reverse(day(*initiative, state)));
        let nodes = rows.into_iter().map(|(initiative, state, _)| {
            json!({
                "requestedState": { "code": state }, "initiative": { "slug": self.model.ledger.slug(*initiative) },
                "reviewedOn": self.reviewed_on(*initiative, state, at),
            })
        });
        nodes.collect()
    }

    /// The relationships of an initiative whose positions differ from those of now.
    fn changes(&self, of: i64, positions: &[(i64, &'static str, Position)]) -> Vec<Value> {
        let own = positions
            .iter()
            .filter(|(initiative, _, _)| *initiative == of);
        let mut own: Vec<_> = own.collect();
        own.sort_by_key(|(_, state, _)| *state);
        let changes = own.into_iter().filter_map(|(initiative, state, before)| {
            let now = Moment::default();
            let after = self.model.ledger.position(*initiative, state, &now);
            let key = |one: &Position| (one.standing.is_empty(), whole_summary(one));
            (key(before) != key(&after)).then(|| {
                json!({
                    "relationship": { "requestedState": { "code": state } },
                    "from": whole_summary(before), "to": whole_summary(&after),
                })
            })
        });
        changes.collect()
    }

    /// All statements, or those that are valid at a moment.
    fn statements(&self, at: Option<&Moment>) -> Vec<i64> {
        let ledger = &self.model.ledger;
        let Some(at) = at else {
            return ledger.claims().map(|(seq, _)| seq).collect();
        };
        let mut subjects: Vec<&Subject> = Vec::new();
        let mut standing = Vec::new();
        for (_, claim) in ledger.claims() {
            if !subjects.contains(&&claim.subject) {
                subjects.push(&claim.subject);
                let statements = ledger.statements_about(&claim.subject);
                standing.extend(visible(&statements, at).iter().map(|one| one.seq));
            }
        }
        standing.sort_unstable();
        standing
    }

    pub(super) async fn read_statement(&self, statement: Pick) -> TestResult {
        let seqs: Vec<i64> = self.model.ledger.claims().map(|(seq, _)| seq).collect();
        let Some(seq) = statement.select(&seqs).copied() else {
            return Ok(());
        };
        let variables = json!({ "number": seq.to_string() });
        let response = self.service().client.query(STATEMENT, &variables).await?;
        let expected = json!({
            "statement": self.expected_statement(seq), "recalled": [self.expected_recall(seq)],
        });
        compare("a statement", &response, &expected)
    }

    fn expected_recall(&self, seq: i64) -> Value {
        let ledger = &self.model.ledger;
        let subject = ledger.claim(seq).map(|claim| &claim.subject);
        let all = ledger.statements_about(subject.expect("the entry is a statement"));
        let next = |seq: &i64| corrected_by(&all, *seq);
        let successors: Vec<i64> = std::iter::successors(next(&seq), next).collect();
        let last = *successors.last().unwrap_or(&seq);
        let is_valid = ledger.standing(last) == Some("STANDING");
        let number = |seq: &i64| json!({ "number": seq });
        let chain = ledger.chain_of(seq);
        let revisions = ledger.numbered().flat_map(|(entry, _)| {
            let own = ledger.revisions_by(entry).into_iter();
            let own = own.filter(|one| ledger.chain_of(one.statement) == chain);
            own.map(|one| self.model.revision(entry, &one))
                .collect::<Vec<_>>()
        });
        json!({
            "statement": number(&seq),
            "successors": successors.iter().map(number).collect::<Vec<_>>(),
            "current": is_valid.then(|| number(&last)),
            "revisions": revisions.collect::<Vec<_>>(),
        })
    }

    fn expected_statement(&self, seq: i64) -> Value {
        let ledger = &self.model.ledger;
        let entry = ledger
            .entry(seq)
            .expect("the entry was selected from the ledger");
        let claim = entry
            .content
            .action
            .claim()
            .expect("the entry is a statement");
        let all = ledger.statements_about(&claim.subject);
        let own = all.iter().find(|one| one.seq == seq);
        let own = own.expect("the subject includes the statement");
        let number = |seq: &i64| json!({ "number": seq });
        let contradicting = all
            .iter()
            .filter(|one| one.claim.contradicts.contains(&seq));
        let mut contradicts = claim.contradicts.clone();
        contradicts.sort_unstable();
        let evidence = own.evidence.iter().map(|(at, piece)| {
            let source = json!({ "id": source_id(piece.source) });
            json!({
                "relation": piece.relation, "recordedAt": text_of(*at), "source": source,
                "publishedOn": piece.published.map(|day| day.to_string()),
            })
        });
        let mut statement = json!({
            "number": seq, "kind": claim.body.kind(), "standing": ledger.standing(seq),
            "validFrom": claim.from.text, "summary": entry.content.text,
            "publishedOn": own.public_on(&Moment::default()).to_string(),
            "recordedAt": text_of(entry.recorded_at),
            "retractedAt": own.retracted_at.map(text_of),
            "retractionReason": own.retraction_reason,
            "corrects": own.corrects.as_ref().map(number),
            "correctedBy": corrected_by(&all, seq).as_ref().map(number),
            "contradicts": contradicts.iter().map(number).collect::<Vec<_>>(),
            "contradictedBy": contradicting.map(|one| number(&one.seq)).collect::<Vec<_>>(),
            "evidence": evidence.collect::<Vec<_>>(),
        });
        if let Some(stance) = claim.body.stance() {
            statement["stance"] = stance.into();
        }
        statement
    }
}

fn summary(position: &Position) -> Value {
    let disputed = !position.rivals.is_empty();
    json!({ "stance": position.stance, "since": position.since, "disputed": disputed })
}

fn whole_summary(position: &Position) -> Value {
    let mut summary = summary(position);
    summary["certain"] = position.certain.into();
    summary
}

fn tally(positions: &[&Position]) -> Value {
    let count = |stance: &str| positions.iter().filter(|one| one.stance == stance).count();
    let path = ["UNKNOWN"].into_iter().chain(STANCES);
    let counts = path.map(|stance| (stance, count(stance)));
    let counts = counts.filter(|(_, count)| *count > 0);
    let counts = counts.map(|(stance, count)| json!({ "stance": stance, "count": count }));
    let disputed = positions.iter().filter(|one| !one.rivals.is_empty());
    json!({
        "total": positions.len(), "disputed": disputed.count(),
        "byStance": counts.collect::<Vec<_>>(),
    })
}
