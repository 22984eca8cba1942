//! HTML of an initiative's page.

use serde_json::json;

use super::{Edition, Initiative, Listed, Relationship, Relationships};
use crate::config::access::AccessConfig;
use crate::http::pages::{
    elements::{Elsewhere, Matter, date, day, elsewhere, facts, mention, section, stance_tag},
    escape,
    representation::FORMATS,
};

pub(super) fn main(initiative: &Initiative, changes: &[Listed], access: &AccessConfig) -> String {
    let matter = &initiative.matter;
    let mut states: Vec<&Relationship> = initiative.relationships.nodes.iter().collect();
    states.sort_by_key(|state| &state.requested_state.name);
    let states = states.into_iter();
    let newest_first = changes.iter().rev();
    let changes = newest_first.map(|listed| {
        let state = listed.relationship.requested_state.link();
        listed.change.item(matter, Some(&state))
    });
    let claims = initiative.count_claims.iter().map(mention);
    [
        format!("<h1 dir=\"auto\">{}</h1>\n", escape(&matter.title)),
        format!("<p dir=\"auto\">{}</p>\n", escape(&initiative.summary)),
        facts([
            ("Asking state", Some(initiative.requesting_state.link())),
            ("Started", initiative.started_on.as_deref().map(date)),
            (
                "Sources up to",
                initiative.sources_up_to.as_deref().map(date),
            ),
            ("Last reviewed", initiative.reviewed_on.as_deref().map(date)),
            ("Edition", initiative.edition.as_ref().map(edition)),
            ("States", Some(initiative.tally.total.to_string())),
            (
                "Sources disagree about",
                Some(initiative.tally.disputed.to_string()),
            ),
        ]),
        section("Counts", counts(initiative)),
        section("States", states.map(|state| item(matter, state))),
        more(&initiative.relationships),
        section("Newest changes", changes),
        "<p><a href=\"/changes\">All changes</a></p>\n".to_owned(),
        section("Counts that others claim", claims),
        elsewhere(&Elsewhere {
            access,
            path: &format!("/initiatives/{}", matter.slug),
            formats: FORMATS,
            atlas: format!("?i={}", matter.slug),
            document: super::QUERY,
            variables: json!({ "slug": matter.slug }),
        }),
    ]
    .concat()
}

fn edition(edition: &Edition) -> String {
    let name = escape(&edition.name);
    format!("{name}, imported {}", day(&edition.imported_at))
}

fn counts(initiative: &Initiative) -> impl Iterator<Item = String> {
    let counts = initiative.tally.by_stance.iter();
    counts.filter(|counted| counted.count > 0).map(|counted| {
        let name = initiative.matter.stance(&counted.stance);
        format!("{}: {}", stance_tag(&counted.stance, name), counted.count)
    })
}

fn item(matter: &Matter, relationship: &Relationship) -> String {
    let Relationship {
        requested_state,
        stance,
        since,
        disputed,
    } = relationship;
    let since = since.as_deref();
    let since = since.map_or_else(String::new, |since| format!(" since {}", date(since)));
    let disputed = if *disputed { " (sources disagree)" } else { "" };
    format!(
        "{}: {}{since}{disputed}",
        requested_state.link(),
        stance_tag(stance, matter.stance(stance))
    )
}

/// That there are more states, which only a query shows.
fn more(relationships: &Relationships) -> String {
    let (shown, total) = (relationships.nodes.len(), relationships.total_count);
    if shown >= total {
        return String::new();
    }
    format!("<p class=\"quiet\">{shown} of {total} are shown.</p>\n")
}
