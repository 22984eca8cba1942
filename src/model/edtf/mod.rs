//! Dates as sources give them: EDTF levels 0 and 1 (ISO 8601-2:2019, Library of Congress EDTF).
//!
//! Accepted: year, month or day, each with `~` (approximate), `?` (uncertain) or `%` (both), and intervals of two
//! such dates in which one end may be open (`..`). Not accepted: seasons, unspecified digits (`202X`), unknown ends,
//! times, and years before 1900; no source of a diplomatic request needs them. Each has its own error.

mod packed;
pub mod words;

use chrono::{Datelike, Days, Months, NaiveDate};

pub use packed::PackedDate;

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
    #[error("`{0}` is before 1900, which is not accepted; the earliest year is 1900")]
    TooEarly(String),
    #[error(
        "`{0}` has unspecified digits (X), which are not accepted; use a less exact date or an interval, for example 2025 or 2020/2029"
    )]
    Unspecified(String),
    #[error(
        "`{0}` is a season, which is not accepted; use months instead, for example 2025-03/2025-05"
    )]
    Season(String),
    #[error(
        "`{0}` has an unknown end, which is not accepted; use a date or `..` for an open end, for example 2025-03/.."
    )]
    UnknownEnd(String),
    #[error("`{0}` is open at both ends; use a date for at least one of them")]
    Unbounded(String),
    #[error("`{0}` contains a time, which is not accepted; use the day, for example 2025-03-12")]
    Time(String),
    #[error("`{0}` is an interval with the bounds of a single date; use `{1}`")]
    Nested(String, String),
    #[error("`{0}` is an interval of which one end contains the other; use `{1}`")]
    Contained(String, String),
}

impl Edtf {
    /// Parses a date that an editor writes: as [`Edtf::parse_input`], and no end of an interval may contain the other. Import
    /// documents may have such intervals, because published editions do.
    pub fn parse_written(text: &str) -> Result<Self, EdtfError> {
        let date = Self::parse_input(text)?;
        match date.spelling_in_days() {
            Some(plain) => Err(EdtfError::Contained(text.to_owned(), plain)),
            None => Ok(date),
        }
    }

    /// Parses a new date: as [`Edtf::parse`], and an interval must not have the bounds of a single date.
    pub fn parse_input(text: &str) -> Result<Self, EdtfError> {
        let date = Self::parse(text)?;
        match date.plain_spelling() {
            Some(plain) => Err(EdtfError::Nested(text.to_owned(), plain)),
            None => Ok(date),
        }
    }

    /// Parses a date that may have been recorded by any version.
    pub fn parse(text: &str) -> Result<Self, EdtfError> {
        let (earliest, latest) = match text.split_once('/') {
            None => parse_part(text, text).map(|(from, to)| (Some(from), Some(to)))?,
            Some(("..", "..")) => return Err(EdtfError::Unbounded(text.to_owned())),
            Some(("", _) | (_, "")) => return Err(EdtfError::UnknownEnd(text.to_owned())),
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

    /// The single date with the same bounds and marks, for an interval whose ends are equal or nested.
    fn plain_spelling(&self) -> Option<String> {
        let (start, end) = self.overlapping_ends()?;
        let date = format_bounds(self.earliest?, self.latest?)?;
        Some(date + &combine_marks(mark_of(start), mark_of(end)))
    }

    /// The same interval with days as its ends, if its ends overlap.
    fn spelling_in_days(&self) -> Option<String> {
        let (start, end) = self.overlapping_ends()?;
        let (from, to) = (self.earliest?, self.latest?);
        Some(format!("{from}{}/{to}{}", mark_of(start), mark_of(end)))
    }

    fn overlapping_ends(&self) -> Option<(&str, &str)> {
        let (start, end) = self.text.split_once('/')?;
        let ((_, start_last), (end_first, _)) = (bounds_of(start)?, bounds_of(end)?);
        (start_last >= end_first).then_some((start, end))
    }
}

fn bounds_of(side: &str) -> Option<Bounds> {
    parse_side(side, side).ok().flatten()
}

/// The mark at the end of a date: `~`, `?`, `%` or nothing.
fn mark_of(side: &str) -> &str {
    &side[side.trim_end_matches(['~', '?', '%']).len()..]
}

/// `%` is both approximate and uncertain.
fn combine_marks(start: &str, end: &str) -> String {
    match (start, end) {
        ("", mark) | (mark, "") => mark.to_owned(),
        (start, end) if start == end => start.to_owned(),
        _ => "%".to_owned(),
    }
}

/// The year, month or day that has these bounds, if there is one.
fn format_bounds(from: NaiveDate, to: NaiveDate) -> Option<String> {
    let after = to.succ_opt().unwrap_or(to);
    let are_months = from.day() == 1 && after.day() == 1;
    let month = |day: NaiveDate| day.format("%Y-%m").to_string();
    if from == to {
        Some(from.to_string())
    } else if are_months
        && from.month() == 1
        && after.year() == from.year() + 1
        && after.month() == 1
    {
        Some(from.format("%Y").to_string())
    } else if are_months && month(from) == month(to) {
        Some(month(from))
    } else {
        None
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
    let form = || form_error(text, whole);
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
        .ok_or_else(|| EdtfError::TooEarly(whole.to_owned()))?;
    if let [_, 21..=41] = fields[..] {
        return Err(EdtfError::Season(whole.to_owned()));
    }
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

/// Why a text does not have the form of an accepted date.
fn form_error(text: &str, whole: &str) -> EdtfError {
    let whole = whole.to_owned();
    let has_form = |text: &str, form: &str| {
        let is_same = |(byte, form): (u8, u8)| match form {
            b'd' => byte.is_ascii_digit() || byte == b'X',
            _ => byte == form,
        };
        text.len() == form.len() && text.bytes().zip(form.bytes()).all(is_same)
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if ["dddd", "dddd-dd", "dddd-dd-dd"]
        .into_iter()
        .any(|form| has_form(text, form))
    {
        EdtfError::Unspecified(whole)
    } else if text
        .split_once('T')
        .is_some_and(|(day, _)| has_form(day, "dddd-dd-dd"))
    {
        EdtfError::Time(whole)
    } else if text
        .strip_prefix('-')
        .is_some_and(|year| digits(year.get(..4).unwrap_or("")))
    {
        EdtfError::TooEarly(whole)
    } else {
        EdtfError::Form(whole)
    }
}

fn parse_digits(field: &str, width: usize) -> Option<u32> {
    let plain = field.len() == width && field.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| field.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
