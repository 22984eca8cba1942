//! The ten kinds of statements with their own fields; `kind` declares the fields that all share.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::body_enums::{
    Binding, CapPeriod, Comparator, ConcernCategory, CountMetric, DenialOf, Instrument,
    LegalStatus, PressureKind, TextStatus,
};
use super::claim::{Claim, Claimant, Subject};
use super::enums::{CitationFormat, Standing, StatementKind};
use super::interface::Statement;
use super::kind::statement as kind;
use crate::error::{Result, parse_stored};
use crate::graphql::inputs::scalars::{Date, DateTime, Decimal, Edtf};
use crate::graphql::loaders::statement_criteria::standing;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::country::{Country, stored_country};
use crate::graphql::types::evidence::Evidence;
use crate::graphql::types::stance::Stance;
use crate::model::{id::GlobalId, statement};

kind!(
    /// A claim about the requested state's stance.
    StanceStatement of StanceBody {
        /// The claimed stance; never `UNKNOWN`.
        async fn stance(&self) -> Stance {
            self.body.stance.into()
        }

        /// Persons or matters to which the stance is limited, for example one flight, at most 600 characters; null if it is
        /// not known to be limited.
        async fn scope(&self) -> Option<&str> {
            self.body.scope.as_deref()
        }
    } ready {
        "stance" => stance,
        "scope" => scope,
    }
);

impl StanceStatement {
    pub fn into_scope(self) -> Option<String> {
        self.body.scope
    }
}

kind!(
    /// A claim that an agreement exists, with its form and terms.
    AgreementStatement of AgreementBody {
        /// Legal form of the agreement.
        async fn instrument(&self) -> Instrument {
            self.body.instrument.into()
        }

        /// Whether the agreement is binding.
        async fn binding(&self) -> Binding {
            self.body.binding.into()
        }

        /// Whether the text of the agreement is public.
        async fn text_status(&self) -> TextStatus {
            self.body.text.into()
        }

        /// Date of signature; null if unknown.
        async fn signed_on(&self) -> Option<Edtf> {
            self.body.signed_on.clone().map(Edtf)
        }

        /// Date of entry into force; null if unknown.
        async fn in_force_on(&self) -> Option<Edtf> {
            self.body.in_force_on.clone().map(Edtf)
        }

        /// Maximum number of persons that it covers; null if there is no limit or it is unknown.
        async fn cap(&self) -> Option<DirectJson<Cap>> {
            self.body.cap.as_ref().map(|cap| DirectJson(Cap {
                persons: cap.persons,
                per: cap.per.into(),
            }))
        }

        /// Persons or matters that it covers, at most 600 characters; null if unknown.
        async fn scope(&self) -> Option<&str> {
            self.body.scope.as_deref()
        }
    } ready {
        "instrument" => instrument,
        "binding" => binding,
        "textStatus" => text_status,
        "signedOn" => signed_on,
        "inForceOn" => in_force_on,
        "cap" => cap of DirectJson<Cap>,
        "scope" => scope,
    }
);

/// Maximum number of persons that an agreement covers.
#[derive(SimpleObject)]
pub struct Cap {
    /// Number of persons.
    persons: u32,
    /// Period to which the number applies.
    per: CapPeriod,
}

ready_fields!(Cap {
    "persons" => persons,
    "per" => per,
});

kind!(
    /// A claim that money or goods are provided or promised.
    FundingStatement of FundingBody {
        /// Amount in units of `currency`, with two decimal places; null if not specified.
        async fn amount(&self) -> Option<Decimal> {
            self.body.amount.clone().map(Decimal)
        }

        /// ISO 4217 currency code; null if no amount is specified.
        async fn currency(&self) -> Option<&str> {
            self.body.currency.as_deref()
        }

        /// Purpose of the funding, at most 600 characters.
        async fn purpose(&self) -> &str {
            &self.body.purpose
        }
    } ready {
        "amount" => amount,
        "currency" => currency,
        "purpose" => purpose,
    }
);

kind!(
    /// A claim that persons were transferred to the requested state. Transfers may overlap; do not add them up.
    TransferStatement of TransferBody {
        /// Minimum number of persons.
        async fn persons_min(&self) -> u32 {
            self.body.persons_min
        }

        /// Maximum number of persons; equal to `personsMin` if the number is exact.
        async fn persons_max(&self) -> u32 {
            self.body.persons_max
        }

        /// Details, at most 600 characters.
        async fn details(&self) -> &str {
            &self.body.note
        }
    } ready {
        "personsMin" => persons_min,
        "personsMax" => persons_max,
        "details" => details,
    }
);

