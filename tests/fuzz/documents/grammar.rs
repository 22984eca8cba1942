//! The schema, reduced to what is needed to generate an operation.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

pub struct Grammar {
    kinds: HashMap<String, Kind>,
    /// Names of types and fields, also for use in the wrong position.
    pub names: Vec<String>,
}

pub enum Kind {
    Scalar,
    Enum(Vec<String>),
    Input {
        fields: Vec<Argument>,
        is_one_of: bool,
    },
    Composite {
        fields: Vec<Field>,
        /// Types that are valid as a type condition here.
        possible: Vec<String>,
    },
}

pub struct Field {
    pub name: String,
    pub ty: Type,
    pub arguments: Vec<Argument>,
}

pub struct Argument {
    pub name: String,
    pub ty: Type,
}

impl Grammar {
    pub fn new(sdl: &str) -> Self {
        let schema = parse_schema(sdl).unwrap();
        let types: Vec<TypeDefinition> = schema
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => Some(definition.node),
                TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
            })
            .collect();
        let kinds: HashMap<String, Kind> = types
            .iter()
            .map(|definition| (definition.name.node.to_string(), kind(definition, &types)))
            .collect();
        let mut names: Vec<String> = kinds.keys().cloned().collect();
        for kind in kinds.values() {
            if let Kind::Composite { fields, .. } = kind {
                names.extend(fields.iter().map(|field| field.name.clone()));
            }
        }
        // A map has no order, but the same seed must generate the same input.
        names.sort();
        names.dedup();
        Self { kinds, names }
    }

    pub fn kind(&self, name: &str) -> &Kind {
        // Int, Float, String, Boolean and ID are not in the SDL.
        self.kinds.get(name).unwrap_or(&Kind::Scalar)
    }

    pub fn fields(&self, type_name: &str) -> &[Field] {
        match self.kind(type_name) {
            Kind::Composite { fields, .. } => fields,
            Kind::Scalar | Kind::Enum(_) | Kind::Input { .. } => &[],
        }
    }

    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.kind(name), Kind::Composite { .. })
    }
}

/// The named type inside lists.
pub fn innermost(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => innermost(inner),
    }
}

fn kind(definition: &TypeDefinition, types: &[TypeDefinition]) -> Kind {
    let name = &definition.name.node;
    match &definition.kind {
        TypeKind::Scalar => Kind::Scalar,
        TypeKind::Enum(definition) => {
            let values = definition.values.iter();
            Kind::Enum(
                values
                    .map(|value| value.node.value.node.to_string())
                    .collect(),
            )
        }
        TypeKind::InputObject(input) => Kind::Input {
            fields: input.fields.iter().map(argument).collect(),
            is_one_of: definition
                .directives
                .iter()
                .any(|directive| directive.node.name.node == "oneOf"),
        },
        TypeKind::Object(object) => Kind::Composite {
            fields: object.fields.iter().map(field).collect(),
            possible: names_of(&object.implements)
                .chain([name.to_string()])
                .collect(),
        },
        TypeKind::Interface(interface) => Kind::Composite {
            fields: interface.fields.iter().map(field).collect(),
            possible: implementing(name, types)
                .chain([name.to_string()])
                .collect(),
        },
        TypeKind::Union(union) => Kind::Composite {
            fields: Vec::new(),
            possible: names_of(&union.members).collect(),
        },
    }
}

fn implementing<'a>(
    name: &'a Name,
    types: &'a [TypeDefinition],
) -> impl Iterator<Item = String> + 'a {
    types.iter().filter_map(move |definition| {
        let TypeKind::Object(object) = &definition.kind else {
            return None;
        };
        let mut interfaces = object.implements.iter();
        let is_implemented = interfaces.any(|interface| interface.node == *name);
        is_implemented.then(|| definition.name.node.to_string())
    })
}

fn names_of(names: &[Positioned<Name>]) -> impl Iterator<Item = String> + '_ {
    names.iter().map(|name| name.node.to_string())
}

fn field(field: &Positioned<FieldDefinition>) -> Field {
    Field {
        name: field.node.name.node.to_string(),
        ty: field.node.ty.node.clone(),
        arguments: field.node.arguments.iter().map(argument).collect(),
    }
}

fn argument(argument: &Positioned<InputValueDefinition>) -> Argument {
    Argument {
        name: argument.node.name.node.to_string(),
        ty: argument.node.ty.node.clone(),
    }
}
