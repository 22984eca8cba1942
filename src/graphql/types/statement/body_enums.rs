//! Enums in the bodies of statements.

use async_graphql::Enum;

use crate::graphql::output::direct_json::ready::ready_enum;
use crate::model::statement;

/// Legal form of an agreement. Whether it is binding does not depend on its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Instrument")]
pub enum Instrument {
    /// Oral, without a known text.
    Verbal,
    /// Exchange of diplomatic notes.
    ExchangeOfNotes,
    /// Memorandum of understanding or a similar arrangement.
    Memorandum,
    /// Treaty, whatever its title.
    Treaty,
    /// Unilateral decision, such as a decree or a cabinet decision.
    Decision,
    /// Unknown.
    Unknown,
}

/// Whether an agreement is binding on its parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Binding")]
pub enum Binding {
    /// Binding.
    Yes,
    /// Not binding.
    No,
    /// The parties, or others with legal standing, disagree.
    Contested,
    /// Unknown.
    Unknown,
}

/// Whether the text of an agreement is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::TextStatus")]
pub enum TextStatus {
    /// Published by a party.
    Published,
    /// Public, but not published by a party.
    Leaked,
    /// Known to exist, but not public.
    Unpublished,
    /// Unknown.
    Unknown,
}

/// Period to which a cap applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::CapPeriod")]
pub enum CapPeriod {
    /// Per year.
    Year,
    /// Per month.
    Month,
    /// Per week.
    Week,
    /// In total, for the duration of the agreement.
    Total,
}

/// Status of a court case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::LegalStatus")]
pub enum LegalStatus {
    /// Pending before the court.
    Challenged,
    /// Temporarily prohibited by the court.
    Enjoined,
    /// A court order is suspended: what it prohibited may continue, or what it permitted may not.
    Stayed,
    /// Ruled unlawful.
    StruckDown,
    /// Ruled lawful.
    Upheld,
    /// Settled by agreement of the parties.
    Settled,
}

/// Subject matter of a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::ConcernCategory")]
pub enum ConcernCategory {
    /// War or armed violence in the country.
    ArmedConflict,
    /// Human rights other than those listed below.
    HumanRights,
    /// Courts, legal remedies and limits on government power.
    RuleOfLaw,
    /// Persons may be sent on to a place where they are in danger.
    Refoulement,
    /// Conditions of detention.
    DetentionConditions,
    /// Agreements or actions are withheld from the public.
    Transparency,
}

/// Means of pressure on a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::PressureKind")]
pub enum PressureKind {
    /// Visas denied, restricted or made more expensive.
    Visa,
    /// Tariffs imposed or threatened.
    Tariff,
    /// Aid cut or withheld.
    Aid,
    /// Other diplomatic means.
    Diplomatic,
}

/// Fact that is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::DenialOf")]
pub enum DenialOf {
    /// The existence of a request.
    Request,
    /// The existence of an agreement.
    Agreement,
    /// A transfer of persons.
    Transfer,
    /// Money or goods provided or promised.
    Funding,
}

/// Quantity that a count refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::CountMetric")]
pub enum CountMetric {
    /// Countries that received a request.
    CountriesApproached,
    /// Countries that agreed.
    CountriesAgreed,
    /// Concluded agreements.
    Agreements,
    /// Persons transferred.
    PersonsTransferred,
    /// Money promised or paid, in US dollars.
    FundsCommitted,
}

/// Precision of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Comparator")]
pub enum Comparator {
    /// Exactly `low`.
    Exact,
    /// About `low`.
    About,
    /// `low` or more.
    AtLeast,
    /// `low` or fewer.
    AtMost,
    /// From `low` to `high`, inclusive.
    Between,
}

ready_enum!(
    Instrument,
    Binding,
    TextStatus,
    CapPeriod,
    LegalStatus,
    ConcernCategory,
    PressureKind,
    DenialOf,
    CountMetric,
    Comparator
);
