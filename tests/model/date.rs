//! EDTF dates and the days that they may mean. An independent implementation: it does not use the service's parser.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat};

/// Form of a date; days count back from the day on which it is used.
#[derive(Clone, Copy, Debug)]
pub enum DateForm {
    Day(u8),
    Approximately(u8),
    /// The month that contains the day; it may end after today.
    Month(u8),
    Year,
    Between(u8, u8),
    /// With an open start.
    By(u8),
    /// With an open end.
    From(u8),
}

/// A date with its first and last possible day; `None` is open.
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

    /// The last possible day, capped at the day of recording.
    pub fn last(&self, recorded: NaiveDate) -> NaiveDate {
        self.last.map_or(recorded, |last| last.min(recorded))
    }
}

impl DateForm {
    pub fn on(self, today: NaiveDate) -> Date {
        let day = |days_ago: u8| days_before(today, days_ago);
        let (text, first, last) = match self {
            Self::Day(days_ago) => return Date::day(day(days_ago)),
            Self::Approximately(days_ago) => (
                format!("{}~", day(days_ago)),
                Some(day(days_ago)),
                Some(day(days_ago)),
            ),
            Self::Month(days_ago) => {
                let first = day(days_ago)
                    .with_day(1)
                    .expect("every month has a first day");
                let last = (first + Months::new(1)) - Days::new(1);
                (first.format("%Y-%m").to_string(), Some(first), Some(last))
            }
            Self::Year => {
                let day_of_year = |month, day| NaiveDate::from_ymd_opt(today.year(), month, day);
                (
                    today.year().to_string(),
                    day_of_year(1, 1),
                    day_of_year(12, 31),
                )
            }
            // The service refuses an interval that is one day.
            Self::Between(left, right) if left == right => return Date::day(day(left)),
            Self::Between(left, right) => {
                let (first, last) = (day(left.max(right)), day(left.min(right)));
                (format!("{first}/{last}"), Some(first), Some(last))
            }
            Self::By(days_ago) => (format!("../{}", day(days_ago)), None, Some(day(days_ago))),
            Self::From(days_ago) => (format!("{}/..", day(days_ago)), Some(day(days_ago)), None),
        };
        Date { text, first, last }
    }
}

pub fn days_before(today: NaiveDate, days_ago: u8) -> NaiveDate {
    today - Days::new(u64::from(days_ago))
}

/// The UTC day of an instant in microseconds since 1970.
pub fn day_of(micros: i64) -> NaiveDate {
    instant(micros).date_naive()
}

/// In the format of the service.
pub fn text_of(micros: i64) -> String {
    instant(micros).to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn instant(micros: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_micros(micros).expect("the instant is near the present")
}
