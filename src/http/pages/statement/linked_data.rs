//! A statement as JSON-LD: a `Claim` of schema.org. It is no `ClaimReview`, because nobody here rates whether a claim is true.

use serde_json::{Value, json};

use super::{Source, Statement, Subject};
use crate::http::pages::linked_data::{LICENSE, country, dataset};
use crate::model::time::parse_day;

pub(super) fn claim(statement: &Statement, public_url: &str) -> Value {
    let url = format!("{public_url}/statements/{}", statement.number);
    let supporting = statement.evidence.iter();
    let supporting = supporting.filter(|evidence| evidence.relation == "SUPPORTS");
    let appearances: Vec<Value> = supporting.map(|evidence| work(&evidence.source)).collect();
    let mut claim = json!({
        "@context": "https://schema.org",
        "@type": "Claim",
        "@id": url,
        "url": url,
        "identifier": statement.number.to_string(),
        "text": statement.summary,
        "author": { "@type": "Organization", "name": statement.claimant.label },
        "datePublished": statement.published_on,
        "dateCreated": statement.recorded_at,
        "about": about(&statement.subject, public_url),
        "appearance": appearances,
        "creativeWorkStatus": status(&statement.standing),
        "isPartOf": dataset(public_url),
        "license": LICENSE,
    });
    if let Some(correction) = correction(statement, public_url) {
        claim["correction"] = correction;
    }
    if let Some(earlier) = &statement.corrects {
        claim["isBasedOn"] = format!("{public_url}/statements/{}", earlier.number).into();
    }
    claim
}

fn status(standing: &str) -> &'static str {
    match standing {
        "STANDING" => "Valid",
        "CORRECTED" => "Corrected",
        _ => "Retracted",
    }
}

/// Why and when the statement ceased to be valid.
fn correction(statement: &Statement, public_url: &str) -> Option<Value> {
    if let Some(at) = &statement.retracted_at {
        return Some(json!({
            "@type": "CorrectionComment",
            "text": statement.retraction_reason,
            "datePublished": at,
        }));
    }
    let by = statement.corrected_by.as_ref()?;
    let text = by.reason.as_ref().unwrap_or(&by.mention.summary);
    Some(json!({
        "@type": "CorrectionComment",
        "text": text,
        "datePublished": by.recorded_at,
        "url": format!("{public_url}/statements/{}", by.mention.number),
    }))
}

fn about(subject: &Subject, public_url: &str) -> Value {
    match subject {
        Subject::Relationship(relationship) => {
            let states = [
                &relationship.requested_state,
                &relationship.requesting_state,
            ];
            let states = states.map(|state| country(public_url, &state.code, &state.name));
            json!(states)
        }
        Subject::Country(state) => country(public_url, &state.code, &state.name),
        Subject::Initiative(matter) => json!({
            "@type": "Thing",
            "@id": format!("{public_url}/initiatives/{}", matter.slug),
            "url": format!("{public_url}/initiatives/{}", matter.slug),
            "name": matter.title,
        }),
    }
}

/// A source. Its date is left out if it is not exact: readers of JSON-LD know no other notation.
fn work(source: &Source) -> Value {
    let kind = match source.kind.as_str() {
        "NEWS" => "NewsArticle",
        "DATASET" => "Dataset",
        "TREATY_TEXT" => "Legislation",
        _ => "CreativeWork",
    };
    let mut work = json!({
        "@type": kind,
        "name": source.title,
        "publisher": { "@type": "Organization", "name": source.publisher },
    });
    let day = source.published_on.as_deref();
    let day = day.filter(|day| parse_day(day).is_some());
    let known = [
        ("url", source.web_address()),
        ("datePublished", day),
        ("inLanguage", source.language.as_deref()),
    ];
    for (key, value) in known {
        if let Some(value) = value {
            work[key] = value.into();
        }
    }
    work
}
