//! Format 2: what it adds to format 1.

use serde_json::{Value, json};

use super::super::order::{Step, recording_order};
use super::{BUNDLED, parse, valid, with};

/// As [`with`], in format 2.
fn with_in_format_2(pointer: &str, value: Value) -> Value {
    let mut document = with(pointer, value);
    document["format"] = json!(2);
    document
}

#[track_caller]
fn check_in_format_2(pointer: &str, value: Value, paths: &[&str]) {
    let errors = super::errors_of(&with_in_format_2(pointer, value));
    let found: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(found, paths, "{pointer}: {errors:?}");
}

#[test]
fn a_document_of_format_1_means_the_same_in_format_2_if_its_corrections_settle_disputes() {
    for mut document in [valid(), serde_json::from_str(BUNDLED).unwrap()] {
        let first = parse(&document.to_string()).unwrap();
        document["format"] = json!(2);
        for statement in document["statements"].as_array_mut().unwrap() {
            if !statement["corrects"].is_null() {
                statement["settlesDisputes"] = json!(true);
            }
        }
        assert_eq!(parse(&document.to_string()).unwrap(), first);
    }
}

#[test]
fn a_correction_of_format_2_keeps_disputes_unless_it_settles_them() {
    let keeps = |document: &Value| {
        let document = parse(&document.to_string()).unwrap();
        let statements = document.statements.iter();
        statements.map(|one| one.keeps_disputes).collect::<Vec<_>>()
    };
    assert_eq!(keeps(&valid()), [false, false, false]);
    let mut document = valid();
    document["format"] = json!(2);
    assert_eq!(keeps(&document), [false, false, true]);
    for (settles, expected) in [(true, false), (false, true)] {
        let document = with_in_format_2("/statements/2/settlesDisputes", json!(settles));
        assert_eq!(keeps(&document), [false, false, expected]);
    }
    let path = ["statements[2] (third).settlesDisputes"];
    check_in_format_2("/statements/2/settlesDisputes", json!(null), &path);
    let of_no_correction = ["statements[1] (second).settlesDisputes"];
    check_in_format_2(
        "/statements/1/settlesDisputes",
        json!(false),
        &of_no_correction,
    );
}

#[test]
fn what_format_2_adds_is_refused_in_format_1() {
    let returned =
        json!({ "return": { "personsMin": 1, "personsMax": 2, "destination": "CO", "note": "x" } });
    let unpaid = json!({ "denial": { "of": "FUNDING", "detail": "Nothing was paid." } });
    let limited = json!({ "stance": { "stance": "AGREED", "scope": null } });
    for (field, value, path) in [
        ("reason", json!("Misread."), "reason"),
        (
            "evidence/0/publishedOn",
            json!(null),
            "evidence[0].publishedOn",
        ),
        ("body", returned, "body.return"),
        ("body", unpaid, "body.denial.of"),
        ("body", limited, "body.stance.scope"),
    ] {
        let pointer = format!("/statements/2/{field}");
        let errors = super::errors_of(&with(&pointer, value.clone()));
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let expected = format!("statements[2] (third).{path}: needs format 2");
        assert_eq!(errors, [expected], "{field}");
        parse(&with_in_format_2(&pointer, value).to_string()).unwrap();
    }
}

#[test]
fn a_cited_passage_may_have_a_date_of_its_own() {
    let pointer = "/statements/2/evidence/0/publishedOn";
    let path = ["statements[2] (third).evidence[0].publishedOn"];
    for wrong in [json!("2025-13"), json!(2025)] {
        check_in_format_2(pointer, wrong, &path);
    }
    // By that date, it stands at the wrong place.
    check_in_format_2(pointer, json!("2025-05"), &["statements[2] (third)"]);
}

#[test]
fn persons_who_were_sent_on_have_rules() {
    let body = |field: &str, value: Value| {
        let mut body =
            json!({ "personsMin": 1, "personsMax": 2, "destination": null, "note": "x" });
        body[field] = value;
        json!({ "return": body })
    };
    for (field, wrong) in [
        ("destination", json!("QQ")),
        ("personsMin", json!(3)),
        ("note", json!(" ")),
    ] {
        let path = format!("statements[2] (third).body.return.{field}");
        check_in_format_2("/statements/2/body", body(field, wrong), &[&path]);
    }
    let mut document = with_in_format_2("/statements/1/body", body("destination", json!("CO")));
    document["statements"][1]["subject"] = json!({ "country": "RW" });
    document["statements"][1]["contradicts"] = json!([]);
    let errors = super::errors_of(&document);
    assert_eq!(
        errors[0].path, "statements[1] (second).subject",
        "{errors:?}"
    );
}

