//! The nine kinds of statements with their own fields; `kind` declares the fields that all share.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::body_enums::{
    Binding, CapPeriod, Comparator, ConcernCategory, CountMetric, DenialOf, Instrument,
    LegalStatus, PressureKind, TextStatus,
};
use super::claim::{Claim, Claimant, Subject};
use super::enums::{Standing, StatementKind};
use super::interface::Statement;
use super::kind::statement as kind;
use crate::error::{Result, parse_stored};
use crate::graphql::inputs::scalars::{Date, DateTime, Decimal, Edtf};
use crate::graphql::loaders::statement::standing;
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::types::country::{Country, stored_country};
use crate::graphql::types::evidence::Evidence;
use crate::graphql::types::stance::Stance;
use crate::model::{id::GlobalId, statement};

kind!(
    /// Somebody says where the requested state stands.
    StanceStatement of StanceBody {
        /// The stance claimed; never UNKNOWN.
        async fn stance(&self) -> Stance {
            self.body.stance.into()
        }
    }
);

kind!(
    /// Somebody says that there is an agreement, and of what form.
    AgreementStatement of AgreementBody {
        /// Its form.
        async fn instrument(&self) -> Instrument {
            self.body.instrument.into()
        }

        /// Whether it binds its parties.
        async fn binding(&self) -> Binding {
            self.body.binding.into()
        }

        /// Whether its text can be read.
        async fn text_status(&self) -> TextStatus {
            self.body.text.into()
        }

        /// When it was signed; null where that is not known.
        async fn signed_on(&self) -> Option<Edtf> {
            self.body.signed_on.clone().map(Edtf)
        }

        /// When it entered into force; null where that is not known.
        async fn in_force_on(&self) -> Option<Edtf> {
            self.body.in_force_on.clone().map(Edtf)
        }

        /// How many persons it allows at most; null where it has no limit or none is known.
        async fn cap(&self) -> Option<Cap> {
            self.body.cap.as_ref().map(|cap| Cap {
                persons: cap.persons,
                per: cap.per.into(),
            })
        }

        /// Whom or what it covers, at most 600 characters; null where that is not known.
        async fn scope(&self) -> Option<&str> {
            self.body.scope.as_deref()
        }
    }
);

/// The largest number of persons that an agreement allows.
#[derive(SimpleObject)]
pub struct Cap {
    /// Persons.
    persons: u32,
    /// The period that they are counted over.
    per: CapPeriod,
}

kind!(
    /// Somebody says that money is paid or promised.
    FundingStatement of FundingBody {
        /// The amount in units of `currency`, with two decimals; null where none is named.
        async fn amount(&self) -> Option<Decimal> {
            self.body.amount.clone().map(Decimal)
        }

        /// ISO 4217 code; null where no amount is named.
        async fn currency(&self) -> Option<&str> {
            self.body.currency.as_deref()
        }

        /// What the money is for, at most 600 characters.
        async fn purpose(&self) -> &str {
            &self.body.purpose
        }
    }
);

kind!(
    /// Somebody says that people were transferred.
    TransferStatement of TransferBody {
        /// How many at least.
        async fn persons_min(&self) -> u32 {
            self.body.persons_min
        }

        /// How many at most; equal to `personsMin` where the number is exact.
        async fn persons_max(&self) -> u32 {
            self.body.persons_max
        }

        /// Who and how, at most 600 characters.
        async fn details(&self) -> &str {
            &self.body.note
        }
    }
);

kind!(
    /// Somebody says what became of a matter in court.
    LegalStatement of LegalBody {
        /// The state whose court it is, or that an international court's case is against.
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

        /// Number of the case at the court; null where that is not known.
        async fn docket(&self) -> Option<&str> {
            self.body.docket.as_deref()
        }

        /// What became of it.
        async fn status(&self) -> LegalStatus {
            self.body.status.into()
        }
    }
);

kind!(
    /// Somebody voices a concern about a country, or about what it is asked.
    ConcernStatement of ConcernBody {
        /// What the concern is about.
        async fn category(&self) -> ConcernCategory {
            self.body.category.into()
        }
    }
);

kind!(
    /// Somebody says that pressure is put on the requested state.
    PressureStatement of PressureBody {
        /// By what means.
        async fn means(&self) -> PressureKind {
            self.body.kind.into()
        }
    }
);

kind!(
    /// Somebody denies that there is a request, an agreement or a transfer.
    DenialStatement of DenialBody {
        /// What is denied.
        async fn of(&self) -> DenialOf {
            self.body.of.into()
        }

        /// What exactly is denied, at most 600 characters.
        async fn detail(&self) -> &str {
            &self.body.detail
        }
    }
);

kind!(
    /// Somebody claims a count. It is theirs: our own counts are in `Tally`.
    CountStatement of CountBody {
        /// What is counted.
        async fn metric(&self) -> CountMetric {
            self.body.metric.into()
        }

        /// How exact the count claims to be.
        async fn comparator(&self) -> Comparator {
            self.body.comparator.into()
        }

        /// The number, or the lower of two, in `unit`.
        async fn low(&self) -> u32 {
            self.body.low
        }

        /// The higher number of BETWEEN, in `unit`; null otherwise.
        async fn high(&self) -> Option<u32> {
            self.body.high
        }

        /// Whether what is only planned is counted too.
        async fn includes_planned(&self) -> bool {
            self.body.includes_planned
        }

        /// `countries`, `agreements`, `persons`, or the ISO 4217 code of a currency.
        async fn unit(&self) -> &str {
            &self.body.unit
        }
    }
);
