//! The end of a token: a date or a duration from now.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::model::time::{Timestamp, parse_day};

/// When a token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// At the start of a day in UTC, or at an instant.
    At(Timestamp),
    After(humantime::Duration),
}

impl Expiry {
    /// The instant, for a token that is created now.
    /// # Errors
    /// `Error::BadUserInput` for a time that no calendar has.
    pub fn after(self, now: Timestamp) -> Result<Timestamp> {
        let instant = match self {
            Self::At(at) => Some(at.0),
            Self::After(duration) => {
                let micros = i64::try_from(duration.as_micros()).ok();
                micros.and_then(|micros| now.0.checked_add(micros))
            }
        };
        let instant = instant.filter(|instant| *instant <= LATEST).map(Timestamp);
        instant.ok_or_else(|| Error::bad_input("expires", "is later than the year 9999"))
    }
}

/// 9999-12-31T23:59:59Z, in microseconds.
const LATEST: i64 = 253_402_300_799_000_000;

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(instant) = Timestamp::parse(text) {
            return Ok(Self::At(instant));
        }
        if let Some(day) = parse_day(text) {
            let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
            return Ok(Self::At(midnight.into()));
        }
        let duration = text.parse::<humantime::Duration>();
        let duration = duration.ok().filter(|duration| !duration.is_zero());
        duration.map(Self::After).ok_or_else(|| {
            format!("`{text}` is neither a date nor a duration; use for example 2027-01-31 (from the start of that day, UTC) or 90d")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_date_an_instant_or_a_duration() {
        let now = Timestamp::parse("2026-11-23T12:00:00Z").unwrap();
        let end = |text: &str| {
            text.parse::<Expiry>()
                .unwrap()
                .after(now)
                .unwrap()
                .to_string()
        };
        assert_eq!(end("2027-01-31"), "2027-01-31T00:00:00.000000Z");
        assert_eq!(
            end("2027-01-31T10:00:00+01:00"),
            "2027-01-31T09:00:00.000000Z"
        );
        assert_eq!(end("90d"), "2027-02-21T12:00:00.000000Z");
        for wrong in [
            "",
            "tomorrow",
            "2027-02-30",
            "90",
            "0s",
            "-1d",
            "31.01.2027",
        ] {
            assert!(wrong.parse::<Expiry>().is_err(), "{wrong}");
        }
        assert!("9000y".parse::<Expiry>().unwrap().after(now).is_err());
    }
}