#[test]
fn a_reason_is_a_short_text_of_a_correction() {
    let document = with_in_format_2("/statements/2/reason", json!("Misread."));
    let document = parse(&document.to_string()).unwrap();
    assert_eq!(document.statements[2].reason.as_deref(), Some("Misread."));
    let path = ["statements[2] (third).reason"];
    for wrong in [json!(""), json!(7), json!("é".repeat(601))] {
        check_in_format_2("/statements/2/reason", wrong, &path);
    }
    let of_no_correction = ["statements[1] (second).reason"];
    check_in_format_2("/statements/1/reason", json!("Misread."), &of_no_correction);
    parse(&with_in_format_2("/statements/1/reason", json!(null)).to_string()).unwrap();
}

/// A document with later evidence for `second`, and retractions of these statements.
fn with_later(retracted: &[&str]) -> Value {
    let mut document = valid();
    document["format"] = json!(2);
    let evidence = document["statements"][2]["evidence"].clone();
    document["addedEvidence"] =
        json!([{ "key": "more", "statement": "second", "evidence": evidence }]);
    let retractions = retracted.iter();
    let retractions = retractions.map(|key| json!({ "statement": key, "reason": "Never said." }));
    document["retractions"] = retractions.collect();
    document
}

#[track_caller]
fn paths_of(document: &Value) -> Vec<String> {
    let errors = super::errors_of(document);
    errors.into_iter().map(|error| error.path).collect()
}

#[test]
fn added_evidence_has_rules() {
    let at = "addedEvidence[0] (more)";
    for (pointer, wrong, path) in [
        ("key", json!("More"), "addedEvidence[0].key".to_owned()),
        ("statement", json!("fourth"), format!("{at}.statement")),
        ("evidence", json!([]), format!("{at}.evidence")),
        (
            "evidence/0/source",
            json!("original"),
            format!("{at}.evidence[0].source"),
        ),
        (
            "evidence/0/quote",
            json!(""),
            format!("{at}.evidence[0].quote"),
        ),
    ] {
        let mut document = with_later(&[]);
        let value = document.pointer_mut(&format!("/addedEvidence/0/{pointer}"));
        *value.unwrap() = wrong;
        assert_eq!(paths_of(&document), [path]);
    }
    let mut document = with_later(&[]);
    let again = document["addedEvidence"][0].clone();
    let list = document["addedEvidence"].as_array_mut().unwrap();
    list.push(again);
    assert_eq!(paths_of(&document), ["addedEvidence[1] (more).key"]);
    // It need not support the statement, and may be the only one that cites a source.
    let mut document = with_later(&[]);
    document["addedEvidence"][0]["evidence"][0]["relation"] = json!("MENTIONS");
    document["statements"].as_array_mut().unwrap().pop();
    parse(&document.to_string()).unwrap();
}

#[test]
fn a_retraction_names_a_statement_that_is_valid_by_then() {
    // `third` corrects `first`.
    for valid in [&["third", "first"][..], &["second"], &["third"]] {
        let document = parse(&with_later(valid).to_string()).unwrap();
        assert_eq!(document.retractions.len(), valid.len());
    }
    for (retracted, path) in [
        (&["first", "third"][..], "retractions[0].statement"),
        (&["second", "second"], "retractions[1].statement"),
        (&["fourth"], "retractions[0].statement"),
    ] {
        assert_eq!(paths_of(&with_later(retracted)), [path], "{retracted:?}");
    }
    let mut document = with_later(&["second"]);
    document["retractions"][0]["reason"] = json!(" ");
    assert_eq!(paths_of(&document), ["retractions[0].reason"]);
    document = with_later(&["second"]);
    document["format"] = json!(1);
    assert_eq!(paths_of(&document), ["addedEvidence", "retractions"]);
}

/// The document in which `fourth` corrects `first` anew, at this place of the file; these are retracted.
fn corrected_anew(place: usize, retracted: &[&str]) -> Value {
    let mut document = with_later(retracted);
    let mut fourth = document["statements"][2].clone();
    fourth["key"] = json!("fourth");
    let statements = document["statements"].as_array_mut().unwrap();
    statements.insert(place, fourth);
    document
}

