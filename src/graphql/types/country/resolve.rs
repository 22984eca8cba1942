//! Countries by any official key, and by texts as they occur in tables of others.

use async_graphql::{Enum, ID, Object, OneofObject, SimpleObject};

use super::Country;
use crate::error::Result;
use crate::graphql::inputs::check_length;
use crate::graphql::output::direct_json::ready::{ready_enum, ready_fields};
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::country::resolve;

/// Texts of one request.
const MAX_TEXTS: usize = 500;

/// Key of a country; set exactly one field.
#[derive(OneofObject)]
pub enum CountryKey {
    /// ISO 3166-1 alpha-2 code or `XK`, case-insensitive.
    Alpha2(ID),
    /// ISO 3166-1 alpha-3 code, case-insensitive. Kosovo has none.
    Alpha3(ID),
    /// ISO 3166-1 numeric code, three digits.
    Numeric(ID),
    /// Name or alias in any language, without regard to case, accents and punctuation.
    Name(String),
}

/// How a text names a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "resolve::CountryMatchKind")]
pub enum CountryMatchKind {
    /// It is an official code: alpha-2, alpha-3, numeric, or `XK`.
    Code,
    /// It is the name in some language.
    Name,
    /// It is another name.
    Alias,
    /// It has the words of a name in another order, or without "the", "of", "and".
    Words,
    /// It is a code in use that is not in ISO 3166-1, such as `XKX` for Kosovo.
    UnofficialCode,
    /// It is a name with words such as "Republic of" added or in another form.
    LongName,
    /// It differs from a name by one or two letters.
    Misspelling,
    /// It is a part of the names of several countries, such as "Korea".
    Part,
}

/// What a text names.
#[derive(SimpleObject)]
pub struct CountryMatch {
    /// The country; null if several candidates are equally good.
    country: Option<DirectJson<Country>>,
    /// How the text names the best candidate.
    kind: CountryMatchKind,
    /// The code, name or alias of the best candidate that the text equals or resembles.
    matched: String,
    /// Certainty of the best candidate from 0 to 1: 1 for codes and names, 0.8 for a code in lower case (which may be a word), at
    /// most 0.7 for misspellings and 0.5 for parts.
    score: f64,
    /// The countries that the text may name, the best first, at most five.
    candidates: DirectJsonList<DirectJson<CountryCandidate>>,
}

ready_fields!(CountryMatch {
    "country" => country of DirectJson<Country>,
    "kind" => kind,
    "matched" => matched,
    "score" => score,
    "candidates" => candidates of DirectJsonList<DirectJson<CountryCandidate>>,
});

/// A country that a text may name.
#[derive(SimpleObject)]
pub struct CountryCandidate {
    /// The country.
    country: DirectJson<Country>,
    /// How the text names it.
    kind: CountryMatchKind,
    /// The code, name or alias that the text equals or resembles.
    matched: String,
    /// Certainty from 0 to 1.
    score: f64,
}

ready_fields!(CountryCandidate {
    "country" => country of DirectJson<Country>,
    "kind" => kind,
    "matched" => matched,
    "score" => score,
});

ready_enum!(CountryMatchKind);

impl From<resolve::CountryMatch> for CountryCandidate {
    fn from(found: resolve::CountryMatch) -> Self {
        Self {
            country: DirectJson(Country(found.country)),
            kind: found.kind.into(),
            matched: found.matched.to_owned(),
            score: f64::from(found.score) / 100.0,
        }
    }
}

/// `None` if the text names no country.
fn match_text(text: &str) -> Option<CountryMatch> {
    let candidates = resolve::list_candidates(text);
    let first = CountryCandidate::from(*candidates.first()?);
    let best = resolve::best_of(&candidates);
    Some(CountryMatch {
        country: best.map(|best| DirectJson(Country(best.country))),
        kind: first.kind,
        matched: first.matched,
        score: first.score,
        candidates: candidates
            .into_iter()
            .map(|found| DirectJson(found.into()))
            .collect(),
    })
}

/// Root fields.
#[derive(Default)]
pub struct CountryResolution;

#[Object]
impl CountryResolution {
    /// Fetches a country by any of its keys; null if there is no such country, or a name belongs to several.
    async fn country_by(
        &self,
        #[graphql(desc = "One key.")] key: CountryKey,
    ) -> Option<DirectJson<Country>> {
        let by_code = |code: &ID, length: usize| {
            let is_of_form = code.len() == length;
            is_of_form
                .then(|| resolve::find_country_by_code(code))
                .flatten()
        };
        let country =
            match &key {
                CountryKey::Alpha2(code) => by_code(code, 2),
                CountryKey::Alpha3(code) => by_code(code, 3)
                    .filter(|country| country.numeric.as_deref() != Some(code.as_str())),
                CountryKey::Numeric(code) => by_code(code, 3)
                    .filter(|country| country.numeric.as_deref() == Some(code.as_str())),
                CountryKey::Name(name) => resolve::find_country_by_name(name),
            };
        country.map(Country).map(DirectJson)
    }

    /// Resolves texts to countries, in the order of `texts`: an item for each, null where a text names no country. Where it may name
    /// several, such as "Korea", the item has no `country` and several `candidates`.
    async fn resolve_countries(
        &self,
        #[graphql(
            desc = "Codes, names or aliases in any language, also misspelt by one or two letters; at most 500."
        )]
        texts: Vec<String>,
    ) -> Result<DirectJsonList<Option<DirectJson<CountryMatch>>>> {
        check_length("texts", texts.len(), MAX_TEXTS)?;
        let matches = texts.iter().map(|text| match_text(text).map(DirectJson));
        Ok(matches.collect())
    }
}
