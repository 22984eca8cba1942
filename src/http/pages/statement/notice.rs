//! The status of a statement, above everything else on its page: one that is not valid must not look like one that is.

use super::Statement;
use crate::http::pages::{
    elements::{Mention, day, mention, status},
    escape,
};

/// Number and status.
pub(super) fn label(statement: &Statement) -> String {
    let (number, standing) = (statement.number, escape(&statement.standing));
    let is_contradicted = statement.is_valid() && statement.rivals().next().is_some();
    let contradicted = if is_contradicted {
        ", contradicted"
    } else {
        ""
    };
    format!(
        "<p class=\"label\" data-standing=\"{standing}\">Statement {number}: <b>{}{contradicted}</b></p>\n",
        status(&statement.standing)
    )
}

/// Why and when the statement ceased to be valid, or what contradicts a valid one; empty for others.
pub(super) fn notice(statement: &Statement) -> String {
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
            mention(&other.mention)
        ));
        lines.extend(other.reason.as_deref().map(reason));
    } else {
        let rivals: Vec<String> = statement.rivals().map(statement_link).collect();
        if !rivals.is_empty() {
            lines.push(format!(
                "<strong>Contradicted</strong> by {}: they cannot both be true.",
                rivals.join(", ")
            ));
        }
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

fn statement_link(other: &Mention) -> String {
    format!(
        "<a href=\"/statements/{0}\">statement {0}</a>",
        other.number
    )
}
