//! Conditions on texts, without regular expressions.

use async_graphql::InputObject;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, LikeExpr};

use crate::model::text;

/// Conditions on a text. Letters match in either case. A text passes if it fulfils every condition that is given; `{}`
/// lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct StringFilter {
    /// The whole text.
    equals: Option<String>,
    /// One of these, as a whole; at most 300.
    #[graphql(name = "in", validator(max_items = 300))]
    one_of: Option<Vec<String>>,
    /// A part of the text.
    contains: Option<String>,
    /// How the text begins.
    starts_with: Option<String>,
}

impl StringFilter {
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let is = |wanted: &String| text == wanted.to_lowercase();
        self.equals.as_ref().is_none_or(is)
            && self.one_of.as_ref().is_none_or(|all| all.iter().any(is))
            && self
                .contains
                .as_ref()
                .is_none_or(|part| text.contains(&part.to_lowercase()))
            && self
                .starts_with
                .as_ref()
                .is_none_or(|start| text.starts_with(&start.to_lowercase()))
    }

    /// The same over a column. The case of A to Z is folded, as databases do it for text in the order of its bytes. A
    /// pattern that is longer than any text of ours fits none, nor does a text with a NUL; both are kept from the database,
    /// which would refuse them or read to the NUL only.
    pub fn condition(&self, column: &Expr) -> Condition {
        let lower = || Expr::from(Func::lower(column.clone()));
        let is_possible = |text: &&String| !text.contains('\0');
        let among = |texts: &[String]| {
            let folded = texts.iter().filter(is_possible);
            lower().is_in(folded.map(|text| text.to_ascii_lowercase()))
        };
        let like = |pattern: String| {
            if pattern.len() > PATTERN || !is_possible(&&pattern) {
                return Expr::val(1).eq(0);
            }
            let pattern = pattern.to_ascii_lowercase();
            lower().like(LikeExpr::new(pattern).escape('\\'))
        };
        let equals = self.equals.as_ref().map(std::slice::from_ref);
        let contains = self.contains.as_ref();
        let starts_with = self.starts_with.as_ref();
        Condition::all()
            .add_option(equals.map(among))
            .add_option(self.one_of.as_deref().map(among))
            .add_option(contains.map(|part| like(format!("%{}%", escaped(part)))))
            .add_option(starts_with.map(|start| like(format!("{}%", escaped(start)))))
    }
}

/// Bytes: each character of the longest text that is kept takes four at most, or two escaped; SQLite takes 50,000.
const PATTERN: usize = 4 * text::URL + 2;

/// A text that LIKE takes literally.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_given_must_hold_in_either_case() {
        let filter = StringFilter {
            contains: Some("IVOIRE".into()),
            starts_with: Some("côte".into()),
            ..StringFilter::default()
        };
        assert!(filter.matches("Côte d’Ivoire"));
        assert!(!filter.matches("Ivoire"));
        assert!(StringFilter::default().matches("anything"));
        let none = StringFilter {
            one_of: Some(vec![]),
            ..StringFilter::default()
        };
        assert!(!none.matches("anything"));
    }

    #[test]
    fn signs_of_like_are_letters_to_us() {
        assert_eq!(escaped(r"50%_\"), r"50\%\_\\");
    }
}
