//! HTML of a statement's page.

use serde_json::json;

use super::{Position, Relationship, Statement, Subject, details, evidence, notice};
use crate::config::access::AccessConfig;
use crate::http::pages::{
    elements::{
        Elsewhere, Mention, check_link, date, elsewhere, facts, final_mention, lower_case, mention,
        scope_of_stance, second, section, stance_tag, status,
    },
    escape,
    memento::Memento,
    representation::CITED_FORMATS,
};
use crate::http::wording::stances::stance_name;

/// Title of the window: a reader sees the status in a list of tabs and bookmarks, too.
pub(super) fn title(statement: &Statement) -> String {
    if statement.is_valid() {
        return statement.summary.clone();
    }
    let status = statement.standing.to_lowercase();
    format!("[{status}] {}", statement.summary)
}

pub(super) fn main(
    statement: &Statement,
    public_url: &str,
    access: &AccessConfig,
    memento: Option<Memento>,
) -> String {
    let evidence = statement.evidence.iter().map(evidence::item);
    let class = if statement.is_valid() {
        ""
    } else {
        " class=\"void\""
    };
    [
        notice::label(statement),
        format!(
            "<h1{class} dir=\"auto\">{}</h1>\n",
            escape(&statement.summary)
        ),
        notice::notice(statement),
        facts_list(statement),
        section("Contradictions", contradictions(statement).into_iter()),
        section("Evidence", evidence),
        position(statement, memento),
        citation(statement, public_url),
        elsewhere(&Elsewhere {
            access,
            path: &format!("/statements/{}", statement.number),
            formats: CITED_FORMATS,
            atlas: atlas_query(&statement.subject),
            document: super::QUERY,
            variables: json!({ "number": statement.number.to_string() }),
        }),
    ]
    .concat()
}

fn facts_list(statement: &Statement) -> String {
    let claimant = format!(
        "<bdi>{}</bdi> ({})",
        escape(&statement.claimant.label),
        lower_case(&statement.claimant.kind)
    );
    let common = facts([
        ("About", Some(subject(&statement.subject))),
        ("Stance", stance(statement)),
        ("Claimed by", Some(claimant)),
        ("Kind", Some(lower_case(&statement.kind))),
        ("Valid from", Some(date(&statement.valid_from))),
        ("Published", Some(date(&statement.published_on))),
        ("Recorded", Some(second(&statement.recorded_at))),
        ("Status", Some(status(&statement.standing))),
        ("Corrects", statement.corrects.as_ref().map(mention)),
        (
            "Reason for the correction",
            statement.correction_reason.as_deref().map(text),
        ),
        ("Remark", statement.note.as_deref().map(text)),
    ]);
    let own = details::facts(&statement.details);
    if own.is_empty() {
        return common;
    }
    format!("{common}<dl>\n{own}</dl>\n")
}

fn text(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
}

fn stance(statement: &Statement) -> Option<String> {
    let stance = statement.stance.as_deref()?;
    let name = match &statement.subject {
        Subject::Relationship(relationship) => relationship.initiative.stance(stance),
        Subject::Country(_) | Subject::Initiative(_) => stance_name(stance, None),
    };
    Some(stance_tag(stance, name))
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Relationship(relationship) => format!(
            "{}; request by {}: {}",
            relationship.requested_state.link(),
            relationship.requesting_state.link(),
            relationship.initiative.link()
        ),
        Subject::Country(state) => state.link(),
        Subject::Initiative(matter) => matter.link(),
    }
}

fn atlas_query(subject: &Subject) -> String {
    match subject {
        Subject::Relationship(relationship) => format!(
            "?i={}&c={}",
            relationship.initiative.slug, relationship.requested_state.code
        ),
        Subject::Country(state) => format!("?c={}", state.code),
        Subject::Initiative(matter) => format!("?i={}", matter.slug),
    }
}

