//! Steps and periods: what they say about a day must be what the model computes for that day alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::Run;
use crate::TestResult;
use crate::date::day_of;
use crate::expected::compare;
use crate::rules::{Moment, Subject};

const OVER_TIME: &str = "query($slug: ID!) { initiative(slug: $slug) {
  steps { on moves { relationship { requestedState { code } } from to disputed } }
  periods(clock: BOTH) { relationship { requestedState { code } } stance disputed
    validFrom validTo publishedFrom publishedTo } } }";

/// Stance and dispute by requested state.
type States = BTreeMap<String, Value>;

impl Run<'_> {
    /// Compares the steps and periods of every initiative.
    pub(super) async fn check_over_time(&self) -> TestResult {
        let initiatives = self.model.ledger.initiatives();
        let initiatives: Vec<(i64, String)> = initiatives
            .map(|(seq, slug, _)| (seq, slug.to_owned()))
            .collect();
        for (initiative, slug) in initiatives {
            let variables = json!({ "slug": slug });
            let response = self.service().client.query(OVER_TIME, &variables).await?;
            let response = &response["initiative"];
            self.check_steps(initiative, items(&response["steps"]))?;
            self.check_periods(initiative, items(&response["periods"]))?;
        }
        Ok(())
    }

    fn check_steps(&self, initiative: i64, steps: &[Value]) -> TestResult {
        let mut days = self.first_and_last_days(initiative);
        days.extend(steps.iter().filter_map(|step| day(&step["on"])));
        for on in with_eves(&days) {
            let mut states = States::new();
            let until = steps.iter().take_while(|step| day(&step["on"]) <= Some(on));
            for change in until.flat_map(|step| items(&step["moves"])) {
                let code = code_of(change);
                let before = states
                    .get(&code)
                    .map_or("UNKNOWN", |one| one[0].as_str().unwrap_or_default());
                compare("the start of a move", &change["from"], &json!(before))?;
                states.insert(code, json!([change["to"], change["disputed"]]));
            }
            // Before the first step, nothing is known of any relationship.
            if !steps.is_empty() && day(&steps[0]["on"]) <= Some(on) {
                let at = Moment {
                    valid_on: Some(on),
                    ..Moment::default()
                };
                let is_plain = |state: &Value| *state == json!(["UNKNOWN", false]);
                let mut expected = self.states_at(initiative, &at);
                expected.retain(|_, state| !is_plain(state));
                states.retain(|_, state| !is_plain(state));
                compare(
                    &format!("steps until {on}"),
                    &json!(states),
                    &json!(expected),
                )?;
            }
        }
        Ok(())
    }

    fn check_periods(&self, initiative: i64, periods: &[Value]) -> TestResult {
        let mut valid = self.first_and_last_days(initiative);
        valid.extend(edges(periods, "valid"));
        let mut published = edges(periods, "published");
        let recorded = self.model.ledger.numbered();
        published.extend(recorded.map(|(_, entry)| day_of(entry.recorded_at)));
        for published_by in with_eves(&published) {
            for valid_on in with_eves(&valid) {
                let at = Moment {
                    valid_on: Some(valid_on),
                    published_by: Some(published_by),
                    recorded_by: None,
                };
                let mut states = States::new();
                for period in periods {
                    let is_within = |clock: &str, on: NaiveDate| {
                        let end = |end: &str| day(&period[format!("{clock}{end}")]);
                        end("From").is_none_or(|from| from <= on)
                            && end("To").is_none_or(|to| on < to)
                    };
                    if is_within("valid", valid_on) && is_within("published", published_by) {
                        let state = json!([period["stance"], period["disputed"]]);
                        if states.insert(code_of(period), state).is_some() {
                            return Err(format!("two periods contain {at:?}: {period}"));
                        }
                    }
                }
                let expected = self.states_at(initiative, &at);
                compare(
                    &format!("periods at {at:?}"),
                    &json!(states),
                    &json!(expected),
                )?;
            }
        }
        Ok(())
    }

    /// Of the relationships of an initiative with a valid statement.
    fn states_at(&self, initiative: i64, at: &Moment) -> States {
        let ledger = &self.model.ledger;
        let own = ledger.relationships().into_iter();
        let own = own.filter(|(of, _)| *of == initiative);
        let positions = own.map(|(_, state)| (state, ledger.position(initiative, state, at)));
        positions
            .filter(|(_, position)| !position.standing.is_empty())
            .map(|(state, position)| {
                let disputed = !position.rivals.is_empty();
                (state.to_owned(), json!([position.stance, disputed]))
            })
            .collect()
    }

    /// The first and last days on which claims about an initiative may have begun.
    fn first_and_last_days(&self, initiative: i64) -> BTreeSet<NaiveDate> {
        let ledger = &self.model.ledger;
        let is_own = |subject: &Subject| matches!(subject, Subject::Relationship(of, _) if *of == initiative);
        let own = ledger.claims().filter(|(_, claim)| is_own(&claim.subject));
        let bounds = own.flat_map(|(seq, claim)| {
            let recorded = ledger.entry(seq).map(|entry| day_of(entry.recorded_at));
            [claim.from.first, recorded.map(|day| claim.from.last(day))]
        });
        bounds.flatten().collect()
    }
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn code_of(item: &Value) -> String {
    let code = &item["relationship"]["requestedState"]["code"];
    code.as_str().unwrap_or_default().to_owned()
}

fn day(text: &Value) -> Option<NaiveDate> {
    text.as_str()?.parse().ok()
}

fn edges(periods: &[Value], clock: &str) -> BTreeSet<NaiveDate> {
    let keys = ["From", "To"].map(|end| format!("{clock}{end}"));
    let edges = periods
        .iter()
        .flat_map(|period| keys.iter().map(|key| day(&period[key])));
    edges.flatten().collect()
}

/// Days, and the day before each of them.
fn with_eves(days: &BTreeSet<NaiveDate>) -> BTreeSet<NaiveDate> {
    let days = days.iter();
    days.flat_map(|day| [*day, *day - Days::new(1)]).collect()
}
