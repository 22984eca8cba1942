//! String filter as an input: equality, prefix and substring, without regular expressions.

use async_graphql::InputObject;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LikeExpr};

use crate::database::value_set::ValueSet;
use crate::model::folding::fold;
use crate::model::text;

/// Conditions on a text. Case is ignored in every script, and so is whether a text is composed or decomposed; accents
/// count. A text matches if it meets every condition that is set; `{}` matches everything.
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

/// A [`StringFilter`] whose texts are folded, to be compared with folded texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FoldedFilter {
    one_of: Vec<Vec<String>>,
    contains: Option<Pattern>,
    starts_with: Option<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Pattern {
    Folded(String),
    /// Longer than any stored text.
    MatchesNothing,
}

impl Pattern {
    fn new(text: &str) -> Self {
        fold_bounded(text).map_or(Self::MatchesNothing, Self::Folded)
    }

    fn matches(&self, compare: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Folded(part) => compare(part),
            Self::MatchesNothing => false,
        }
    }

    /// `start` comes before the pattern of LIKE.
    fn condition(&self, column: &Expr, start: &str) -> Expr {
        match self {
            Self::Folded(text) => {
                let pattern = format!("{start}{}%", escape_like(text));
                column.clone().like(LikeExpr::new(pattern).escape('\\'))
            }
            Self::MatchesNothing => Expr::val(1).eq(0),
        }
    }
}

impl StringFilter {
    pub fn fold(&self) -> FoldedFilter {
        let equals = self.equals.as_ref().map(std::slice::from_ref);
        let lists = [equals, self.one_of.as_deref()].into_iter().flatten();
        let fold_all = |texts: &[String]| {
            let folded = texts.iter().filter_map(|text| fold_bounded(text));
            folded.collect()
        };
        FoldedFilter {
            one_of: lists.map(fold_all).collect(),
            contains: self.contains.as_deref().map(Pattern::new),
            starts_with: self.starts_with.as_deref().map(Pattern::new),
        }
    }
}

impl FoldedFilter {
    /// `text` is folded.
    pub fn matches(&self, text: &str) -> bool {
        let contains = self.contains.as_ref();
        let starts_with = self.starts_with.as_ref();
        self.one_of
            .iter()
            .all(|texts| texts.iter().any(|one| one == text))
            && contains.is_none_or(|part| part.matches(|part| text.contains(part)))
            && starts_with.is_none_or(|start| start.matches(|start| text.starts_with(start)))
    }

    /// The same rule as an SQL condition on a column of folded texts.
    pub fn condition(&self, column: &Expr) -> Condition {
        let lists = self.one_of.iter();
        let lists = lists.map(|texts| ValueSet::of_texts(texts).contains(column.clone()));
        let contains = self.contains.as_ref();
        let starts_with = self.starts_with.as_ref();
        lists
            .fold(Condition::all(), Condition::add)
            .add_option(contains.map(|part| part.condition(column, "%")))
            .add_option(starts_with.map(|start| start.condition(column, "")))
    }
}

/// A character of the longest stored text takes at most four bytes, or twice as many if it is decomposed.
const MAX_TEXT_BYTES: usize = 4 * text::MAX_URL;
/// SQLite accepts patterns of 50,000 bytes, of which escapes are at most half. No stored text is longer when it is folded.
const MAX_FOLDED_BYTES: usize = 24_000;

/// `None` for a text that is longer than any stored one, before it is folded or afterwards.
fn fold_bounded(text: &str) -> Option<String> {
    let folded = (text.len() <= MAX_TEXT_BYTES).then(|| fold(text))?;
    (folded.len() <= MAX_FOLDED_BYTES).then_some(folded)
}

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

    fn matches(filter: &StringFilter, text: &str) -> bool {
        filter.fold().matches(&fold(text))
    }

    #[test]
    fn all_conditions_must_hold_regardless_of_case_and_composition() {
        let filter = StringFilter {
            contains: Some("IVOIRE".into()),
            starts_with: Some("co\u{302}te".into()),
            ..StringFilter::default()
        };
        assert!(matches(&filter, "Côte d’Ivoire"));
        assert!(!matches(&filter, "Ivoire"));
        assert!(matches(&StringFilter::default(), "anything"));
        let none = StringFilter {
            one_of: Some(vec![]),
            ..StringFilter::default()
        };
        assert!(!matches(&none, "anything"));
    }

    #[test]
    fn a_text_that_grows_beyond_every_stored_one_matches_nothing() {
        for text in ["\u{FDFA}".repeat(2_000), "x".repeat(MAX_TEXT_BYTES + 1)] {
            let filter = StringFilter {
                contains: Some(text.clone()),
                ..StringFilter::default()
            };
            assert!(!matches(&filter, &text));
        }
    }

    #[test]
    fn like_wildcards_are_escaped() {
        assert_eq!(escape_like(r"50%_\"), r"50\%\_\\");
    }
}
