//! The atlas, the page at `/`: where states stand, as a sentence, counts and a table; its scripts draw map, time and feed.
//!
//! The page is made from the same operation that its scripts ask, as an anonymous caller.

mod answer;
pub(in crate::http) mod files;
mod html;
pub(in crate::http) mod oembed;
pub(in crate::http) mod picture;
mod sentence;
mod view;

use axum::{
    Extension,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{document, escape, request::PageRequest};
use crate::http::{
    middleware::security_headers::PagePolicy, response::error::HttpError, state::AppState,
};
use answer::{Answer, Head, Initiative, More, MoreOfInitiative, PageInfo};
use sentence::Moment;
use view::View;

const QUERY: &str = include_str!("../../../../web/atlas/operations/Atlas.graphql");
const MORE_STATES: &str = include_str!("../../../../web/atlas/operations/MoreStates.graphql");
const INITIATIVES: &str = "{ initiatives { slug title } }";

#[derive(Deserialize)]
struct Initiatives {
    initiatives: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    slug: String,
    title: String,
}

/// The page itself, or as it stands in a frame of another page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Frame,
}

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    answer(&request, Form::Page).await
}

/// For frames of other pages.
pub(in crate::http) async fn embed(request: PageRequest) -> Response {
    answer(&request, Form::Frame).await
}

async fn answer(request: &PageRequest, form: Form) -> Response {
    let view = View::read(request.query());
    let policy = match form {
        Form::Page => PagePolicy::Strict,
        Form::Frame => PagePolicy::Framed,
    };
    match find_page(request, &view, form).await {
        Ok((status, page)) => {
            let page = document::respond(&request.headers, status, Html(page));
            (Extension(policy), page).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// What a view shows.
enum Found {
    View {
        slug: String,
        initiative: Box<Initiative>,
        head: Head,
    },
    /// Nothing is recorded, or the address names an initiative that does not exist; with the initiatives that do.
    Nothing(Vec<Listed>),
}

/// Executes the operation of the page, pinned to a ledger entry if `seq` names one.
/// # Errors
/// 400 for an entry that does not exist.
async fn find(request: &PageRequest, view: &View, seq: Option<i64>) -> Result<Found, HttpError> {
    let Initiatives { initiatives } = request.ask(INITIATIVES, json!({}), seq).await?;
    let slug = view.initiative.as_deref();
    let listed = match slug {
        Some(slug) => initiatives.iter().find(|listed| listed.slug == slug),
        None => initiatives.first(),
    };
    let Some(Listed { slug, .. }) = listed else {
        return Ok(Found::Nothing(initiatives));
    };
    let at = view.at.as_ref().map(|at| json!({ "recordedBy": at }));
    let mut variables = json!({ "i": slug, "at": at, "recordedBy": view.at, "lang": view.lang });
    let answer: Answer = request.ask(QUERY, variables.clone(), seq).await?;
    let Some(mut initiative) = answer.initiative else {
        return Ok(Found::Nothing(initiatives));
    };
    // Further pages are of the entry where the first one ends.
    while let PageInfo {
        has_next_page: true,
        end_cursor,
    } = &initiative.relationships.page_info
    {
        variables["after"] = end_cursor.clone().into();
        let state = Some(answer.ledger.head.seq);
        let more: More = request.ask(MORE_STATES, variables.clone(), state).await?;
        let Some(MoreOfInitiative { relationships }) = more.initiative else {
            break;
        };
        initiative.relationships.nodes.extend(relationships.nodes);
        initiative.relationships.page_info = relationships.page_info;
    }
    Ok(Found::View {
        slug: slug.clone(),
        initiative: Box::new(initiative),
        head: answer.ledger.head,
    })
}

async fn find_page(
    request: &PageRequest,
    view: &View,
    form: Form,
) -> Result<(StatusCode, String), HttpError> {
    let app = &request.app;
    let (slug, initiative, head) = match find(request, view, None).await? {
        Found::Nothing(initiatives) => return Ok(without_initiative(app, &initiatives, view)),
        Found::View {
            slug,
            initiative,
            head,
        } => (slug, initiative, head),
    };
    let moment = Moment::of(&initiative, view);
    let sentence = sentence::headline(&initiative, &moment, view);
    let query = view.query();
    let page = format!("{}/{query}", app.public_url);
    let document = html::Document {
        access: &app.access,
        public_url: &app.public_url,
        lang: "en",
        slug: &slug,
        query: &query,
        picture: picture::address(view, head.seq),
        title: sentence::plain_text(&sentence),
        description: initiative.title.clone(),
        main: match form {
            Form::Page => html::main(&initiative, &moment, view, &sentence),
            Form::Frame => html::framed(&initiative, &moment, view, (&sentence, &page)),
        },
    };
    let html = match form {
        Form::Page => html::document(&document),
        Form::Frame => html::frame(&document),
    };
    Ok((StatusCode::OK, html))
}

/// Nothing is recorded, or the address names an initiative that does not exist.
fn without_initiative(app: &AppState, all: &[Listed], view: &View) -> (StatusCode, String) {
    let (status, title) = if view.initiative.is_some() {
        (StatusCode::NOT_FOUND, "There is no such matter.")
    } else {
        (StatusCode::OK, "Nothing is recorded yet.")
    };
    let list: Vec<String> = all
        .iter()
        .map(|listed| {
            let (slug, title) = (escape(&listed.slug), escape(&listed.title));
            format!("<li><a href=\"/?i={slug}\">{title}</a></li>\n")
        })
        .collect();
    let list = list.concat();
    let playground = if document::offers_playground(&app.access) {
        "<p><a href=\"/playground/\">Open the playground</a> · <a href=\"/about\">About this service</a></p>\n"
    } else {
        "<p><a href=\"/about\">About this service</a></p>\n"
    };
    let main = format!("<h1>{title}</h1>\n<ul>\n{list}</ul>\n{playground}");
    (status, document::html(&app.access, title, &main).0)
}
