//! Dates as sources write them, and the days they may mean. Restated here, not read by the service's own code.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat};

/// How a date is written; days count back from the day on which it is used.
#[derive(Clone, Copy, Debug)]
pub enum Written {
    Day(u8),
    About(u8),
    /// The month that holds the day: it may reach past today.
    Month(u8),
    Year,
    Between(u8, u8),
    /// With an open start.
    By(u8),
    /// With an open end.
    From(u8),
}

/// A date with the first and the last day it may mean; none is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date {
    pub text: String,
    pub first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

impl Date {
    pub fn day(day: NaiveDate) -> Self {
        let (first, last) = (Some(day), Some(day));
        Self {
            text: day.to_string(),
            first,
            last,
        }
    }

    /// The last day it may mean if it was recorded on a day: nothing recorded then began later.
    pub fn last(&self, recorded: NaiveDate) -> NaiveDate {
        self.last.map_or(recorded, |last| last.min(recorded))
    }
}

impl Written {
    pub fn on(self, today: NaiveDate) -> Date {
        let day = |ago: u8| days_before(today, ago);
        let (text, first, last) = match self {
            Self::Day(ago) => return Date::day(day(ago)),
            Self::About(ago) => (format!("{}~", day(ago)), Some(day(ago)), Some(day(ago))),
            Self::Month(ago) => {
                let first = day(ago).with_day(1).expect("every month has a first day");
                let last = (first + Months::new(1)) - Days::new(1);
                (first.format("%Y-%m").to_string(), Some(first), Some(last))
            }
            Self::Year => {
                let edge = |month, day| NaiveDate::from_ymd_opt(today.year(), month, day);
                (today.year().to_string(), edge(1, 1), edge(12, 31))
            }
            Self::Between(one, other) => {
                let (first, last) = (day(one.max(other)), day(one.min(other)));
                (format!("{first}/{last}"), Some(first), Some(last))
            }
            Self::By(ago) => (format!("../{}", day(ago)), None, Some(day(ago))),
            Self::From(ago) => (format!("{}/..", day(ago)), Some(day(ago)), None),
        };
        Date { text, first, last }
    }
}

pub fn days_before(today: NaiveDate, ago: u8) -> NaiveDate {
    today - Days::new(u64::from(ago))
}

/// The UTC day that holds an instant, in microseconds since 1970.
pub fn day_of(micros: i64) -> NaiveDate {
    instant(micros).date_naive()
}

/// As the service writes it.
pub fn text_of(micros: i64) -> String {
    instant(micros).to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn instant(micros: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_micros(micros).expect("it is near the present")
}
