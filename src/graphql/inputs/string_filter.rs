//! String filter as an input: equality, prefix and substring, without regular expressions.

use async_graphql::InputObject;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, LikeExpr};

use crate::model::text;

/// Conditions on a text, case-insensitive. A text matches if it meets every condition that is set; `{}` matches
/// everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct StringFilter {
    /// Equals this text.
    equals: Option<String>,
    /// Equals one of these texts; at most 300.
    #[graphql(name = "in", validator(max_items = 300))]
    one_of: Option<Vec<String>>,
    /// Contains this text.
    contains: Option<String>,
    /// Starts with this text.
    starts_with: Option<String>,
}

impl StringFilter {
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let equals = |expected: &String| text == expected.to_lowercase();
        self.equals.as_ref().is_none_or(equals)
            && self
                .one_of
                .as_ref()
                .is_none_or(|all| all.iter().any(equals))
            && self
                .contains
                .as_ref()
                .is_none_or(|part| text.contains(&part.to_lowercase()))
            && self
                .starts_with
                .as_ref()
                .is_none_or(|start| text.starts_with(&start.to_lowercase()))
    }

    /// The same rule as an SQL condition on a column. Case is folded for A to Z only, as databases do for byte-ordered
    /// text. A pattern longer than any stored text, or a text with a NUL, matches nothing and is not sent to the
    /// database, which would reject it or stop reading at the NUL.
    pub fn condition(&self, column: &Expr) -> Condition {
        let lower = || Expr::from(Func::lower(column.clone()));
        let is_possible = |text: &&String| !text.contains('\0');
        let equals_any = |texts: &[String]| {
            let folded = texts.iter().filter(is_possible);
            lower().is_in(folded.map(|text| text.to_ascii_lowercase()))
        };
        let like = |pattern: String| {
            if pattern.len() > MAX_PATTERN_BYTES || !is_possible(&&pattern) {
                return Expr::val(1).eq(0);
            }
            let pattern = pattern.to_ascii_lowercase();
            lower().like(LikeExpr::new(pattern).escape('\\'))
        };
        let equals = self.equals.as_ref().map(std::slice::from_ref);
        let contains = self.contains.as_ref();
        let starts_with = self.starts_with.as_ref();
        Condition::all()
            .add_option(equals.map(equals_any))
            .add_option(self.one_of.as_deref().map(equals_any))
            .add_option(contains.map(|part| like(format!("%{}%", escape_like(part)))))
            .add_option(starts_with.map(|start| like(format!("{}%", escape_like(start)))))
    }
}

/// A character of the longest stored text takes at most four bytes, or two if escaped. SQLite accepts 50,000.
const MAX_PATTERN_BYTES: usize = 4 * text::MAX_URL + 2;

/// Escapes the wildcards of LIKE.
fn escape_like(text: &str) -> String {
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
    fn all_conditions_must_hold_regardless_of_case() {
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
    fn like_wildcards_are_escaped() {
        assert_eq!(escape_like(r"50%_\"), r"50\%\_\\");
    }
}
