//! The JSON Schema of documents: it refuses nothing that an import accepts, and every fault of form that an import finds.

use jsonschema::Validator;
use serde_json::{Value, json};
use strum::VariantNames;

use super::super::JSON_SCHEMA;
use super::{BUNDLED, errors_of, parse, valid};
use crate::model::source::SourceKind;
use crate::model::stance::Stance;
use crate::model::statement::{
    Binding, CapPeriod, ClaimantKind, Comparator, ConcernCategory, CountMetric, DenialOf,
    EvidenceRelation, Instrument, LegalStatus, PressureKind, TextStatus,
};
use crate::model::text;

/// Keys of format 2 that may be left out, below an object whose pointer contains the text.
const OPTIONAL: [(&str, &str); 9] = [
    ("/statements/", "reason"),
    ("/statements/", "settlesDisputes"),
    ("/evidence/", "publishedOn"),
    ("/body/stance", "scope"),
    ("", "addedEvidence"),
    ("", "retractions"),
    ("", "sourceCorrections"),
    ("", "reviews"),
    ("", "edition"),
];

fn schema() -> Value {
    serde_json::from_str(JSON_SCHEMA).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// A pointer to every value of a document.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointers(value, &format!("{at}/{key}"), all);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// A document with one statement of each kind, from the bundled one.
fn one_of_each_kind() -> Value {
    let mut document: Value = serde_json::from_str(BUNDLED).unwrap();
    let mut kinds = Vec::new();
    let statements = document["statements"].as_array_mut().unwrap();
    statements.retain(|statement| {
        let kind = statement["body"]
            .as_object()
            .unwrap()
            .keys()
            .next()
            .unwrap();
        let is_first = !kinds.contains(kind);
        if is_first {
            kinds.push(kind.clone());
        }
        is_first
    });
    assert_eq!(kinds.len(), 9);
    document["sources"].as_array_mut().unwrap().truncate(2);
    document
}

#[test]
fn documents_that_an_import_accepts_are_valid() {
    let validator = validator();
    let bundled: Value = serde_json::from_str(BUNDLED).unwrap();
    let mut with_address = valid();
    with_address["$schema"] = "./document.schema.json".into();
    let mut dates = valid();
    dates["initiative"]["startedOn"] = "../2025-06-03~".into();
    dates["sources"][1]["publishedOn"] = "2025%".into();
    dates["sources"][1]["url"] = "HTTPS://example.org/é".into();
    for document in [bundled, valid(), with_address, dates] {
        parse(&document.to_string()).unwrap();
        let error = validator.validate(&document).err();
        assert!(error.is_none(), "{error:?}");
    }
}

/// With every key of format 2.
fn in_format_2(mut document: Value) -> Value {
    document["format"] = 2.into();
    for statement in document["statements"].as_array_mut().unwrap() {
        if !statement["corrects"].is_null() {
            statement["reason"] = "Misread.".into();
            statement["settlesDisputes"] = true.into();
        }
    }
    document["statements"][0]["body"]["stance"]["scope"] = "One flight".into();
    document["statements"][0]["evidence"][0]["publishedOn"] = "2025-06-03".into();
    let evidence = document["statements"][0]["evidence"].clone();
    document["addedEvidence"] =
        json!([{ "key": "more", "statement": "second", "evidence": evidence }]);
    document["retractions"] = json!([{ "statement": "third", "reason": "Never said." }]);
    let mut corrected = document["sources"][0].clone();
    corrected["key"] = "first-again".into();
    corrected["source"] = document["sources"][0]["key"].clone();
    corrected["reason"] = "The title was that of another report.".into();
    corrected["title"] = "Another report".into();
    document["sourceCorrections"] = json!([corrected]);
    let subjects = [
        json!({ "relationship": "RW" }),
        json!({ "initiative": "a-request" }),
    ];
    document["reviews"] = subjects
        .map(|subject| json!({ "subject": subject, "reviewedOn": "2026-11-12", "note": "Two papers." }))
        .into();
    document["edition"] = "2026-11-28".into();
    document
}

#[test]
fn keys_of_format_2_are_valid_in_format_2_only() {
    let validator = validator();
    let mut document = in_format_2(valid());
    assert!(validator.is_valid(&document));
    parse(&document.to_string()).unwrap();
    document["format"] = 1.into();
    assert!(!validator.is_valid(&document));
    let paths: Vec<String> = errors_of(&document)
        .into_iter()
        .map(|one| one.path)
        .collect();
    assert_eq!(paths.len(), OPTIONAL.len(), "{paths:?}");
    for (key, value) in [
        ("reason", json!("Corrects nothing.")),
        ("settlesDisputes", json!(false)),
    ] {
        document = in_format_2(valid());
        document["statements"][1][key] = value;
        assert!(!validator.is_valid(&document));
        errors_of(&document);
    }
}

#[test]
fn faults_of_form_are_refused_by_both() {
    let mut returned = in_format_2(valid());
    returned["statements"][1]["body"] = json!({ "return": {
        "personsMin": 1, "personsMax": 2, "destination": "CO", "note": "By an aeroplane."
    } });
    let documents = [one_of_each_kind(), in_format_2(valid()), returned];
    let refused: usize = documents.iter().map(check_faults).sum();
    assert!(refused > 1_500, "{refused}");
}

/// Spoils each value of a document in turn; returns the number of faults, all of which must be refused.
fn check_faults(whole: &Value) -> usize {
    let validator = validator();
    assert!(validator.is_valid(whole));
    let mut all = Vec::new();
    pointers(whole, "", &mut all);
    let mut refused = 0;
    for pointer in all.iter().filter(|pointer| !pointer.is_empty()) {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut variants = Vec::new();
        if let Value::Object(_) = whole.pointer(parent).unwrap() {
            let mut missing = whole.clone();
            let map = missing.pointer_mut(parent).unwrap().as_object_mut();
            map.unwrap().remove(key);
            let mut optional = OPTIONAL.iter();
            if !optional.any(|(below, name)| *name == key && parent.contains(below)) {
                variants.push(missing);
            }
        }
        // A wrong type, a blank text, and an unknown key.
        for wrong in [json!([[]]), json!(" "), json!({ "unknown": 1 }), json!(-1)] {
            let mut document = whole.clone();
            *document.pointer_mut(pointer).unwrap() = wrong;
            variants.push(document);
        }
        for document in variants {
            assert!(!validator.is_valid(&document), "{pointer}: {document}");
            assert!(!errors_of(&document).is_empty(), "{pointer}");
            refused += 1;
        }
    }
    refused
}

#[test]
fn enumerations_are_those_of_the_program() {
    let schema = schema();
    let at = |pointer: &str| -> Vec<String> {
        let list = schema.pointer(pointer).and_then(Value::as_array);
        let list = list.unwrap_or_else(|| panic!("no list at {pointer}"));
        list.iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    };
    let stances: Vec<&str> = Stance::VARIANTS[1..].to_vec();
    let of_body = |kind: &str, field: &str| format!("/$defs/{kind}/properties/{field}/enum");
    let expected: [(String, &[&str]); 13] = [
        (of_body("source", "kind"), SourceKind::VARIANTS),
        (
            "/$defs/statement/properties/claimant/properties/kind/enum".to_owned(),
            ClaimantKind::VARIANTS,
        ),
        (of_body("evidence", "relation"), EvidenceRelation::VARIANTS),
        (of_body("stance", "stance"), &stances),
        (of_body("agreement", "instrument"), Instrument::VARIANTS),
        (of_body("agreement", "binding"), Binding::VARIANTS),
        (of_body("agreement", "text"), TextStatus::VARIANTS),
        (
            "/$defs/agreement/properties/cap/anyOf/0/properties/per/enum".to_owned(),
            CapPeriod::VARIANTS,
        ),
        (of_body("legal", "status"), LegalStatus::VARIANTS),
        (of_body("concern", "category"), ConcernCategory::VARIANTS),
        (of_body("pressure", "kind"), PressureKind::VARIANTS),
        (of_body("denial", "of"), DenialOf::VARIANTS),
        (of_body("count", "comparator"), Comparator::VARIANTS),
    ];
    for (pointer, variants) in expected {
        assert_eq!(at(&pointer), variants, "{pointer}");
    }
    assert_eq!(at(&of_body("count", "metric")), CountMetric::VARIANTS);
}

#[test]
fn limits_are_those_of_the_program() {
    let schema = schema();
    let limit = |pointer: &str| schema.pointer(pointer).and_then(Value::as_u64);
    let expected = [
        ("/$defs/key/maxLength", text::MAX_SLUG),
        (
            "/$defs/initiative/properties/title/maxLength",
            text::MAX_TITLE,
        ),
        (
            "/$defs/initiative/properties/summary/maxLength",
            text::MAX_INITIATIVE_SUMMARY,
        ),
        (
            "/$defs/source/properties/publisher/maxLength",
            text::MAX_LABEL,
        ),
        (
            "/$defs/source/properties/url/anyOf/0/maxLength",
            text::MAX_URL,
        ),
        (
            "/$defs/statement/properties/summary/maxLength",
            text::MAX_SUMMARY,
        ),
        (
            "/$defs/statement/properties/evidence/maxItems",
            text::MAX_EVIDENCE,
        ),
        (
            "/$defs/statement/properties/contradicts/maxItems",
            text::MAX_CONTRADICTS,
        ),
        (
            "/$defs/evidence/properties/quote/anyOf/0/maxLength",
            text::MAX_QUOTE,
        ),
        (
            "/$defs/statement/properties/reason/anyOf/0/maxLength",
            text::MAX_DETAIL,
        ),
        (
            "/$defs/addedEvidence/properties/evidence/maxItems",
            text::MAX_EVIDENCE,
        ),
        (
            "/$defs/review/properties/note/anyOf/0/maxLength",
            text::MAX_DETAIL,
        ),
        ("/properties/edition/maxLength", text::MAX_EDITION),
        (
            "/$defs/retraction/properties/reason/maxLength",
            text::MAX_DETAIL,
        ),
        ("/$defs/legal/properties/court/maxLength", text::MAX_DETAIL),
    ];
    for (pointer, expected) in expected {
        let expected = u64::try_from(expected).unwrap();
        assert_eq!(limit(pointer), Some(expected), "{pointer}");
    }
}
