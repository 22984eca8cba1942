//! HTML of a country's page.

use serde_json::json;

use super::{Asked, Asks, Country, List, Listed, Position};
use crate::config::access::AccessConfig;
use crate::http::pages::{
    elements::{
        Elsewhere, Matter, check_link, date, elsewhere, facts, final_mention, lower_case, mention,
        scope_of_stance, section, stance_tag,
    },
    escape,
    memento::Memento,
    representation::FORMATS,
};

pub(super) fn main(country: &Country, access: &AccessConfig, memento: Option<Memento>) -> String {
    let asked: String = country
        .asked
        .nodes
        .iter()
        .map(|one| asked(one, &check_link(&one.initiative, &country.code, memento)))
        .collect::<Vec<_>>()
        .concat();
    let nothing = if country.asked.nodes.is_empty() && country.asks.nodes.is_empty() {
        "<p>No request to or by this country is recorded.</p>\n"
    } else {
        ""
    };
    [
        format!("<h1>{}</h1>\n", escape(&country.name)),
        facts([
            ("Code", Some(code(country))),
            ("Own name", own_name(country)),
            ("Region", Some(escape(&country.region.name))),
        ]),
        nothing.to_owned(),
        asked,
        shown_of(&country.asked),
        section("Requests to others", country.asks.nodes.iter().map(asks)),
        shown_of(&country.asks),
        section("Concerns", country.concerns.iter().map(mention)),
        elsewhere(&Elsewhere {
            access,
            path: &format!("/countries/{}", country.code),
            formats: FORMATS,
            atlas: format!("?c={}", country.code),
            document: super::QUERY,
            variables: json!({ "code": country.code }),
        }),
    ]
    .concat()
}

fn code(country: &Country) -> String {
    let alpha3 = country.alpha3.as_deref();
    let alpha3 = alpha3.map_or_else(String::new, |alpha3| format!(", {}", escape(alpha3)));
    let standard = match country.code_status.as_str() {
        "OFFICIAL" => "ISO 3166-1",
        _ => "in general use, not in ISO 3166-1",
    };
    format!("{}{alpha3} ({standard})", escape(&country.code))
}

fn own_name(country: &Country) -> Option<String> {
    let differs = country.native_name != country.name;
    differs.then(|| format!("<bdi>{}</bdi>", escape(&country.native_name)))
}

fn asked(asked: &Asked, check: &str) -> String {
    let Asked {
        initiative,
        requesting_state,
        reviewed_on,
        position,
        changes,
        statements,
    } = asked;
    let changed = changes.nodes.iter().rev();
    let changed: Vec<String> = changed
        .map(|change| change.item(initiative, None))
        .collect();
    let stated = statements.nodes.iter().rev().map(statement);
    let reviewed = reviewed_on.as_deref().map_or_else(String::new, |day| {
        format!("<p class=\"quiet\">Last reviewed {}.</p>\n", date(day))
    });
    format!(
        "<h2>Request by {}: {}</h2>\n{}<p>{check}</p>\n{reviewed}{}{}{}{}",
        requesting_state.link(),
        initiative.link(),
        position_html(initiative, position),
        subsection("Changes, newest first", changed),
        shown_of(changes),
        subsection("Statements, newest first", stated.collect()),
        shown_of(statements),
    )
}

fn position_html(initiative: &Matter, position: &Position) -> String {
    let stance = stance_tag(&position.stance, initiative.stance(&position.stance));
    let scope = scope_of_stance(position.scope.as_deref());
    let since = position.since.as_deref();
    let since = since.map_or_else(String::new, |since| format!(" since {}", date(since)));
    let uncertain = if position.certain {
        ""
    } else {
        " It is not certain."
    };
    let basis = position.basis.as_ref();
    let basis = basis.map_or_else(String::new, |basis| {
        format!(" It rests on {}", final_mention(basis))
    });
    let rivals = position.rivals.iter().map(|rivals| {
        format!(
            "<p><strong>Sources disagree.</strong> {} This contradicts {} They cannot both be true.</p>\n",
            final_mention(&rivals.statement),
            final_mention(&rivals.contradicts)
        )
    });
    let rivals: Vec<String> = rivals.collect();
    let rivals = if rivals.is_empty() && position.disputed {
        "<p><strong>Sources disagree.</strong></p>\n".to_owned()
    } else {
        rivals.concat()
    };
    format!("<p>{stance}{scope}{since}.{basis}{uncertain}</p>\n{rivals}")
}

fn subsection(heading: &str, items: Vec<String>) -> String {
    let section = section(heading, items.into_iter());
    section
        .replacen("<h2>", "<h3>", 1)
        .replacen("</h2>", "</h3>", 1)
}

fn statement(listed: &Listed) -> String {
    format!(
        "{}, {}: {}",
        date(&listed.published_on),
        lower_case(&listed.kind),
        mention(&listed.mention)
    )
}

fn asks(asks: &Asks) -> String {
    let Asks {
        initiative,
        requested_state,
        stance,
        since,
        disputed,
    } = asks;
    let since = since.as_deref();
    let since = since.map_or_else(String::new, |since| format!(" since {}", date(since)));
    let disputed = if *disputed { " (sources disagree)" } else { "" };
    format!(
        "{}: {}{since}{disputed}",
        requested_state.link(),
        stance_tag(stance, initiative.stance(stance))
    )
}

/// That the list goes on, which only a query shows.
fn shown_of<T>(list: &List<T>) -> String {
    let (shown, total) = (list.nodes.len(), list.total_count);
    if shown >= total {
        return String::new();
    }
    format!("<p class=\"quiet\">{shown} of {total} are shown.</p>\n")
}
