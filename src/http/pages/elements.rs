//! Parts of HTML that pages about recorded things share.
//!
//! Recorded text is in any language: each piece stands in an element whose direction follows its content (`bdi`,
//! `dir="auto"`), and has the language of its source where that is known.

use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{document, escape, memento::Memento, representation::Format};
use crate::config::access::AccessConfig;
use crate::http::wording::stances::stance_name;
use crate::model::edtf::words::{Months, in_words};

/// A statement that a page links.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mention {
    pub(super) number: i64,
    pub(super) summary: String,
    pub(super) standing: String,
}

/// Two statements of which one contradicts the other.
#[derive(Debug, Deserialize)]
pub(super) struct Contradiction {
    pub(super) statement: Mention,
    pub(super) contradicts: Mention,
}

/// A country that a page links.
#[derive(Debug, Deserialize)]
pub(super) struct State {
    pub(super) code: String,
    pub(super) name: String,
}

impl State {
    pub(super) fn link(&self) -> String {
        let (code, name) = (escape(&self.code), escape(&self.name));
        format!("<a href=\"/countries/{code}\">{name}</a>")
    }
}

/// An initiative that a page links.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Matter {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) wording: Option<Wording>,
}

/// What an initiative calls the carrying out of what it asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wording {
    carried_out: String,
}

impl Matter {
    pub(super) fn link(&self) -> String {
        let (slug, title) = (escape(&self.slug), escape(&self.title));
        format!("<a href=\"/initiatives/{slug}\"><bdi>{title}</bdi></a>")
    }

    pub(super) fn stance<'a>(&'a self, stance: &str) -> &'a str {
        let wording = self.wording.as_ref();
        stance_name(stance, wording.map(|wording| wording.carried_out.as_str()))
    }
}

/// A stance with its colour.
pub(super) fn stance_tag(stance: &str, name: &str) -> String {
    let (stance, name) = (escape(stance), escape(name));
    format!("<span class=\"stance\" data-stance=\"{stance}\">{name}</span>")
}

/// What a stance is limited to, as its continuation; empty if it is not known to be limited.
pub(super) fn scope_of_stance(scope: Option<&str>) -> String {
    let scope = scope.map(escape);
    scope.map_or_else(String::new, |scope| {
        format!(" (limited to: <bdi>{scope}</bdi>)")
    })
}

/// Number, link and summary of another statement, and its status.
pub(super) fn mention(other: &Mention) -> String {
    format!(
        "<a href=\"/statements/{0}\">statement {0}</a> ({1}): <bdi>{2}</bdi>",
        other.number,
        status(&other.standing),
        escape(&other.summary)
    )
}

/// As [`mention`], as the end of a sentence: most summaries have a full stop of their own.
pub(super) fn final_mention(other: &Mention) -> String {
    let stop = if other.summary.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{stop}", mention(other))
}

/// Status of a statement as readers call it: a `STANDING` statement is valid.
pub(super) fn status(standing: &str) -> String {
    match standing {
        "STANDING" => "valid".to_owned(),
        other => lower_case(other),
    }
}

/// Text of an enum value: `REQUESTED_STATE` becomes "requested state".
pub(super) fn lower_case(code: &str) -> String {
    escape(&code.to_lowercase().replace('_', " "))
}

/// The UTC day of an RFC 3339 time.
pub(super) fn day(time: &str) -> String {
    time_element(time, time.split('T').next().unwrap_or_default())
}

/// An RFC 3339 time in UTC, to the second.
pub(super) fn second(time: &str) -> String {
    let second = time.split(['.', 'Z']).next().unwrap_or_default();
    time_element(time, &format!("{} UTC", second.replace('T', " ")))
}

fn time_element(time: &str, shown: &str) -> String {
    let (time, shown) = (escape(time), escape(shown));
    format!("<time datetime=\"{time}\">{shown}</time>")
}

/// An EDTF date in words.
pub(super) fn date(edtf: &str) -> String {
    escape(&in_words(Some(edtf), Months::Long))
}

/// A link to the page where a reader checks a position, as it was recorded by a memento's instant.
pub(super) fn check_link(matter: &Matter, code: &str, memento: Option<Memento>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("initiative", &matter.slug);
    query.append_pair("country", code);
    if let Some(memento) = memento {
        query.append_pair("recordedBy", &memento.at.to_string());
    }
    let query = escape(&query.finish());
    format!("<a href=\"/verify?{query}\">Check that this position follows from the ledger</a>")
}

/// A list of names and values (HTML); those without a value are left out.
pub(super) fn facts<const N: usize>(facts: [(&str, Option<String>); N]) -> String {
    let facts = facts.into_iter();
    let facts =
        facts.filter_map(|(name, value)| Some(format!("<dt>{name}</dt><dd>{}</dd>\n", value?)));
    format!("<dl>\n{}</dl>\n", facts.collect::<String>())
}

/// A list with a heading; nothing without items (HTML).
pub(super) fn section(heading: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if items.is_empty() {
        return String::new();
    }
    format!("<h2>{heading}</h2>\n<ul>\n{}</ul>\n", items.concat())
}

/// Where else a page's data are: its other formats, the atlas and the playground.
pub(super) struct Elsewhere<'a> {
    pub(super) access: &'a AccessConfig,
    pub(super) path: &'a str,
    pub(super) formats: &'a [Format],
    /// Query of the address of the atlas.
    pub(super) atlas: String,
    pub(super) document: &'static str,
    pub(super) variables: Value,
}

pub(super) fn elsewhere(page: &Elsewhere<'_>) -> String {
    let format_link = |format: &Format| {
        let name = match format {
            Format::Html => return None,
            Format::Json => "JSON",
            Format::LinkedData => "JSON-LD",
            Format::Bibtex => "BibTeX",
            Format::CslJson => "CSL-JSON",
        };
        let (path, ending) = (escape(page.path), format.ending());
        Some(format!("<a href=\"{path}{ending}\">{name}</a>"))
    };
    let formats: Vec<String> = page.formats.iter().filter_map(format_link).collect();
    let atlas = format!("<a href=\"/{}\">Show on the map</a>", escape(&page.atlas));
    let playground = document::offers_playground(page.access).then(|| {
        let variables = page.variables.to_string();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("query", page.document);
        if page.variables != json!({}) {
            query.append_pair("variables", &variables);
        }
        let query = escape(&query.finish());
        format!("<a href=\"/playground/?{query}\">Run its query in the playground</a>")
    });
    let data = format!("Data: {}", formats.join(" "));
    let links: Vec<String> = [atlas]
        .into_iter()
        .chain(playground)
        .chain([data])
        .collect();
    format!("<p class=\"elsewhere\">{}</p>\n", links.join(" · "))
}
