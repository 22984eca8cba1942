//! The atlas, the page at `/`: where states stand, as a sentence, counts and a table; its scripts draw map, time and feed.
//!
//! The page is made from the same operation that its scripts ask, as an anonymous caller.

mod answer;
pub(in crate::http) mod files;
mod html;
pub(in crate::http) mod oembed;
mod sentence;
mod view;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{anonymous, document, errors, escape};
use crate::http::{
    middleware::{request_context::RequestContext, security_headers::PagePolicy},
    state::AppState,
};
use answer::Answer;
use sentence::Moment;
use view::View;

const QUERY: &str = include_str!("../../../../web/atlas/operations/Atlas.graphql");
const INITIATIVES: &str = "{ initiatives { slug title } }";

/// Cost that is charged for the page, about that of its query.
const PAGE_COST: u32 = 2000;

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

pub(in crate::http) async fn page(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer_request(&app, &context, query.as_deref(), &headers, Form::Page).await
}

/// For frames of other pages.
pub(in crate::http) async fn embed(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer_request(&app, &context, query.as_deref(), &headers, Form::Frame).await
}

async fn answer_request(
    app: &AppState,
    context: &RequestContext,
    query: Option<&str>,
    headers: &HeaderMap,
    form: Form,
) -> Response {
    if let Err(error) = anonymous::charge(app, context, PAGE_COST) {
        return error.into_response();
    }
    let view = View::read(query.unwrap_or_default());
    match find_page(app, &view, form).await {
        Ok((status, page)) => {
            let policy = match form {
                Form::Page => PagePolicy::Strict,
                Form::Frame => PagePolicy::Framed,
            };
            (
                Extension(policy),
                document::respond(headers, status, Html(page)),
            )
                .into_response()
        }
        Err(cause) => {
            tracing::error!(%cause, "atlas page failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            errors::error_page(&app.access, status, "/", None).into_response()
        }
    }
}

/// # Errors
/// A message for the log.
async fn find_page(
    app: &AppState,
    view: &View,
    form: Form,
) -> Result<(StatusCode, String), String> {
    let Initiatives { initiatives } = execute(app, INITIATIVES, json!({})).await?;
    let slug = view.initiative.as_deref();
    let found = match slug {
        Some(slug) => initiatives.iter().find(|listed| listed.slug == slug),
        None => initiatives.first(),
    };
    let Some(Listed { slug, .. }) = found else {
        return Ok(without_initiative(app, &initiatives, view));
    };
    let at = view.at.as_ref().map(|at| json!({ "recordedBy": at }));
    let variables = json!({ "i": slug, "at": at, "recordedBy": view.at, "lang": view.lang });
    let answer: Answer = execute(app, QUERY, variables).await?;
    let initiative = answer.initiative.ok_or("the initiative is gone")?;
    let moment = Moment::of(&initiative, view);
    let sentence = sentence::headline(&initiative, &moment, view);
    let query = view.query();
    let page = format!("{}/{query}", app.public_url);
    let document = html::Document {
        access: &app.access,
        public_url: &app.public_url,
        lang: "en",
        slug,
        query: &query,
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

/// # Errors
/// A message for the log.
async fn execute<T: DeserializeOwned>(
    app: &AppState,
    query: &str,
    variables: Value,
) -> Result<T, String> {
    let (data, errors) = anonymous::execute(app, query, variables).await;
    if !errors.is_empty() {
        return Err(format!("{errors:?}"));
    }
    serde_json::from_slice(&data).map_err(|error| error.to_string())
}
