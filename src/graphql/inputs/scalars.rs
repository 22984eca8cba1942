//! Scalars. As inputs they accept any text; the resolver parses it by a method that takes the path of the field, so
//! that the error names the field.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::graphql::output::direct_json::ready::ready_text;
use crate::input_errors::InputErrors;
use crate::model::time::{Timestamp, parse_day};
use crate::model::{edtf, text};

macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident, $specified:literal) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        $(#[$doc])*
        #[Scalar(specified_by_url = $specified)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }

        ready_text!($name: |value| &value.0,);
    };
}

text_scalar!(
    /// A calendar day in ISO 8601 extended format (YYYY-MM-DD), for example `2025-03-31`.
    Date,
    "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
);
text_scalar!(
    /// A date and time in RFC 3339 format. Outputs are in UTC with six fractional digits, for example
    /// `2025-03-31T12:00:00.000000Z`. Inputs may have any offset.
    DateTime,
    "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
);
text_scalar!(
    /// A date that is as precise as its source, in EDTF level 1 (ISO 8601-2): a year, month or day, optionally followed
    /// by `~` (approximate), `?` (uncertain) or `%` (both), or an interval of two dates, one of which may be open
    /// (`..`).
    /// Examples: `2025`, `2025-03~`, `2025-01/2025-06` (some time in between), `../2025-06-25` (by that day).
    /// Seasons, unspecified digits, unknown ends and years before 1900 are rejected, and so are intervals that have the
    /// bounds of a single date: `2025-07/2025-07-01` is `2025-07-01`.
    Edtf,
    "https://www.loc.gov/standards/datetime/"
);
text_scalar!(
    /// An absolute http or https URL, at most 2,000 characters. The server never fetches it.
    Url,
    "https://url.spec.whatwg.org/"
);
text_scalar!(
    /// A decimal number as a string, without loss of precision, for example `7500000.00`.
    Decimal,
    "https://www.w3.org/TR/xmlschema11-2/#decimal"
);

impl Date {
    /// `field` is the path of the input.
    pub fn day(&self, field: &str) -> Result<NaiveDate> {
        let day = parse_day(&self.0);
        day.ok_or_else(|| {
            Error::bad_input(
                field,
                format!("`{}` is not a valid date (YYYY-MM-DD)", self.0),
            )
        })
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day.to_string())
    }
}

impl DateTime {
    /// `field` is the path of the input.
    pub fn timestamp(&self, field: &str) -> Result<Timestamp> {
        Timestamp::parse(&self.0).ok_or_else(|| {
            Error::bad_input(
                field,
                format!(
                    "`{}` is not a valid date and time (RFC 3339, like `2025-03-31T12:00:00Z`)",
                    self.0
                ),
            )
        })
    }

    pub fn of_micros(at: i64) -> Self {
        Self(Timestamp(at).to_string())
    }
}

impl Edtf {
    /// The text of a date that an editor writes; adds its error. `field` is the path of the input.
    pub fn written(self, field: &str, errors: &mut InputErrors) -> String {
        if let Err(error) = edtf::Edtf::parse_written(&self.0) {
            errors.add(Error::bad_input(field, error.to_string()));
        }
        self.0
    }
}

impl Url {
    /// `field` is the path of the input.
    pub fn address(self, field: &str) -> Result<String> {
        match text::url_violation(&self.0) {
            Some(violation) => Err(Error::bad_input(field, violation)),
            None => Ok(self.0),
        }
    }
}
