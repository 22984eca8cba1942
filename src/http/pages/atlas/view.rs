//! View: the part of the data that an address of the page shows. Values that cannot be read are left out; the scripts say so.

use url::form_urlencoded;

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
    /// Keys that only the scripts read, in the order of an address.
    rest: Vec<(String, String)>,
}

/// What only the scripts read: selected states, filter, form and part of the map.
const FOR_SCRIPTS: [&str; 4] = ["c", "s", "view", "z"];

impl View {
    /// From the query of an address.
    pub(super) fn read(query: &str) -> Self {
        // A whole query in one key, as frames of other pages have it.
        if query.starts_with("v=") && !query.contains('&') {
            let inner = form_urlencoded::parse(query.as_bytes()).next();
            return inner.map_or_else(Self::default, |(_, inner)| Self::read_keys(&inner));
        }
        Self::read_keys(query)
    }

    fn read_keys(query: &str) -> Self {
        let mut view = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*key {
                "i" if is_plain(&value) => view.initiative = Some(value),
                "on" if is_day(&value) => view.on = Some(value),
                "known" if value == "then" => view.known = Known::Then,
                "at" if Timestamp::parse(&value).is_some() => view.at = Some(value),
                "lang" if is_language(&value) => view.lang = Some(value),
                key if FOR_SCRIPTS.contains(&key) && is_plain(&value) => {
                    view.rest.push((key.to_owned(), value));
                }
                _ => {}
            }
        }
        view
    }

    /// With names in English.
    pub(super) fn in_english(self) -> Self {
        Self { lang: None, ..self }
    }

    /// Stances that the address filters by, and `DISPUTED`; empty for all.
    pub(super) fn filter(&self) -> Vec<&str> {
        let filter = self.rest.iter().find(|(key, _)| key == "s");
        filter.map_or_else(Vec::new, |(_, stances)| stances.split('~').collect())
    }

    /// The query of the address, with `?` and the keys in their order; empty for the default view.
    pub(super) fn query(&self) -> String {
        let rest = |name: &str| {
            let mut all = self.rest.iter();
            all.find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let known = (self.known == Known::Then).then_some("then");
        let keys = [
            ("i", self.initiative.as_deref()),
            ("c", rest("c")),
            ("on", self.on.as_deref()),
            ("known", known),
            ("at", self.at.as_deref()),
            ("s", rest("s")),
            ("view", rest("view")),
            ("z", rest("z")),
            ("lang", self.lang.as_deref()),
        ];
        let keys: Vec<String> = keys
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key}={}", value?)))
            .collect();
        if keys.is_empty() {
            String::new()
        } else {
            format!("?{}", keys.join("&"))
        }
    }
}

/// A value that needs no escape in an address.
fn is_plain(value: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "~_,.-".contains(letter);
    (1..=200).contains(&value.len()) && value.chars().all(is_part)
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
        let address = "?i=a&c=RW~SZ&on=2025-07-01&known=then&s=AGREED&z=1,2,3&lang=fr";
        assert_eq!(View::read(&address[1..]).query(), address);
        for query in [
            "",
            "c=%26",
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
