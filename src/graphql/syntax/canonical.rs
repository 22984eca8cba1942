//! Canonical text of a document: its tokens without ignored characters, comments and descriptions.
//!
//! Clients print one document in several ways. Documents with equal canonical texts consist of the same tokens, so they
//! mean the same, and the syntax of either is valid if that of the other is.

use super::lexer::{Lexer, Token, TokenKind};
use super::{LIVE, SyntaxError};

/// Linear time; at most twice as long as the text.
/// # Errors
/// The first character that no token may contain.
pub fn canonical_text(text: &str) -> Result<String, SyntaxError> {
    join(text.len(), Tokens::new(text)?)
}

/// The canonical text of a valid document without its directives `@live`.
/// # Errors
/// As [`canonical_text`].
pub fn canonical_text_without_live(text: &str) -> Result<String, SyntaxError> {
    let tokens: Result<Vec<_>, _> = Tokens::new(text)?.collect();
    join(text.len(), without_live(tokens?).into_iter().map(Ok))
}

/// The tokens of a valid document without its directives `@live` and their arguments, which contain no parentheses.
pub(super) fn without_live(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut remaining = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_directive = token.kind == TokenKind::Punctuator(b'@')
            && tokens.next_if(|next| next.text == LIVE).is_some();
        if !is_directive {
            remaining.push(token);
            continue;
        }
        let has_arguments = tokens.next_if(|next| next.kind == TokenKind::Punctuator(b'('));
        if has_arguments.is_some() {
            tokens.find(|next| next.kind == TokenKind::Punctuator(b')'));
        }
    }
    remaining
}

fn join<'t>(
    capacity: usize,
    tokens: impl Iterator<Item = Result<Token<'t>, SyntaxError>>,
) -> Result<String, SyntaxError> {
    let mut canonical = String::with_capacity(capacity);
    let mut was_word = false;
    for token in tokens {
        let token = token?;
        // A space only where two tokens would become one, or a number would touch `...`.
        let is_word = !matches!(token.kind, TokenKind::Punctuator(_) | TokenKind::Spread);
        if was_word && (is_word || token.kind == TokenKind::Spread) {
            canonical.push(' ');
        }
        canonical.push_str(token.text);
        was_word = is_word;
    }
    Ok(canonical)
}

