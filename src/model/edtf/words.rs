//! EDTF dates and instants in words, as the scripts of the atlas write them.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Length of a month's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Months {
    Long,
    Short,
}

struct Parts<'a> {
    year: &'a str,
    month: Option<usize>,
    day: Option<u32>,
}

/// "15 July 2025", "about April 2025", "16 or 17 August 2025"; "date not known" for null.
pub fn in_words(edtf: Option<&str>, months: Months) -> String {
    let Some(edtf) = edtf else {
        return "date not known".to_owned();
    };
    match edtf.split_once('/') {
        None => single(edtf, months),
        Some((".." | "", to)) => format!("{} or earlier", single(to, months)),
        Some((from, ".." | "")) => format!("{} or later", single(from, months)),
        Some((from, to)) => between(from, to, months),
    }
}

/// "28 November 2026, 15:04 UTC" of an RFC 3339 time in UTC.
pub fn instant_in_words(instant: &str) -> String {
    let (day, time) = instant.split_once('T').unwrap_or((instant, ""));
    let minute = time.get(..5).unwrap_or_default();
    format!("{}, {minute} UTC", single(day, Months::Long))
}

fn single(text: &str, months: Months) -> String {
    let date = text.trim_end_matches(['~', '?', '%']);
    let Some(day) = parse(date) else {
        return text.to_owned();
    };
    let mut words = plain(&day, months);
    if text.ends_with(['~', '%']) {
        words = format!("about {words}");
    }
    if text.ends_with(['?', '%']) {
        words.push_str(", uncertain");
    }
    words
}

fn parse(date: &str) -> Option<Parts<'_>> {
    let mut parts = date.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let month = parts.next().map(str::parse).transpose().ok()?;
    let day = parts.next().map(str::parse).transpose().ok()?;
    let is_month = month.is_none_or(|month| (1..=12).contains(&month));
    is_month.then_some(Parts { year, month, day })
}

fn plain(date: &Parts<'_>, months: Months) -> String {
    let day = date.day.map(|day| day.to_string());
    let month = date.month.map(|month| {
        let name = MONTHS[month - 1];
        let is_short = months == Months::Short && name.len() > 4;
        let length = if name == "September" { 4 } else { 3 };
        name[..if is_short { length } else { name.len() }].to_owned()
    });
    let parts: Vec<String> = day
        .into_iter()
        .chain(month)
        .chain([date.year.to_owned()])
        .collect();
    parts.join(" ")
}

fn between(from: &str, to: &str, months: Months) -> String {
    let (Some(first), Some(last)) = (parse(from), parse(to)) else {
        return format!(
            "between {} and {}",
            single(from, months),
            single(to, months)
        );
    };
    let (Some(first_day), Some(last_day)) = (first.day, last.day) else {
        return format!(
            "between {} and {}",
            plain(&first, months),
            plain(&last, months)
        );
    };
    let is_same_month = first.year == last.year && first.month == last.month;
    let start = if is_same_month {
        first_day.to_string()
    } else {
        plain(&first, months)
    };
    if is_same_month && last_day == first_day + 1 {
        return format!("{start} or {}", plain(&last, months));
    }
    format!("a day from {start} to {}", plain(&last, months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_notation_reaches_a_reader() {
        for (edtf, words) in [
            ("2025-07-15", "15 July 2025"),
            ("2025-06", "June 2025"),
            ("2025", "2025"),
            ("2025-04~", "about April 2025"),
            ("2025-04?", "April 2025, uncertain"),
            ("2025-04%", "about April 2025, uncertain"),
            ("2025-08-16/2025-08-17", "16 or 17 August 2025"),
            ("2025-01-20/2025-01-31", "a day from 20 to 31 January 2025"),
            (
                "2025-01-31/2025-02-01",
                "a day from 31 January 2025 to 1 February 2025",
            ),
            ("2025-01/2025-03", "between January 2025 and March 2025"),
            ("../2025-06", "June 2025 or earlier"),
            ("2025-06/..", "June 2025 or later"),
        ] {
            assert_eq!(in_words(Some(edtf), Months::Long), words);
        }
        assert_eq!(in_words(None, Months::Long), "date not known");
        assert_eq!(in_words(Some("2025-09-02"), Months::Short), "2 Sept 2025");
        assert_eq!(
            instant_in_words("2026-11-28T15:04:09Z"),
            "28 November 2026, 15:04 UTC"
        );
    }
}
