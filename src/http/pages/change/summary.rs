//! A stance change in one line, as lists of changes show it.

use serde::Deserialize;

use crate::http::pages::elements::{Matter, day, lower_case, stance_tag};
use crate::model::id::GlobalId;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::pages) struct Change {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: String,
    pub(super) recorded_at: String,
}

impl Change {
    /// The number in the address of its page.
    pub(super) fn seq(&self) -> i64 {
        match GlobalId::parse(&self.id) {
            Some(GlobalId::StanceChange(seq)) => seq,
            _ => 0,
        }
    }

    /// From which stance to which.
    pub(in crate::http::pages) fn stances(&self, matter: &Matter) -> String {
        let tag = |stance| stance_tag(stance, matter.stance(stance));
        format!("{} → {}", tag(&self.from), tag(&self.to))
    }

    /// With a link to its page; `subject` is the country (HTML), where the list has several.
    pub(in crate::http::pages) fn item(&self, matter: &Matter, subject: Option<&str>) -> String {
        let subject = subject.map_or_else(String::new, |subject| format!("{subject}: "));
        let kind = match self.kind.as_str() {
            "EVENT" => String::new(),
            kind => format!(" ({})", lower_case(kind)),
        };
        format!(
            "{subject}{}{kind}, recorded on {} (<a href=\"/changes/{2}\">change {2}</a>)",
            self.stances(matter),
            day(&self.recorded_at),
            self.seq()
        )
    }
}
