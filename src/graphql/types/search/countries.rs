//! Search over the names of countries, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::model::country::{ATLAS, Country};
use crate::model::tokenizer::{Term, tokens};

/// A country with all its names.
struct NamedCountry {
    country: &'static Country,
    /// The English name first, then the names in other languages and the aliases.
    names: Vec<Name>,
}

struct Name {
    text: &'static str,
    tokens: Vec<String>,
    is_alias: bool,
}

/// How well a name fits a search text, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Name,
    Alias,
    /// It begins with the search text.
    Prefix,
    /// It contains every word.
    Words,
    /// It contains some of the words; other names contain the others.
    Some,
}

struct Index {
    countries: Vec<NamedCountry>,
    /// The countries, as indexes, that have a token in any name.
    by_token: BTreeMap<String, BTreeSet<usize>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let countries: Vec<NamedCountry> = ATLAS.countries.iter().map(NamedCountry::new).collect();
    let mut by_token: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (at, country) in countries.iter().enumerate() {
        for token in country.names.iter().flat_map(|name| &name.tokens) {
            by_token.entry(token.clone()).or_default().insert(at);
        }
    }
    Index {
        countries,
        by_token,
    }
});

impl NamedCountry {
    fn new(country: &'static Country) -> Self {
        let mut others: Vec<&str> = country.all_names().collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|name| *name != country.name);
        let names = std::iter::once(country.name.as_str()).chain(others);
        let names = names.map(|text| Name {
            text,
            tokens: fold_tokens(text),
            is_alias: text != country.native_name
                && text != country.name
                && !country.names.values().any(|name| name == text),
        });
        Self {
            country,
            names: names.collect(),
        }
    }
}

impl NamedCountry {
    /// The names that fit, the best first.
    fn ranked_names(&self, searched: &[String], terms: &[Term]) -> Vec<RankedName> {
        let names = self.names.iter().filter_map(|name| {
            Some(RankedName {
                fit: name.fit(searched, terms)?,
                is_other: name.text != self.country.name,
                length: name.tokens.len(),
                text: name.text,
            })
        });
        let mut names: Vec<RankedName> = names.collect();
        names.sort_unstable();
        names
    }
}

/// A name that fits; ordered by its fields.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RankedName {
    fit: Fit,
    /// Not the English name.
    is_other: bool,
    /// In tokens.
    length: usize,
    text: &'static str,
}

fn fold_tokens(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.folded).collect()
}

/// A country that was found, and the names to show a match in.
pub(super) struct CountryMatch {
    pub(super) code: &'static str,
    /// The best name; if no name has every word, those with some.
    pub(super) names: Vec<&'static str>,
}

/// The countries with every term in their names: first those with this name, then those with this alias, then those with a name
/// that begins with the text, then the others; countries that fit alike in the order of their English names.
pub(super) fn find_countries(text: &str, terms: &[Term]) -> Vec<CountryMatch> {
    let searched = fold_tokens(text);
    let found = candidates(terms).into_iter();
    let found = found.map(|at| &INDEX.countries[at]);
    let mut matches: Vec<_> = found
        .map(|found| (found.ranked_names(&searched, terms), found.country))
        .collect();
    matches.sort_by_key(|(names, country)| {
        let best = names
            .first()
            .map(|name| (name.fit, name.is_other, name.length));
        (best, country.name_rank)
    });
    let matches = matches.into_iter().map(|(mut names, country)| {
        if names.first().is_some_and(|best| best.fit != Fit::Some) {
            names.truncate(1);
        }
        CountryMatch {
            code: &country.code,
            names: names.into_iter().map(|name| name.text).collect(),
        }
    });
    matches.collect()
}

/// The countries that have every term in any of their names.
fn candidates(terms: &[Term]) -> BTreeSet<usize> {
    let mut all: Option<BTreeSet<usize>> = None;
    for term in terms {
        let tokens = INDEX.by_token.range(term.folded.clone()..);
        let tokens = tokens.take_while(|(token, _)| term.matches(token));
        let found: BTreeSet<usize> = tokens.flat_map(|(_, at)| at).copied().collect();
        all = Some(match all {
            Some(all) => &all & &found,
            None => found,
        });
    }
    all.unwrap_or_default()
}

impl Name {
    /// `None` if it contains no term.
    fn fit(&self, searched: &[String], terms: &[Term]) -> Option<Fit> {
        let has = |term: &Term| self.tokens.iter().any(|token| term.matches(token));
        let begins = || {
            let mut pairs = self.tokens.iter().zip(terms);
            terms.len() <= self.tokens.len() && pairs.all(|(token, term)| term.matches(token))
        };
        if self.tokens == searched {
            Some(if self.is_alias { Fit::Alias } else { Fit::Name })
        } else if begins() {
            Some(Fit::Prefix)
        } else if terms.iter().all(has) {
            Some(Fit::Words)
        } else {
            terms.iter().any(has).then_some(Fit::Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tokenizer::terms;

    fn codes(text: &str) -> Vec<&'static str> {
        let found = find_countries(text, &terms(text, 16));
        found.iter().map(|found| found.code).collect()
    }

    #[test]
    fn the_countries_with_a_name_are_the_first_that_it_finds() {
        let mut named: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for found in &INDEX.countries {
            for name in &found.names {
                let codes = named.entry(&name.tokens).or_default();
                codes.insert(&found.country.code);
            }
        }
        for found in &INDEX.countries {
            for name in &found.names {
                let expected = &named[&*name.tokens];
                let first: BTreeSet<&str> =
                    codes(name.text).into_iter().take(expected.len()).collect();
                assert_eq!(&first, expected, "{}", name.text);
            }
        }
    }

    #[test]
    fn a_name_comes_before_an_alias_and_an_alias_before_a_prefix() {
        for (text, code) in [
            ("Niger", "NE"),
            ("UK", "GB"),
            ("niger", "NE"),
            ("Guinea", "GN"),
            ("गिनी", "GN"),
            ("Congo, Democratic Republic of the", "CD"),
            ("Korea, Republic of", "KR"),
            ("刚果", "CG"),
        ] {
            assert_eq!(
                codes(text).first(),
                Some(&code),
                "{text}: {:?}",
                codes(text)
            );
        }
        assert_eq!(codes("Niger"), ["NE", "NG"]);
    }

    #[test]
    fn the_words_may_be_in_different_names() {
        assert_eq!(codes("Руанда Rwanda"), ["RW"]);
    }
}
