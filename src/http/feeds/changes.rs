//! Feeds of stance changes: an item each. A correction is an item of its own that links the change that it takes back, and the
//! item of that change is updated: no reader announces a change of an old item, and all show it.

use serde_json::{Value, json};

use super::{
    feed::{Feed, Item, NEVER},
    scope::Scope,
};
use crate::http::queries::{
    error::QueryError,
    parameters::{BEFORE, COUNTRY, INITIATIVE, Parameters},
    pinned_query::{PinnedQuery, RateLimit},
};
use crate::http::wording::stances::stance_name;
use crate::model::cursor::LedgerCursor;
use crate::model::edtf::words::{Months, in_words};

const DOCUMENT: &str = include_str!("operations/changes.graphql");
/// Items of a page.
const PAGE_SIZE: u32 = 50;

pub(super) async fn load(
    query: &PinnedQuery,
    scope: &Scope,
    parameters: &Parameters,
    format: &str,
) -> Result<Feed, QueryError> {
    let selected = match scope {
        Scope::Initiative(slug) => parameters.clone().with(INITIATIVE, slug),
        Scope::Country(code) => parameters.clone().with(COUNTRY, code),
        Scope::All | Scope::Statement(_) => parameters.clone(),
    };
    let slug = match scope {
        Scope::Initiative(slug) => Some(slug),
        Scope::All | Scope::Country(_) | Scope::Statement(_) => None,
    };
    let variables = json!({
        "filter": selected.change_filter(),
        "slug": slug.map_or("", String::as_str),
        "hasInitiative": slug.is_some(),
        "last": PAGE_SIZE,
        "before": parameters.text(BEFORE),
    });
    let data = query
        .execute(DOCUMENT, &variables, RateLimit::Reject)
        .await?;
    let public_url = &query.app().public_url;
    let page = &data["stanceChanges"];
    let nodes = page["nodes"].as_array().into_iter().flatten().rev();
    let items: Vec<Item> = nodes.map(|change| item(change, public_url)).collect();
    let newest = items.iter().map(|item| item.updated.as_str()).max();
    // Not the head where there are items: the feed must not change with entries that it does not show.
    let head = data["ledger"]["head"]["recordedAt"].as_str();
    let address = format!("{public_url}{}", scope.feed_path(format));
    let has_older = page["pageInfo"]["hasPreviousPage"] == true;
    let start = page["pageInfo"]["startCursor"]
        .as_str()
        .filter(|_| has_older);
    let without_page = parameters.clone().without(BEFORE);
    let next = start.map(|start| without_page.clone().with(BEFORE, start).query(None));
    Ok(Feed {
        title: scope.title(&data["initiative"]),
        home_url: format!("{public_url}{}", scope.page_path()),
        first_url: format!("{address}{}", without_page.query(None)),
        self_url: format!("{address}{}", parameters.query(None)),
        next_url: next.map(|next| format!("{address}{next}")),
        updated: newest.or(head).unwrap_or(NEVER).to_owned(),
        items,
    })
}

