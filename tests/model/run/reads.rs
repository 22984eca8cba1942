//! Questions, and what must be answered.

use serde_json::{Value, json};

use super::Run;
use crate::Proven;
use crate::command::{Pick, Wants, When};
use crate::date::text_of;
use crate::draw::STANCES;
use crate::rules::position::Position;
use crate::rules::said::{corrected_by, visible};
use crate::rules::{Moment, Subject};
use crate::told::{RELATIONSHIP, change, compare, numbers};
use crate::wanted::Wanted;
use crate::wording::{moment, source_id};

const CHANGES: &str = concat!(
    "query($filter: StanceChangeFilter, $after: String) {
       stanceChanges(filter: $filter, after: $after, first: 30) { totalCount nodes { ",
    change!(),
    " } } }"
);
const LISTS: &str = "query($at: MomentInput) {
  relationships(at: $at, first: 100) { totalCount nodes { initiative { slug } requestedState { code }
    stance since disputed position(at: $at) { stance since disputed } } }
  initiatives { slug tally(at: $at) { total disputed byStance { stance count } } }
  statements(at: $at, last: 100) { totalCount nodes { number } } }";
const STATEMENT: &str = "query($number: ID!) { statement(number: $number) {
  number kind standing validFrom summary publishedOn recordedAt retractedAt retractionReason
  corrects { number } correctedBy { number } contradicts { number } contradictedBy { number }
  evidence { relation recordedAt source { id } } ... on StanceStatement { stance } } }";

