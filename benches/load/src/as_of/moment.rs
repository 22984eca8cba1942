//! Moments that as-of questions vary over: the same for every server, by a fixed seed.

use serde_json::{Value, json};

use crate::Result;

/// Days since 2000-01-01, as `PostgreSQL` counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) i32);

/// Days from 0000-03-01 to 2000-01-01.
const EPOCH: i32 = 730_425;
const DAYS_PER_ERA: i32 = 146_097;

impl Day {
    /// Later than every other day.
    pub(crate) const INFINITY: Self = Self(i32::MAX);

    /// A day of the Gregorian calendar, of a year after 0.
    pub(crate) fn new(year: i32, month: i32, day: i32) -> Self {
        // Years begin in March, so that the leap day is the last one.
        let (year, month) = if month < 3 {
            (year - 1, month + 9)
        } else {
            (year, month - 3)
        };
        let leap_days = year / 4 - year / 100 + year / 400;
        Self(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - EPOCH)
    }

    /// # Errors
    /// Anything but `YYYY-MM-DD`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let parts: Vec<i32> = text
            .split('-')
            .map(str::parse)
            .collect::<std::result::Result<_, _>>()?;
        match parts[..] {
            [year, month, day] => Ok(Self::new(year, month, day)),
            _ => Err(format!("`{text}` is not a day").into()),
        }
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = self.0 + EPOCH;
        let (era, day) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let year = year + era * 400 + i32::from(month > 9);
        let month = if month < 10 { month + 3 } else { month - 9 };
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// An absent axis does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) valid_on: Option<Day>,
    pub(crate) published_by: Option<Day>,
    /// Recorded times differ between databases, the order of entries does not.
    pub(crate) recorded_seq: Option<i64>,
    /// When the database that is asked recorded that entry.
    pub(crate) recorded_by: Option<String>,
}

impl Moment {
    /// Moments on changing axes: days from `first` to `last`, entries up to `head`.
    pub(crate) fn vary(count: usize, (first, last): (Day, Day), head: i64) -> Vec<Self> {
        let mut random = Random(42);
        let days = u64::from((last.0 - first.0).unsigned_abs()) + 1;
        let moment = |index| {
            let mut day = || Day(first.0 + i32::try_from(random.below(days)).unwrap_or(0));
            let (valid_on, published_by) = (day(), day());
            let seq = random.below(head.unsigned_abs()).cast_signed() + 1;
            Self {
                valid_on: (index % 5 != 2).then_some(valid_on),
                published_by: matches!(index % 5, 1 | 2 | 4).then_some(published_by),
                recorded_seq: matches!(index % 5, 3 | 4).then_some(seq),
                recorded_by: None,
            }
        };
        (0..count).map(moment).collect()
    }

    /// The value of an argument `at`.
    pub(crate) fn input(&self) -> Value {
        let mut input = json!({});
        if let Some(day) = self.valid_on {
            input["validOn"] = json!(day.to_string());
        }
        if let Some(day) = self.published_by {
            input["publishedBy"] = json!(day.to_string());
        }
        if let Some(time) = &self.recorded_by {
            input["recordedBy"] = json!(time);
        }
        input
    }

    pub(crate) fn to_json(&self) -> Value {
        json!([
            self.valid_on.map(|day| day.0),
            self.published_by.map(|day| day.0),
            self.recorded_seq,
            self.recorded_by,
        ])
    }

    pub(crate) fn from_json(value: &Value) -> Self {
        let day = |value: &Value| Some(Day(value.as_i64()?.try_into().ok()?));
        Self {
            valid_on: day(&value[0]),
            published_by: day(&value[1]),
            recorded_seq: value[2].as_i64(),
            recorded_by: value[3].as_str().map(str::to_owned),
        }
    }
}

/// Pseudo-random numbers: splitmix64, by Sebastiano Vigna.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_survive_their_text() {
        assert_eq!(Day::new(2000, 1, 1), Day(0));
        for days in -20_000..20_000 {
            let text = Day(days).to_string();
            assert_eq!(Day::parse(&text).unwrap(), Day(days), "{text}");
        }
        assert_eq!(Day::new(2024, 2, 29).to_string(), "2024-02-29");
    }
}
