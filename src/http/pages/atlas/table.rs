//! The table of the page: every state with a stance, since when, and the statement that it rests on.
//!
//! It says everything without scripts. The scripts read what the stances rest on from it, instead of asking for it once more.

use super::{
    answer::{Basis, Initiative, Relationship, Standing},
    sentence,
    shown::{Shown, stance_name},
};
use crate::http::pages::escape;
use crate::model::edtf::words::{Months, in_words};

pub(super) fn html(shown: &Shown<'_>) -> String {
    let initiative = shown.initiative;
    let nodes = initiative.relationships.nodes.iter();
    let mut rows: Vec<(&Relationship, &Standing)> = nodes
        .filter_map(|node| {
            let standings = &shown.moment.standings;
            Some((node, standings.get(&node.requested_state.code)?))
        })
        .filter(|(_, standing)| standing.stance != "UNKNOWN")
        .collect();
    rows.sort_by(|(one, _), (other, _)| one.requested_state.name.cmp(&other.requested_state.name));
    let rows: String = rows
        .into_iter()
        .map(|(node, standing)| {
            let basis = shown.bases.by_code.get(&node.requested_state.code);
            row(initiative, node, standing, basis)
        })
        .collect();
    format!(
        "<div id=\"table\" class=\"table-box\" data-seq=\"{}\" hidden>\
         <div class=\"table-scroll\"><table><caption>{}</caption><thead><tr><th scope=\"col\">State</th><th scope=\"col\">Stance</th>\
         <th scope=\"col\">Since</th><th scope=\"col\">Who says so</th><th scope=\"col\">Published</th><th scope=\"col\">Statement</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div></div>",
        shown.bases.seq,
        escape(&sentence::plain_text(shown.sentence))
    )
}

fn row(
    initiative: &Initiative,
    node: &Relationship,
    standing: &Standing,
    basis: Option<&Basis>,
) -> String {
    let disputed = if standing.disputed {
        " <span class=\"tag\">sources disagree</span>"
    } else {
        ""
    };
    format!(
        "<tr data-code=\"{}\"><th scope=\"row\">{}</th><td><span class=\"swatch\" data-stance=\"{}\"></span>{}{disputed}</td><td>{}</td>{}</tr>\n",
        escape(&node.requested_state.code),
        escape(&node.requested_state.name),
        escape(&standing.stance),
        escape(stance_name(initiative, &standing.stance)),
        in_words(standing.since.as_deref(), Months::Short),
        basis.map_or_else(|| "<td></td><td></td><td></td>".to_owned(), sources)
    )
}

/// Who says so, when that was published, and the statement.
fn sources(basis: &Basis) -> String {
    let published = basis.published_on.as_deref();
    let published = published.map_or_else(String::new, |day| {
        let (text, words) = (escape(day), in_words(Some(day), Months::Short));
        format!("<time datetime=\"{text}\">{words}</time>")
    });
    format!(
        "<td><bdi>{}</bdi></td><td>{published}</td><td><a href=\"/statements/{number}\" title=\"{}\">No. {number}</a></td>",
        escape(&basis.claimant.label),
        escape(&basis.summary),
        number = basis.number,
    )
}