impl Run<'_> {
    pub(super) async fn look_at(&self, relationship: Pick, at: When) -> Proven {
        let relationships = self.book.ledger.relationships();
        match relationship.of(&relationships) {
            Some(relationship) => self.look(*relationship, Some(at)).await,
            None => Ok(()),
        }
    }

    pub(super) async fn look(
        &self,
        (initiative, state): (i64, &'static str),
        at: Option<When>,
    ) -> Proven {
        let at = at.map_or(Moment::default(), |when| self.moment(when));
        let slug = self.book.ledger.slug(initiative);
        let variables = json!({ "slug": slug, "states": [state], "at": moment(&at) });
        let told = self.service().client.ask(RELATIONSHIP, &variables).await?;
        let relationship = self.book.relationship(initiative, state, &at);
        let model = json!({ "initiative": { "relationships": { "nodes": [relationship] } } });
        compare(&format!("{slug} {state} at {at:?}"), &told, &model)
    }

    pub(super) async fn list_changes(&self, wants: &Wants, after: Pick) -> Proven {
        let wanted = Wanted::new(wants, &self.book.ledger);
        let mut variables = wanted.variables(&self.book.ledger);
        let place = after.of(&self.book.places);
        variables["after"] = json!(place.map(|place| &place.cursor));
        let own = self.book.ledger.numbered();
        let own = own.filter(|(_, entry)| wanted.holds(entry));
        let own: Vec<i64> = own.map(|(seq, _)| seq).collect();
        let last = self.book.places.iter().position(|one| Some(one) == place);
        let last = i64::try_from(last.unwrap_or_default()).expect("it fits into memory");
        let later = own.iter().filter(|seq| **seq > last).take(30);
        let nodes: Vec<Value> = later.map(|seq| self.book.change(*seq)).collect();
        let model = json!({ "stanceChanges": { "totalCount": own.len(), "nodes": nodes } });
        let told = self.service().client.ask(CHANGES, &variables).await?;
        compare(&format!("{wanted:?} after {last}"), &told, &model)
    }

    /// Relationships, tallies and statements, all of them.
    pub(super) async fn list_relationships(&self, at: Option<When>) -> Proven {
        let limit = at.map(|when| self.moment(when));
        let at = limit.unwrap_or_default();
        let mut positions: Vec<(i64, &'static str, Position)> = Vec::new();
        for (initiative, state) in self.book.ledger.relationships() {
            let position = self.book.ledger.position(initiative, state, &at);
            positions.push((initiative, state, position));
        }
        let initiatives = self.book.ledger.initiatives().map(|(seq, slug, _)| {
            let own = positions
                .iter()
                .filter(|(initiative, _, _)| *initiative == seq);
            let own = own.map(|(_, _, position)| position);
            let said: Vec<&Position> = own.filter(|one| !one.standing.is_empty()).collect();
            json!({ "slug": slug, "tally": tally(&said) })
        });
        let initiatives: Vec<Value> = initiatives.collect();
        // Without a moment, those are listed too of which nothing stands.
        positions.retain(|(_, _, position)| limit.is_none() || !position.standing.is_empty());
        positions.sort_by_key(|(_, state, _)| *state);
        let nodes = positions.iter().map(|(initiative, state, then)| {
            let now = self
                .book
                .ledger
                .position(*initiative, state, &Moment::default());
            let mut node = brief(&now);
            node["initiative"] = json!({ "slug": self.book.ledger.slug(*initiative) });
            node["requestedState"] = json!({ "code": state });
            node["position"] = brief(then);
            node
        });
        let model = json!({
            "relationships": { "totalCount": positions.len(), "nodes": nodes.collect::<Vec<_>>() },
            "initiatives": initiatives,
            "statements": numbers(&self.statements(limit.as_ref())),
        });
        let variables = json!({ "at": limit.as_ref().map(moment) });
        let told = self.service().client.ask(LISTS, &variables).await?;
        compare(&format!("lists at {limit:?}"), &told, &model)
    }

    /// All that were ever recorded, or those that stand at a moment.
    fn statements(&self, at: Option<&Moment>) -> Vec<i64> {
        let ledger = &self.book.ledger;
        let Some(at) = at else {
            return ledger.claims().map(|(seq, _)| seq).collect();
        };
        let mut subjects: Vec<&Subject> = Vec::new();
        let mut standing = Vec::new();
        for (_, claim) in ledger.claims() {
            if !subjects.contains(&&claim.subject) {
                subjects.push(&claim.subject);
                let said = ledger.said(&claim.subject);
                standing.extend(visible(&said, at).iter().map(|one| one.seq));
            }
        }
        standing.sort_unstable();
        standing
    }

    pub(super) async fn read(&self, statement: Pick) -> Proven {
        let seqs: Vec<i64> = self.book.ledger.claims().map(|(seq, _)| seq).collect();
        let Some(seq) = statement.of(&seqs).copied() else {
            return Ok(());
        };
        let variables = json!({ "number": seq.to_string() });
        let told = self.service().client.ask(STATEMENT, &variables).await?;
        let model = json!({ "statement": self.statement(seq) });
        compare("a statement", &told, &model)
    }

    fn statement(&self, seq: i64) -> Value {
        let ledger = &self.book.ledger;
        let entry = ledger.find(seq).expect("it was picked from the ledger");
        let claim = entry.content.what.claim().expect("it is a statement");
        let all = ledger.said(&claim.subject);
        let own = all.iter().find(|one| one.seq == seq);
        let own = own.expect("it is about its own subject");
        let number = |seq: &i64| json!({ "number": seq });
        let denying = all
            .iter()
            .filter(|one| one.claim.contradicts.contains(&seq));
        let mut denied = claim.contradicts.clone();
        denied.sort_unstable();
        let evidence = own.evidence.iter().map(|(at, one)| {
            let source = json!({ "id": source_id(one.source) });
            json!({ "relation": one.relation, "recordedAt": text_of(*at), "source": source })
        });
        let mut statement = json!({
            "number": seq, "kind": claim.body.kind(), "standing": ledger.standing(seq),
            "validFrom": claim.from.text, "summary": entry.content.words,
            "publishedOn": own.public_on(&Moment::default()).to_string(),
            "recordedAt": text_of(entry.recorded_at),
            "retractedAt": own.retracted_at.map(text_of),
            "retractionReason": own.retraction_reason,
            "corrects": own.corrects.as_ref().map(number),
            "correctedBy": corrected_by(&all, seq).as_ref().map(number),
            "contradicts": denied.iter().map(number).collect::<Vec<_>>(),
            "contradictedBy": denying.map(|one| number(&one.seq)).collect::<Vec<_>>(),
            "evidence": evidence.collect::<Vec<_>>(),
        });
        if let Some(stance) = claim.body.stance() {
            statement["stance"] = stance.into();
        }
        statement
    }
}

fn brief(position: &Position) -> Value {
    let disputed = !position.rivals.is_empty();
    json!({ "stance": position.stance, "since": position.since, "disputed": disputed })
}

fn tally(positions: &[&Position]) -> Value {
    let count = |stance: &str| positions.iter().filter(|one| one.stance == stance).count();
    let path = ["UNKNOWN"].into_iter().chain(STANCES);
    let held = path.map(|stance| (stance, count(stance)));
    let held = held.filter(|(_, count)| *count > 0);
    let held = held.map(|(stance, count)| json!({ "stance": stance, "count": count }));
    let disputed = positions.iter().filter(|one| !one.rivals.is_empty());
    json!({
        "total": positions.len(), "disputed": disputed.count(),
        "byStance": held.collect::<Vec<_>>(),
    })
}