fn item(change: &Value, public_url: &str) -> Item {
    let text = |pointer: &str| {
        let text = change.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let url_of = |cursor: &Value| {
        let cursor = cursor.as_str().and_then(LedgerCursor::parse)?;
        Some(format!("{public_url}/changes/{}", cursor.seq))
    };
    let url = url_of(&change["cursor"]).unwrap_or_default();
    let corrects_url = url_of(&change["revises"]["cursor"]);
    let recorded_at = text("/recordedAt");
    // The statement of a retraction is the one that it takes back.
    let fate = (change["kind"] != "RETRACTION")
        .then(|| Fate::of(&change["statement"]))
        .flatten();
    Item {
        id: url.clone(),
        url,
        title: title(change, fate.as_ref()),
        text: body(change, corrects_url.as_deref(), fate.as_ref(), public_url),
        corrects_url,
        author: text("/statement/claimant/label"),
        updated: fate.map_or_else(|| recorded_at.clone(), |fate| fate.at),
        published: recorded_at,
        tags: vec![
            text("/relationship/initiative/slug"),
            text("/relationship/requestedState/code"),
            text("/to"),
            text("/kind"),
        ],
    }
}

/// What became of the statement of a change.
struct Fate {
    word: &'static str,
    at: String,
    by: Option<i64>,
    reason: String,
}

impl Fate {
    fn of(statement: &Value) -> Option<Self> {
        let correction = &statement["correctedBy"];
        let (word, at, reason) = if let Some(at) = statement["retractedAt"].as_str() {
            ("Retracted", at, &statement["retractionReason"])
        } else {
            let at = correction["recordedAt"].as_str()?;
            ("Corrected", at, &correction["correctionReason"])
        };
        Some(Self {
            word,
            at: at.to_owned(),
            by: correction["number"]
                .as_i64()
                .filter(|_| word == "Corrected"),
            reason: reason.as_str().unwrap_or_default().to_owned(),
        })
    }
}

fn title(change: &Value, fate: Option<&Fate>) -> String {
    let state = change["relationship"]["requestedState"]["name"].as_str();
    let wording = &change["relationship"]["initiative"]["wording"];
    let words = |stance: &Value| {
        let name = stance_name(
            stance.as_str().unwrap_or_default(),
            wording["carriedOut"].as_str(),
        );
        name.to_lowercase()
    };
    let (from, to) = (words(&change["from"]), words(&change["to"]));
    let before = if change["from"] == "UNKNOWN" {
        String::new()
    } else {
        format!(" (before: {from})")
    };
    let kind = match change["kind"].as_str() {
        Some("CORRECTION") => "Correction: ",
        Some("RETRACTION") => "Retraction: ",
        _ => "",
    };
    let fate = fate.map_or_else(String::new, |fate| format!("[{}] ", fate.word));
    format!("{fate}{kind}{}: {to}{before}", state.unwrap_or_default())
}

/// What an item says of a correction that does not end disputes.
pub(super) const KEEPS_DISPUTES: &str = "It keeps the disputes of the statement that it corrects.";

/// Paragraphs of plain text.
fn body(
    change: &Value,
    corrects_url: Option<&str>,
    fate: Option<&Fate>,
    public_url: &str,
) -> String {
    let statement = &change["statement"];
    let mut lines = Vec::new();
    lines.extend(fate.map(|fate| fate_line(fate, public_url)));
    lines.extend(corrects_url.map(|url| format!("Takes back {url}")));
    let mut add = |label: &str, value: &Value| {
        let value = value.as_str().filter(|value| !value.is_empty());
        lines.extend(value.map(|value| format!("{label}{value}")));
    };
    add("", &statement["summary"]);
    add("Claimed by: ", &statement["claimant"]["label"]);
    if let Some(day) = change["occurredOn"].as_str() {
        add("When: ", &in_words(Some(day), Months::Long).into());
    }
    add(
        "Initiative: ",
        &change["relationship"]["initiative"]["title"],
    );
    if change["disputed"] == true {
        lines.push("Disputed: valid statements contradict each other.".to_owned());
    }
    if statement["keepsDisputes"] == true {
        lines.push(KEEPS_DISPUTES.to_owned());
    }
    let evidence = statement["evidence"].as_array().into_iter().flatten();
    lines.extend(evidence.map(|evidence| source_line(&evidence["source"])));
    lines.join("\n\n")
}

fn fate_line(fate: &Fate, public_url: &str) -> String {
    let by = fate.by.map_or_else(String::new, |number| {
        format!(" by {public_url}/statements/{number}")
    });
    let reason = if fate.reason.is_empty() {
        String::new()
    } else {
        format!(": {}", fate.reason)
    };
    format!("{}{by} on {}{reason}", fate.word, fate.at)
}

pub(super) fn source_line(source: &Value) -> String {
    let parts = ["publisher", "title", "url"].map(|field| source[field].as_str());
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    format!("Source: {}", parts.join(", "))
}
