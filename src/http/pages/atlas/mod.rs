//! The atlas, the page at `/`: where states stand, as a sentence, counts and a table; its scripts draw map, time and feed.
//!
//! The page is made from the same operation that its scripts ask, as an anonymous caller.

mod answer;
mod bases;
pub(in crate::http) mod files;
mod html;
pub(in crate::http) mod oembed;
pub(in crate::http) mod picture;
mod sentence;
mod shown;
mod table;
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
use bases::Bases;
use files::ASSETS;
use sentence::Moment;
use shown::Shown;
use view::View;

const QUERY: &str = include_str!("../../../../web/atlas/operations/Atlas.graphql");
const MORE_STATES: &str = include_str!("../../../../web/atlas/operations/MoreStates.graphql");
const INITIATIVES: &str = "{ initiatives { slug title } ledger { head { cursor } } }";

#[derive(Deserialize)]
struct Initiatives {
    initiatives: Vec<Listed>,
    ledger: ListedLedger,
}

#[derive(Deserialize)]
struct ListedLedger {
    head: ListedHead,
}

#[derive(Deserialize)]
struct ListedHead {
    cursor: String,
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
    Nothing(Initiatives),
}

/// Executes the operation of the page, pinned to a ledger entry if `seq` names one.
/// # Errors
/// 400 for an entry that does not exist.
async fn find(request: &PageRequest, view: &View, seq: Option<i64>) -> Result<Found, HttpError> {
    let all: Initiatives = request.ask(INITIATIVES, json!({}), seq).await?;
    let slug = view.initiative.as_deref();
    let listed = match slug {
        Some(slug) => all.initiatives.iter().find(|listed| listed.slug == slug),
        None => all.initiatives.first(),
    };
    let Some(Listed { slug, .. }) = listed else {
        return Ok(Found::Nothing(all));
    };
    let at = view.at.as_ref().map(|at| json!({ "recordedBy": at }));
    let mut variables = json!({ "i": slug, "at": at, "recordedBy": view.at, "lang": view.lang });
    let answer: Answer = request.ask(QUERY, variables.clone(), seq).await?;
    let Some(mut initiative) = answer.initiative else {
        return Ok(Found::Nothing(all));
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
        Found::Nothing(all) => return Ok(without_initiative(app, &all, view, form)),
        Found::View {
            slug,
            initiative,
            head,
        } => (slug, initiative, head),
    };
    let moment = Moment::of(&initiative, view);
    let sentence = sentence::headline(&initiative, &moment, view);
    let bases = Bases::ask(request, view, (&slug, &moment, head.seq)).await?;
    let shown = Shown {
        initiative: &initiative,
        moment: &moment,
        view,
        sentence: &sentence,
        bases: &bases,
    };
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
            Form::Page => html::main(&shown),
            Form::Frame => html::framed(&shown, &page),
        },
    };
    let html = match form {
        Form::Page => html::document(&document),
        Form::Frame => html::frame(&document),
    };
    Ok((StatusCode::OK, html))
}

/// Nothing is recorded, or the address names an initiative that does not exist. The scripts load the page again once one is opened.
fn without_initiative(
    app: &AppState,
    all: &Initiatives,
    view: &View,
    form: Form,
) -> (StatusCode, String) {
    let (status, title) = if view.initiative.is_some() {
        (StatusCode::NOT_FOUND, "There is no such matter.")
    } else {
        (StatusCode::OK, "Nothing is recorded yet.")
    };
    let list: Vec<String> = all
        .initiatives
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
    let cursor = escape(&all.ledger.head.cursor);
    let main = format!(
        "<div data-waiting=\"{cursor}\">\n<h1>{title}</h1>\n<ul>\n{list}</ul>\n{playground}</div>"
    );
    let script = format!(
        "<script type=\"module\" src=\"{}\"></script>\n",
        ASSETS.script
    );
    let head = match form {
        Form::Page => script,
        // A link in a frame leads to a page that cannot be framed.
        Form::Frame => format!("<base target=\"_blank\">\n{script}"),
    };
    let page = document::html_with_head(&app.access, title, &head, &main);
    (status, page.0)
}
