//! Statements: claims of one claimant about one subject; their bodies and enumerations.
//!
//! A new kind of statement is one variant of [`Body`], one GraphQL type and no migration: bodies are stored as JSON.
//! Fields of stored types are declared in alphabetical order, as `model::canonical` requires.

use serde::{Deserialize, Serialize};

use super::stance::Stance;
use super::string_enum::string_enum;

pub mod facets;
mod rules;

string_enum!(/// Which aspect a statement is about.
    StatementKind { Stance, Agreement, Funding, Transfer, Legal, Concern, Pressure, Denial, Count, Return });
string_enum!(/// The role of a claimant.
    ClaimantKind { RequestingState, RequestedState, RivalAuthority, Court, Parliament, Igo, Ngo, Press });
string_enum!(/// How a source bears on a statement.
    EvidenceRelation { Supports, Contradicts, Mentions });
string_enum!(/// The form of an agreement. The title of a document does not decide whether it binds.
    Instrument { Verbal, ExchangeOfNotes, Memorandum, Treaty, Decision, Unknown });
string_enum!(/// Whether an agreement binds its parties.
    Binding { Yes, No, Contested, Unknown });
string_enum!(/// Whether the text of an agreement can be read.
    TextStatus { Published, Leaked, Unpublished, Unknown });
string_enum!(/// The period that a cap is counted over.
    CapPeriod { Year, Month, Week, Total });
string_enum!(/// The status of a court case.
    LegalStatus { Challenged, Enjoined, Stayed, StruckDown, Upheld, Settled });
string_enum!(/// What a concern is about.
    ConcernCategory { ArmedConflict, HumanRights, RuleOfLaw, Refoulement, DetentionConditions, Transparency });
string_enum!(/// The means by which pressure is put on a state.
    PressureKind { Visa, Tariff, Aid, Diplomatic });
string_enum!(/// What is denied.
    DenialOf { Request, Agreement, Transfer, Funding });
string_enum!(/// The quantity that a claimant counts.
    CountMetric { CountriesApproached, CountriesAgreed, Agreements, PersonsTransferred, FundsCommitted });
string_enum!(/// How exact a count claims to be.
    Comparator { Exact, About, AtLeast, AtMost, Between });
string_enum!(/// Whether a statement is valid, or was corrected or retracted.
    Standing { Standing, Corrected, Retracted });

/// What a statement of some kind must be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredSubject {
    Relationship,
    Initiative,
    Any,
}

impl StatementKind {
    pub fn required_subject(self) -> RequiredSubject {
        match self {
            Self::Stance | Self::Agreement | Self::Transfer | Self::Return => {
                RequiredSubject::Relationship
            }
            Self::Count => RequiredSubject::Initiative,
            Self::Funding | Self::Legal | Self::Concern | Self::Pressure | Self::Denial => {
                RequiredSubject::Any
            }
        }
    }
}

/// The claimant, by role; officials by office, not by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimant {
    pub kind: ClaimantKind,
    pub label: String,
}

/// The content of a statement, by kind. The JSON form names the kind as its only key, as import documents do.
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
    Return(ReturnBody),
}

macro_rules! body {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name { $($(#[$attribute])* pub $field: $type),+ }
    };
}

body!(StanceBody {
    /// Whom or what the stance covers, if that is less than the whole request. Entries of earlier versions lack the key.
    #[serde(default, skip_serializing_if = "Option::is_none")] scope: Option<String>,
    stance: Stance,
});
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
body!(ReturnBody {
    /// The alpha-2 code of the state to which they were sent.
    #[serde(deserialize_with = "required")] destination: Option<String>,
    note: String,
    persons_max: u32,
    persons_min: u32,
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
/// The largest bound of a count: every JSON parser reads it exactly (RFC 8259, section 6), so that all can verify hashes.
pub const MAX_COUNT: u64 = (1 << 53) - 1;

body!(CountBody {
    comparator: Comparator,
    #[serde(deserialize_with = "required")] high: Option<u64>,
    includes_planned: bool,
    low: u64,
    metric: CountMetric,
    unit: String,
});

/// Rejects an absent key but accepts `null`: a field that an editor forgot must differ from one that a source left open.
pub fn required<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

impl CountMetric {
    /// The unit of the metric; `USD` is ISO 4217.
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
            Self::Return(_) => StatementKind::Return,
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
            | Self::Count(_)
            | Self::Return(_) => None,
        }
    }

    /// The alpha-2 code that a body references, if any, with its path below the body; the caller checks that the country
    /// exists.
    pub fn country_code(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Legal(body) => Some(("legal.jurisdiction", &body.jurisdiction)),
            Self::Return(body) => {
                let destination = body.destination.as_deref();
                destination.map(|code| ("return.destination", code))
            }
            Self::Stance(_)
            | Self::Agreement(_)
            | Self::Funding(_)
            | Self::Transfer(_)
            | Self::Concern(_)
            | Self::Pressure(_)
            | Self::Denial(_)
            | Self::Count(_) => None,
        }
    }
}
