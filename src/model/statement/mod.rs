//! What one claimant says of one subject: the bodies of statements and the closed sets in them.
//!
//! A new kind of statement is one variant of [`Body`], one GraphQL type and no migration: bodies are stored as JSON.

use serde::{Deserialize, Serialize};

use super::closed_set::closed_set;
use super::stance::Stance;

mod rules;

closed_set!(/// Which aspect a statement is about.
    StatementKind { Stance, Agreement, Funding, Transfer, Legal, Concern, Pressure, Denial, Count });
closed_set!(/// Who makes a claim.
    ClaimantKind { RequestingState, RequestedState, RivalAuthority, Court, Parliament, Igo, Ngo, Press });
closed_set!(/// How a source bears on a statement.
    EvidenceRelation { Supports, Contradicts, Mentions });
closed_set!(/// The form of an agreement. The title of a document does not decide whether it binds.
    Instrument { Verbal, ExchangeOfNotes, Memorandum, Treaty, Decision, Unknown });
closed_set!(/// Whether an agreement binds its parties.
    Binding { Yes, No, Contested, Unknown });
closed_set!(/// Whether the text of an agreement can be read.
    TextStatus { Published, Leaked, Unpublished, Unknown });
closed_set!(/// The period that a cap is counted over.
    CapPeriod { Year, Month, Week, Total });
closed_set!(/// What became of a matter in court.
    LegalStatus { Challenged, Enjoined, Stayed, StruckDown, Upheld, Settled });
closed_set!(/// What a concern is about.
    ConcernCategory { ArmedConflict, HumanRights, RuleOfLaw, Refoulement, DetentionConditions, Transparency });
closed_set!(/// The means by which pressure is put on a state.
    PressureKind { Visa, Tariff, Aid, Diplomatic });
closed_set!(/// What is denied.
    DenialOf { Request, Agreement, Transfer });
closed_set!(/// What somebody counts.
    CountMetric { CountriesApproached, CountriesAgreed, Agreements, PersonsTransferred, FundsCommitted });
closed_set!(/// How exact a count claims to be.
    Comparator { Exact, About, AtLeast, AtMost, Between });
closed_set!(/// Whether a statement still stands.
    Standing { Standing, Corrected, Retracted });

/// Who says something, by role; officials by office, not by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimant {
    pub kind: ClaimantKind,
    pub label: String,
}

/// What a statement says, by kind. The JSON form names the kind as its only key, as import documents do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Body {
    Stance(StanceBody),
    Agreement(AgreementBody),
    Funding(FundingBody),
    Transfer(TransferBody),
    Legal(LegalBody),
    Concern(ConcernBody),
    Pressure(PressureBody),
    Denial(DenialBody),
    Count(CountBody),
}

macro_rules! body {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name { $($(#[$attribute])* pub $field: $type),+ }
    };
}

body!(StanceBody { stance: Stance });
body!(AgreementBody {
    instrument: Instrument,
    binding: Binding,
    text: TextStatus,
    #[serde(deserialize_with = "required")] signed_on: Option<String>,
    #[serde(deserialize_with = "required")] in_force_on: Option<String>,
    #[serde(deserialize_with = "required")] cap: Option<Cap>,
    #[serde(deserialize_with = "required")] scope: Option<String>,
});
body!(Cap {
    persons: u32,
    per: CapPeriod
});
body!(FundingBody {
    #[serde(deserialize_with = "required")] amount: Option<String>,
    #[serde(deserialize_with = "required")] currency: Option<String>,
    purpose: String,
});
body!(TransferBody {
    persons_min: u32,
    persons_max: u32,
    note: String
});
body!(LegalBody {
    jurisdiction: String,
    court: String,
    case_name: String,
    #[serde(deserialize_with = "required")] docket: Option<String>,
    status: LegalStatus,
});
body!(ConcernBody {
    category: ConcernCategory
});
body!(PressureBody { kind: PressureKind });
body!(DenialBody {
    of: DenialOf,
    detail: String
});
body!(CountBody {
    metric: CountMetric,
    comparator: Comparator,
    low: u32,
    #[serde(deserialize_with = "required")] high: Option<u32>,
    includes_planned: bool,
    unit: String,
});

/// An absent key is a fault, `null` is not: what an editor left out must not look like what a source left open.
pub fn required<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

impl CountMetric {
    /// The unit that fits the metric; `USD` is ISO 4217.
    pub fn unit(self) -> &'static str {
        match self {
            Self::CountriesApproached | Self::CountriesAgreed => "countries",
            Self::Agreements => "agreements",
            Self::PersonsTransferred => "persons",
            Self::FundsCommitted => "USD",
        }
    }
}

impl Body {
    pub fn kind(&self) -> StatementKind {
        match self {
            Self::Stance(_) => StatementKind::Stance,
            Self::Agreement(_) => StatementKind::Agreement,
            Self::Funding(_) => StatementKind::Funding,
            Self::Transfer(_) => StatementKind::Transfer,
            Self::Legal(_) => StatementKind::Legal,
            Self::Concern(_) => StatementKind::Concern,
            Self::Pressure(_) => StatementKind::Pressure,
            Self::Denial(_) => StatementKind::Denial,
            Self::Count(_) => StatementKind::Count,
        }
    }

    pub fn stance(&self) -> Option<Stance> {
        match self {
            Self::Stance(body) => Some(body.stance),
            Self::Agreement(_)
            | Self::Funding(_)
            | Self::Transfer(_)
            | Self::Legal(_)
            | Self::Concern(_)
            | Self::Pressure(_)
            | Self::Denial(_)
            | Self::Count(_) => None,
        }
    }

    /// The alpha-2 code that a body names, if any; that it exists is checked by who holds the list of countries.
    pub fn country_code(&self) -> Option<&str> {
        if let Self::Legal(body) = self {
            Some(&body.jurisdiction)
        } else {
            None
        }
    }
}
