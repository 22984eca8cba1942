//! Input objects for the bodies of statements, one per kind.

use async_graphql::{ID, InputObject, OneofObject};

use super::body_enums::{
    Binding, CapPeriod, Comparator, ConcernCategory, CountMetric, DenialOf, Instrument,
    LegalStatus, PressureKind, TextStatus,
};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Decimal, Edtf};
use crate::graphql::types::stance::Stance;
use crate::input_errors::InputErrors;
use crate::model::statement as model;

/// Content of the claim; set exactly one field. `stance`, `agreement`, `transfer` and `return` require a relationship as
/// the subject, `count` an initiative.
#[derive(OneofObject)]
pub enum BodyInput {
    /// The requested state's stance.
    Stance(StanceInput),
    /// An agreement or arrangement and its terms.
    Agreement(AgreementInput),
    /// Money or goods provided or promised.
    Funding(FundingInput),
    /// A transfer of persons to the requested state.
    Transfer(TransferInput),
    /// A court case or decision.
    Legal(LegalInput),
    /// A concern raised by the claimant.
    Concern(ConcernInput),
    /// Pressure on the requested state.
    Pressure(PressureInput),
    /// A denial.
    Denial(DenialInput),
    /// A count claimed by the claimant.
    Count(CountInput),
    /// Persons sent home or on from the requested state.
    Return(ReturnInput),
}

/// The requested state's stance.
#[derive(InputObject)]
pub struct StanceInput {
    /// Any stance except `UNKNOWN`.
    pub stance: Stance,
    /// Persons or matters to which the stance is limited, for example one flight, at most 600 characters. Such a stance
    /// determines the position as any other.
    pub scope: Option<String>,
}

/// An agreement or arrangement and its terms.
#[derive(InputObject)]
pub struct AgreementInput {
    /// Legal form of the agreement.
    pub instrument: Instrument,
    /// Whether the agreement is binding.
    pub binding: Binding,
    /// Whether the text of the agreement is public. Returned as `textStatus`.
    pub text: TextStatus,
    /// Date of signature.
    pub signed_on: Option<Edtf>,
    /// Date of entry into force.
    pub in_force_on: Option<Edtf>,
    /// Maximum number of persons that it covers; omit if there is no limit or it is unknown.
    pub cap: Option<CapInput>,
    /// Persons or matters that it covers, at most 600 characters.
    pub scope: Option<String>,
}

/// Maximum number of persons that an agreement covers in a period.
#[derive(InputObject)]
pub struct CapInput {
    /// Number of persons, 0 or more.
    pub persons: i32,
    /// Period to which the number applies.
    pub per: CapPeriod,
}

/// Money or goods provided or promised. Set both `amount` and `currency`, or neither.
#[derive(InputObject)]
pub struct FundingInput {
    /// Amount in units of `currency`, with two decimal places, for example 7500000.00.
    pub amount: Option<Decimal>,
    /// ISO 4217 code, for example USD.
    pub currency: Option<String>,
    /// Purpose of the funding, at most 600 characters.
    pub purpose: String,
}

/// A transfer of persons to the requested state. Transfers may overlap; do not add them up.
#[derive(InputObject)]
pub struct TransferInput {
    /// Minimum number of persons.
    pub persons_min: i32,
    /// Maximum number of persons; equal to `personsMin` if the number is exact.
    pub persons_max: i32,
    /// Details, at most 600 characters, without names of persons. Returned as `details`.
    pub note: String,
}

/// Persons sent home or on from the requested state. Returns may overlap; do not add them up.
#[derive(InputObject)]
pub struct ReturnInput {
    /// Minimum number of persons.
    pub persons_min: i32,
    /// Maximum number of persons; equal to `personsMin` if the number is exact.
    pub persons_max: i32,
    /// ISO 3166-1 alpha-2 code of the country to which they were sent; omit it if it is unknown or there are several.
    pub destination: Option<ID>,
    /// Details, at most 600 characters, without names of persons. Returned as `details`.
    pub note: String,
}

/// A court case or decision.
#[derive(InputObject)]
pub struct LegalInput {
    /// ISO 3166-1 alpha-2 code of the state whose court it is or, for an international court, of the respondent state.
    pub jurisdiction: ID,
    /// Name of the court, at most 600 characters.
    pub court: String,
    /// Name of the case, at most 600 characters.
    pub case_name: String,
    /// Docket number, at most 600 characters.
    pub docket: Option<String>,
    /// Status of the case.
    pub status: LegalStatus,
}

/// A concern raised by the claimant.
#[derive(InputObject)]
pub struct ConcernInput {
    /// Subject matter of the concern.
    pub category: ConcernCategory,
}

/// Pressure on the requested state.
#[derive(InputObject)]
pub struct PressureInput {
    /// Means of pressure. Returned as `means`.
    pub kind: PressureKind,
}

/// A denial.
#[derive(InputObject)]
pub struct DenialInput {
    /// Fact that is denied.
    pub of: DenialOf,
    /// Details of the denial, at most 600 characters.
    pub detail: String,
}

/// A count claimed by the claimant. The metric determines the unit.
#[derive(InputObject)]
pub struct CountInput {
    /// Quantity that is counted.
    pub metric: CountMetric,
    /// Precision of the count.
    pub comparator: Comparator,
    /// The number or, for `BETWEEN`, the lower bound. Set either this or `lowDecimal`.
    pub low: Option<i32>,
    /// The same for any size, as a whole number: `3000000000`.
    pub low_decimal: Option<Decimal>,
    /// The upper bound; required for `BETWEEN`, not allowed otherwise. Set either this or `highDecimal`.
    pub high: Option<i32>,
    /// The same for any size, as a whole number: `4000000000`.
    pub high_decimal: Option<Decimal>,
    /// Whether the count includes items that are only planned.
    pub includes_planned: bool,
}

