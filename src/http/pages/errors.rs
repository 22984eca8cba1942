//! Errors as pages: a browser that asks for a page receives one, and every other client JSON.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    document, escape,
    memento::Memento,
    negotiation,
    representation::{Format, choose_format, split_ending},
    request::PageRequest,
};
use crate::{
    config::access::AccessConfig,
    http::{
        response::{common_headers::NO_STORE, error::HttpError},
        state::AppState,
    },
};

pub(super) const WAY_HOME: &str = "<p><a href=\"/\">Go to the home page</a></p>";

/// Why there is no page at an address of something recorded.
pub(super) struct Problem {
    error: HttpError,
    /// Title and text (HTML) of a page that says so; without them, that of the status.
    page: Option<(&'static str, String)>,
}

impl From<HttpError> for Problem {
    fn from(error: HttpError) -> Self {
        Self { error, page: None }
    }
}

impl Problem {
    /// `text` is HTML.
    pub(super) fn not_found(title: &'static str, text: String) -> Self {
        Self {
            error: HttpError::not_found(),
            page: Some((title, text)),
        }
    }

    /// There was no entry at the instant of the address.
    pub(super) fn nothing_recorded(memento: Memento) -> Self {
        let text = format!("Nothing was recorded by {}.", memento.in_words());
        Self::not_found("Nothing recorded", text)
    }

    /// Without a preference a page, because everything that exists is one.
    pub(super) fn respond(self, request: &PageRequest) -> Response {
        let named = split_ending(request.name()).1;
        let format = choose_format(&request.headers, named, &[Format::Html, Format::Json]);
        let page = self.page.or_else(|| {
            let message = self.error.bad_request_message()?;
            Some(("Bad request", escape(message)))
        });
        let response = self.error.into_response();
        match (page, format) {
            (Some((title, text)), Ok(Format::Html)) => {
                let main = format!("<h1>{title}</h1>\n<p>{text}</p>\n{WAY_HOME}");
                let page = document::html(&request.app.access, title, &main);
                let headers = [(header::CACHE_CONTROL, NO_STORE)];
                (response.status(), headers, page).into_response()
            }
            _ => response,
        }
    }
}

pub(super) fn page_or_problem(request: &PageRequest, found: Result<Response, Problem>) -> Response {
    found.unwrap_or_else(|problem| problem.respond(request))
}

/// Replaces the body of a JSON error by a page if the client prefers pages. Status and other headers stay.
pub(in crate::http) async fn negotiate_errors(
    State(app): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    let prefers_page = negotiation::prefers_page(request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let is_json = |value: &HeaderValue| value.as_bytes().starts_with(b"application/json");
    if !prefers_page || !headers.get(header::CONTENT_TYPE).is_some_and(is_json) {
        return response;
    }
    let retry_after = headers.get(header::RETRY_AFTER).cloned();
    let page = error_page(&app.access, status, &path, retry_after.as_ref());
    let (page, body) = page.into_response().into_parts();
    headers.remove(header::CONTENT_LENGTH);
    headers.extend(page.headers);
    *response.body_mut() = body;
    response
}

/// A page for an error of this status at this path.
pub(super) fn error_page(
    access: &AccessConfig,
    status: StatusCode,
    path: &str,
    retry_after: Option<&HeaderValue>,
) -> impl IntoResponse {
    let (title, text) = match status {
        StatusCode::NOT_FOUND => ("Page not found", not_found_text(path)),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            ("Try again later", retry_text(status, retry_after))
        }
        StatusCode::METHOD_NOT_ALLOWED => (
            "Method not allowed",
            "This address only supports reading (GET).".to_owned(),
        ),
        status if status.is_server_error() => (
            "Internal error",
            "The page could not be shown. The error has been logged.".to_owned(),
        ),
        _ => (
            "Bad request",
            format!("The request was rejected ({status})."),
        ),
    };
    let main = format!("<h1>{title}</h1>\n<p>{text}</p>\n{WAY_HOME}");
    (status, document::html(access, title, &main))
}

fn not_found_text(path: &str) -> String {
    let shown = escape(path);
    // A slash at the end is the most common slip in a permanent link.
    let number = path
        .strip_prefix("/statements/")
        .map(|rest| rest.trim_matches('/'));
    let number = number.and_then(|number| number.parse::<u32>().ok());
    let suggestion = number.map_or_else(String::new, |number| {
        format!(" Did you mean <a href=\"/statements/{number}\">statement {number}</a>?")
    });
    format!("There is no page at <code>{shown}</code>.{suggestion}")
}

fn retry_text(status: StatusCode, retry_after: Option<&HeaderValue>) -> String {
    let cause = if status == StatusCode::TOO_MANY_REQUESTS {
        "There were too many requests from your address."
    } else {
        "The server is not available at the moment."
    };
    let seconds = retry_after.and_then(|value| value.to_str().ok());
    let seconds = seconds.map_or_else(String::new, |seconds| {
        format!(" Try again after {} s.", escape(seconds))
    });
    format!("{cause}{seconds}")
}
