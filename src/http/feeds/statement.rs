//! The feed of one statement: that it was recorded, and everything that became of it.

use serde_json::{Value, json};

use super::{
    changes::{KEEPS_DISPUTES, source_line},
    feed::{Feed, Item},
    scope::Scope,
};
use crate::http::{
    queries::{
        error::QueryError,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::error::HttpError,
};
use crate::model::edtf::words::{Months, in_words};

const DOCUMENT: &str = include_str!("operations/statement.graphql");

pub(super) async fn load(
    query: &PinnedQuery,
    number: i64,
    format: &str,
) -> Result<Feed, QueryError> {
    let variables = json!({ "number": number.to_string() });
    let mut data = query
        .execute(DOCUMENT, &variables, RateLimit::Reject)
        .await?;
    let statement = data["statement"].take();
    if statement.is_null() {
        return Err(HttpError::not_found().into());
    }
    let scope = Scope::Statement(number);
    let public_url = &query.app().public_url;
    let page = format!("{public_url}{}", scope.page_path());
    let mut items = vec![recorded(&statement, &page)];
    items.extend(added_evidence(&statement, &page));
    let statement_url = |other: &Value| format!("{public_url}/statements/{}", other["number"]);
    let correction = &statement["correctedBy"];
    items.extend(event(
        &page,
        "corrected-by",
        correction,
        "Corrected",
        &statement_url(correction),
    ));
    let retraction = json!({ "number": number, "recordedAt": statement["retractedAt"], "correctionReason": statement["retractionReason"] });
    items.extend(event(&page, "retracted", &retraction, "Retracted", &page));
    for other in list(&statement["contradictedBy"]) {
        items.extend(event(
            &page,
            "contradicted-by",
            other,
            "Contradicted",
            &statement_url(other),
        ));
    }
    items.sort_by(|one, other| other.published.cmp(&one.published));
    let address = format!("{public_url}{}", scope.feed_path(format));
    Ok(Feed {
        title: scope.title(&Value::Null),
        home_url: page,
        first_url: address.clone(),
        self_url: address,
        next_url: None,
        updated: items[0].published.clone(),
        items,
    })
}

fn recorded(statement: &Value, page: &str) -> Item {
    let at = text(&statement["recordedAt"]);
    let summary = text(&statement["summary"]);
    let when = in_words(statement["validFrom"].as_str(), Months::Long);
    let author = text(&statement["claimant"]["label"]);
    let lines = [
        summary.clone(),
        format!("Claimed by: {author}"),
        format!("When: {when}"),
    ];
    // Later evidence has items of its own.
    let first = list(&statement["evidence"])
        .filter(|evidence| evidence["recordedAt"] == statement["recordedAt"]);
    let sources = first.map(|evidence| source_line(&evidence["source"]));
    let lines: Vec<String> = lines.into_iter().chain(sources).collect();
    Item {
        id: format!("{page}#recorded"),
        url: page.to_owned(),
        corrects_url: None,
        title: format!("Recorded: {summary}"),
        text: lines.join("\n\n"),
        author,
        updated: at.clone(),
        published: at,
        tags: Vec::new(),
    }
}

/// An item for each later time at which evidence was added.
fn added_evidence(statement: &Value, page: &str) -> Vec<Item> {
    let author = text(&statement["claimant"]["label"]);
    let mut items: Vec<Item> = Vec::new();
    for evidence in list(&statement["evidence"]) {
        let at = text(&evidence["recordedAt"]);
        if evidence["recordedAt"] == statement["recordedAt"] {
            continue;
        }
        let relation = text(&evidence["relation"]).to_lowercase();
        let line = format!("{} ({relation})", source_line(&evidence["source"]));
        match items.iter_mut().find(|item| item.published == at) {
            Some(item) => item.text = format!("{}\n\n{line}", item.text),
            None => items.push(Item {
                id: format!("{page}#evidence-{at}"),
                url: page.to_owned(),
                corrects_url: None,
                title: "Evidence added".to_owned(),
                text: line,
                author: author.clone(),
                updated: at.clone(),
                published: at,
                tags: Vec::new(),
            }),
        }
    }
    items
}

/// What another entry did to the statement; `None` if it did not happen.
fn event(page: &str, name: &str, other: &Value, title: &str, url: &str) -> Option<Item> {
    let at = other["recordedAt"].as_str()?.to_owned();
    let parts = [&other["correctionReason"], &other["summary"]];
    let keeps_disputes = (other["keepsDisputes"] == true).then_some(KEEPS_DISPUTES);
    let parts: Vec<&str> = parts
        .into_iter()
        .filter_map(Value::as_str)
        .chain(keeps_disputes)
        .collect();
    Some(Item {
        id: format!("{page}#{name}-{}", other["number"]),
        url: url.to_owned(),
        corrects_url: Some(page.to_owned()),
        title: format!("{title}: {}", parts.first().unwrap_or(&"")),
        text: parts.join("\n\n"),
        author: String::new(),
        updated: at.clone(),
        published: at,
        tags: Vec::new(),
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
