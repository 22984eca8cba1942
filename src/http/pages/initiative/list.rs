//! All initiatives.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::http::pages::{
    elements::{Elsewhere, Matter, State, elsewhere},
    errors::{self, Problem},
    escape,
    representation::{FORMATS, Record, choose_format, split_ending},
    request::PageRequest,
};

const QUERY: &str = include_str!("list.graphql");

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

#[derive(Deserialize)]
struct Answer {
    initiatives: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(flatten)]
    matter: Matter,
    summary: String,
    requesting_state: State,
    relationships: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: usize,
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let named = split_ending(request.name()).1;
    let format = choose_format(&request.headers, named, FORMATS)?;
    let Answer { initiatives } = request.ask(QUERY, json!({}), None).await?;
    let listed: Vec<Listed> = request.parse(&initiatives)?;
    let content = ("Initiatives", main(request, &listed));
    let record = Record::of_list(request, "/initiatives", content, initiatives);
    Ok(record.respond(request, format, None))
}

fn main(request: &PageRequest, listed: &[Listed]) -> String {
    let items: Vec<String> = listed.iter().map(item).collect();
    let elsewhere = elsewhere(&Elsewhere {
        access: &request.app.access,
        path: "/initiatives",
        formats: FORMATS,
        atlas: String::new(),
        document: QUERY,
        variables: json!({}),
    });
    let list = if items.is_empty() {
        "<p>No initiative is recorded yet.</p>\n".to_owned()
    } else {
        format!("<ul>\n{}</ul>\n", items.concat())
    };
    format!("<h1>Initiatives</h1>\n{list}{elsewhere}")
}

fn item(listed: &Listed) -> String {
    let count = listed.relationships.total_count;
    let states = if count == 1 { "state" } else { "states" };
    format!(
        "<li>{}<br><bdi>{}</bdi><br><span class=\"quiet\">{}, {count} {states} asked or named</span></li>\n",
        listed.matter.link(),
        escape(&listed.summary),
        listed.requesting_state.link()
    )
}
