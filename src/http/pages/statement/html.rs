//! HTML of a statement's page.
//!
//! Recorded text is in any language: each piece stands in an element whose direction follows its content (`bdi`,
//! `dir="auto"`), and has the language of its source where that is known.

use super::{Evidence, Mention, Source, Statement};
use crate::http::pages::escape;

/// Title of the window: a reader sees the status in a list of tabs and bookmarks, too.
pub(super) fn title(statement: &Statement) -> String {
    match statement.standing.as_str() {
        "STANDING" => statement.summary.clone(),
        other => format!("[{}] {}", lower_case(other), statement.summary),
    }
}

pub(super) fn main(statement: &Statement) -> String {
    let evidence: String = statement.evidence.iter().map(evidence_item).collect();
    format!(
        "<h1 dir=\"auto\">{}</h1>\n{}<dl>\n{}</dl>\n<h2>Evidence</h2>\n<ul>\n{evidence}</ul>\n\
         <h2>Cite as</h2>\n<p dir=\"auto\">{}</p>",
        escape(&statement.summary),
        notice(statement),
        facts(statement),
        escape(&statement.citation)
    )
}

/// Why and when the statement ceased to be valid; empty for a valid one.
fn notice(statement: &Statement) -> String {
    let mut lines = Vec::new();
    if let Some(at) = &statement.retracted_at {
        lines.push(format!(
            "<strong>Retracted</strong> on {}. Do not cite this statement as valid.",
            day(at)
        ));
        lines.extend(statement.retraction_reason.as_deref().map(reason));
    } else if let Some(other) = &statement.corrected_by {
        lines.push(format!(
            "<strong>Corrected</strong> on {} by {}",
            day(&other.recorded_at),
            mention(other)
        ));
        lines.extend(other.correction_reason.as_deref().map(reason));
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.join("</p>\n<p>");
    format!("<div class=\"notice\" role=\"note\">\n<p>{lines}</p>\n</div>\n")
}

fn reason(text: &str) -> String {
    format!("Reason: <bdi>{}</bdi>", escape(text))
}

/// The UTC day of an RFC 3339 time.
fn day(time: &str) -> String {
    time_element(time, time.split('T').next().unwrap_or_default())
}

/// An RFC 3339 time in UTC, to the second.
fn second(time: &str) -> String {
    let second = time.split(['.', 'Z']).next().unwrap_or_default();
    time_element(time, &format!("{} UTC", second.replace('T', " ")))
}

fn time_element(time: &str, shown: &str) -> String {
    let (time, shown) = (escape(time), escape(shown));
    format!("<time datetime=\"{time}\">{shown}</time>")
}

fn facts(statement: &Statement) -> String {
    let claimant = format!(
        "<bdi>{}</bdi> ({})",
        escape(&statement.claimant.label),
        lower_case(&statement.claimant.kind)
    );
    let corrects = statement.corrects.as_ref();
    [
        ("Statement", Some(statement.number.to_string())),
        ("Claimed by", Some(claimant)),
        ("Kind", Some(lower_case(&statement.kind))),
        ("Valid from", Some(escape(&statement.valid_from))),
        ("Published", statement.published_on.as_deref().map(escape)),
        ("Recorded", Some(second(&statement.recorded_at))),
        ("Status", Some(status(&statement.standing))),
        ("Corrects", corrects.map(mention)),
        (
            "Reason for the correction",
            statement
                .correction_reason
                .as_deref()
                .map(|reason| format!("<bdi>{}</bdi>", escape(reason))),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("<dt>{name}</dt><dd>{}</dd>\n", value?)))
    .collect()
}

/// Status of a statement as readers call it: a `STANDING` statement is valid.
fn status(standing: &str) -> String {
    match standing {
        "STANDING" => "valid".to_owned(),
        other => lower_case(other),
    }
}

/// Text of an enum value: `REQUESTED_STATE` becomes "requested state".
fn lower_case(code: &str) -> String {
    escape(&code.to_lowercase().replace('_', " "))
}

/// Number, link and summary of another statement, and its status.
fn mention(other: &Mention) -> String {
    format!(
        "<a href=\"/statements/{0}\">statement {0}</a> ({1}): <bdi>{2}</bdi>",
        other.number,
        status(&other.standing),
        escape(&other.summary)
    )
}

fn evidence_item(evidence: &Evidence) -> String {
    let source = &evidence.source;
    let language = language_attribute(source);
    let mut details = vec![format!("<bdi>{}</bdi>", escape(&source.publisher))];
    details.extend(source.published_on.as_deref().map(escape));
    let locator = evidence.locator.as_deref().map(escape);
    details.extend(locator.map(|locator| format!("<bdi>{locator}</bdi>")));
    details.push(lower_case(&evidence.relation));
    let quote = evidence.quote.as_deref().map(escape);
    let quote = quote.map_or_else(String::new, |quote| {
        format!("<blockquote dir=\"auto\"{language}>{quote}</blockquote>")
    });
    format!(
        "<li>{}<br><span class=\"quiet\">{}</span>{quote}</li>\n",
        source_title(source),
        details.join(" · ")
    )
}

fn source_title(source: &Source) -> String {
    let title = format!(
        "<bdi{}>{}</bdi>",
        language_attribute(source),
        escape(&source.title)
    );
    // Only http and https URLs are recorded; the page does not rely on that.
    let is_http = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    match source.url.as_deref().filter(is_http) {
        Some(url) => format!("<a href=\"{}\" rel=\"nofollow\">{title}</a>", escape(url)),
        None => title,
    }
}

fn language_attribute(source: &Source) -> String {
    let language = source.language.as_deref();
    language.map_or_else(String::new, |tag| format!(" lang=\"{}\"", escape(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn statement(text: &str) -> Value {
        let mention = json!({
            "number": 7, "summary": text, "standing": "CORRECTED",
            "recordedAt": "2026-02-03T04:05:06Z", "correctionReason": text,
        });
        json!({
            "number": 9, "kind": "STANCE", "summary": text,
            "claimant": { "kind": "REQUESTED_STATE", "label": text },
            "validFrom": "2025-06", "publishedOn": null,
            "recordedAt": "2026-01-02T03:04:05Z", "standing": "STANDING", "citation": text,
            "retractedAt": null, "retractionReason": text, "correctionReason": text,
            "evidence": [{
                "relation": "SUPPORTS", "quote": text, "locator": text,
                "source": {
                    "publisher": text, "title": text, "url": "javascript:alert(1)",
                    "publishedOn": "2025-07", "language": text,
                },
            }],
            "corrects": mention, "correctedBy": mention,
        })
    }

    fn page(statement: &Value) -> String {
        main(&serde_json::from_value(statement.clone()).unwrap())
    }

    #[test]
    fn recorded_text_cannot_become_markup() {
        let mut hostile = statement("\"><script>alert(1)</script>");
        for retracted_at in [Value::Null, json!("2026-03-04T05:06:07Z")] {
            hostile["retractedAt"] = retracted_at;
            let page = page(&hostile);
            assert!(
                !page.contains("<script") && !page.contains("\"\">"),
                "{page}"
            );
            assert!(!page.contains("href=\"javascript"));
            assert!(page.contains("(requested state)"));
            assert!(page.contains("<a href=\"/statements/7\">"));
        }
    }

    #[test]
    fn a_statement_that_is_not_valid_says_since_when() {
        let mut invalid = statement("x");
        assert!(page(&invalid).contains("Corrected</strong> on <time datetime=\"2026-02-03T04:05:06Z\">2026-02-03</time> by <a href=\"/statements/7\">"));
        invalid["retractedAt"] = json!("2026-03-04T05:06:07Z");
        assert!(page(&invalid).contains(
            "Retracted</strong> on <time datetime=\"2026-03-04T05:06:07Z\">2026-03-04</time>"
        ));
        invalid["retractedAt"] = Value::Null;
        invalid["correctedBy"] = Value::Null;
        assert!(!page(&invalid).contains("class=\"notice\""));
        assert!(page(&invalid).contains("<dt>Status</dt><dd>valid</dd>"));
    }

    #[test]
    fn a_source_needs_no_url() {
        let mut statement = statement("x");
        statement["evidence"][0]["source"]["url"] = Value::Null;
        assert!(page(&statement).contains("<li><bdi lang=\"x\">x</bdi>"));
    }
}
