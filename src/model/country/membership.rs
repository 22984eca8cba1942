//! Membership of countries in international organisations, with dates; static per release, read once from `data/memberships.json`.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use crate::model::edtf::Edtf;

/// An international organisation, with its members of now and of before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its usual abbreviation.
    pub code: String,
    pub name: String,
    /// The organisation whose members it took over; their membership counts from then.
    pub predecessor: Option<String>,
    /// The list of members that it publishes.
    pub source: String,
    /// Ascending by code of the country, then by time.
    pub memberships: Vec<Membership>,
}

/// A time of membership of a country. A country that left and came back has several.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Alpha-2.
    pub country: String,
    #[serde(deserialize_with = "date")]
    pub joined: Edtf,
    /// The first day on which it was no member any more.
    #[serde(deserialize_with = "optional_date")]
    pub left: Option<Edtf>,
    /// Ascending by time.
    pub suspensions: Vec<Suspension>,
    pub note: Option<String>,
}

/// A time in which a member may not take part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    #[serde(deserialize_with = "date")]
    pub from: Edtf,
    #[serde(deserialize_with = "optional_date")]
    pub until: Option<Edtf>,
}

/// The organisations of a release.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organisations {
    /// The month that later changes are missing from.
    #[serde(deserialize_with = "date")]
    pub reviewed_to: Edtf,
    /// What the dates mean, for readers of the file.
    #[serde(rename = "rules")]
    _rules: String,
    /// Ascending by code.
    #[serde(rename = "organisations")]
    pub all: Vec<Organisation>,
}

/// The organisations that this release was built with.
pub static ORGANISATIONS: LazyLock<Organisations> = LazyLock::new(|| {
    let json = include_str!("../../../data/memberships.json");
    serde_json::from_str(json).expect("a test reads data/memberships.json")
});

impl Organisations {
    /// By code in any case.
    pub fn find(&self, code: &str) -> Option<&Organisation> {
        let mut all = self.all.iter();
        all.find(|organisation| organisation.code.eq_ignore_ascii_case(code))
    }

    /// The memberships of a country in force on a day, or now, by code of the organisation.
    pub fn list_memberships(
        &self,
        country: &str,
        day: Option<NaiveDate>,
    ) -> Vec<(&Organisation, &Membership)> {
        let all = self.all.iter();
        all.filter_map(|organisation| Some((organisation, organisation.find(country, day)?)))
            .collect()
    }
}

impl Organisation {
    /// The membership of a country in force on a day, or now.
    pub fn find(&self, country: &str, day: Option<NaiveDate>) -> Option<&Membership> {
        let first = |membership: &Membership| membership.country.as_str() < country;
        let of_country = &self.memberships[self.memberships.partition_point(first)..];
        let mut of_country = of_country
            .iter()
            .take_while(|membership| membership.country == country);
        of_country.find(|membership| membership.is_in_force(day))
    }

    /// Number of its members on a day, or now.
    pub fn count_members(&self, day: Option<NaiveDate>) -> u32 {
        let all = self.memberships.iter();
        let members = all.filter(|membership| membership.is_in_force(day)).count();
        u32::try_from(members).expect("there are fewer countries")
    }
}

impl Membership {
    /// Whether the country had certainly joined by a day and not certainly left; without a day, whether it is a member now.
    pub fn is_in_force(&self, day: Option<NaiveDate>) -> bool {
        is_between(&self.joined, self.left.as_ref(), day)
    }

    /// Whether it was suspended on a day, or is now.
    pub fn is_suspended(&self, day: Option<NaiveDate>) -> bool {
        let mut all = self.suspensions.iter();
        all.any(|one| is_between(&one.from, one.until.as_ref(), day))
    }
}

