use proptest::prelude::*;
use serde_json::{Value, json};

use super::between;

/// The patch as a value, after the crate `json_patch` has applied it.
fn patch(from: &Value, to: &Value) -> Value {
    let text = between(&from.to_string(), &to.to_string()).expect("a patch");
    let patch: json_patch::Patch = serde_json::from_str(&text).expect("a JSON Patch");
    let mut patched = from.clone();
    json_patch::patch(&mut patched, &patch).expect("a patch that applies");
    assert_eq!(&patched, to, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// A list of countries, long enough that a patch is shorter than the document.
fn countries(ids: impl IntoIterator<Item = u32>) -> Value {
    let country = |id| json!({"id": format!("Country:{id}"), "name": "a name of some length", "stance": "REFUSED"});
    json!({"countries": ids.into_iter().map(country).collect::<Vec<_>>()})
}

#[test]
fn equal_texts_need_no_operation() {
    assert_eq!(patch(&countries([1]), &countries([1])), json!([]));
}

#[test]
fn a_changed_field_is_one_operation() {
    let mut to = countries(1..9);
    to["countries"][3]["stance"] = json!("AGREED");
    let operations = patch(&countries(1..9), &to);
    let expected = json!([{"op": "replace", "path": "/countries/3/stance", "value": "AGREED"}]);
    assert_eq!(operations, expected);
}

#[test]
fn an_insertion_in_front_is_one_operation_and_so_is_a_removal() {
    let operations = patch(&countries(1..9), &countries(0..9));
    assert_eq!(operations.as_array().map(Vec::len), Some(1));
    assert_eq!(operations[0]["path"], "/countries/0");
    let operations = patch(&countries(0..9), &countries(1..9));
    assert_eq!(
        operations,
        json!([{"op": "remove", "path": "/countries/0"}])
    );
}

#[test]
fn an_element_that_moved_is_removed_and_added() {
    let operations = patch(
        &countries([1, 2, 3, 4, 5, 6, 7]),
        &countries([1, 7, 2, 3, 4, 5, 6]),
    );
    let names: Vec<_> = operations
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["op"].clone())
        .collect();
    assert_eq!(names, ["remove", "add"]);
}

#[test]
fn edges_are_matched_by_the_id_of_their_node() {
    let edges = |ids: std::ops::Range<u32>| {
        let edge =
            |id| json!({"cursor": format!("c{id}"), "node": {"id": id, "text": "some text of it"}});
        json!({"statements": {"edges": ids.map(edge).collect::<Vec<_>>()}})
    };
    assert_eq!(
        patch(&edges(1..9), &edges(0..9)).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn elements_without_an_id_are_matched_by_their_place_or_text() {
    let list =
        |texts: &[&str]| json!({"other": "text of the answer that does not change", "list": texts});
    let operations = patch(&list(&["a", "b", "c"]), &list(&["a", "x", "c"]));
    assert_eq!(
        operations,
        json!([{"op": "replace", "path": "/list/1", "value": "x"}])
    );
    let operations = patch(&list(&["a", "a", "b"]), &list(&["a", "b"]));
    assert_eq!(operations, json!([{"op": "remove", "path": "/list/1"}]));
}

#[test]
fn an_object_with_other_fields_or_another_order_is_replaced() {
    let rest = "x".repeat(99);
    let from = format!(r#"{{"rest":"{rest}","a":{{"b":1,"c":2}}}}"#);
    let to = format!(r#"{{"rest":"{rest}","a":{{"c":2,"b":1}}}}"#);
    let expected = r#"[{"op":"replace","path":"/a","value":{"c":2,"b":1}}]"#;
    assert_eq!(between(&from, &to).as_deref(), Some(expected));
    let to = format!(r#"{{"rest":"{rest}","a":{{"b":1,"c":2,"d":3}}}}"#);
    let expected = r#"[{"op":"replace","path":"/a","value":{"b":1,"c":2,"d":3}}]"#;
    assert_eq!(between(&from, &to).as_deref(), Some(expected));
}

#[test]
fn names_are_escaped_and_names_that_appliers_refuse_are_in_no_path() {
    let rest = "x".repeat(199);
    let object = |name: &str, value| json!({"rest": rest, "payload": {name: value}});
    let operations = patch(&object("a/b~c\"d", 1), &object("a/b~c\"d", 2));
    assert_eq!(operations[0]["path"], "/payload/a~1b~0c\"d");
    for name in ["__proto__", "constructor", "prototype"] {
        let operations = patch(&object(name, 1), &object(name, 2));
        assert_eq!(operations[0]["path"], "/payload");
    }
    let root = |value| json!({"__proto__": value, "rest": rest}).to_string();
    assert_eq!(between(&root(1), &root(2)), None);
}

#[test]
fn the_root_is_never_replaced_and_a_patch_is_shorter_than_the_document() {
    assert_eq!(between(r#"{"a":1}"#, r#"{"b":1}"#), None);
    assert_eq!(between(r#"{"a":1}"#, r#"{"a":2}"#), None);
    assert_eq!(between("null", r#"{"a":1}"#), None);
    assert_eq!(between(r#"{"a":1}"#, "null"), None);
    assert_eq!(between("{", r#"{"a":1}"#), None);
}

#[test]
fn many_changes_of_one_list_become_its_replacement() {
    let rest = "y".repeat(5_000);
    let list = |from: u32| json!({"rest": rest, "list": (from..from + 20).collect::<Vec<_>>()});
    let operations = patch(&list(0), &list(100));
    assert_eq!(operations.as_array().map(Vec::len), Some(1));
    assert_eq!(operations[0]["path"], "/list");
}

/// Answers of one shape: a list of objects with ids, lists without, values that may be null.
fn answer() -> impl Strategy<Value = Value> {
    let element = (
        0..30_u8,
        any::<Option<bool>>(),
        prop::collection::vec(0..4_u8, 0..4),
    );
    let element =
        element.prop_map(|(id, flag, list)| json!({"id": id, "flag": flag, "list": list}));
    let list = prop::collection::vec(element, 0..12);
    (list, any::<Option<u8>>()).prop_map(|(list, value)| {
        let object = value.map(|value| json!({"value": value, "other": [value]}));
        json!({"list": list, "object": object, "rest": "z".repeat(400)})
    })
}

proptest! {
    #[test]
    fn the_patch_of_any_two_answers_makes_the_second_of_the_first(from in answer(), to in answer()) {
        if between(&from.to_string(), &to.to_string()).is_some() {
            patch(&from, &to);
        }
    }
}