fn contradictions(statement: &Statement) -> Vec<String> {
    let item = |words: &str, other: &Mention| {
        let both = if statement.is_valid() && other.standing == "STANDING" {
            " They cannot both be true."
        } else {
            ""
        };
        format!("{words} {}{both}", final_mention(other))
    };
    let denied = statement.contradicts.iter();
    let denying = statement.contradicted_by.iter();
    let denied = denied.map(|other| item("Contradicts", other));
    denied
        .chain(denying.map(|other| item("Contradicted by", other)))
        .collect()
}

/// What the position of the relationship rests on now, or then.
fn position(statement: &Statement, memento: Option<Memento>) -> String {
    let Subject::Relationship(relationship) = &statement.subject else {
        return String::new();
    };
    let Relationship {
        initiative,
        requested_state,
        position,
        ..
    } = &**relationship;
    let Position {
        stance,
        since,
        certain,
        disputed,
        scope,
        basis,
        rivals: _,
    } = position;
    let since = since.as_deref();
    let since = since.map_or_else(String::new, |since| format!(" since {}", date(since)));
    let rests = match basis {
        Some(basis) if basis.number == statement.number => {
            " It rests on this statement.".to_owned()
        }
        Some(basis) => format!(" It rests on {}", final_mention(basis)),
        None => " It rests on no statement.".to_owned(),
    };
    let disputed = if *disputed { " Sources disagree." } else { "" };
    let uncertain = if *certain { "" } else { " It is not certain." };
    format!(
        "<h2>What the position rests on</h2>\n<p>{}: {}{}{since}.{rests}{disputed}{uncertain}</p>\n<p>{}</p>\n",
        requested_state.link(),
        stance_tag(stance, initiative.stance(stance)),
        scope_of_stance(scope.as_deref()),
        check_link(initiative, &requested_state.code, memento)
    )
}

fn citation(statement: &Statement, public_url: &str) -> String {
    format!(
        "<h2>Cite as</h2>\n<p dir=\"auto\">{}</p>\n<details><summary>BibTeX</summary>\n<pre tabindex=\"0\">{}</pre>\n</details>\n",
        escape(&statement.citation),
        escape(&statement.cited(public_url).bibtex())
    )
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
            "number": 9, "kind": "STANCE", "summary": text, "note": text,
            "subject": {
                "initiative": { "slug": "asks", "title": text, "wording": null },
                "requestingState": { "code": "US", "name": text },
                "requestedState": { "code": "RW", "name": text },
                "position": { "stance": "AGREED", "scope": text, "since": "2025-06", "certain": true, "disputed": true, "basis": mention, "rivals": [] },
            },
            "claimant": { "kind": "REQUESTED_STATE", "label": text },
            "validFrom": "2025-06", "publishedOn": "2025-07-01",
            "recordedAt": "2026-01-02T03:04:05Z", "standing": "STANDING", "citation": text,
            "retractedAt": null, "retractionReason": text, "correctionReason": text,
            "evidence": [{
                "relation": "SUPPORTS", "quote": text, "locator": text, "publishedOn": null,
                "source": {
                    "kind": "NEWS", "publisher": text, "title": text, "url": "javascript:alert(1)",
                    "publishedOn": "2025-07", "language": text,
                },
            }],
            "corrects": mention, "correctedBy": mention, "contradicts": [mention], "contradictedBy": [mention],
            "stance": "AGREED",
            "detail": text, "court": text, "jurisdiction": { "code": text, "name": text }, "amount": text, "means": text,
        })
    }

    fn page(statement: &Value) -> String {
        let statement = serde_json::from_value(statement.clone()).unwrap();
        main(
            &statement,
            "https://demarche.example",
            &AccessConfig::default(),
            None,
        )
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
        invalid["contradicts"][0]["standing"] = "STANDING".into();
        assert!(page(&invalid).contains("they cannot both be true"));
    }

    #[test]
    fn a_source_needs_no_url() {
        let mut statement = statement("x");
        statement["evidence"][0]["source"]["url"] = Value::Null;
        assert!(page(&statement).contains("<li><bdi lang=\"x\">x</bdi>"));
    }
}
