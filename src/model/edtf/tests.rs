//! Accepted dates with their bounds, and the reason why every other one is rejected.

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
        "2025-1",
        "+2025",
        "2025-03-~12",
        "2025/2025/2025",
        "2025-03-12-01",
        "[2025,2026]",
        "２０２５",
        "éééééT",
    ] {
        let error = Edtf::parse(wrong);
        assert!(matches!(error, Err(EdtfError::Form(_))), "{wrong}");
    }
    for impossible in ["2025-02-30", "2025-13", "2025-00", "2025-42"] {
        let error = Edtf::parse(impossible);
        assert!(
            matches!(error, Err(EdtfError::NoSuchDay(_))),
            "{impossible}"
        );
    }
    assert!(matches!(
        Edtf::parse("2025-07/2025-06"),
        Err(EdtfError::Backwards(_))
    ));
}

#[test]
fn a_date_that_is_valid_elsewhere_is_rejected_with_the_reason() {
    for (date, reason) in [
        ("1899", "is before 1900"),
        ("1899-12-31~", "is before 1900"),
        ("-0044", "is before 1900"),
        ("1850/2025", "is before 1900"),
        ("202X", "unspecified digits"),
        ("2025-XX", "unspecified digits"),
        ("2025-03-XX", "unspecified digits"),
        ("202X/2030", "unspecified digits"),
        ("2025-21", "is a season"),
        ("2025-41~", "is a season"),
        ("2025-21/2025-22", "is a season"),
        ("2025-03/", "unknown end"),
        ("/2025", "unknown end"),
        ("/", "unknown end"),
        ("../..", "open at both ends"),
        ("2025-03-12T10:00:00Z", "contains a time"),
    ] {
        let error = Edtf::parse(date).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{date}` ")), "{error}");
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn an_interval_with_the_bounds_of_one_date_is_rejected_with_its_plain_spelling() {
    for (interval, plain) in [
        ("2025-07/2025-07-01", "2025-07-01"),
        ("2025/2025", "2025"),
        ("2025-07/2025-07", "2025-07"),
        ("2025-07-04/2025-07-04", "2025-07-04"),
        ("2025-07-01/2025-07", "2025-07"),
        ("2025-07/2025-07-31", "2025-07"),
        ("2025-01/2025", "2025"),
        ("2025-07~/2025-07-01", "2025-07-01~"),
        ("2025-07~/2025-07?", "2025-07%"),
    ] {
        let error = Edtf::parse_input(interval).unwrap_err();
        assert_eq!(error, EdtfError::Nested(interval.into(), plain.into()));
        let (given, simpler) = (Edtf::parse(interval).unwrap(), Edtf::parse_input(plain));
        let simpler = simpler.unwrap();
        assert_eq!(
            (given.earliest, given.latest),
            (simpler.earliest, simpler.latest)
        );
    }
    for accepted in [
        "2025-06/2025-07",
        "2026-01/2026-01-19",
        "2025-07/2025-07-10",
        "2025/2025-07",
        "2025/2026-01-01",
        "../2025",
        "2025/..",
        "2025-07",
    ] {
        assert!(Edtf::parse_input(accepted).is_ok(), "{accepted}");
    }
}

#[test]
fn an_editor_writes_an_interval_of_which_no_end_contains_the_other() {
    for (interval, plain) in [
        ("2026-01/2026-01-19", "2026-01-01/2026-01-19"),
        ("2025-07-10/2025-07", "2025-07-10/2025-07-31"),
        ("2025/2025-07", "2025-01-01/2025-07-31"),
        ("2025-03~/2025?", "2025-03-01~/2025-12-31?"),
    ] {
        let error = Edtf::parse_written(interval).unwrap_err();
        assert_eq!(error, EdtfError::Contained(interval.into(), plain.into()));
        let (given, simpler) = (Edtf::parse(interval).unwrap(), Edtf::parse_written(plain));
        let simpler = simpler.unwrap();
        assert_eq!(
            (given.earliest, given.latest),
            (simpler.earliest, simpler.latest)
        );
    }
    let equal = Edtf::parse_written("2025-07/2025-07-01").unwrap_err();
    assert!(matches!(equal, EdtfError::Nested(..)), "{equal}");
    for accepted in ["2025-06/2025-07", "2025-07", "../2025", "2025/.."] {
        assert!(Edtf::parse_written(accepted).is_ok(), "{accepted}");
    }
}
