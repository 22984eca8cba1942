//! The sentence of the page, the line under it and the counts, as the scripts of the page write them.

use std::collections::BTreeMap;

use super::{
    answer::{CountClaim, Initiative, Standing},
    view::{Known, View},
};
use crate::http::pages::escape;
use crate::model::edtf::words::{Months, in_words, instant_in_words};

/// Names that take an article by their beginning.
const WITH_ARTICLE: [&str; 5] = ["United", "Bahamas", "Gambia", "Netherlands", "Philippines"];

/// Where the states stand at the moment of the page.
pub(super) struct Moment {
    pub(super) standings: BTreeMap<String, Standing>,
    uncertain: usize,
}

impl Moment {
    pub(super) fn of(initiative: &Initiative, view: &View) -> Self {
        let Some(day) = &view.on else {
            return Self {
                standings: initiative.standings(),
                uncertain: 0,
            };
        };
        let (standings, uncertain) = initiative.standings_on(view.known, day);
        Self {
            standings,
            uncertain,
        }
    }

    pub(super) fn count(&self, stance: &str) -> usize {
        let all = self.standings.values();
        all.filter(|standing| standing.stance == stance).count()
    }

    /// States about which something is known.
    pub(super) fn total(&self) -> usize {
        self.standings.len() - self.count("UNKNOWN")
    }

    pub(super) fn disputed(&self) -> usize {
        let all = self.standings.values();
        all.filter(|standing| standing.disputed).count()
    }
}

/// A part of the sentence; counts of a stance are underlined in its colour.
pub(super) struct Part {
    pub(super) text: String,
    pub(super) stance: Option<&'static str>,
}

impl Part {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            stance: None,
        }
    }
}

pub(super) fn plain_text(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

pub(super) fn html(parts: &[Part]) -> String {
    let part = |part: &Part| match part.stance {
        Some(stance) => format!(
            "<span class=\"counted\" data-stance=\"{stance}\">{}</span>",
            escape(&part.text)
        ),
        None => escape(&part.text),
    };
    parts.iter().map(part).collect()
}

pub(super) fn headline(initiative: &Initiative, moment: &Moment, view: &View) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(at) = &view.at {
        parts.push(Part::plain(format!(
            "As recorded on {}: ",
            instant_in_words(at)
        )));
    }
    if view.on.is_none() && moment.total() == 0 {
        parts.push(Part::plain("No state has been asked yet."));
        return parts;
    }
    parts.push(Part::plain(asked(initiative, moment, view)));
    parts.extend(answers(initiative, moment, view.on.is_some()));
    parts
}

fn asked(initiative: &Initiative, moment: &Moment, view: &View) -> String {
    let asker = &initiative.requesting_state.english;
    let takes_article = WITH_ARTICLE.iter().any(|name| asker.starts_with(name));
    let total = moment.total();
    let states = if total == 1 { "state" } else { "states" };
    let day = view.on.as_deref();
    let day = day.map(|day| in_words(Some(day), Months::Long));
    match (day, view.known) {
        (None, _) => {
            let article = if takes_article { "The " } else { "" };
            let ask = initiative.wording.as_ref();
            let ask = ask.map_or_else(String::new, |wording| format!(" {}", wording.ask));
            format!("{article}{asker} has asked or named {total} {states}{ask}. ")
        }
        (Some(day), Known::Then) => {
            format!("On {day}, the public knew of {total} {states} asked or named. ")
        }
        (Some(day), Known::Now) => {
            let article = if takes_article { "the " } else { "" };
            let least = if moment.uncertain > 0 {
                "at least "
            } else {
                ""
            };
            format!("By {day}, {article}{asker} had asked or named {least}{total} {states}. ")
        }
    }
}