impl BodyInput {
    /// The body. Adds an error for each value that is not valid by itself, and gives one that causes no further error instead.
    pub fn body(self, errors: &mut InputErrors) -> model::Body {
        match self {
            Self::Stance(body) => model::Body::Stance(model::StanceBody {
                scope: body.scope,
                stance: body.stance.into(),
            }),
            Self::Agreement(body) => model::Body::Agreement(body.body(errors)),
            Self::Funding(body) => model::Body::Funding(model::FundingBody {
                amount: body.amount.map(|amount| amount.0),
                currency: body.currency,
                purpose: body.purpose,
            }),
            Self::Transfer(body) => model::Body::Transfer(model::TransferBody {
                persons_min: parse_count("transfer.personsMin", body.persons_min, errors)
                    .unwrap_or(0),
                persons_max: parse_count("transfer.personsMax", body.persons_max, errors)
                    .unwrap_or(MAX_INT),
                note: body.note,
            }),
            Self::Legal(body) => model::Body::Legal(model::LegalBody {
                jurisdiction: body.jurisdiction.to_ascii_uppercase(),
                court: body.court,
                case_name: body.case_name,
                docket: body.docket,
                status: body.status.into(),
            }),
            Self::Concern(body) => model::Body::Concern(model::ConcernBody {
                category: body.category.into(),
            }),
            Self::Pressure(body) => model::Body::Pressure(model::PressureBody {
                kind: body.kind.into(),
            }),
            Self::Denial(body) => model::Body::Denial(model::DenialBody {
                of: body.of.into(),
                detail: body.detail,
            }),
            Self::Count(body) => model::Body::Count(body.body(errors)),
            Self::Return(body) => model::Body::Return(model::ReturnBody {
                destination: body.destination.map(|code| code.to_ascii_uppercase()),
                persons_min: parse_count("return.personsMin", body.persons_min, errors)
                    .unwrap_or(0),
                persons_max: parse_count("return.personsMax", body.persons_max, errors)
                    .unwrap_or(MAX_INT),
                note: body.note,
            }),
        }
    }
}

impl AgreementInput {
    fn body(self, errors: &mut InputErrors) -> model::AgreementBody {
        let cap = self.cap.map(|cap| model::Cap {
            persons: parse_count("agreement.cap.persons", cap.persons, errors).unwrap_or(0),
            per: cap.per.into(),
        });
        let mut date = |path: &str, date: Option<Edtf>| {
            date.map(|date| date.written(&format!("input.body.agreement.{path}"), errors))
        };
        model::AgreementBody {
            instrument: self.instrument.into(),
            binding: self.binding.into(),
            text: self.text.into(),
            signed_on: date("signedOn", self.signed_on),
            in_force_on: date("inForceOn", self.in_force_on),
            cap,
            scope: self.scope,
        }
    }
}

impl CountInput {
    fn body(self, errors: &mut InputErrors) -> model::CountBody {
        let metric = model::CountMetric::from(self.metric);
        let low = parse_bound("count.low", self.low, self.low_decimal);
        let low = low.and_then(|low| {
            let message = "is missing; set `low` or, above 2147483647, `lowDecimal`";
            low.ok_or_else(|| Error::bad_input("input.body.count.low", message))
        });
        let high = parse_bound("count.high", self.high, self.high_decimal);
        model::CountBody {
            metric,
            comparator: self.comparator.into(),
            low: errors.check(low).unwrap_or(0),
            high: errors.check(high).unwrap_or(Some(model::MAX_COUNT)),
            includes_planned: self.includes_planned,
            unit: metric.unit().to_owned(),
        }
    }
}

/// The largest value of a GraphQL Int.
const MAX_INT: u32 = i32::MAX as u32;

/// A bound of a count, given as an `Int` or as a decimal. `path` is below the body, without the suffix `Decimal`.
fn parse_bound(path: &str, int: Option<i32>, decimal: Option<Decimal>) -> Result<Option<u64>> {
    match (int, decimal) {
        (None, None) => Ok(None),
        (Some(int), None) => Ok(Some(unsigned(path, int)?.into())),
        (int, Some(Decimal(text))) => {
            let field = format!("input.body.{path}Decimal");
            if int.is_some() {
                let message = "is another spelling of the field without `Decimal`; set only one";
                return Err(Error::bad_input(field, message));
            }
            let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !is_whole {
                let message = format!("`{text}` is not a whole number, such as 3000000000");
                return Err(Error::bad_input(field, message));
            }
            let bound = text.parse().ok().filter(|bound| *bound <= model::MAX_COUNT);
            let message = || format!("{text} is too large; the limit is {}", model::MAX_COUNT);
            bound
                .map(Some)
                .ok_or_else(|| Error::bad_input(field, message()))
        }
    }
}

/// Adds the error of a negative number. `path` is below the body.
fn parse_count(path: &str, value: i32, errors: &mut InputErrors) -> Option<u32> {
    errors.check(unsigned(path, value))
}

/// GraphQL has no unsigned integers. `path` is below the body.
fn unsigned(path: &str, value: i32) -> Result<u32> {
    u32::try_from(value).map_err(|_| {
        Error::bad_input(
            format!("input.body.{path}"),
            format!("{value} is negative; the smallest number is 0"),
        )
    })
}
