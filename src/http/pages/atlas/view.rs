//! What an address of the page asks to be shown. Values that cannot be read are left out; the scripts say so.

use crate::model::time::{Timestamp, parse_day};

/// Which knowledge counts on a day of the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::http) enum Known {
    /// What is known now.
    #[default]
    Now,
    /// What was public then.
    Then,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct View {
    pub(super) initiative: Option<String>,
    pub(super) on: Option<String>,
    pub(super) known: Known,
    pub(super) at: Option<String>,
    pub(super) lang: Option<String>,
}

impl View {
    /// From the query of an address.
    pub(super) fn read(query: &str) -> Self {
        let mut view = Self::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*key {
                "i" if !value.is_empty() => view.initiative = Some(value),
                "on" if is_day(&value) => view.on = Some(value),
                "known" if value == "then" => view.known = Known::Then,
                "at" if Timestamp::parse(&value).is_some() => view.at = Some(value),
                "lang" if is_language(&value) => view.lang = Some(value),
                _ => {}
            }
        }
        view
    }
}

/// A day of the calendar, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && parse_day(text).is_some()
}

fn is_language(tag: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    (2..=35).contains(&tag.len()) && tag.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let view = View::read("i=a&on=2025-07-01&known=then&at=2026-11-28T15:04:00Z&lang=fr&z=1");
        assert_eq!(view.initiative.as_deref(), Some("a"));
        assert_eq!(view.on.as_deref(), Some("2025-07-01"));
        assert_eq!(view.known, Known::Then);
        assert_eq!(view.at.as_deref(), Some("2026-11-28T15:04:00Z"));
        for query in [
            "",
            "i=",
            "on=2025-02-30",
            "on=2025-2-3",
            "known=x",
            "at=now",
            "lang=%00%00",
        ] {
            assert_eq!(View::read(query), View::default(), "{query}");
        }
    }
}
