//! Question for the subject: a country is found by any of its names, as `resolveCountries` does.

use entity::initiative;

use super::terminal::Terminal;
use crate::error::Result;
use crate::ledger::import::document::Subject;
use crate::model::country::resolve::{best_of, list_candidates};
use crate::model::country::{ATLAS, Country};
use crate::model::statement::{RequiredSubject, StatementKind};

/// Score from which a name needs no second question: it is a code or a name, and no resemblance.
const SURE_SCORE: u8 = 85;

pub(super) fn ask(
    terminal: &Terminal,
    initiative: &initiative::Model,
    kind: StatementKind,
) -> Result<Subject> {
    let requesting_state = initiative.requesting_state.as_str();
    let relationship = |terminal: &Terminal| {
        let code = ask_country(terminal, "Requested state", Some(requesting_state))?;
        Ok(Subject::Relationship(code))
    };
    let of_initiative = || Subject::Initiative(initiative.slug.clone());
    match kind.required_subject() {
        RequiredSubject::Relationship => relationship(terminal),
        RequiredSubject::Initiative => Ok(of_initiative()),
        RequiredSubject::Any => {
            let kinds = ["A requested state", "A country as such", "The initiative"];
            match terminal.choose("About", &kinds.map(str::to_owned))? {
                0 => relationship(terminal),
                1 => ask_country(terminal, "Country", None).map(Subject::Country),
                _ => Ok(of_initiative()),
            }
        }
    }
}

/// The code of a country by a name or code; `except` is one that cannot be meant.
pub(super) fn ask_country(
    terminal: &Terminal,
    question: &str,
    except: Option<&str>,
) -> Result<String> {
    let question = format!("{question} (name or code)");
    loop {
        let name = terminal.ask(&question, |text| name_violation(text, except))?;
        let candidates = list_candidates(&name);
        let countries = candidates.iter().map(|one| one.country);
        let countries: Vec<&Country> = countries
            .filter(|country| Some(country.code.as_str()) != except)
            .collect();
        if let Some(best) = best_of(&candidates).filter(|best| best.score >= SURE_SCORE) {
            return Ok(best.country.code.clone());
        }
        let none = "another one".to_owned();
        let items = countries
            .iter()
            .map(|country| format!("{} {}", country.code, country.name));
        let items: Vec<String> = items.chain([none]).collect();
        let index = terminal.choose("Which one", &items)?;
        if let Some(country) = countries.get(index) {
            return Ok(country.code.clone());
        }
    }
}

fn name_violation(text: &str, except: Option<&str>) -> Option<String> {
    let candidates = list_candidates(text);
    let best = best_of(&candidates);
    if candidates.is_empty() {
        return Some(format!("no country is known as `{text}`"));
    }
    let code = best.map(|best| best.country.code.as_str());
    let except = except.filter(|except| code == Some(except))?;
    let name = ATLAS
        .find_country(except)
        .map_or(except, |country| &country.name);
    Some(format!("{name} is the requesting state"))
}
