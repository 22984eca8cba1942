//! Lexical analysis of a document (GraphQL September 2025, 2.1): one pass, without allocation or recursion.
//!
//! A token borrows its text. Strings are checked here and decoded by [`super::strings`] when their value is needed.

use async_graphql::Pos;

use super::{SyntaxError, strings};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// One of `! $ & ( ) : = @ [ ] { | }`.
    Punctuator(u8),
    /// `...`
    Spread,
    Name,
    Int,
    Float,
    String,
    BlockString,
    EndOfDocument,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind,
    /// As written, with the quotes of a string.
    pub(super) text: &'t str,
    pub(super) pos: Pos,
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    /// Offset in bytes of the first character that is not read yet, and its position.
    offset: usize,
    pos: Pos,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            pos: Pos { line: 1, column: 1 },
        }
    }

    /// The next token; at the end of the text, [`TokenKind::EndOfDocument`] each time.
    /// # Errors
    /// The first character that no token may contain.
    pub(super) fn next_token(&mut self) -> Result<Token<'t>, SyntaxError> {
        self.skip_ignored();
        let rest = self.rest();
        let (kind, length) = match rest.as_bytes() {
            [] => (TokenKind::EndOfDocument, 0),
            [
                punctuator @ (b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']'
                | b'{' | b'|' | b'}'),
                ..,
            ] => (TokenKind::Punctuator(*punctuator), 1),
            [b'.', b'.', b'.', ..] => (TokenKind::Spread, 3),
            [b'"', b'"', b'"', ..] => (TokenKind::BlockString, self.block_string_length()?),
            [b'"', ..] => (TokenKind::String, self.string_length()?),
            [b'-' | b'0'..=b'9', ..] => self.number()?,
            [first, ..] if is_name_start(*first) => {
                (TokenKind::Name, length_while(rest, is_name_continue))
            }
            _ => return Err(self.unexpected_character()),
        };
        let token = Token {
            kind,
            text: &rest[..length],
            pos: self.pos,
        };
        self.advance(length);
        Ok(token)
    }

    fn rest(&self) -> &'t str {
        &self.text[self.offset..]
    }

    /// Skips white space, commas, byte order marks and comments (2.1.7).
    fn skip_ignored(&mut self) {
        loop {
            let length = match self.rest().as_bytes() {
                [b' ' | b'\t' | b',' | b'\n' | b'\r', ..] => 1,
                [0xEF, 0xBB, 0xBF, ..] => 3,
                [b'#', ..] => length_while(self.rest(), |byte| !matches!(byte, b'\n' | b'\r')),
                _ => return,
            };
            self.advance(length);
        }
    }

    /// Moves on, and counts lines and characters. A carriage return with a line feed is one line end (2.1.3).
    fn advance(&mut self, length: usize) {
        let end = self.offset + length;
        for at in self.offset..end {
            match self.text.as_bytes()[at] {
                b'\r' if self.text.as_bytes().get(at + 1) == Some(&b'\n') => {}
                b'\n' | b'\r' => {
                    self.pos.line += 1;
                    self.pos.column = 1;
                }
                0x80..=0xBF => {} // not the first byte of a character
                _ => self.pos.column += 1,
            }
        }
        self.offset = end;
    }

    fn number(&self) -> Result<(TokenKind, usize), SyntaxError> {
        let bytes = self.rest().as_bytes();
        let mut kind = TokenKind::Int;
        let mut at = usize::from(bytes[0] == b'-');
        if bytes.get(at) == Some(&b'0') {
            at += 1;
            if bytes.get(at).is_some_and(u8::is_ascii_digit) {
                return Err(self.error_after(at, "a number must not start with 0"));
            }
        } else {
            at = self.skip_digits(at)?;
        }
        if bytes.get(at) == Some(&b'.') {
            kind = TokenKind::Float;
            at = self.skip_digits(at + 1)?;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            kind = TokenKind::Float;
            at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            at = self.skip_digits(at)?;
        }
        match bytes.get(at) {
            Some(next) if *next == b'.' || is_name_start(*next) => {
                Err(self.error_after(at, "a number must not be followed by a letter or a dot"))
            }
            _ => Ok((kind, at)),
        }
    }

    fn skip_digits(&self, start: usize) -> Result<usize, SyntaxError> {
        let length = length_while(&self.rest()[start..], |byte| byte.is_ascii_digit());
        if length == 0 {
            return Err(self.error_after(start, "expected a digit"));
        }
        Ok(start + length)
    }

    fn string_length(&self) -> Result<usize, SyntaxError> {
        let rest = self.rest();
        let mut at = 1;
        while let Some(byte) = rest.as_bytes().get(at) {
            match byte {
                b'"' => return Ok(at + 1),
                b'\n' | b'\r' => break,
                b'\\' => {
                    let (_, length) = strings::decode_escape(&rest[at..])
                        .ok_or_else(|| self.invalid_escape(at))?;
                    at += length;
                }
                _ => at += 1,
            }
        }
        Err(self.error_after(at, "the string is not closed; expected `\"`"))
    }

    fn block_string_length(&self) -> Result<usize, SyntaxError> {
        let bytes = self.rest().as_bytes();
        let mut at = 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\"\"\"") {
                return Ok(at + 3);
            }
            let is_escaped_end = bytes[at..].starts_with(b"\\\"\"\"");
            at += if is_escaped_end { 4 } else { 1 };
        }
        Err(self.error_after(at, "the block string is not closed; expected `\"\"\"`"))
    }

    fn invalid_escape(&self, at: usize) -> SyntaxError {
        let rest = &self.rest()[at..];
        let length = match rest.as_bytes().get(1) {
            Some(b'u') => {
                length_while(&rest[2..], |byte| {
                    byte.is_ascii_hexdigit() || byte == b'{' || byte == b'}'
                })
                .min(10)
                    + 2
            }
            _ => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        let escape = &rest[..length];
        let accepted = "accepted are \\\" \\\\ \\/ \\b \\f \\n \\r \\t, \\u with four hexadecimal digits (two for one \
                        character beyond U+FFFF) and \\u{…} with the code point";
        self.error_after(at, &format!("invalid escape `{escape}`; {accepted}"))
    }

    fn unexpected_character(&self) -> SyntaxError {
        let rest = self.rest();
        let character = rest.chars().next().unwrap_or_default();
        let shown = if character.is_control() || character.is_whitespace() {
            format!("U+{:04X}", u32::from(character))
        } else {
            format!("`{character}`")
        };
        let hint = match rest.as_bytes() {
            [b'\'', ..] => "; strings are written with `\"`",
            [b'.', b'0'..=b'9', ..] => "; a number starts with a digit",
            [b'.', ..] => "; a fragment is spread with `...`",
            _ => "",
        };
        self.error_after(0, &format!("unexpected character {shown}{hint}"))
    }

    /// An error so many bytes after the start of the token.
    fn error_after(&self, length: usize, message: &str) -> SyntaxError {
        let mut lexer = Lexer { ..*self };
        lexer.advance(length);
        SyntaxError {
            message: message.to_owned(),
            pos: lexer.pos,
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

fn is_name_continue(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn length_while(text: &str, matches: impl Fn(u8) -> bool) -> usize {
    let end = text.bytes().position(|byte| !matches(byte));
    end.unwrap_or(text.len())
}

impl Token<'_> {
    /// For an error message.
    pub(super) fn describe(&self) -> String {
        const SHOWN_BYTES: usize = 40;
        let mut text = self.text.to_owned();
        if text.len() > SHOWN_BYTES {
            text.truncate(text.floor_char_boundary(SHOWN_BYTES));
            text.push('…');
        }
        match self.kind {
            TokenKind::Punctuator(_) | TokenKind::Spread => format!("`{text}`"),
            TokenKind::Name => format!("the name `{text}`"),
            TokenKind::Int | TokenKind::Float => format!("the number `{text}`"),
            TokenKind::String | TokenKind::BlockString => format!("the string {text}"),
            TokenKind::EndOfDocument => "the end of the document".to_owned(),
        }
    }
}