fn answers(initiative: &Initiative, moment: &Moment, is_past: bool) -> Vec<Part> {
    let wording = initiative.wording.as_ref();
    let (had, done) = if is_past {
        let done = wording.map_or("had carried it out", |wording| &wording.had_carried_out);
        (" had", done)
    } else {
        let done = wording.map_or("have carried it out", |wording| &wording.have_carried_out);
        ("", done)
    };
    let implementing = moment.count("IMPLEMENTING");
    let agreed = moment.count("AGREED") + moment.count("AGREED_IN_PRINCIPLE");
    let more = if implementing > 0 { " more" } else { "" };
    let (suspended, refused) = (moment.count("SUSPENDED"), moment.count("REFUSED"));
    let said = [
        (
            implementing,
            "IMPLEMENTING",
            format!("{implementing} {done}"),
        ),
        (agreed, "AGREED", format!("{agreed}{more}{had} agreed")),
        (
            suspended,
            "SUSPENDED",
            format!("{suspended}{had} suspended"),
        ),
        (refused, "REFUSED", format!("{refused}{had} refused")),
    ];
    let mut parts: Vec<Part> = Vec::new();
    for (_, stance, text) in said.into_iter().filter(|(count, _, _)| *count > 0) {
        if !parts.is_empty() {
            parts.push(Part::plain(", "));
        }
        parts.push(Part {
            text,
            stance: Some(stance),
        });
    }
    let is_empty = parts.is_empty();
    let end = if is_empty { "No answer is known." } else { "." };
    parts.push(Part::plain(end));
    parts
}

/// The line under the sentence, as HTML.
pub(super) fn sub_line(initiative: &Initiative, moment: &Moment, view: &View) -> String {
    let Some(day) = &view.on else {
        return our_count(initiative);
    };
    let total_of = |known| {
        let (standings, uncertain) = initiative.standings_on(known, day);
        let moment = Moment {
            standings,
            uncertain,
        };
        moment.total()
    };
    let total = moment.total();
    match view.known {
        Known::Now => {
            let public = total_of(Known::Then);
            let first = "What had happened by that day, as we know it now.";
            if total > public {
                format!("{first} On the day itself the public knew of {public}.")
            } else {
                first.to_owned()
            }
        }
        Known::Then => {
            let known = total_of(Known::Now);
            let first = "What a reader could know on that day.";
            if known > total {
                format!("{first} We know now that it was {known} by then.")
            } else {
                format!("{first} Later corrections and reports are left out.")
            }
        }
    }
}

fn our_count(initiative: &Initiative) -> String {
    let up_to = initiative
        .sources_up_to
        .as_deref()
        .map_or_else(String::new, |day| {
            format!(" up to {}", in_words(Some(day), Months::Long))
        });
    let links: Vec<String> = extremes(&initiative.count_claims)
        .into_iter()
        .map(|claim| {
            format!(
                "<a href=\"/statements/{}\">“{}” asked ({})</a>",
                claim.number,
                count_in_words(claim),
                escape(&claim.claimant.label)
            )
        })
        .collect();
    let others = if links.is_empty() {
        String::new()
    } else {
        format!(" Others count differently: {}.", links.join(", "))
    };
    format!("Our count, from public sources{up_to}.{others}")
}

fn count_in_words(claim: &CountClaim) -> String {
    let low = claim.low;
    match claim.comparator.as_str() {
        "AT_LEAST" => format!("at least {low}"),
        "AT_MOST" => format!("at most {low}"),
        "MORE_THAN" => format!("more than {low}"),
        "ABOUT" => format!("about {low}"),
        _ => low.to_string(),
    }
}

/// The newest count of each claimant: the lowest and the highest of them.
fn extremes(claims: &[CountClaim]) -> Vec<&CountClaim> {
    let mut newest: BTreeMap<&str, &CountClaim> = BTreeMap::new();
    let asked = claims
        .iter()
        .filter(|claim| claim.metric == "COUNTRIES_APPROACHED");
    for claim in asked {
        let known = newest.entry(&claim.claimant.label).or_insert(claim);
        if claim.published_on >= known.published_on {
            *known = claim;
        }
    }
    let mut sorted: Vec<&CountClaim> = newest.into_values().collect();
    sorted.sort_by_key(|claim| (claim.low, -claim.number));
    match sorted.as_slice() {
        [] => Vec::new(),
        [only] => vec![only],
        [low, .., high] => vec![low, high],
    }
}