/// A time begins when it has certainly begun, and ends when it has certainly ended, as stances do.
fn is_between(from: &Edtf, until: Option<&Edtf>, day: Option<NaiveDate>) -> bool {
    let is_past = |date: &Edtf, day| date.latest().is_some_and(|latest| latest <= day);
    match day {
        Some(day) => is_past(from, day) && !until.is_some_and(|until| is_past(until, day)),
        None => until.is_none(),
    }
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Edtf, D::Error> {
    let text = String::deserialize(deserializer)?;
    Edtf::parse_written(&text).map_err(serde::de::Error::custom)
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Edtf>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| Edtf::parse_written(&text).map_err(serde::de::Error::custom))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::country::ATLAS;

    fn members(code: &str, day: Option<&str>) -> Vec<&'static str> {
        let day = day.map(|day| day.parse().unwrap());
        let all = ORGANISATIONS.find(code).unwrap().memberships.iter();
        all.filter(|membership| membership.is_in_force(day))
            .map(|membership| membership.country.as_str())
            .collect()
    }

    #[test]
    fn ten_organisations_have_as_many_members_as_they_say() {
        let counts = ORGANISATIONS.all.iter().map(|one| {
            let members = members(&one.code, None).len();
            (one.code.as_str(), members)
        });
        assert_eq!(
            counts.collect::<Vec<_>>(),
            [
                ("ASEAN", 11),
                ("AU", 55),
                ("CARICOM", 15),
                ("CIS", 9),
                ("ECOWAS", 12),
                ("EU", 27),
                ("NATO", 32),
                ("OAS", 34),
                ("PIF", 18),
                ("SADC", 16),
            ]
        );
    }

    #[test]
    fn the_number_of_members_follows_the_enlargements() {
        for (code, day, count) in [
            ("EU", "1957-12-31", 0),
            ("EU", "1958-01-01", 6),
            ("EU", "2004-04-30", 15),
            ("EU", "2004-05-01", 25),
            ("EU", "2020-01-30", 28),
            ("EU", "2020-01-31", 28),
            ("EU", "2020-02-01", 27),
            ("NATO", "1999-03-11", 16),
            ("NATO", "2009-04-01", 28),
            ("OAS", "1950-01-01", 21),
            ("AU", "2002-07-09", 53),
            ("ASEAN", "1967-08-08", 5),
            ("ECOWAS", "2024-06-01", 15),
            ("ECOWAS", "2025-01-29", 12),
        ] {
            assert_eq!(members(code, Some(day)).len(), count, "{code} {day}");
        }
        assert!(!members("AU", Some("2010-01-01")).contains(&"MA"));
    }

    #[test]
    fn memberships_are_of_countries_in_order_and_never_two_at_once() {
        for organisation in &ORGANISATIONS.all {
            let all = &organisation.memberships;
            for pair in all.windows(2) {
                let [one, next] = pair else { unreachable!() };
                assert!(one.country <= next.country, "{}", next.country);
                if one.country == next.country {
                    let left = one.left.as_ref().unwrap().latest();
                    assert!(left < next.joined.earliest(), "{}", next.country);
                }
            }
            for membership in all {
                assert!(ATLAS.find_country(&membership.country).is_some());
                let left = membership.left.as_ref().and_then(Edtf::latest);
                assert!(left.is_none_or(|left| Some(left) > membership.joined.latest()));
                for suspension in &membership.suspensions {
                    assert!(suspension.from.latest() > membership.joined.latest());
                    let until = suspension.until.as_ref().and_then(Edtf::latest);
                    assert!(
                        until.is_none_or(|until| Some(until) > suspension.from.latest()
                            || until == suspension.until.as_ref().unwrap().latest().unwrap())
                    );
                    assert!(left.is_none() || until.is_some(), "{}", membership.country);
                }
            }
        }
        assert!(
            ORGANISATIONS
                .all
                .is_sorted_by(|one, next| one.code < next.code)
        );
    }

    #[test]
    fn a_suspended_country_is_a_member() {
        let day = |text: &str| Some(text.parse().unwrap());
        let au = ORGANISATIONS.find("au").unwrap();
        for (country, at, is_suspended) in [
            ("NE", day("2023-08-21"), false),
            ("NE", day("2023-08-22"), true),
            ("NE", None, true),
            ("GN", day("2026-01-21"), true),
            ("GN", None, false),
        ] {
            let membership = au.find(country, at).unwrap();
            assert_eq!(
                membership.is_suspended(at),
                is_suspended,
                "{country} {at:?}"
            );
        }
    }
}
