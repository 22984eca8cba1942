//! Pages of an initiative and of all of them.

mod html;
pub(in crate::http) mod list;

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    change::summary::Change,
    elements::{Matter, Mention, State},
    errors::{self, Problem},
    escape, linked_data,
    links::Links,
    memento::Memento,
    representation::{FORMATS, Record, choose_format, split_ending},
    request::PageRequest,
};
use crate::model::text;

const QUERY: &str = include_str!("query.graphql");

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let (slug, named) = split_ending(request.name());
    let format = choose_format(&request.headers, named, FORMATS)?;
    if !text::is_slug(slug) {
        return Err(not_found(slug, None));
    }
    let memento = Memento::of_request(request).await?;
    let seq = memento.map(|memento| memento.seq);
    if let (Some(memento), Some(0)) = (memento, seq) {
        return Err(Problem::nothing_recorded(memento));
    }
    let exists: Existence = request.ask(EXISTS, json!({ "slug": slug }), seq).await?;
    if exists.initiative.is_none() {
        return Err(not_found(slug, memento));
    }
    let answer: Box<RawValue> = request.ask(QUERY, json!({ "slug": slug }), seq).await?;
    let Page {
        initiative,
        stance_changes,
    } = request.parse(&answer)?;
    let initiative = initiative.ok_or_else(|| not_found(slug, memento))?;
    let site = &request.app.public_url;
    let path = format!("/initiatives/{slug}");
    let record = Record {
        linked_data: dataset(&initiative, site, &path),
        main: html::main(&initiative, &stance_changes.nodes, &request.app.access),
        title: initiative.matter.title,
        path,
        query: String::new(),
        json: answer,
        citation: None,
        links: Links::default(),
        has_states: true,
    };
    Ok(record.respond(request, format, memento))
}

/// A filter by an initiative that does not exist is an error, so it is asked for first.
const EXISTS: &str = "query Exists($slug: ID!) { initiative(slug: $slug) { slug } }";

#[derive(Deserialize)]
struct Existence {
    initiative: Option<Value>,
}

pub(super) fn not_found(slug: &str, memento: Option<Memento>) -> Problem {
    let slug = escape(slug);
    let text = match memento {
        None => format!(
            "There is no initiative <bdi>{slug}</bdi>. <a href=\"/initiatives\">List of initiatives</a>"
        ),
        Some(memento) => format!(
            "There was no initiative <bdi>{slug}</bdi> by {}. <a href=\"/initiatives\">List of initiatives</a>",
            memento.in_words()
        ),
    };
    Problem::not_found("Initiative not found", text)
}

/// An initiative as JSON-LD: the part of the data set about it.
fn dataset(initiative: &Initiative, site: &str, path: &str) -> Value {
    let url = format!("{site}{path}");
    let state = &initiative.requesting_state;
    json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": url,
        "url": url,
        "name": initiative.matter.title,
        "description": initiative.summary,
        "identifier": initiative.matter.slug,
        "spatialCoverage": linked_data::country(site, &state.code, &state.name),
        "isPartOf": linked_data::dataset(site),
        "license": linked_data::LICENSE,
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/json",
            "contentUrl": format!("{url}.json"),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    initiative: Option<Initiative>,
    stance_changes: Changes,
}

#[derive(Deserialize)]
struct Changes {
    nodes: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initiative {
    #[serde(flatten)]
    matter: Matter,
    summary: String,
    started_on: Option<String>,
    requesting_state: State,
    sources_up_to: Option<String>,
    reviewed_on: Option<String>,
    edition: Option<Edition>,
    tally: Tally,
    count_claims: Vec<Mention>,
    relationships: Relationships,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edition {
    name: String,
    imported_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    total: usize,
    disputed: usize,
    by_stance: Vec<StanceCount>,
}

#[derive(Deserialize)]
struct StanceCount {
    stance: String,
    count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationships {
    total_count: usize,
    nodes: Vec<Relationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    requested_state: State,
    stance: String,
    since: Option<String>,
    disputed: bool,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    change: Change,
    relationship: Changed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    requested_state: State,
}
