//! The scope of a feed: everything, an initiative, a country, or what became of one statement.

use serde_json::Value;

use crate::http::queries::parameters::{
    BEFORE, CLAIMANT, COUNTRY, DISPUTED, INITIATIVE, KIND, STANCE, UNUSUAL,
};
use crate::model::country::ATLAS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Initiative(String),
    /// Alpha-2 code.
    Country(String),
    Statement(i64),
}

impl Scope {
    /// Of a collection and a key in it, as they stand in an address; `None` if there is no such country or number.
    pub(super) fn find(collection: &str, key: &str) -> Option<Self> {
        match collection {
            "initiatives" => Some(Self::Initiative(key.to_owned())),
            "countries" => {
                let country = ATLAS.find_country(key)?;
                Some(Self::Country(country.code.clone()))
            }
            "statements" => {
                let number = key.parse::<i64>().ok();
                let number = number.filter(|number| *number > 0 && number.to_string() == key);
                number.map(Self::Statement)
            }
            _ => None,
        }
    }

    /// The path of the page about it.
    pub(super) fn page_path(&self) -> String {
        match self {
            Self::All => "/".to_owned(),
            Self::Initiative(slug) => format!("/initiatives/{slug}"),
            Self::Country(code) => format!("/countries/{code}"),
            Self::Statement(number) => format!("/statements/{number}"),
        }
    }

    /// The path of its feed; `format` is `atom` or `json`.
    pub(super) fn feed_path(&self, format: &str) -> String {
        let page = self.page_path();
        format!("{}/feed.{format}", page.trim_end_matches('/'))
    }

    /// Parameters that its address accepts, besides the pin.
    pub(super) fn parameters(&self) -> &'static [&'static str] {
        match self {
            Self::All => &[
                INITIATIVE, COUNTRY, STANCE, KIND, CLAIMANT, DISPUTED, UNUSUAL, BEFORE,
            ],
            Self::Initiative(_) => &[COUNTRY, STANCE, KIND, CLAIMANT, DISPUTED, UNUSUAL, BEFORE],
            Self::Country(_) => &[
                INITIATIVE, STANCE, KIND, CLAIMANT, DISPUTED, UNUSUAL, BEFORE,
            ],
            Self::Statement(_) => &[],
        }
    }

    /// The title of a feed of changes; `initiative` has the title of the initiative.
    pub(super) fn title(&self, initiative: &Value) -> String {
        match self {
            Self::All => "Démarche: changes of stances".to_owned(),
            Self::Initiative(slug) => {
                let title = initiative["title"].as_str().unwrap_or(slug);
                format!("{title}: changes of stances")
            }
            Self::Country(code) => {
                let country = ATLAS.find_country(code);
                let name = country.map_or(code.as_str(), |country| country.name.as_str());
                format!("{name}: changes of stances")
            }
            Self::Statement(number) => format!("What became of statement {number}"),
        }
    }
}
