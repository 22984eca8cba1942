//! All stance changes, newest first, a page at a time.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use url::form_urlencoded;

use super::summary::Change;
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
#[serde(rename_all = "camelCase")]
struct Answer {
    stance_changes: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    page_info: PageInfo,
    nodes: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_previous_page: bool,
    start_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    change: Change,
    relationship: Relationship,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    initiative: Matter,
    requested_state: State,
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let named = split_ending(request.name()).1;
    let format = choose_format(&request.headers, named, FORMATS)?;
    let mut keys = form_urlencoded::parse(request.query().as_bytes());
    let before = keys.find(|(key, _)| key == "before");
    let before = before.map(|(_, cursor)| cursor.into_owned());
    let variables = json!({ "before": before });
    let Answer { stance_changes } = request.ask(QUERY, variables, None).await?;
    let changes: Changes = request.parse(&stance_changes)?;
    let content = ("Stance changes", main(request, &changes, before.as_deref()));
    let record = Record {
        query: before.as_deref().map_or_else(String::new, query_before),
        ..Record::of_list(request, "/changes", content, stance_changes)
    };
    Ok(record.respond(request, format, None))
}

fn query_before(cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::from("?"));
    query.append_pair("before", cursor).finish()
}

fn main(request: &PageRequest, changes: &Changes, before: Option<&str>) -> String {
    let newest_first = changes.nodes.iter().rev();
    let items: Vec<String> = newest_first
        .map(|listed| {
            let Relationship {
                initiative,
                requested_state,
            } = &listed.relationship;
            let item = listed
                .change
                .item(initiative, Some(&requested_state.link()));
            format!("<li>{item}</li>\n")
        })
        .collect();
    let PageInfo {
        has_previous_page,
        start_cursor,
    } = &changes.page_info;
    let older = start_cursor.as_deref().filter(|_| *has_previous_page);
    let older = older.map(|cursor| {
        let query = escape(&query_before(cursor));
        format!("<a href=\"/changes{query}\" rel=\"next\">Older changes</a>")
    });
    let newest = before.map(|_| "<a href=\"/changes\">Newest changes</a>".to_owned());
    let ways: Vec<String> = older.into_iter().chain(newest).collect();
    let list = if items.is_empty() {
        "<p>No change is recorded here.</p>\n".to_owned()
    } else {
        format!("<ul>\n{}</ul>\n", items.concat())
    };
    let elsewhere = elsewhere(&Elsewhere {
        access: &request.app.access,
        path: "/changes",
        formats: FORMATS,
        atlas: String::new(),
        document: QUERY,
        variables: json!({}),
    });
    format!(
        "<h1>Stance changes</h1>\n<p>Newest first, in order of recording.</p>\n{list}<p>{}</p>\n{elsewhere}",
        ways.join(" · ")
    )
}