/// The keys of statements, and of retractions behind a minus, in the order in which they are recorded.
fn recorded(document: &Value) -> String {
    let document = parse(&document.to_string()).unwrap();
    let (statements, retractions) = (&document.statements, &document.retractions);
    let (mut steps, rest) = recording_order(statements, retractions);
    steps.extend(rest);
    let steps = steps.iter().map(|step| match step {
        Step::Statement(index) => statements[*index].key.clone(),
        Step::Retraction(index) => format!("-{}", retractions[*index].statement),
    });
    steps.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_statement_is_corrected_anew_after_the_retraction_of_its_correction() {
    for (place, retracted, order) in [
        (3, &["third"][..], "first second third -third fourth"),
        (3, &["fourth"], "first second fourth -fourth third"),
        (
            3,
            &["second", "fourth", "third", "first"],
            "first second fourth -fourth third -second -third -first",
        ),
        // Where the sources of the new one are the older ones, it stands before.
        (2, &["third"], "first second third -third fourth"),
    ] {
        assert_eq!(recorded(&corrected_anew(place, retracted)), order);
    }
    let twice = ["statements[3] (fourth).corrects"];
    assert_eq!(paths_of(&corrected_anew(3, &[])), twice);
    assert_eq!(paths_of(&corrected_anew(3, &["second"])), twice);
    let valid = ["retractions[1].statement"];
    assert_eq!(paths_of(&corrected_anew(3, &["third", "first"])), valid);
}

#[test]
fn a_correction_does_not_follow_a_retraction_that_follows_it() {
    // `third` is recorded after `fourth`, which it contradicts.
    let mut document = corrected_anew(2, &["third"]);
    document["statements"][3]["contradicts"] = json!(["fourth"]);
    let errors = super::errors_of(&document);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].message.contains("follows"), "{}", errors[0]);
    assert_eq!(
        recorded(&corrected_anew(3, &["third"])).split(' ').count(),
        5
    );
}

#[test]
fn many_corrections_of_one_statement_are_ordered() {
    let mut document = with_later(&[]);
    let statement = document["statements"][2].clone();
    let keys: Vec<String> = (0..20_000).map(|index| format!("c{index}")).collect();
    let statements = document["statements"].as_array_mut().unwrap();
    statements.pop();
    for key in &keys {
        let mut correction = statement.clone();
        correction["key"] = json!(key);
        statements.push(correction);
    }
    let retracted = keys.iter().rev().skip(1);
    document["retractions"] = retracted
        .map(|key| json!({ "statement": key, "reason": "Never said." }))
        .collect();
    let order = recorded(&document);
    let order: Vec<&str> = order.split(' ').collect();
    assert_eq!(order[..4], ["first", "second", "c19998", "-c19998"]);
    assert_eq!(order[order.len() - 2..], ["-c0", "c19999"]);
}

/// The document in format 2, with reviews of these subjects and days.
fn with_reviews(reviews: &[(Value, &str)]) -> Value {
    let reviews = reviews
        .iter()
        .map(|(subject, day)| json!({ "subject": subject, "reviewedOn": day, "note": null }));
    with_in_format_2("/reviews", reviews.collect())
}

#[test]
fn a_review_is_of_a_relationship_or_the_initiative_on_a_day() {
    let rwanda = json!({ "relationship": "RW" });
    let initiative = json!({ "initiative": "a-request" });
    let day = "2026-11-12";
    let valid = [
        (rwanda.clone(), day),
        (initiative.clone(), day),
        (rwanda.clone(), "2026-11-13"),
    ];
    let document = parse(&with_reviews(&valid).to_string()).unwrap();
    assert_eq!(document.reviews.len(), 3);
    let on = "reviews[0].reviewedOn";
    for (reviews, path) in [
        (
            vec![(json!({ "country": "RW" }), day)],
            "reviews[0].subject",
        ),
        (
            vec![(json!({ "relationship": "PE" }), day)],
            "reviews[0].subject",
        ),
        (
            vec![(json!({ "relationship": "US" }), day)],
            "reviews[0].subject.relationship",
        ),
        (
            vec![(json!({ "initiative": "other" }), day)],
            "reviews[0].subject.initiative",
        ),
        (vec![(initiative.clone(), "2026-11")], on),
        (vec![(initiative.clone(), "2026-11-31")], on),
        (vec![(initiative.clone(), "1899-11-30")], on),
        (
            vec![(rwanda.clone(), day), (rwanda.clone(), day)],
            "reviews[1]",
        ),
    ] {
        let paths = paths_of(&with_reviews(&reviews));
        let is_of_requesting_state = path == "reviews[0].subject.relationship";
        assert_eq!(paths[0], path, "{paths:?}");
        assert_eq!(paths.len(), if is_of_requesting_state { 2 } else { 1 });
    }
    let mut document = with_reviews(&[(initiative, day)]);
    document["reviews"][0]["note"] = json!(" ");
    assert_eq!(paths_of(&document), ["reviews[0].note"]);
}

#[test]
fn an_edition_is_a_short_text() {
    let document = with_in_format_2("/edition", json!("2026-11-28"));
    let edition = parse(&document.to_string()).unwrap().edition;
    assert_eq!(edition.as_deref(), Some("2026-11-28"));
    for wrong in [json!(""), json!("x".repeat(81)), json!(null), json!("a\tb")] {
        check_in_format_2("/edition", wrong, &["edition"]);
    }
}
