//! Instants and days as they are stored and printed.
//!
//! Instants are UTC microseconds since 1970; days are Gregorian, printed `YYYY-MM-DD`.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// Microseconds since 1970-01-01T00:00:00Z: the precision that both databases store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// Returns the current time; injected, so that tests can control it.
pub type ClockFn = Arc<dyn Fn() -> Timestamp + Send + Sync>;

impl Timestamp {
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Self(parsed.timestamp_micros()))
    }

    /// The UTC day that contains the instant.
    pub fn day(self) -> NaiveDate {
        self.date_time().date_naive()
    }

    fn date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

/// RFC 3339, UTC, always six fractional digits, so that text order is time order.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            &self
                .date_time()
                .to_rfc3339_opts(SecondsFormat::Micros, true),
        )
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

/// Parses an ISO 8601 calendar date in its extended form; nothing else. Not by chrono: millions of days are parsed at a start.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |digits: &[u8]| {
        let mut digits = digits.iter();
        digits.try_fold(0, |number, digit| {
            let is_digit = digit.is_ascii_digit();
            is_digit.then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(&bytes[..4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&bytes[5..7])?, number(&bytes[8..])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_its_text() {
        let at = Timestamp(1_700_000_000_123_456);
        assert_eq!(at.to_string(), "2023-11-14T22:13:20.123456Z");
        assert_eq!(Timestamp::parse(&at.to_string()), Some(at));
    }

    #[test]
    fn a_day_is_ten_characters_and_exists() {
        assert!(parse_day("2025-02-28").is_some());
        for wrong in [
            "2025-02-30",
            "2025-2-3",
            "+2025-02-0",
            "20250203",
            "2025-02-03 ",
            "2025-02-0\u{0663}",
            "2025/02/03",
            "2025-00-03",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }
}
