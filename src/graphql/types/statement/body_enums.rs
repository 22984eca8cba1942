//! Enums in the bodies of statements.

use async_graphql::Enum;

use crate::model::statement;

/// The form of an agreement. The title of a document does not decide whether it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Instrument")]
pub enum Instrument {
    /// Spoken, with no text known.
    Verbal,
    /// Diplomatic notes that refer to each other.
    ExchangeOfNotes,
    /// A memorandum of understanding, or an arrangement by another such name.
    Memorandum,
    /// A treaty, by whatever name.
    Treaty,
    /// A decision of one side, such as a decree or a cabinet decision.
    Decision,
    /// The form is not known.
    Unknown,
}

/// Whether an agreement binds its parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Binding")]
pub enum Binding {
    /// It binds.
    Yes,
    /// It does not bind.
    No,
    /// The parties, or others with standing, disagree.
    Contested,
    /// Not known.
    Unknown,
}

/// Whether the text of an agreement can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::TextStatus")]
pub enum TextStatus {
    /// Published by a party.
    Published,
    /// Public, but not by a party's own act.
    Leaked,
    /// Known to exist and not public.
    Unpublished,
    /// Not known.
    Unknown,
}

/// The period that a cap is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::CapPeriod")]
pub enum CapPeriod {
    /// Per year.
    Year,
    /// Per month.
    Month,
    /// Per week.
    Week,
    /// In all, for as long as the agreement lasts.
    Total,
}

/// What became of a matter in court.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::LegalStatus")]
pub enum LegalStatus {
    /// Brought before the court and not decided.
    Challenged,
    /// The court forbids it for the time being.
    Enjoined,
    /// An order is halted, so that what it stopped may go on or what it allowed may not.
    Stayed,
    /// Found unlawful.
    StruckDown,
    /// Found lawful.
    Upheld,
    /// Ended by agreement of the parties.
    Settled,
}

/// What a concern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::ConcernCategory")]
pub enum ConcernCategory {
    /// War or armed violence in the country.
    ArmedConflict,
    /// Human rights other than those named below.
    HumanRights,
    /// Courts, remedies and the limits of power.
    RuleOfLaw,
    /// People may be sent on to where they are in danger.
    Refoulement,
    /// How and where people are held.
    DetentionConditions,
    /// What is agreed or done is kept from the public.
    Transparency,
}

/// The means by which pressure is put on a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::PressureKind")]
pub enum PressureKind {
    /// Visas refused, limited or made dearer.
    Visa,
    /// Tariffs imposed or threatened.
    Tariff,
    /// Aid cut or withheld.
    Aid,
    /// Other diplomatic means.
    Diplomatic,
}

/// What is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::DenialOf")]
pub enum DenialOf {
    /// That a request was made.
    Request,
    /// That there is an agreement.
    Agreement,
    /// That people were transferred.
    Transfer,
}

/// What somebody counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::CountMetric")]
pub enum CountMetric {
    /// Countries that were asked.
    CountriesApproached,
    /// Countries that agreed.
    CountriesAgreed,
    /// Agreements concluded.
    Agreements,
    /// People transferred.
    PersonsTransferred,
    /// Money promised or paid.
    FundsCommitted,
}

/// How exact a count claims to be.
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
    /// From `low` to `high`, both included.
    Between,
}
