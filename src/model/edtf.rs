//! Dates as sources give them: EDTF levels 0 and 1 (ISO 8601-2:2019, Library of Congress EDTF).
//!
//! Accepted: year, month or day, each with `~` (approximate), `?` (uncertain) or `%` (both), and intervals of two
//! such dates in which one end may be open (`..`). Not accepted: seasons, unspecified digits (`202X`), times, and
//! years before 1900; no source of a diplomatic request needs them.

use chrono::{Days, Months, NaiveDate};

/// A date or interval with the days it may mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edtf {
    text: String,
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
}

/// The reason why a text is not an accepted date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdtfError {
    #[error(
        "`{0}` is not a valid EDTF level 1 date (for example 2025, 2025-03, 2025-03-12~ or 2025-01/2025-06)"
    )]
    Form(String),
    #[error("`{0}` contains a day that does not exist")]
    NoSuchDay(String),
    #[error("`{0}` ends before it starts")]
    Backwards(String),
}

impl Edtf {
    pub fn parse(text: &str) -> Result<Self, EdtfError> {
        let (earliest, latest) = match text.split_once('/') {
            None => parse_part(text, text).map(|(from, to)| (Some(from), Some(to)))?,
            Some(("..", "..")) => return Err(EdtfError::Form(text.to_owned())),
            Some((start, end)) => (
                parse_side(start, text)?.map(|bounds| bounds.0),
                parse_side(end, text)?.map(|bounds| bounds.1),
            ),
        };
        if let (Some(from), Some(to)) = (earliest, latest)
            && from > to
        {
            return Err(EdtfError::Backwards(text.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            earliest,
            latest,
        })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// First day it may mean; `None` is an open start.
    pub fn earliest(&self) -> Option<NaiveDate> {
        self.earliest
    }

    /// Last day it may mean; `None` is an open end.
    pub fn latest(&self) -> Option<NaiveDate> {
        self.latest
    }
}

type Bounds = (NaiveDate, NaiveDate);

fn parse_side(side: &str, whole: &str) -> Result<Option<Bounds>, EdtfError> {
    if side == ".." {
        Ok(None)
    } else {
        parse_part(side, whole).map(Some)
    }
}

/// Bounds of one date. `~ ? %` qualify it and do not widen it.
fn parse_part(text: &str, whole: &str) -> Result<Bounds, EdtfError> {
    let form = || EdtfError::Form(whole.to_owned());
    let missing = || EdtfError::NoSuchDay(whole.to_owned());
    let bare = text.strip_suffix(['~', '?', '%']).unwrap_or(text);
    let fields: Vec<u32> = bare
        .split('-')
        .zip([4, 2, 2])
        .map(|(field, width)| parse_digits(field, width))
        .collect::<Option<_>>()
        .ok_or_else(form)?;
    if bare.split('-').count() > 3 {
        return Err(form());
    }
    let year = i32::try_from(fields[0])
        .ok()
        .filter(|year| *year >= 1900)
        .ok_or_else(form)?;
    let first = NaiveDate::from_ymd_opt(
        year,
        *fields.get(1).unwrap_or(&1),
        *fields.get(2).unwrap_or(&1),
    );
    let first = first.ok_or_else(missing)?;
    let next = match fields.len() {
        1 => first.checked_add_months(Months::new(12)),
        2 => first.checked_add_months(Months::new(1)),
        _ => first.checked_add_days(Days::new(1)),
    };
    let last = next.and_then(|next| next.pred_opt()).ok_or_else(missing)?;
    Ok((first, last))
}

fn parse_digits(field: &str, width: usize) -> Option<u32> {
    let plain = field.len() == width && field.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| field.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_bounds(text: &str, earliest: &str, latest: &str) {
        let show = |day: Option<NaiveDate>| day.map_or("..".to_owned(), |day| day.to_string());
        let date = Edtf::parse(text).unwrap();
        assert_eq!(
            (show(date.earliest).as_str(), show(date.latest).as_str()),
            (earliest, latest)
        );
    }

    #[test]
    fn bounds_follow_the_precision() {
        assert_bounds("2025", "2025-01-01", "2025-12-31");
        assert_bounds("2024-02", "2024-02-01", "2024-02-29");
        assert_bounds("2025-03-12~", "2025-03-12", "2025-03-12");
        assert_bounds("2025-03%", "2025-03-01", "2025-03-31");
        assert_bounds("2025-01/2025-06", "2025-01-01", "2025-06-30");
        assert_bounds("../2025-06-25", "..", "2025-06-25");
        assert_bounds("2025-03/..", "2025-03-01", "..");
        assert_bounds("2025~/2025-06?", "2025-01-01", "2025-06-30");
    }

    #[test]
    fn a_text_that_is_not_a_date_is_rejected() {
        for wrong in [
            "",
            "..",
            "../..",
            "/2025",
            "2025-1",
            "2025-03-12T10:00:00Z",
            "202X",
            "1899",
            "+2025",
            "2025-03-~12",
            "2025/2025/2025",
            "2025-03-12-01",
            "[2025,2026]",
            "２０２５",
        ] {
            assert!(
                matches!(Edtf::parse(wrong), Err(EdtfError::Form(_))),
                "{wrong}"
            );
        }
        for impossible in ["2025-02-30", "2025-13", "2025-21", "2025-00"] {
            assert!(
                matches!(Edtf::parse(impossible), Err(EdtfError::NoSuchDay(_))),
                "{impossible}"
            );
        }
        assert!(matches!(
            Edtf::parse("2025-07/2025-06"),
            Err(EdtfError::Backwards(_))
        ));
    }
}
