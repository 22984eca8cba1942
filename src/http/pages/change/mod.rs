//! Pages of a stance change and of all of them, newest first.

pub(in crate::http) mod list;
pub(super) mod summary;

use axum::response::Response;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{
    elements::{
        Elsewhere, Matter, Mention, State, check_link, date, elsewhere, facts, lower_case, mention,
        second,
    },
    errors::{self, Problem},
    escape, linked_data,
    links::Links,
    representation::{FORMATS, Record, choose_format, split_ending},
    request::PageRequest,
};
use crate::model::id::GlobalId;
use summary::Change;

const QUERY: &str = include_str!("query.graphql");

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

#[derive(Deserialize)]
struct Answer {
    change: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangePage {
    #[serde(flatten)]
    change: Change,
    unusual: bool,
    disputed: bool,
    occurred_on: Option<String>,
    relationship: Relationship,
    statement: Mention,
    basis: Option<Mention>,
    revises: Option<Change>,
    revised_by: Option<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    initiative: Matter,
    requesting_state: State,
    requested_state: State,
    position: Position,
}

#[derive(Deserialize)]
struct Position {
    stance: String,
    since: Option<String>,
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let (number, named) = split_ending(request.name());
    let format = choose_format(&request.headers, named, FORMATS)?;
    let seq = number.parse::<i64>().ok();
    let seq = seq.filter(|seq| *seq > 0 && seq.to_string() == number);
    let seq = seq.ok_or_else(|| not_found(number))?;
    let variables = json!({ "id": GlobalId::StanceChange(seq).to_string() });
    let answer = request.ask_if_found(QUERY, variables).await?;
    let json = answer.and_then(|answer: Answer| answer.change);
    let json = json.ok_or_else(|| not_found(number))?;
    let page: ChangePage = request.parse(&json)?;
    Ok(record(request, seq, json, &page).respond(request, format, None))
}

fn not_found(number: &str) -> Problem {
    let text = format!(
        "There is no stance change number <bdi>{}</bdi>.",
        escape(number)
    );
    Problem::not_found("Stance change not found", text)
}

fn record(request: &PageRequest, seq: i64, json: Box<RawValue>, page: &ChangePage) -> Record {
    let site = &request.app.public_url;
    let path = format!("/changes/{seq}");
    let mut links = Links::default();
    if let Some(later) = &page.revised_by {
        links.add(
            "successor-version",
            &format!("{site}/changes/{}", later.seq()),
        );
    }
    if let Some(earlier) = &page.revises {
        links.add(
            "predecessor-version",
            &format!("{site}/changes/{}", earlier.seq()),
        );
    }
    let title = page.title();
    let state = &page.relationship.requested_state;
    let about = linked_data::country(site, &state.code, &state.name);
    Record {
        linked_data: linked_data::page(site, &path, &title, &about),
        main: page.main(request, seq, &path),
        path,
        query: String::new(),
        title,
        json,
        citation: None,
        links,
        has_states: false,
    }
}

impl ChangePage {
    fn title(&self) -> String {
        let matter = &self.relationship.initiative;
        format!(
            "{}: {} → {}",
            self.relationship.requested_state.name,
            matter.stance(&self.change.from),
            matter.stance(&self.change.to)
        )
    }

    fn main(&self, request: &PageRequest, seq: i64, path: &str) -> String {
        let Relationship {
            initiative,
            requesting_state,
            requested_state,
            position,
        } = &self.relationship;
        let subject = format!(
            "{}; request by {}: {}",
            requested_state.link(),
            requesting_state.link(),
            initiative.link()
        );
        let since = position.since.as_deref();
        let since = since.map_or_else(String::new, |since| format!(" since {}", date(since)));
        let now = format!(
            "{}{since}. {}",
            escape(initiative.stance(&position.stance)),
            check_link(initiative, &requested_state.code, None)
        );
        let yes = |is_so: bool| is_so.then(|| "yes".to_owned());
        let item = |change: &Change| change.item(initiative, None);
        let facts = facts([
            ("About", Some(subject)),
            ("Change", Some(self.change.stances(initiative))),
            ("Kind", Some(kind(&self.change.kind))),
            ("Occurred", self.occurred_on.as_deref().map(date)),
            ("Recorded", Some(second(&self.change.recorded_at))),
            ("Because of", Some(mention(&self.statement))),
            ("Rested on", self.basis.as_ref().map(mention)),
            ("Takes back", self.revises.as_ref().map(item)),
            ("Taken back by", self.revised_by.as_ref().map(item)),
            ("Unusual", yes(self.unusual)),
            ("Sources disagreed", yes(self.disputed)),
            ("Position now", Some(now)),
        ]);
        let elsewhere = elsewhere(&Elsewhere {
            access: &request.app.access,
            path,
            formats: FORMATS,
            atlas: format!("?i={}&c={}", initiative.slug, requested_state.code),
            document: QUERY,
            variables: json!({ "id": self.change.id }),
        });
        format!(
            "<p class=\"label\">Stance change {seq}{}</p>\n<h1>{}</h1>\n{}{facts}{elsewhere}",
            if self.revised_by.is_some() {
                ": <b>taken back</b>"
            } else {
                ""
            },
            escape(&self.title()),
            self.notice(),
        )
    }

    fn notice(&self) -> String {
        let Some(later) = &self.revised_by else {
            return String::new();
        };
        format!(
            "<div class=\"notice\" role=\"note\">\n<p><strong>Taken back</strong> by <a href=\"/changes/{0}\">change {0}</a> ({1}): \
             do not cite this change as what happened.</p>\n</div>\n",
            later.seq(),
            lower_case(&later.kind)
        )
    }
}

fn kind(kind: &str) -> String {
    match kind {
        "EVENT" => "something happened, or a report of it was recorded".to_owned(),
        "CORRECTION" => "a statement was corrected".to_owned(),
        "RETRACTION" => "a statement was retracted".to_owned(),
        other => lower_case(other),
    }
}
