//! Input objects for the bodies of statements, one per kind.

use async_graphql::{ID, InputObject, OneofObject};

use super::body_enums::{
    Binding, CapPeriod, Comparator, ConcernCategory, CountMetric, DenialOf, Instrument,
    LegalStatus, PressureKind, TextStatus,
};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Decimal, Edtf};
use crate::graphql::types::stance::Stance;
use crate::model::statement as model;

/// What is claimed: exactly one kind. STANCE, AGREEMENT and TRANSFER are about relationships, COUNT about initiatives.
#[derive(OneofObject)]
pub enum BodyInput {
    /// Where the requested state stands.
    Stance(StanceInput),
    /// An agreement or arrangement, and its terms.
    Agreement(AgreementInput),
    /// Money or goods given or promised.
    Funding(FundingInput),
    /// People who were taken to the requested state.
    Transfer(TransferInput),
    /// What a court did.
    Legal(LegalInput),
    /// A concern that somebody raises.
    Concern(ConcernInput),
    /// Pressure that is put on the requested state.
    Pressure(PressureInput),
    /// Something is said not to be so.
    Denial(DenialInput),
    /// A count that somebody claims.
    Count(CountInput),
}

/// Where the requested state stands.
#[derive(InputObject)]
pub struct StanceInput {
    /// Any stance but UNKNOWN.
    pub stance: Stance,
}

/// An agreement or arrangement, and its terms.
#[derive(InputObject)]
pub struct AgreementInput {
    /// Its form.
    pub instrument: Instrument,
    /// Whether it binds the parties.
    pub binding: Binding,
    /// Whether its text can be read; shown as `textStatus`.
    pub text: TextStatus,
    /// When it was signed.
    pub signed_on: Option<Edtf>,
    /// When it came into force.
    pub in_force_on: Option<Edtf>,
    /// The most people it covers.
    pub cap: Option<CapInput>,
    /// Whom it covers, at most 600 characters.
    pub scope: Option<String>,
}

/// The most people that an agreement covers in a period.
#[derive(InputObject)]
pub struct CapInput {
    /// So many people; not negative.
    pub persons: i32,
    /// In this period.
    pub per: CapPeriod,
}

/// Money or goods given or promised. Amount and currency go together.
#[derive(InputObject)]
pub struct FundingInput {
    /// With two places, for example 7500000.00.
    pub amount: Option<Decimal>,
    /// ISO 4217 code, for example USD.
    pub currency: Option<String>,
    /// What for, at most 600 characters.
    pub purpose: String,
}

/// People who were taken to the requested state. Transfers overlap: never add them up.
#[derive(InputObject)]
pub struct TransferInput {
    /// At least so many people.
    pub persons_min: i32,
    /// At most so many people.
    pub persons_max: i32,
    /// Who and how, at most 600 characters; no names of persons; shown as `details`.
    pub note: String,
}

/// What a court did.
#[derive(InputObject)]
pub struct LegalInput {
    /// Alpha-2 code of the country whose court it is.
    pub jurisdiction: ID,
    /// The court, at most 600 characters.
    pub court: String,
    /// The case, at most 600 characters.
    pub case_name: String,
    /// Its number, at most 600 characters.
    pub docket: Option<String>,
    /// What became of the matter.
    pub status: LegalStatus,
}

/// A concern that somebody raises.
#[derive(InputObject)]
pub struct ConcernInput {
    /// What it is about.
    pub category: ConcernCategory,
}

/// Pressure that is put on the requested state.
#[derive(InputObject)]
pub struct PressureInput {
    /// By what means; shown as `means`.
    pub kind: PressureKind,
}

/// Something is said not to be so.
#[derive(InputObject)]
pub struct DenialInput {
    /// What is denied.
    pub of: DenialOf,
    /// How, at most 600 characters.
    pub detail: String,
}

/// A count that somebody claims, in the unit of its metric.
#[derive(InputObject)]
pub struct CountInput {
    /// What is counted.
    pub metric: CountMetric,
    /// How exact the count claims to be.
    pub comparator: Comparator,
    /// The number, or the lower one of BETWEEN.
    pub low: i32,
    /// The higher number; for BETWEEN only.
    pub high: Option<i32>,
    /// Whether it counts what is planned too.
    pub includes_planned: bool,
}

impl TryFrom<BodyInput> for model::Body {
    type Error = Error;

    /// # Errors
    /// `Error::BadUserInput` at a negative number.
    fn try_from(input: BodyInput) -> Result<Self> {
        Ok(match input {
            BodyInput::Stance(body) => Self::Stance(model::StanceBody {
                stance: body.stance.into(),
            }),
            BodyInput::Agreement(body) => Self::Agreement(body.try_into()?),
            BodyInput::Funding(body) => Self::Funding(model::FundingBody {
                amount: body.amount.map(|amount| amount.0),
                currency: body.currency,
                purpose: body.purpose,
            }),
            BodyInput::Transfer(body) => Self::Transfer(model::TransferBody {
                persons_min: parse_count("transfer.personsMin", body.persons_min)?,
                persons_max: parse_count("transfer.personsMax", body.persons_max)?,
                note: body.note,
            }),
            BodyInput::Legal(body) => Self::Legal(model::LegalBody {
                jurisdiction: body.jurisdiction.to_ascii_uppercase(),
                court: body.court,
                case_name: body.case_name,
                docket: body.docket,
                status: body.status.into(),
            }),
            BodyInput::Concern(body) => Self::Concern(model::ConcernBody {
                category: body.category.into(),
            }),
            BodyInput::Pressure(body) => Self::Pressure(model::PressureBody {
                kind: body.kind.into(),
            }),
            BodyInput::Denial(body) => Self::Denial(model::DenialBody {
                of: body.of.into(),
                detail: body.detail,
            }),
            BodyInput::Count(body) => Self::Count(body.try_into()?),
        })
    }
}

impl TryFrom<AgreementInput> for model::AgreementBody {
    type Error = Error;

    fn try_from(body: AgreementInput) -> Result<Self> {
        let cap = body.cap.map(|cap| {
            Ok::<_, Error>(model::Cap {
                persons: parse_count("agreement.cap.persons", cap.persons)?,
                per: cap.per.into(),
            })
        });
        Ok(Self {
            instrument: body.instrument.into(),
            binding: body.binding.into(),
            text: body.text.into(),
            signed_on: body.signed_on.map(|date| date.0),
            in_force_on: body.in_force_on.map(|date| date.0),
            cap: cap.transpose()?,
            scope: body.scope,
        })
    }
}

impl TryFrom<CountInput> for model::CountBody {
    type Error = Error;

    fn try_from(body: CountInput) -> Result<Self> {
        let metric = model::CountMetric::from(body.metric);
        let high = body.high.map(|high| parse_count("count.high", high));
        Ok(Self {
            metric,
            comparator: body.comparator.into(),
            low: parse_count("count.low", body.low)?,
            high: high.transpose()?,
            includes_planned: body.includes_planned,
            unit: metric.unit().to_owned(),
        })
    }
}

/// GraphQL has no unsigned integers. `path` is below the body.
fn parse_count(path: &str, value: i32) -> Result<u32> {
    u32::try_from(value).map_err(|_| {
        Error::bad_input(
            format!("input.body.{path}"),
            format!("{value} is negative; the smallest number is 0"),
        )
    })
}
