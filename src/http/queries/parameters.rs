//! Parameters of an address: filters, a moment and a pin, each at most once. An unknown one is an error, so that a misspelt
//! filter cannot return everything.

use axum::http::Uri;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::error::QueryError;
use crate::http::operation::pin::{UrlPin, parse_pin};
use crate::model::{
    country::ATLAS,
    pin::PinRequest,
    stance::{ChangeKind, Stance},
    statement::ClaimantKind,
    time::{Timestamp, parse_day},
};

pub(crate) const VALID_ON: &str = "validOn";
pub(crate) const PUBLISHED_BY: &str = "publishedBy";
pub(crate) const RECORDED_BY: &str = "recordedBy";
/// The parameters of a moment.
pub(crate) const MOMENT: [&str; 3] = [VALID_ON, PUBLISHED_BY, RECORDED_BY];
pub(crate) const INITIATIVE: &str = "initiative";
pub(crate) const COUNTRY: &str = "country";
pub(crate) const STANCE: &str = "stance";
/// Of changes: the reason for the publication, the category of the claimant, whether they are disputed or unusual.
pub(crate) const KIND: &str = "kind";
pub(crate) const CLAIMANT: &str = "claimant";
pub(crate) const DISPUTED: &str = "disputed";
pub(crate) const UNUSUAL: &str = "unusual";
/// Cursor of a page of a feed.
pub(crate) const BEFORE: &str = "before";
const PIN: [&str; 2] = ["seq", "generation"];

/// Bytes of all parameters: every country, every stance and a long slug.
const MAX_BYTES: usize = 2_000;

/// Valid parameters, in the order of the keys that the address accepts; those of the pin apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    values: Vec<(&'static str, String)>,
    pub(crate) pin: Option<PinRequest>,
}

