//! The nine kinds of statements. What they have in common is written once, in the macro.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::body_enums::{
    Binding, CapPeriod, Comparator, ConcernCategory, CountMetric, DenialOf, Instrument,
    LegalStatus, PressureKind, TextStatus,
};
use super::claim::{Claim, Claimant, Subject};
use super::enums::{Standing, StatementKind};
use super::interface::Statement;
use crate::error::{Result, stored};
use crate::graphql::country::{Country, stored_country};
use crate::graphql::evidence::Evidence;
use crate::graphql::loaders::statement::standing;
use crate::graphql::scalars::{Date, DateTime, Decimal, Edtf};
use crate::graphql::stance::Stance;
use crate::model::{id::GlobalId, statement};

macro_rules! statement {
    ($(#[$doc:meta])* $name:ident of $body:ident { $($own:tt)* }) => {
        pub struct $name {
            pub(super) claim: Claim,
            pub(super) body: statement::$body,
        }

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Global identifier, for `node`.
            pub async fn id(&self) -> ID {
                GlobalId::Statement(self.claim.0.id).to_string().into()
            }

            /// The seq of the ledger entry that recorded it: the number in its citation and permanent link.
            pub async fn number(&self) -> i64 {
                self.claim.0.id
            }

            /// Which aspect it is about.
            pub async fn kind(&self) -> Result<StatementKind> {
                stored::<statement::StatementKind>(&self.claim.0.kind).map(Into::into)
            }

            /// What it is about.
            pub async fn subject(&self, ctx: &Context<'_>) -> Result<Subject> {
                self.claim.subject(ctx).await
            }

            /// Who makes the claim.
            pub async fn claimant(&self) -> Result<Claimant> {
                self.claim.claimant()
            }

            /// When what is claimed began to hold, no more exact than its sources.
            pub async fn valid_from(&self) -> Edtf {
                Edtf(self.claim.0.valid_from.clone())
            }

            /// The claim in our words, at most 300 characters.
            pub async fn summary(&self) -> &str {
                &self.claim.0.summary
            }

            /// A remark of the editor, for example on how a source was read; null where there is none.
            pub async fn note(&self) -> Option<String> {
                self.claim.0.note.clone()
            }

            /// What ties it to sources, in the order of recording.
            pub async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
                self.claim.evidence(ctx).await
            }

            /// The day from which it counts as public, as known now: the last day on which its earliest dated
            /// supporting source, or an original of it, can have been published; without one, the day of recording.
            pub async fn published_on(&self) -> Date {
                Date(self.claim.0.published_on.clone())
            }

            /// When we recorded it.
            pub async fn recorded_at(&self) -> DateTime {
                DateTime::of_micros(self.claim.0.recorded_at)
            }

            /// Whether it still stands.
            pub async fn standing(&self) -> Standing {
                standing(&self.claim.0).into()
            }

            /// The statement that this one replaces; null if it is no correction.
            pub async fn corrects(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
                self.claim.corrects(ctx).await
            }

            /// Why it replaces that one; null if it is no correction.
            pub async fn correction_reason(&self) -> Option<String> {
                self.claim.0.correction_reason.clone()
            }

            /// The statement that replaces this one now; null if none does.
            pub async fn corrected_by(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
                self.claim.corrected_by(ctx).await
            }

            /// When it was taken back; null if it was not.
            pub async fn retracted_at(&self) -> Option<DateTime> {
                self.claim.0.retracted_at.map(DateTime::of_micros)
            }

            /// Why it was taken back; null if it was not.
            pub async fn retraction_reason(&self) -> Option<String> {
                self.claim.0.retraction_reason.clone()
            }

            /// The statements that it contradicts, in the order of recording, whether or not they still stand.
            pub async fn contradicts(&self, ctx: &Context<'_>) -> Result<Vec<Statement>> {
                self.claim.contradicts(ctx).await
            }

            /// The statements that contradict it, in the order of recording, whether or not they still stand.
            pub async fn contradicted_by(&self, ctx: &Context<'_>) -> Result<Vec<Statement>> {
                self.claim.contradicted_by(ctx).await
            }

            /// Ready to paste: claimant, summary, first supporting source, our number, and a permanent link.
            pub async fn citation(&self, ctx: &Context<'_>) -> Result<String> {
                self.claim.citation(ctx).await
            }

            $($own)*
        }
    };
}

statement!(
    /// Somebody says where the requested state stands.
    StanceStatement of StanceBody {
        /// The stance claimed; never UNKNOWN.
        async fn stance(&self) -> Stance {
            self.body.stance.into()
        }
    }
);

statement!(
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

statement!(
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

statement!(
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

statement!(
    /// Somebody says what became of a matter in court.
    LegalStatement of LegalBody {
        /// The state whose court it is, or that an international court's case is against.
        async fn jurisdiction(&self) -> Result<Country> {
            stored_country(&self.body.jurisdiction)
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

statement!(
    /// Somebody voices a concern about a country, or about what it is asked.
    ConcernStatement of ConcernBody {
        /// What the concern is about.
        async fn category(&self) -> ConcernCategory {
            self.body.category.into()
        }
    }
);

statement!(
    /// Somebody says that pressure is put on the requested state.
    PressureStatement of PressureBody {
        /// By what means.
        async fn means(&self) -> PressureKind {
            self.body.kind.into()
        }
    }
);

statement!(
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

statement!(
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
