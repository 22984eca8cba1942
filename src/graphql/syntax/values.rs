//! Values, types, arguments and directives (GraphQL September 2025, 2.9 to 2.13).

use async_graphql::parser::types::{BaseType, Directive, Type};
use async_graphql::{Name, Number, Positioned, Value as ConstValue};
use async_graphql_value::{Value, indexmap::IndexMap};

use super::lexer::{Token, TokenKind};
use super::parser::{Parsed, Parser};
use super::strings;

pub(super) type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl Parser<'_> {
    /// `$` and a name; the position is that of the name.
    pub(super) fn variable(&mut self) -> Parsed<Positioned<Name>> {
        self.expect(b'$')?;
        self.name("the name of a variable")
    }

    /// The brackets that enclose it bound the recursion.
    pub(super) fn type_reference(&mut self) -> Parsed<Type> {
        let base = if self.skip(b'[')? {
            let item = self.type_reference()?;
            self.expect(b']')?;
            BaseType::List(Box::new(item))
        } else {
            BaseType::Named(self.name("a type")?.node)
        };
        Ok(Type {
            base,
            nullable: !self.skip(b'!')?,
        })
    }

    pub(super) fn directives(&mut self, is_constant: bool) -> Parsed<Vec<Positioned<Directive>>> {
        let mut directives = Vec::new();
        while self.is_at(b'@') {
            let pos = self.advance()?.pos;
            let directive = Directive {
                name: self.name("the name of a directive")?,
                arguments: self.arguments(is_constant)?,
            };
            directives.push(Positioned::new(directive, pos));
        }
        directives.shrink_to_fit();
        Ok(directives)
    }

    pub(super) fn arguments(&mut self, is_constant: bool) -> Parsed<Arguments> {
        if !self.is_at(b'(') {
            return Ok(Vec::new());
        }
        self.non_empty_items((b'(', b')'), |parser| {
            let name = parser.name("the name of an argument")?;
            parser.expect(b':')?;
            let pos = parser.current.pos;
            let value = parser.value(is_constant)?;
            Ok((name, Positioned::new(value, pos)))
        })
    }

    /// A value without variables.
    pub(super) fn constant(&mut self) -> Parsed<ConstValue> {
        let value = self.value(true)?;
        Ok(value
            .into_const()
            .expect("a constant value contains no variable"))
    }

    /// The brackets that enclose it bound the recursion.
    fn value(&mut self, is_constant: bool) -> Parsed<Value> {
        match self.current.kind {
            TokenKind::Punctuator(b'[') => {
                self.advance()?;
                let items = self.items(b']', |parser| parser.value(is_constant))?;
                Ok(Value::List(items))
            }
            TokenKind::Punctuator(b'{') => self.object(is_constant),
            TokenKind::Punctuator(b'$') if is_constant => Err(self.error(
                "a variable is not allowed here; default values and directives of variables are constant".to_owned(),
            )),
            TokenKind::Punctuator(b'$') => Ok(Value::Variable(self.variable()?.node)),
            TokenKind::Int | TokenKind::Float => Ok(Value::Number(number(&self.advance()?))),
            TokenKind::String => Ok(Value::String(strings::string_value(self.advance()?.text))),
            TokenKind::BlockString => {
                let text = self.advance()?.text;
                Ok(Value::String(strings::block_string_value(text)))
            }
            TokenKind::Name => Ok(match self.advance()?.text {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                "null" => Value::Null,
                value => Value::Enum(Name::new(value)),
            }),
            TokenKind::Punctuator(_) | TokenKind::Spread | TokenKind::EndOfDocument => {
                Err(self.expected("a value"))
            }
        }
    }

    fn object(&mut self, is_constant: bool) -> Parsed<Value> {
        self.expect(b'{')?;
        let mut fields = IndexMap::new();
        while !self.skip(b'}')? {
            let name = self.name("the name of an input field, or `}`")?;
            self.expect(b':')?;
            let value = self.value(is_constant)?;
            if fields.contains_key(&name.node) {
                let message = format!(
                    "the field `{}` occurs more than once in an input object; remove the duplicate",
                    name.node
                );
                self.add_duplicate(message, vec![name.pos]);
            }
            fields.insert(name.node, value);
        }
        Ok(Value::Object(fields))
    }
}

/// Numbers that are too large become the largest float: no type of the schema accepts them as a number, and no ID has
/// so many digits.
fn number(token: &Token<'_>) -> Number {
    if token.kind == TokenKind::Int && token.text == "-0" {
        return Number::from(0); // JSON has a negative zero, but integers have none
    }
    token.text.parse().unwrap_or_else(|_| {
        let largest = if token.text.starts_with('-') {
            f64::MIN
        } else {
            f64::MAX
        };
        Number::from_f64(largest).expect("the number is finite")
    })
}