kind!(
    /// A claim that persons were sent home or on from the requested state. Returns may overlap; do not add them up.
    ReturnStatement of ReturnBody {
        /// Minimum number of persons.
        async fn persons_min(&self) -> u32 {
            self.body.persons_min
        }

        /// Maximum number of persons; equal to `personsMin` if the number is exact.
        async fn persons_max(&self) -> u32 {
            self.body.persons_max
        }

        /// The country to which they were sent; null if it is unknown or there are several.
        async fn destination(&self) -> Result<Option<DirectJson<Country>>> {
            let destination = self.body.destination.as_deref();
            destination.map(|code| stored_country(code).map(DirectJson)).transpose()
        }

        /// Details, at most 600 characters.
        async fn details(&self) -> &str {
            &self.body.note
        }
    } ready {
        "personsMin" => persons_min,
        "personsMax" => persons_max,
        "destination" => destination of DirectJson<Country>,
        "details" => details,
    }
);

kind!(
    /// A claim about a court case or decision.
    LegalStatement of LegalBody {
        /// The state whose court it is or, for an international court, the respondent state.
        async fn jurisdiction(&self) -> Result<DirectJson<Country>> {
            stored_country(&self.body.jurisdiction).map(DirectJson)
        }

        /// Name of the court, at most 600 characters.
        async fn court(&self) -> &str {
            &self.body.court
        }

        /// Name of the case, at most 600 characters.
        async fn case_name(&self) -> &str {
            &self.body.case_name
        }

        /// Docket number; null if unknown.
        async fn docket(&self) -> Option<&str> {
            self.body.docket.as_deref()
        }

        /// Status of the case.
        async fn status(&self) -> LegalStatus {
            self.body.status.into()
        }
    } ready {
        "jurisdiction" => jurisdiction of DirectJson<Country>,
        "court" => court,
        "caseName" => case_name,
        "docket" => docket,
        "status" => status,
    }
);

kind!(
    /// A concern about a country, an initiative or a request to a country.
    ConcernStatement of ConcernBody {
        /// Subject matter of the concern.
        async fn category(&self) -> ConcernCategory {
            self.body.category.into()
        }
    } ready {
        "category" => category,
    }
);

kind!(
    /// A claim that pressure is exerted on the requested state.
    PressureStatement of PressureBody {
        /// Means of pressure.
        async fn means(&self) -> PressureKind {
            self.body.kind.into()
        }
    } ready {
        "means" => means,
    }
);

kind!(
    /// A denial of a request, an agreement, a transfer or funding.
    DenialStatement of DenialBody {
        /// Fact that is denied.
        async fn of(&self) -> DenialOf {
            self.body.of.into()
        }

        /// Details of the denial, at most 600 characters.
        async fn detail(&self) -> &str {
            &self.body.detail
        }
    } ready {
        "of" => of,
        "detail" => detail,
    }
);

kind!(
    /// A count claimed by the claimant. The service's own counts are in `Tally`.
    CountStatement of CountBody {
        /// Quantity that is counted.
        async fn metric(&self) -> CountMetric {
            self.body.metric.into()
        }

        /// Precision of the count.
        async fn comparator(&self) -> Comparator {
            self.body.comparator.into()
        }

        /// The number or, for `BETWEEN`, the lower bound, in `unit`; null above 2147483647, the largest `Int`: select
        /// `lowDecimal`.
        async fn low(&self) -> Option<i32> {
            i32::try_from(self.body.low).ok()
        }

        /// The same for any size, as a whole number.
        async fn low_decimal(&self) -> Decimal {
            Decimal(self.body.low.to_string())
        }

        /// The upper bound of `BETWEEN`, in `unit`; null for other comparators, and above 2147483647: select
        /// `highDecimal`.
        async fn high(&self) -> Option<i32> {
            self.body.high.and_then(|high| i32::try_from(high).ok())
        }

        /// The same for any size, as a whole number; null for other comparators.
        async fn high_decimal(&self) -> Option<Decimal> {
            self.body.high.map(|high| Decimal(high.to_string()))
        }

        /// Whether the count includes items that are only planned.
        async fn includes_planned(&self) -> bool {
            self.body.includes_planned
        }

        /// Unit of the count: `countries`, `agreements`, `persons` or an ISO 4217 currency code.
        async fn unit(&self) -> &str {
            &self.body.unit
        }
    } ready {
        "metric" => metric,
        "comparator" => comparator,
        "low" => low,
        "lowDecimal" => low_decimal,
        "high" => high,
        "highDecimal" => high_decimal,
        "includesPlanned" => includes_planned,
        "unit" => unit,
    }
);
