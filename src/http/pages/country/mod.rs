//! Pages of a country and of all of them.

mod html;
pub(in crate::http) mod list;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{
    change::summary::Change,
    elements::{Contradiction, Matter, Mention, State},
    errors::{self, Problem},
    escape, linked_data,
    links::Links,
    memento::Memento,
    representation::{FORMATS, Record, choose_format, split_ending},
    request::PageRequest,
};
use crate::model::country::ATLAS;

const QUERY: &str = include_str!("query.graphql");

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let (name, named) = split_ending(request.name());
    let format = choose_format(&request.headers, named, FORMATS)?;
    let code = find_code(name).ok_or_else(|| not_found(name))?;
    if code != name {
        let ending = named.map_or("", |format| format.ending());
        return Ok(redirect(request, &format!("/countries/{code}{ending}")));
    }
    let memento = Memento::of_request(request).await?;
    let answer: Answer = match memento {
        Some(memento) if memento.seq == 0 => {
            return Err(Problem::nothing_recorded(memento));
        }
        memento => {
            let seq = memento.map(|memento| memento.seq);
            request.ask(QUERY, json!({ "code": code }), seq).await?
        }
    };
    let json = answer.country.ok_or_else(|| not_found(name))?;
    let country: Country = request.parse(&json)?;
    let site = &request.app.public_url;
    let path = format!("/countries/{code}");
    let about = linked_data::country(site, code, &country.name);
    let record = Record {
        linked_data: linked_data::page(site, &path, &country.name, &about),
        main: html::main(&country, &request.app.access, memento),
        title: country.name,
        path,
        query: String::new(),
        json,
        citation: None,
        links: Links::default(),
        has_states: true,
    };
    Ok(record.respond(request, format, memento))
}

/// The alpha-2 code of a country by its alpha-2 or alpha-3 code, in any case.
pub(super) fn find_code(name: &str) -> Option<&'static str> {
    let by_alpha3 = || {
        let mut countries = ATLAS.countries.iter();
        countries.find(|country| {
            let alpha3 = country.alpha3.as_deref();
            alpha3.is_some_and(|alpha3| alpha3.eq_ignore_ascii_case(name))
        })
    };
    let country = ATLAS.find_country(name).or_else(by_alpha3)?;
    Some(&country.code)
}

/// To the one address of the page, with the same query.
fn redirect(request: &PageRequest, path: &str) -> Response {
    let query = request.uri.query();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    match HeaderValue::from_str(&format!("{path}{query}")) {
        Ok(location) => {
            let headers = [(header::LOCATION, location)];
            (StatusCode::MOVED_PERMANENTLY, headers).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) fn not_found(code: &str) -> Problem {
    let text = format!(
        "There is no country with the code <bdi>{}</bdi>. <a href=\"/countries\">List of countries</a>",
        escape(code)
    );
    Problem::not_found("Country not found", text)
}

#[derive(Deserialize)]
struct Answer {
    country: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Country {
    code: String,
    alpha3: Option<String>,
    code_status: String,
    name: String,
    native_name: String,
    region: Region,
    asked: List<Asked>,
    asks: List<Asks>,
    concerns: Vec<Mention>,
}

#[derive(Deserialize)]
struct Region {
    name: String,
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List<T> {
    total_count: usize,
    nodes: Vec<T>,
}

/// A relationship in which the country is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    initiative: Matter,
    requesting_state: State,
    reviewed_on: Option<String>,
    position: Position,
    changes: List<Change>,
    statements: List<Listed>,
}

/// A relationship in which the country asks another one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asks {
    initiative: Matter,
    requested_state: State,
    stance: String,
    since: Option<String>,
    disputed: bool,
}

#[derive(Deserialize)]
struct Position {
    stance: String,
    since: Option<String>,
    certain: bool,
    disputed: bool,
    scope: Option<String>,
    basis: Option<Mention>,
    rivals: Vec<Contradiction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(flatten)]
    mention: Mention,
    kind: String,
    published_on: String,
}
