//! Search of the schema: coordinates whose name or description has every word.

use std::sync::LazyLock;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition,
};
use serde_json::{Value, json};

use crate::graphql::schema;

/// Matches of one search.
const MAX_MATCHES: usize = 30;
/// Words of one search.
const MAX_WORDS: usize = 8;

struct Coordinate {
    name: String,
    kind: String,
    description: String,
    /// In lower case.
    searched: String,
}

impl Coordinate {
    fn new(name: String, kind: String, description: Option<&Positioned<String>>) -> Self {
        let text = description
            .map(|text| text.node.as_str())
            .unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        let description = words.join(" ");
        Self {
            searched: format!("{name} {description}").to_lowercase(),
            name,
            kind,
            description,
        }
    }
}

static COORDINATES: LazyLock<Vec<Coordinate>> = LazyLock::new(|| {
    let document =
        parse_schema(schema::sdl_without_description()).expect("the library writes a valid schema");
    let mut all = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(named) = definition else {
            continue;
        };
        let name = named.node.name.node.as_str();
        let description = named.node.description.as_ref();
        let mut add = |kind: &str| {
            let (name, kind) = (name.to_owned(), kind.to_owned());
            all.push(Coordinate::new(name, kind, description));
        };
        match &named.node.kind {
            TypeKind::Scalar => add("scalar"),
            TypeKind::Union(_) => add("union"),
            TypeKind::Object(object) => {
                add("type");
                all.extend(
                    object
                        .fields
                        .iter()
                        .map(|field| of_field(name, &field.node)),
                );
            }
            TypeKind::Interface(interface) => {
                add("interface");
                all.extend(
                    interface
                        .fields
                        .iter()
                        .map(|field| of_field(name, &field.node)),
                );
            }
            TypeKind::InputObject(input) => {
                add("input");
                all.extend(input.fields.iter().map(|field| of_input(name, &field.node)));
            }
            TypeKind::Enum(names) => {
                add("enum");
                all.extend(names.values.iter().map(|value| {
                    let name = format!("{name}.{}", value.node.value.node);
                    Coordinate::new(name, "value".to_owned(), value.node.description.as_ref())
                }));
            }
        }
    }
    all
});

fn of_field(parent: &str, field: &FieldDefinition) -> Coordinate {
    let arguments = field
        .arguments
        .iter()
        .map(|argument| format!("{}: {}", argument.node.name.node, argument.node.ty.node));
    let arguments: Vec<String> = arguments.collect();
    let kind = if arguments.is_empty() {
        field.ty.node.to_string()
    } else {
        format!("({}): {}", arguments.join(", "), field.ty.node)
    };
    Coordinate::new(
        format!("{parent}.{}", field.name.node),
        kind,
        field.description.as_ref(),
    )
}

fn of_input(parent: &str, field: &InputValueDefinition) -> Coordinate {
    let name = format!("{parent}.{}", field.name.node);
    Coordinate::new(name, field.ty.node.to_string(), field.description.as_ref())
}

/// Matches by name first, then by description; without a word there is none.
pub(super) fn find(text: &str) -> Vec<Value> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().take(MAX_WORDS).collect();
    let has_all = |searched: &str| words.iter().all(|word| searched.contains(word));
    let mut found: Vec<&Coordinate> = COORDINATES
        .iter()
        .filter(|one| !words.is_empty() && has_all(&one.searched))
        .collect();
    found.sort_by_key(|one| (!has_all(&one.name.to_lowercase()), one.name.len()));
    let found = found.into_iter().take(MAX_MATCHES);
    found
        .map(|one| json!({ "coordinate": one.name, "type": one.kind, "description": one.description }))
        .collect()
}
