//! Definitions and selections (GraphQL September 2025, 2.2 to 2.8).

use std::collections::{HashMap, hash_map::Entry};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread,
    InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet, TypeCondition,
    VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};

use super::ParsedDocument;
use super::lexer::TokenKind;
use super::parser::{Parsed, Parser, error_at};

/// What starts a definition of a type system (3.2), which cannot be executed.
const TYPE_SYSTEM_KEYWORDS: [&str; 9] = [
    "schema",
    "scalar",
    "type",
    "interface",
    "union",
    "enum",
    "input",
    "directive",
    "extend",
];

#[derive(Default)]
struct Definitions {
    /// The first operation without a name.
    anonymous: Option<Positioned<OperationDefinition>>,
    named: HashMap<Name, Positioned<OperationDefinition>>,
    fragments: HashMap<Name, Positioned<FragmentDefinition>>,
}

impl Parser<'_> {
    pub(super) fn document(mut self) -> Parsed<ParsedDocument> {
        let mut definitions = Definitions::default();
        loop {
            self.definition(&mut definitions)?;
            if self.current.kind == TokenKind::EndOfDocument {
                break;
            }
        }
        let Definitions {
            anonymous,
            named,
            fragments,
        } = definitions;
        let operations = match anonymous {
            Some(operation) if named.is_empty() => DocumentOperations::Single(operation),
            Some(operation) => {
                let message =
                    "an operation without a name must be the only one; name each operation";
                self.add_duplicate(message.to_owned(), vec![operation.pos]);
                DocumentOperations::Multiple(named)
            }
            None => DocumentOperations::Multiple(named),
        };
        Ok(ParsedDocument {
            document: ExecutableDocument {
                operations,
                fragments,
            },
            duplicates: self.duplicates,
        })
    }

    fn definition(&mut self, definitions: &mut Definitions) -> Parsed<()> {
        let description = self.skip_description()?;
        if self.is_at(b'{') {
            if let Some(pos) = description {
                let message =
                    "an operation with a description needs its keyword; write `query` before `{`";
                return Err(error_at(pos, message.to_owned()));
            }
            let selection_set = self.selection_set()?;
            let pos = selection_set.pos;
            let operation = OperationDefinition {
                ty: OperationType::Query,
                variable_definitions: Vec::new(),
                directives: Vec::new(),
                selection_set,
            };
            self.add_operation(definitions, None, Positioned::new(operation, pos));
            return Ok(());
        }
        let keyword = match self.current.kind {
            TokenKind::Name => self.current.text,
            _ => "",
        };
        match keyword {
            "query" => self.operation(OperationType::Query, definitions),
            "mutation" => self.operation(OperationType::Mutation, definitions),
            "subscription" => self.operation(OperationType::Subscription, definitions),
            "fragment" => self.fragment(definitions),
            _ if TYPE_SYSTEM_KEYWORDS.contains(&keyword) => Err(self.error(format!(
                "`{keyword}` belongs to the definition of a schema; a request contains only operations and fragments"
            ))),
            _ => Err(self.expected("`query`, `mutation`, `subscription`, `fragment` or `{`")),
        }
    }

    fn operation(&mut self, ty: OperationType, definitions: &mut Definitions) -> Parsed<()> {
        let pos = self.advance()?.pos;
        let name = match self.current.kind {
            TokenKind::Name => Some(self.name("the name of the operation")?.node),
            _ => None,
        };
        let variable_definitions = if self.is_at(b'(') {
            self.non_empty_items((b'(', b')'), Self::variable_definition)?
        } else {
            Vec::new()
        };
        let operation = OperationDefinition {
            ty,
            variable_definitions,
            directives: self.directives(false)?,
            selection_set: self.selection_set()?,
        };
        self.add_operation(definitions, name, Positioned::new(operation, pos));
        Ok(())
    }

    /// Of several operations with one name, the first remains.
    fn add_operation(
        &mut self,
        definitions: &mut Definitions,
        name: Option<Name>,
        operation: Positioned<OperationDefinition>,
    ) {
        let pos = operation.pos;
        let Some(name) = name else {
            match &definitions.anonymous {
                None => definitions.anonymous = Some(operation),
                Some(first) => {
                    let message =
                        "the document has several operations without a name; name each operation";
                    self.add_duplicate(message.to_owned(), vec![first.pos, pos]);
                }
            }
            return;
        };
        match definitions.named.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(operation)),
            Entry::Occupied(first) => {
                let message = format!("several operations are named `{}`", first.key());
                self.add_duplicate(message, vec![first.get().pos, pos]);
            }
        }
    }

    fn variable_definition(&mut self) -> Parsed<Positioned<VariableDefinition>> {
        self.skip_description()?;
        let pos = self.current.pos;
        let definition = VariableDefinition {
            name: self.variable()?,
            var_type: {
                self.expect(b':')?;
                let pos = self.current.pos;
                Positioned::new(self.type_reference()?, pos)
            },
            default_value: if self.skip(b'=')? {
                let pos = self.current.pos;
                Some(Positioned::new(self.constant()?, pos))
            } else {
                None
            },
            directives: self.directives(true)?,
        };
        Ok(Positioned::new(definition, pos))
    }

    fn fragment(&mut self, definitions: &mut Definitions) -> Parsed<()> {
        self.count_fragment()?;
        let pos = self.advance()?.pos;
        if self.is_at_keyword("on") {
            return Err(self.error("a fragment must not be named `on`".to_owned()));
        }
        let name = self.name("the name of the fragment")?.node;
        if !self.is_at_keyword("on") {
            return Err(self.expected("`on` and a type"));
        }
        let fragment = FragmentDefinition {
            type_condition: self.type_condition()?,
            directives: self.directives(false)?,
            selection_set: self.selection_set()?,
        };
        match definitions.fragments.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(Positioned::new(fragment, pos))),
            Entry::Occupied(first) => {
                let message = format!("several fragments are named `{}`", first.key());
                self.add_duplicate(message, vec![first.get().pos, pos]);
            }
        }
        Ok(())
    }

    /// The current token is `on`.
    fn type_condition(&mut self) -> Parsed<Positioned<TypeCondition>> {
        let pos = self.advance()?.pos;
        let on = self.name("the name of a type")?;
        Ok(Positioned::new(TypeCondition { on }, pos))
    }

    fn selection_set(&mut self) -> Parsed<Positioned<SelectionSet>> {
        let pos = self.current.pos;
        let items = self.non_empty_items((b'{', b'}'), Self::selection)?;
        Ok(Positioned::new(SelectionSet { items }, pos))
    }

    fn selection(&mut self) -> Parsed<Positioned<Selection>> {
        let pos = self.current.pos;
        let selection = if self.current.kind == TokenKind::Spread {
            self.spread(pos)?
        } else {
            Selection::Field(Positioned::new(self.field()?, pos))
        };
        Ok(Positioned::new(selection, pos))
    }

    fn field(&mut self) -> Parsed<Field> {
        let first = self.name("a field, or `...` and a fragment")?;
        let (alias, name) = if self.skip(b':')? {
            self.count_alias()?;
            (Some(first), self.name("the field after its alias")?)
        } else {
            (None, first)
        };
        Ok(Field {
            alias,
            name,
            arguments: self.arguments(false)?,
            directives: self.directives(false)?,
            selection_set: if self.is_at(b'{') {
                self.selection_set()?
            } else {
                Positioned::default()
            },
        })
    }

    /// A fragment spread or an inline fragment.
    fn spread(&mut self, pos: Pos) -> Parsed<Selection> {
        self.advance()?;
        if self.current.kind == TokenKind::Name && !self.is_at_keyword("on") {
            let spread = FragmentSpread {
                fragment_name: self.name("the name of a fragment")?,
                directives: self.directives(false)?,
            };
            return Ok(Selection::FragmentSpread(Positioned::new(spread, pos)));
        }
        let type_condition = if self.is_at_keyword("on") {
            Some(self.type_condition()?)
        } else {
            None
        };
        let inline = InlineFragment {
            type_condition,
            directives: self.directives(false)?,
            selection_set: self.selection_set()?,
        };
        Ok(Selection::InlineFragment(Positioned::new(inline, pos)))
    }
}
