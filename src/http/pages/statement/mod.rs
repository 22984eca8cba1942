//! Page of one statement at its permanent URL, which printed citations use, so it must open without a GraphQL client.

mod details;
mod evidence;
mod html;
mod linked_data;
mod notice;

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    elements::{Contradiction, Matter, Mention, State},
    errors::{self, Problem},
    escape,
    links::Links,
    memento::Memento,
    representation::{CITED_FORMATS, Record, choose_format, split_ending},
    request::PageRequest,
};
use crate::model::citation::{Citation, CitedSource, EndOfValidity};

const QUERY: &str = include_str!("query.graphql");

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

#[derive(Deserialize)]
struct Answer {
    statement: Option<Box<RawValue>>,
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let (number, named) = split_ending(request.name());
    let format = choose_format(&request.headers, named, CITED_FORMATS)?;
    // Each statement has one URL: `+7` and `007` do not lead to statement 7.
    let seq = number.parse::<i64>().ok();
    if seq.is_none_or(|seq| seq <= 0 || seq.to_string() != number) {
        return Err(not_found(number, None));
    }
    let memento = Memento::of_request(request).await?;
    let seq = memento.map(|memento| memento.seq);
    if seq == Some(0) {
        return Err(not_found(number, memento));
    }
    let variables = json!({ "number": number });
    let Answer { statement } = request.ask(QUERY, variables, seq).await?;
    let json = statement.ok_or_else(|| not_found(number, memento))?;
    let mut statement: Statement = request.parse(&json)?;
    statement.add_kept_disputes();
    let record = record(request, json, &statement, memento);
    Ok(record.respond(request, format, memento))
}

fn record(
    request: &PageRequest,
    json: Box<RawValue>,
    statement: &Statement,
    memento: Option<Memento>,
) -> Record {
    let site = &request.app.public_url;
    let path_of = |number: i64| format!("/statements/{number}");
    let mut links = Links::default();
    for (relation, other) in [
        (
            "successor-version",
            &statement.corrected_by.as_ref().map(|by| &by.mention),
        ),
        ("predecessor-version", &statement.corrects.as_ref()),
    ] {
        if let Some(other) = other {
            links.add(relation, &format!("{site}{}", path_of(other.number)));
        }
    }
    Record {
        path: path_of(statement.number),
        query: String::new(),
        title: html::title(statement),
        main: html::main(statement, site, &request.app.access, memento),
        json,
        linked_data: linked_data::claim(statement, site),
        citation: Some(statement.cited(site)),
        links,
        has_states: true,
    }
}

pub(super) fn not_found(number: &str, memento: Option<Memento>) -> Problem {
    let number = escape(number);
    let text = match memento {
        None => format!("There is no statement number <bdi>{number}</bdi>."),
        Some(memento) => format!(
            "Statement <bdi>{number}</bdi> was not recorded by {}. <a href=\"/statements/{number}\">Show the page of now</a>",
            memento.in_words()
        ),
    };
    Problem::not_found("Statement not found", text)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    number: i64,
    kind: String,
    summary: String,
    note: Option<String>,
    subject: Subject,
    claimant: Claimant,
    valid_from: String,
    published_on: String,
    recorded_at: String,
    standing: String,
    retracted_at: Option<String>,
    retraction_reason: Option<String>,
    correction_reason: Option<String>,
    citation: String,
    evidence: Vec<Evidence>,
    corrects: Option<Mention>,
    corrected_by: Option<Correction>,
    contradicts: Vec<Mention>,
    contradicted_by: Vec<Mention>,
    stance: Option<String>,
    /// What only statements of its kind have.
    #[serde(flatten)]
    details: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Subject {
    Relationship(Box<Relationship>),
    Country(State),
    Initiative(Matter),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    initiative: Matter,
    requesting_state: State,
    requested_state: State,
    position: Position,
}

#[derive(Debug, Deserialize)]
struct Position {
    stance: String,
    since: Option<String>,
    certain: bool,
    disputed: bool,
    scope: Option<String>,
    basis: Option<Mention>,
    rivals: Vec<Contradiction>,
}

#[derive(Debug, Deserialize)]
struct Claimant {
    kind: String,
    label: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evidence {
    relation: String,
    quote: Option<String>,
    locator: Option<String>,
    published_on: Option<String>,
    source: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    kind: String,
    publisher: String,
    title: String,
    url: Option<String>,
    published_on: Option<String>,
    language: Option<String>,
    /// Of the last correction of its data.
    correction_reason: Option<String>,
}

/// The statement that replaces this one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Correction {
    #[serde(flatten)]
    mention: Mention,
    recorded_at: String,
    #[serde(rename = "correctionReason")]
    reason: Option<String>,
}

impl Statement {
    fn cited(&self, public_url: &str) -> Citation {
        let day = |time: &str| time.split('T').next().unwrap_or_default().to_owned();
        let end = match (&self.retracted_at, &self.corrected_by) {
            (Some(at), _) => Some(EndOfValidity::Retracted { on: day(at) }),
            (None, Some(by)) => Some(EndOfValidity::Corrected {
                on: Some(day(&by.recorded_at)),
                by: by.mention.number,
            }),
            (None, None) => None,
        };
        let mut evidence = self.evidence.iter();
        let first = evidence.find(|evidence| evidence.relation == "SUPPORTS");
        Citation {
            number: self.number,
            claimant: self.claimant.label.clone(),
            summary: self.summary.clone(),
            valid_from: self.valid_from.clone(),
            published_on: self.published_on.clone(),
            recorded_on: day(&self.recorded_at),
            source: first.map(|evidence| CitedSource {
                publisher: evidence.source.publisher.clone(),
                published_on: evidence.published_on().map(str::to_owned),
                url: evidence.source.url.clone(),
            }),
            end,
            url: format!("{public_url}/statements/{}", self.number),
        }
    }

    /// Adds the statements with which it is in dispute because it keeps disputes of one that it corrects, or they do.
    fn add_kept_disputes(&mut self) {
        let Subject::Relationship(relationship) = &mut self.subject else {
            return;
        };
        for pair in std::mem::take(&mut relationship.position.rivals) {
            let (others, other) = if pair.statement.number == self.number {
                (&mut self.contradicts, pair.contradicts)
            } else if pair.contradicts.number == self.number {
                (&mut self.contradicted_by, pair.statement)
            } else {
                continue;
            };
            if others.iter().all(|one| one.number != other.number) {
                others.push(other);
            }
        }
    }

    fn is_valid(&self) -> bool {
        self.standing == "STANDING"
    }

    /// Valid statements that contradict this one.
    fn rivals(&self) -> impl Iterator<Item = &Mention> {
        let all = self.contradicts.iter().chain(&self.contradicted_by);
        all.filter(|other| other.standing == "STANDING")
    }
}

impl Evidence {
    /// Its own date, or else that of its source.
    fn published_on(&self) -> Option<&str> {
        let own = self.published_on.as_deref();
        own.or(self.source.published_on.as_deref())
    }
}

impl Source {
    /// Only http and https URLs are recorded; pages do not rely on that.
    fn web_address(&self) -> Option<&str> {
        let is_http = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        self.url.as_deref().filter(is_http)
    }
}
