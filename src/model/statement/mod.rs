//! What one claimant says of one subject: the bodies of statements and the closed sets in them.
//!
//! A new kind of statement is one variant of [`Body`], one GraphQL type and no migration: bodies are stored as JSON.
//! Fields of what is stored stand in the order of the alphabet, as `model::canonical` wants it.

use serde::{Deserialize, Serialize};

use super::stance::Stance;
use super::string_enum::closed_set;

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
    binding: Binding,
    #[serde(deserialize_with = "required")] cap: Option<Cap>,
    #[serde(deserialize_with = "required")] in_force_on: Option<String>,
    instrument: Instrument,
    #[serde(deserialize_with = "required")] scope: Option<String>,
    #[serde(deserialize_with = "required")] signed_on: Option<String>,
    text: TextStatus,
});
body!(Cap {
    per: CapPeriod,
    persons: u32
});
body!(FundingBody {
    #[serde(deserialize_with = "required")] amount: Option<String>,
    #[serde(deserialize_with = "required")] currency: Option<String>,
    purpose: String,
});
body!(TransferBody {
    note: String,
    persons_max: u32,
    persons_min: u32
});
body!(LegalBody {
    case_name: String,
    court: String,
    #[serde(deserialize_with = "required")] docket: Option<String>,
    jurisdiction: String,
    status: LegalStatus,
});
body!(ConcernBody {
    category: ConcernCategory
});
body!(PressureBody { kind: PressureKind });
body!(DenialBody {
    detail: String,
    of: DenialOf
});
body!(CountBody {
    comparator: Comparator,
    #[serde(deserialize_with = "required")] high: Option<u32>,
    includes_planned: bool,
    low: u32,
    metric: CountMetric,
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
