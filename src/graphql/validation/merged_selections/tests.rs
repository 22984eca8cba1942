//! Merged selections, printed.

use async_graphql::parser::parse_query;
use async_graphql::{OutputType, value};

use super::*;
use crate::graphql::schema::Query;
use crate::graphql::validation::find_operation;

fn print(set: &SelectionSet) -> String {
    let items = set.items.iter().map(|item| match &item.node {
        Selection::Field(field) => {
            let field = &field.node;
            let alias = field.alias.as_ref().map(|alias| format!("{}:", alias.node));
            let below = Some(print(&field.selection_set.node)).filter(|below| below != "{}");
            let below = below.unwrap_or_default();
            format!("{}{}{below}", alias.unwrap_or_default(), field.name.node)
        }
        Selection::InlineFragment(inline) => {
            let on = inline.node.type_condition.as_ref().unwrap();
            format!(
                "[{}]{}",
                on.node.on.node,
                print(&inline.node.selection_set.node)
            )
        }
        Selection::FragmentSpread(_) => panic!("a merged selection has no spread"),
    });
    format!("{{{}}}", items.collect::<Vec<_>>().join(" "))
}

/// The merged selections with `$yes` and `$no`.
fn merged(document: &str) -> Option<String> {
    let document = parse_query(document).unwrap();
    let operation = find_operation(&document, None).unwrap();
    let registry = registry();
    let variables = Variables::from_value(value!({ "yes": true, "no": false }));
    merge(&document, operation, &registry, &variables).map(|set| print(&set))
}

fn registry() -> Registry {
    let mut registry = Registry {
        query_type: Query::type_name().into_owned(),
        ..Registry::default()
    };
    Query::create_type_info(&mut registry);
    registry
}

#[track_caller]
fn check(document: &str, expected: &str) {
    assert_eq!(merged(document).as_deref(), Some(expected), "{document}");
}

#[test]
fn fields_of_an_object_are_merged_in_the_order_of_the_document() {
    check(
        "{ countries { code ...F region { name } x: code } ...G }
         fragment F on Country { name region { code ...H } code }
         fragment G on Query { countries { emoji } viewer { role } }
         fragment H on Region { name parent { code } }",
        "{countries{code name region{code name parent{code}} x:code emoji} viewer{role}}",
    );
}

#[test]
fn what_is_skipped_is_absent() {
    check(
        "{ a: viewer @skip(if: true) { role } countries {
           code @include(if: $yes) name @include(if: $no) emoji @skip(if: $yes)
           ... @skip(if: $no) { alpha3 } ... @include(if: false) { numeric }
           ...F @include(if: $no) ...F } }
         fragment F on Country { capital @skip(if: $no) @include(if: $yes) }",
        "{countries{code alpha3 capital}}",
    );
    check("{ viewer { role @skip(if: true) } }", "{viewer}");
}

#[test]
fn a_fragment_on_an_object_of_an_interface_holds_all_of_its_fields() {
    check(
        "{ statement(number: 1) { id ... on StanceStatement { stance id } number ...N } }
         fragment N on Node { id ... on CountStatement { low } ... on Country { code } }",
        "{statement{[StanceStatement]{id stance number} [CountStatement]{id number low} id number}}",
    );
    check(
        "{ node(id: 1) { ... on Statement { summary } ... on Country { name } } }",
        &format!(
            "{{node{{{} [Country]{{name}}}}}}",
            [
                "Stance",
                "Agreement",
                "Funding",
                "Transfer",
                "Legal",
                "Concern",
                "Pressure",
                "Denial",
                "Count",
                "Return"
            ]
            .map(|kind| format!("[{kind}Statement]{{summary}}"))
            .join(" ")
        ),
    );
    // Every object of a union is named: no fields are left for others.
    check(
        "{ statement(number: 1) { subject { __typename ... on Relationship { id } ... on Country { code }
           ... on Initiative { slug } } } }",
        "{statement{subject{[Relationship]{__typename id} [Country]{__typename code} [Initiative]{__typename slug}}}}",
    );
}

#[test]
fn introspection_and_what_type_conditions_multiply_is_left_to_the_library() {
    assert_eq!(
        merged("{ viewer { role } __typename }").as_deref(),
        Some("{viewer{role} __typename}")
    );
    assert_eq!(
        merged("{ viewer { role } __schema { queryType { name } } }"),
        None
    );
    let mut inner = "id".to_owned();
    for _ in 0..10 {
        inner = format!(
            "id corrects {{ ... on StanceStatement {{ {inner} }} ... on CountStatement {{ {inner} }} }}"
        );
    }
    assert_eq!(
        merged(&format!("{{ statement(number: 1) {{ {inner} }} }}")),
        None
    );
}
