//! The state of the parser: the current token, the counts that are limited, and what the syntax tree cannot hold.

use async_graphql::{Name, Pos, Positioned};

use super::lexer::{Lexer, Token, TokenKind};
use super::{Duplicate, MAX_ERRORS, ParseError, SyntaxError};
use crate::config::limits::DocumentLimits;

pub(super) type Parsed<T> = Result<T, ParseError>;

/// Bounds the recursion of the parser, and of everything that walks through a document, whatever the configured limit.
const MAX_NESTING: usize = 200;

pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    limits: &'t DocumentLimits,
    /// The first token that is not consumed yet.
    pub(super) current: Token<'t>,
    tokens: usize,
    /// Brackets that are open before the current token, and of itself if it opens one.
    nesting: usize,
    aliases: usize,
    directives: usize,
    fragments: usize,
    pub(super) duplicates: Vec<Duplicate>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, limits: &'t DocumentLimits) -> Parsed<Self> {
        let mut lexer = Lexer::new(text);
        let current = lexer.next_token()?;
        let mut parser = Self {
            lexer,
            limits,
            current,
            tokens: 0,
            nesting: 0,
            aliases: 0,
            directives: 0,
            fragments: 0,
            duplicates: Vec::new(),
        };
        parser.count_current()?;
        Ok(parser)
    }

    /// Consumes the current token.
    pub(super) fn advance(&mut self) -> Parsed<Token<'t>> {
        let consumed = self.current;
        if let TokenKind::Punctuator(b')' | b']' | b'}') = consumed.kind {
            self.nesting = self.nesting.saturating_sub(1);
        }
        self.current = self.lexer.next_token()?;
        self.count_current()?;
        Ok(consumed)
    }

    fn count_current(&mut self) -> Parsed<()> {
        match self.current.kind {
            TokenKind::EndOfDocument => return Ok(()),
            TokenKind::Punctuator(b'(' | b'[' | b'{') => {
                self.nesting += 1;
                let max = self.limits.nesting.min(MAX_NESTING);
                check_limit(
                    self.nesting,
                    max,
                    "max-nesting",
                    "levels of nested brackets",
                )?;
            }
            TokenKind::Punctuator(b'@') => {
                self.directives += 1;
                let max = self.limits.directives;
                check_limit(self.directives, max, "max-directives", "directives")?;
            }
            _ => {}
        }
        self.tokens += 1;
        check_limit(self.tokens, self.limits.tokens, "max-tokens", "tokens")
    }

    pub(super) fn count_alias(&mut self) -> Parsed<()> {
        self.aliases += 1;
        check_limit(self.aliases, self.limits.aliases, "max-aliases", "aliases")
    }

    pub(super) fn count_fragment(&mut self) -> Parsed<()> {
        self.fragments += 1;
        let max = self.limits.fragments;
        check_limit(self.fragments, max, "max-fragments", "fragments")
    }

    /// Skips a description (2.1.2), which has no meaning for the execution, and returns its position. It counts as no
    /// token, so that spellings with and without it are within the same limits.
    pub(super) fn skip_description(&mut self) -> Parsed<Option<Pos>> {
        let (TokenKind::String | TokenKind::BlockString) = self.current.kind else {
            return Ok(None);
        };
        self.tokens -= 1;
        Ok(Some(self.advance()?.pos))
    }

    pub(super) fn is_at(&self, punctuator: u8) -> bool {
        self.current.kind == TokenKind::Punctuator(punctuator)
    }

    pub(super) fn is_at_keyword(&self, keyword: &str) -> bool {
        self.current.kind == TokenKind::Name && self.current.text == keyword
    }

    /// Consumes the punctuator if it is the current token.
    pub(super) fn skip(&mut self, punctuator: u8) -> Parsed<bool> {
        let is_at = self.is_at(punctuator);
        if is_at {
            self.advance()?;
        }
        Ok(is_at)
    }

    pub(super) fn expect(&mut self, punctuator: u8) -> Parsed<Token<'t>> {
        if self.is_at(punctuator) {
            return self.advance();
        }
        Err(self.expected(&format!("`{}`", char::from(punctuator))))
    }

    /// A name, which is called `role` in an error message.
    pub(super) fn name(&mut self, role: &str) -> Parsed<Positioned<Name>> {
        if self.current.kind != TokenKind::Name {
            return Err(self.expected(role));
        }
        let token = self.advance()?;
        Ok(Positioned::new(Name::new(token.text), token.pos))
    }

    /// Items until `close`; the bracket before them is consumed already.
    pub(super) fn items<T>(
        &mut self,
        close: u8,
        parse: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.more_items(Vec::new(), close, parse)
    }

    /// At least one item between `open` and `close`.
    pub(super) fn non_empty_items<T>(
        &mut self,
        (open, close): (u8, u8),
        parse: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.expect(open)?;
        let items = vec![parse(self)?];
        self.more_items(items, close, parse)
    }

    fn more_items<T>(
        &mut self,
        mut items: Vec<T>,
        close: u8,
        parse: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        while !self.skip(close)? {
            items.push(parse(self)?);
        }
        // The document may be cached for long.
        items.shrink_to_fit();
        Ok(items)
    }

    pub(super) fn expected(&self, what: &str) -> ParseError {
        let found = self.current.describe();
        self.error(format!("expected {what}, found {found}"))
    }

    /// An error at the current token.
    pub(super) fn error(&self, message: String) -> ParseError {
        error_at(self.current.pos, message)
    }

    pub(super) fn add_duplicate(&mut self, message: String, positions: Vec<Pos>) {
        // One more than is shown says that there are more.
        if self.duplicates.len() <= MAX_ERRORS {
            self.duplicates.push(Duplicate { message, positions });
        }
    }
}

pub(super) fn error_at(pos: Pos, message: String) -> ParseError {
    ParseError::Syntax(SyntaxError { message, pos })
}

fn check_limit(count: usize, max: usize, option: &'static str, unit: &'static str) -> Parsed<()> {
    if count <= max {
        return Ok(());
    }
    Err(ParseError::Limit { option, max, unit })
}