/// The tokens without descriptions. Strings count as descriptions only where they can be nothing else in a valid
/// document, so that no document becomes valid by their removal.
pub(super) struct Tokens<'t> {
    lexer: Lexer<'t>,
    previous: Option<TokenKind>,
    next: Token<'t>,
    /// The brackets that are open.
    open: Vec<u8>,
    has_failed: bool,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, SyntaxError> {
        let mut lexer = Lexer::new(text);
        let next = lexer.next_token()?;
        Ok(Self {
            lexer,
            previous: None,
            next,
            open: Vec::new(),
            has_failed: false,
        })
    }

    /// Whether the string `token`, before `self.next`, is a description.
    fn is_description(&self, token: &Token<'_>) -> bool {
        let (TokenKind::String | TokenKind::BlockString) = token.kind else {
            return false;
        };
        match self.open.last() {
            // Of an operation or a fragment.
            None => {
                let is_first = matches!(self.previous, None | Some(TokenKind::Punctuator(b'}')));
                let keywords = ["query", "mutation", "subscription", "fragment"];
                is_first && self.next.kind == TokenKind::Name && keywords.contains(&self.next.text)
            }
            // Of a variable. After these, it is a value.
            Some(b'(') => {
                let is_value = matches!(
                    self.previous,
                    Some(TokenKind::Punctuator(b'=' | b':' | b'$' | b'@'))
                );
                !is_value && self.next.kind == TokenKind::Punctuator(b'$')
            }
            Some(_) => false,
        }
    }

    fn note(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Punctuator(bracket @ (b'(' | b'[' | b'{')) => self.open.push(bracket),
            TokenKind::Punctuator(b')' | b']' | b'}') => drop(self.open.pop()),
            _ => {}
        }
        self.previous = Some(kind);
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Result<Token<'t>, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let token = self.next;
            if self.has_failed || token.kind == TokenKind::EndOfDocument {
                return None;
            }
            match self.lexer.next_token() {
                Ok(next) => self.next = next,
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(error));
                }
            }
            if !self.is_description(&token) {
                self.note(token.kind);
                return Some(Ok(token));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_characters_comments_and_descriptions_do_not_matter() {
        let spellings = [
            "query A($x:ID!$y:[Int!]=[1]@d){a(b:[1,-2],c:\"d , e\"){...F}b...on C{d}}fragment F on A{a}",
            "query A ( $x : ID! , $y: [ Int ! ] = [ 1 ] @ d ) {\n  a(b: [1 -2], c: \"d , e\") # {é\n  { ... F } b \
             ... on C { d } }\n\nfragment F on A { a }\n",
            "\u{feff}\"of A\" query  A(\"\"\"of x\"\"\"$x:ID!,\"of y\" $y:[Int!]=[1]@d){,a(b:[1,,-2]\tc:\"d , e\")\
             {...F},b...on C{d}}\"\"\"of\nF\"\"\"fragment F on A{a}\n",
        ];
        let canonical = spellings.map(|text| canonical_text(text).unwrap());
        assert_eq!(canonical[0], canonical[1]);
        assert_eq!(canonical[0], canonical[2]);
        assert_eq!(canonical_text(&canonical[0]).as_ref(), Ok(&canonical[0]));
    }

    #[test]
    fn a_directive_is_left_out_with_its_arguments() {
        let without = |text| canonical_text_without_live(text).unwrap();
        for text in [
            "query A($x:Int)@live{a(b:\"@live\")@skip(if:false)}",
            "query A($x: Int) @live(patch: true, after: \")\") { a(b: \"@live\") @skip(if: false) }",
            "query A($x: Int) @ live # @live\n(after: $x) { a(b: \"@live\") @skip(if: false) }",
            "query A($x: Int) { a(b: \"@live\") @skip(if: false) }",
        ] {
            let expected = "query A($x:Int){a(b:\"@live\")@skip(if:false)}";
            assert_eq!(without(text), expected, "{text}");
        }
        assert_eq!(without("query A @lively { a }"), "query A@lively{a}");
    }

    #[test]
    fn different_tokens_stay_different() {
        for (left, right) in [
            ("{a b}", "{ab}"),
            ("{a(x:\"b\")}", "{a(x:\"b \")}"),
            ("{a(x:[1 2])}", "{a(x:[12])}"),
            ("{a(x:[1 -2])}", "{a(x:[1])}"),
            ("{a(x:\"\" \"b\")}", "{a(x:\"\"\"b\"\"\")}"),
            ("{a(x:\"b\")}", "{a(x:\"\"\"b\"\"\")}"),
            ("query($x:Int=1){a}", "query($x:Int=1 2){a}"),
        ] {
            assert_ne!(canonical_text(left), canonical_text(right), "{left}");
        }
    }

    #[test]
    fn a_string_that_is_no_description_remains() {
        for (text, remaining) in [
            ("\"d\"{a}", 1),
            ("{a}\"d\"", 1),
            ("\"d\"\"d\"query{a}", 2),
            ("query\"d\"query{a}", 1),
            ("query(\"d\"\"d\"$x:Int){a}", 1),
            ("query($x:\"d\"$y:Int){a}", 1),
            ("query($x:String=\"d\"$y:Int){a}", 1),
            ("query A(\"d\"){a}", 1),
            ("{a(x:[\"d\"$y])}", 1),
            ("{a(x:{y:\"d\"$z:1})}", 1),
            ("\"d\"type A{a}", 1),
        ] {
            let canonical = canonical_text(text).unwrap();
            assert_eq!(canonical.matches("\"d\"").count(), remaining, "{text}");
        }
    }
}
