use async_graphql::parser::parse_query;
use async_graphql::parser::types::TypeKind;
use entity::initiative;
use serde_json::json;

use super::*;

fn model(initiatives: i64) -> CostModel {
    let read_model = ReadModel::default();
    let initiatives = (1..=initiatives).map(|id| initiative::Model {
        id,
        slug: id.to_string(),
        title: String::new(),
        summary: String::new(),
        requesting_state: "US".to_owned(),
        started_on: None,
    });
    read_model.upsert(initiatives.collect(), Vec::new());
    CostModel::new(
        &crate::graphql::schema::sdl_without_description(),
        read_model,
    )
}

/// The cost without that of every operation.
fn cost(text: &str, variables: serde_json::Value) -> (u32, String) {
    cost_of(text, variables, &model(0))
}

fn cost_of(text: &str, variables: serde_json::Value, model: &CostModel) -> (u32, String) {
    let document = parse_query(text).unwrap();
    let variables = Variables::from_json(variables);
    let (_, operation) = document.operations.iter().next().unwrap();
    let cost = model.cost(&document, &operation.node, &variables);
    let fields = u64::from(cost.total) - OPERATION_COST;
    (u32::try_from(fields).unwrap(), cost.path.join("."))
}

#[track_caller]
fn check(text: &str, total: u32, path: &str) {
    assert_eq!(cost(text, json!({})), (total, path.to_owned()), "{text}");
}

#[test]
fn a_field_costs_itself_and_its_selections_times_the_items() {
    check("{ __typename }", 1, "__typename");
    check("{ country(code: \"RW\") { code name } }", 3, "country.code");
    check("{ countries { code name } }", 501, "countries.code");
    check("{ nodes(ids: [\"a\", \"b\"]) { id } }", 3, "nodes.id");
    check(
        "mutation { registerSource(input: {}) { source { id } } }",
        602,
        "registerSource.source.id",
    );
}

#[test]
fn fields_of_a_connection_itself_count_once() {
    let page = "relationships(first: 7) { totalCount pageInfo { hasNextPage } nodes { stance } }";
    check(
        &format!("{{ {page} }}"),
        1 + 1 + 2 + 7 * 2,
        "relationships.nodes.stance",
    );
    check(
        "{ relationships { edges { cursor node { stance } } } }",
        1 + 20 * 4,
        "relationships.edges.node.stance",
    );
    let split = "{ a: relationships(first: 1) { ...P } b: relationships(last: 50) { ...P } } \
                 fragment P on RelationshipConnection { totalCount nodes { stance since } }";
    check(split, 2 + 3 + 2 + 150, "b.nodes.stance");
}

#[test]
fn page_sizes_come_from_variables_and_their_defaults() {
    let text = "query($n: Int = 10) { relationships(first: $n) { nodes { stance } } }";
    assert_eq!(cost(text, json!({})).0, 21);
    assert_eq!(cost(text, json!({ "n": 100 })).0, 201);
    assert_eq!(cost(text, json!({ "n": 2_000_000_000 })).0, 201);
    assert_eq!(cost(text, json!({ "n": null })).0, 41);
}

#[test]
fn arguments_cost_by_the_kilobyte_wherever_they_are_copied_to() {
    let text = "query($t: ID!) { countries { stance(initiative: $t) } }";
    let cost_of = |bytes: usize| cost(text, json!({ "t": "x".repeat(bytes) })).0;
    assert_eq!(cost_of(30), 1 + 250);
    assert_eq!(cost_of(10 << 10), 1 + 250 * 11);
    assert_eq!(cost_of(1 << 20), 1 + 250 * 1_025);
    let list = "query($l: [ID!]!) { countries(filter: { codes: $l }) { code } }";
    assert_eq!(cost(list, json!({ "l": vec!["RW"; 100] })).0, 1 + 250 + 3);
    let long = "x".repeat(5 << 10);
    check(
        &format!("{{ search(text: \"{long}\") {{ __typename }} }}"),
        16,
        "search.__typename",
    );
    let default = format!("query($t: String = \"{long}\") {{ search(text: $t) {{ __typename }} }}");
    check(&default, 16, "search.__typename");
}

#[test]
fn a_search_costs_by_its_hits_and_all_initiatives_by_their_number() {
    let search = "query($n: Int) { search(text: \"a\", first: $n) { node { __typename } } }";
    assert_eq!(cost(search, json!({})).0, 21);
    assert_eq!(cost(search, json!({ "n": 50 })).0, 101);
    assert_eq!(cost(search, json!({ "n": 2_000_000_000 })).0, 101);
    let all = "{ initiatives { slug } }";
    for (initiatives, cost) in [(0, 11), (10, 11), (80, 81)] {
        assert_eq!(cost_of(all, json!({}), &model(initiatives)).0, cost);
    }
}

#[test]
fn lists_of_lists_never_become_cheap_again() {
    let nested = (0..10).fold("code".to_owned(), |below, _| {
        format!("region {{ countries {{ {below} }} }}")
    });
    let (fields, _) = cost(&format!("{{ countries {{ {nested} }} }}"), json!({}));
    assert_eq!(u64::from(fields), u64::from(u32::MAX) - OPERATION_COST);
}

#[test]
fn every_list_of_objects_has_a_size() {
    let schema = parse_schema(crate::graphql::schema::sdl_without_description()).unwrap();
    let model = model(0);
    let is_object = |name: &str| model.fields.contains_key(name) || name == "SearchResult";
    let mut lists = 0;
    for definition in &schema.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let owner = definition.node.name.node.as_str();
        let TypeKind::Object(object) = &definition.node.kind else {
            continue;
        };
        for field in object
            .fields
            .iter()
            .filter(|_| !owner.ends_with("Connection"))
        {
            let (type_name, is_list) = innermost_type(&field.node.ty.node.base);
            let field_cost = &model.fields[owner][field.node.name.node.as_str()];
            if is_list && is_object(&type_name) {
                lists += 1;
                let has_size = matches!(
                    field_cost.items,
                    ListSize::List(_) | ListSize::Items(_) | ListSize::Hits | ListSize::Initiatives
                );
                assert!(has_size, "{owner}.{} needs a size", field.node.name.node);
            }
        }
    }
    assert!(lists >= list_sizes::ASSUMED_LIST_SIZES.len());
}
