//! Representations of a page about something recorded: HTML, JSON, JSON-LD and citation formats at one address, by `Accept`, and
//! each at an address of its own, by an ending.

use axum::{
    Extension,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, value::RawValue};

use super::{
    document, escape, linked_data,
    links::Links,
    memento::{self, Memento},
    request::PageRequest,
};
use crate::http::{
    feeds::discovery,
    middleware::security_headers::PagePolicy,
    response::{
        accept::{Offer, accept_header, preference},
        error::HttpError,
        etag,
    },
};
use crate::model::citation::Citation;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Json,
    LinkedData,
    Bibtex,
    CslJson,
}

/// The formats of every page; the first one where `Accept` has no preference.
pub(super) const FORMATS: &[Format] = &[Format::Html, Format::Json, Format::LinkedData];
/// The formats of a page with a citation.
pub(super) const CITED_FORMATS: &[Format] = &[
    Format::Html,
    Format::Json,
    Format::LinkedData,
    Format::Bibtex,
    Format::CslJson,
];

impl Format {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Json => "application/json",
            Self::LinkedData => "application/ld+json",
            Self::Bibtex => "application/x-bibtex",
            Self::CslJson => "application/vnd.citationstyles.csl+json",
        }
    }

    /// The ending of its own address.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Html => "",
            Self::Json => ".json",
            Self::LinkedData => ".jsonld",
            Self::Bibtex => ".bib",
            Self::CslJson => ".csl.json",
        }
    }

    /// JSON is UTF-8 by definition and has no parameter `charset` (RFC 8259, 11).
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
            Self::Json | Self::LinkedData | Self::CslJson => self.media_type(),
        })
    }
}

/// The last segment of an address without the ending of a format, and that format.
pub(super) fn split_ending(name: &str) -> (&str, Option<Format>) {
    let of_ending = |format: &Format| Some((name.strip_suffix(format.ending())?, *format));
    // The longest ending first: `.csl.json` ends with `.json`, too.
    let mut formats = CITED_FORMATS[1..].iter().rev();
    let found = formats.find_map(of_ending);
    found.map_or((name, None), |(name, format)| (name, Some(format)))
}

/// The format that the address names, or `Accept` prefers.
/// # Errors
/// 404 for an ending that the page does not have, 406 if the client accepts none of the formats.
pub(super) fn choose_format(
    request: &HeaderMap,
    named: Option<Format>,
    formats: &[Format],
) -> Result<Format, HttpError> {
    if let Some(format) = named {
        let is_offered = formats.contains(&format);
        return is_offered
            .then_some(format)
            .ok_or_else(HttpError::not_found);
    }
    let Some(accept) = accept_header(request) else {
        return Ok(formats[0]);
    };
    let preferences = formats.iter().rev().filter_map(|format| {
        let preference = preference(&accept, Offer::of(format.media_type()))?;
        Some((preference, *format))
    });
    let best = preferences.max_by_key(|(preference, _)| *preference);
    best.map(|(_, format)| format)
        .ok_or_else(|| HttpError::not_acceptable(OFFERED))
}

const OFFERED: &str = "text/html, application/json and application/ld+json";

/// Something recorded, in every format.
pub(super) struct Record {
    /// Of its HTML, for example `/statements/7`.
    pub(super) path: String,
    /// Query of the address, with `?`, of a part of a list.
    pub(super) query: String,
    /// Plain text.
    pub(super) title: String,
    pub(super) main: String,
    pub(super) json: Box<RawValue>,
    pub(super) linked_data: Value,
    pub(super) citation: Option<Citation>,
    /// Links to other things.
    pub(super) links: Links,
    pub(super) has_states: bool,
}

impl Record {
    /// A list of everything of a kind.
    pub(super) fn of_list(
        request: &PageRequest,
        path: &str,
        (title, main): (&str, String),
        json: Box<RawValue>,
    ) -> Self {
        let site = &request.app.public_url;
        Self {
            path: path.to_owned(),
            query: String::new(),
            title: title.to_owned(),
            main,
            json,
            linked_data: linked_data::page(site, path, title, &linked_data::dataset(site)),
            citation: None,
            links: Links::default(),
            has_states: false,
        }
    }

    pub(super) fn formats(&self) -> &'static [Format] {
        if self.citation.is_some() {
            CITED_FORMATS
        } else {
            FORMATS
        }
    }

    /// The record with a validator, or 304.
    pub(super) fn respond(
        self,
        request: &PageRequest,
        format: Format,
        memento: Option<Memento>,
    ) -> Response {
        let body = match (format, &self.citation) {
            (Format::Html, _) => self.html(request, memento),
            (Format::Bibtex, Some(citation)) => citation.bibtex(),
            (Format::CslJson, Some(citation)) => citation.csl_json(),
            (Format::LinkedData, _) => self.linked_data.to_string(),
            (Format::Json | Format::Bibtex | Format::CslJson, _) => self.json.get().to_owned(),
        };
        let tag = etag::from_parts(&[body.as_bytes()]);
        let is_unchanged = etag::is_none_match(&request.headers, &tag);
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, tag);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        if let Some(memento) = memento {
            memento.add_headers(&mut headers);
        }
        if let Some(links) = self
            .all_links(&request.app.public_url, memento)
            .into_header()
        {
            headers.insert(header::LINK, links);
        }
        let policy = Extension(PagePolicy::Strict);
        if is_unchanged {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, format.content_type());
        (policy, headers, body).into_response()
    }

    fn html(&self, request: &PageRequest, memento: Option<Memento>) -> String {
        let site = &request.app.public_url;
        let address = escape(&format!("{site}{}{}", self.path, self.query));
        let query = escape(&memento.map_or_else(|| self.query.clone(), Memento::query));
        let mut head = format!(
            "<link rel=\"canonical\" href=\"{address}\">\n\
             <meta property=\"og:type\" content=\"article\">\n\
             <meta property=\"og:site_name\" content=\"Démarche\">\n\
             <meta property=\"og:title\" content=\"{}\">\n\
             <meta property=\"og:url\" content=\"{address}\">\n",
            escape(&self.title)
        );
        for format in &self.formats()[1..] {
            let alternate = format!(
                "<link rel=\"alternate\" type=\"{}\" href=\"{}{}{query}\">\n",
                format.media_type(),
                self.path,
                format.ending()
            );
            head.push_str(&alternate);
        }
        head.push_str(&discovery::page_links(&self.path));
        head.push_str(&linked_data::data_block(&self.linked_data));
        let notice = memento.map_or_else(String::new, |memento| self.memento_notice(memento));
        let main = format!("{notice}{}", self.main);
        document::html_with_head(&request.app.access, &self.title, &head, &main).0
    }

    fn memento_notice(&self, memento: Memento) -> String {
        format!(
            "<p class=\"memento\" role=\"note\">As recorded on {}. <a href=\"{}\">Show the page of now</a></p>\n",
            memento.in_words(),
            self.path
        )
    }

    fn all_links(self, public_url: &str, memento: Option<Memento>) -> Links {
        let address = format!("{public_url}{}", self.path);
        let query = memento.map_or_else(|| self.query.clone(), Memento::query);
        let formats = self.formats();
        let mut links = self.links;
        links.add("canonical", &format!("{address}{}", self.query));
        links.add("license", linked_data::LICENSE);
        for format in &formats[1..] {
            let target = format!("{address}{}{query}", format.ending());
            links.add_alternate(&target, format.media_type());
        }
        if self.has_states {
            memento::add_links(&mut links, public_url, &self.path);
        }
        links
    }
}
