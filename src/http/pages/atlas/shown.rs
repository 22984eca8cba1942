//! View of an initiative that the page shows, and the names and numbers of its stances.

use super::{
    answer::Initiative,
    bases::Bases,
    sentence::{Moment, Part},
    view::View,
};
use crate::http::wording::stances::{self, STANCES};

pub(super) struct Shown<'a> {
    pub(super) initiative: &'a Initiative,
    pub(super) moment: &'a Moment,
    pub(super) view: &'a View,
    pub(super) sentence: &'a [Part],
    pub(super) bases: &'a Bases,
}

/// Stances in the order of the tiles, and `DISPUTED`: code, name and number of states.
pub(super) fn counts<'a>(
    initiative: &'a Initiative,
    moment: &Moment,
) -> Vec<(&'static str, &'a str, usize)> {
    let stances = STANCES.iter().map(|(stance, _)| {
        let name = match *stance {
            "AGREED_IN_PRINCIPLE" => "In principle",
            other => stance_name(initiative, other),
        };
        (*stance, name, moment.count(stance))
    });
    let disputed = ("DISPUTED", "Disputed", moment.disputed());
    stances.chain([disputed]).collect()
}

pub(super) fn stance_name<'a>(initiative: &'a Initiative, stance: &str) -> &'a str {
    let wording = initiative.wording.as_ref();
    stances::stance_name(stance, wording.map(|wording| wording.carried_out.as_str()))
}