impl Parameters {
    /// Reads the parameters of an address that accepts `keys` and a pin.
    /// # Errors
    /// `BAD_USER_INPUT` for an unknown, repeated or invalid one.
    pub(crate) fn parse(uri: &Uri, keys: &[&'static str]) -> Result<Self, QueryError> {
        let query = uri.query().unwrap_or_default();
        if query.len() > MAX_BYTES {
            let message = format!("is longer than {MAX_BYTES} bytes");
            return Err(QueryError::parameter("the query of the URL", &message));
        }
        let mut given: Vec<(String, String)> = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            if !keys.contains(&key.as_str()) && !PIN.contains(&key.as_str()) {
                let accepted = [keys, &PIN].concat().join("`, `");
                let message = format!("is not a parameter of this URL; it accepts `{accepted}`");
                return Err(QueryError::parameter(&key, &message));
            }
            if given.iter().any(|(other, _)| *other == key) {
                let message = "is repeated; separate several values by a comma";
                return Err(QueryError::parameter(&key, message));
            }
            check_value(&key, &value)?;
            given.push((key, value));
        }
        let pin = parse_pin(
            &UrlPin::from_uri(uri)?,
            &async_graphql::Extensions::default(),
        );
        let pin = pin.map_err(|invalid| QueryError::parameter(invalid.field, &invalid.message))?;
        let value_of = |key: &&'static str| {
            let mut given = given.iter();
            let (_, value) = given.find(|(other, _)| other == key)?;
            Some((*key, value.clone()))
        };
        Ok(Self {
            values: keys.iter().filter_map(value_of).collect(),
            pin,
        })
    }

    /// The parameters and one more.
    pub(crate) fn with(mut self, key: &'static str, value: &str) -> Self {
        self.values.push((key, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, key: &str) -> Self {
        self.values.retain(|(other, _)| *other != key);
        self
    }

    /// The `StanceChangeFilter`.
    pub(crate) fn change_filter(&self) -> Value {
        json!({
            "initiatives": self.text(INITIATIVE).map(|slug| [slug]),
            "countries": self.list(COUNTRY),
            "involves": self.list(STANCE),
            "kinds": self.list(KIND),
            "claimants": self.list(CLAIMANT),
            "disputed": self.flag(DISPUTED),
            "unusual": self.flag(UNUSUAL),
            "recordedBy": self.text(RECORDED_BY),
        })
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        let mut values = self.values.iter();
        values
            .find(|(other, _)| *other == key)
            .map(|(_, value)| value.as_str())
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.text(key).map(|value| value == "true")
    }

    /// The values of a parameter that may have several.
    pub(crate) fn list(&self, key: &str) -> Option<Vec<&str>> {
        self.text(key).map(|value| value.split(',').collect())
    }

    /// The `MomentInput`; `None` for now.
    pub(crate) fn moment(&self) -> Option<Value> {
        let axes = MOMENT.iter().filter_map(|axis| {
            let value = self.text(axis)?;
            Some(((*axis).to_owned(), value.into()))
        });
        let axes: Map<String, Value> = axes.collect();
        (!axes.is_empty()).then(|| json!(axes))
    }

    /// The query of the address with another pin, `?` included; empty without parameters.
    pub(crate) fn query(&self, seq: Option<i64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.values);
        if let Some(seq) = seq {
            query.append_pair("seq", &seq.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            query
        } else {
            format!("?{query}")
        }
    }
}

/// Whether an initiative exists is known only at its pin; everything else is checked here.
fn check_value(key: &str, value: &str) -> Result<(), QueryError> {
    let check = |value: &str, is_valid: fn(&str) -> bool, message: &str| {
        if is_valid(value) {
            Ok(())
        } else {
            Err(QueryError::parameter(key, &format!("`{value}` {message}")))
        }
    };
    let check_each = |is_valid: fn(&str) -> bool, message: &str| {
        let mut values = value.split(',');
        values.try_for_each(|value| check(value, is_valid, message))
    };
    match key {
        VALID_ON | PUBLISHED_BY => check(
            value,
            |value| parse_day(value).is_some(),
            "is not a day that exists; send YYYY-MM-DD",
        ),
        RECORDED_BY => check(
            value,
            |value| Timestamp::parse(value).is_some(),
            "is not a time; send RFC 3339, for example 2026-01-31T12:00:00Z",
        ),
        COUNTRY => check_each(
            |value| ATLAS.find_country(value).is_some(),
            "is not a country code; send ISO 3166-1 alpha-2 codes or XK, separated by commas",
        ),
        STANCE => check_each(
            |value| value.parse::<Stance>().is_ok(),
            "is not a stance; send names such as AGREED, separated by commas",
        ),
        KIND => check_each(
            |value| value.parse::<ChangeKind>().is_ok(),
            "is not a kind of change; send EVENT, CORRECTION or RETRACTION, separated by commas",
        ),
        CLAIMANT => check_each(
            |value| value.parse::<ClaimantKind>().is_ok(),
            "is not a category of claimants; send names such as PRESS, separated by commas",
        ),
        DISPUTED | UNUSUAL => check(
            value,
            |value| matches!(value, "true" | "false"),
            "is neither `true` nor `false`",
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Parameters, QueryError> {
        let changes = [INITIATIVE, COUNTRY, STANCE, KIND, CLAIMANT, DISPUTED];
        let keys = [MOMENT.as_slice(), &changes].concat();
        Parameters::parse(&format!("/x?{query}").parse().unwrap(), &keys)
    }

    #[test]
    fn parameters_are_read_in_one_order() {
        let parameters =
            parse("stance=AGREED,REFUSED&seq=7&country=RW&validOn=2025-01-31").unwrap();
        assert_eq!(parameters.list(STANCE).unwrap(), ["AGREED", "REFUSED"]);
        assert_eq!(
            parameters.moment().unwrap(),
            json!({ "validOn": "2025-01-31" })
        );
        assert_eq!(parameters.pin.as_ref().unwrap().seq, 7);
        assert_eq!(
            parameters.query(Some(8)),
            "?validOn=2025-01-31&country=RW&stance=AGREED%2CREFUSED&seq=8"
        );
        assert_eq!(parse("").unwrap().query(None), "");
    }

    #[test]
    fn what_is_unknown_repeated_or_invalid_is_an_error() {
        for query in [
            "coutry=RW",
            "country=RW&country=UG",
            "country=",
            "country=RW,",
            "country=QQ",
            "stance=agreed",
            "stance=YES",
            "kind=EVENTS",
            "claimant=PRESS,",
            "disputed=yes",
            "validOn=2025-02-30",
            "validOn=2025-01-01,2025-01-02",
            "publishedBy=yesterday",
            "recordedBy=2025-01-01",
            "seq=0",
            "seq=1&seq=2",
            "generation=abc",
            &format!("initiative={}", "a".repeat(2_000)),
        ] {
            assert_eq!(
                parse(query).unwrap_err().code(),
                "BAD_USER_INPUT",
                "{query}"
            );
        }
    }
}
