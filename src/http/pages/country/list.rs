//! All countries, by region.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::Region;
use crate::http::pages::{
    elements::{Elsewhere, State, elsewhere},
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
    countries: Box<RawValue>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    state: State,
    region: Region,
    asked: Count,
    asks: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: usize,
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let named = split_ending(request.name()).1;
    let format = choose_format(&request.headers, named, FORMATS)?;
    let Answer { countries } = request.ask(QUERY, json!({}), None).await?;
    let listed: Vec<Listed> = request.parse(&countries)?;
    let content = ("Countries", main(request, &listed));
    let record = Record::of_list(request, "/countries", content, countries);
    Ok(record.respond(request, format, None))
}

fn main(request: &PageRequest, listed: &[Listed]) -> String {
    let mut regions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for country in listed {
        let region = regions.entry(&country.region.name).or_default();
        region.push(format!(
            "<li>{}{}</li>\n",
            country.state.link(),
            relations(country)
        ));
    }
    let regions = regions.into_iter().map(|(region, items)| {
        let (region, items) = (escape(region), items.concat());
        format!("<h2>{region}</h2>\n<ul class=\"columns\">\n{items}</ul>\n")
    });
    let regions: Vec<String> = regions.collect();
    let elsewhere = elsewhere(&Elsewhere {
        access: &request.app.access,
        path: "/countries",
        formats: FORMATS,
        atlas: String::new(),
        document: QUERY,
        variables: json!({}),
    });
    format!(
        "<h1>Countries</h1>\n<p>Inclusion does not imply recognition.</p>\n{}{elsewhere}",
        regions.concat()
    )
}

fn relations(country: &Listed) -> String {
    match (country.asked.total_count, country.asks.total_count) {
        (0, 0) => String::new(),
        (_, 0) => " (asked or named)".to_owned(),
        (0, asks) => format!(" (asks {asks})"),
        (_, asks) => format!(" (asked or named, asks {asks})"),
    }
}
