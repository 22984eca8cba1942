//! Commands of a test case. A command refers to objects by a [`Pick`] that is resolved when it runs, so that any
//! subsequence of a case is a valid case.

use crate::date::DateForm;
use crate::rules::Body;

#[derive(Clone, Debug)]
pub enum Command {
    /// Moves the clock forward or back.
    MoveClock {
        minutes: i16,
    },
    Open {
        slug: u8,
    },
    Register {
        published: Option<DateForm>,
        original: Option<Pick>,
    },
    /// Of the newest version, or of the first one, which may be corrected already.
    CorrectSource {
        of: Pick,
        stale: bool,
        published: Option<DateForm>,
        original: Option<Pick>,
    },
    Record {
        subject: SubjectChoice,
        claim: ClaimDraft,
        at: MomentChoice,
    },
    Correct {
        of: StatementChoice,
        claim: ClaimDraft,
        at: MomentChoice,
    },
    Retract {
        of: StatementChoice,
        at: MomentChoice,
    },
    AddEvidence {
        to: Pick,
        evidence: Vec<EvidenceChoice>,
        at: MomentChoice,
    },
    /// Of a relationship or, without a state, of an initiative.
    Review {
        of: Pick,
        state: Option<&'static str>,
        days_ago: Option<u8>,
    },
    Import(DocumentVersion),
    /// Repeats a write with its key.
    Repeat {
        write: Pick,
        repetition: Repetition,
    },
    Mistake {
        kind: Mistake,
        pick: Pick,
    },
    CheckPosition {
        relationship: Pick,
        at: MomentChoice,
    },
    ListChanges {
        filter: FilterChoice,
        after: Pick,
    },
    ListRelationships {
        at: Option<MomentChoice>,
    },
    Read {
        statement: Pick,
    },
    Subscribe {
        filter: FilterChoice,
        after: Option<Pick>,
    },
    Receive {
        subscriber: Pick,
        at_most: u8,
    },
    /// Closes the connection, with messages in flight.
    Disconnect {
        subscriber: Pick,
    },
    Resume {
        subscriber: Pick,
    },
    Restart,
    /// Exports the ledger, restores it into a new database and continues there.
    Restore,
}

/// Selects one of the existing objects, whatever their number.
#[derive(Clone, Copy, Debug)]
pub struct Pick(pub u16);

impl Pick {
    pub fn select<T>(self, all: &[T]) -> Option<&T> {
        all.get(usize::from(self.0).checked_rem(all.len())?)
    }
}

/// Selects one of all statements, or one of the valid ones.
#[derive(Clone, Copy, Debug)]
pub struct StatementChoice {
    pub pick: Pick,
    pub standing: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum SubjectChoice {
    Relationship(Pick, &'static str),
    Country(&'static str),
    Initiative(Pick),
}

/// A claim without its subject.
#[derive(Clone, Debug)]
pub struct ClaimDraft {
    pub body: Body,
    /// Category of the claimant.
    pub claimant: &'static str,
    pub from: DateForm,
    /// Its relation is SUPPORTS.
    pub source: Pick,
    pub evidence: Vec<EvidenceChoice>,
    pub contradicts: Vec<Pick>,
    /// Whether it keeps disputes, if it corrects another one.
    pub keeps_disputes: bool,
}

/// An additional source.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceChoice {
    pub source: Pick,
    pub relation: &'static str,
    /// Days before the one on which it is recorded.
    pub published: Option<u8>,
}

/// A moment: days before today; an entry, with an offset in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct MomentChoice {
    pub valid: Option<u8>,
    pub published: Option<u8>,
    pub recorded: Option<(Pick, i8)>,
}

/// A version of a growing import document.
#[derive(Clone, Copy, Debug)]
pub struct DocumentVersion {
    pub document: u8,
    pub statements: u8,
    /// Whether the text of its first statement differs.
    pub reworded: bool,
}

/// How a write is repeated.
#[derive(Clone, Copy, Debug)]
pub enum Repetition {
    Unchanged,
    Reworded,
    /// Keys are separate for each editor.
    ByOtherEditor,
}

/// Filter of a subscription or of a list of changes.
#[derive(Clone, Debug)]
pub enum FilterChoice {
    Changes {
        initiative: Option<Pick>,
        states: Option<Vec<&'static str>>,
        to: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
        more: MoreConditions,
    },
    Disputes {
        initiative: Option<Pick>,
        states: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
    },
    /// One at least.
    Revisions { statements: Vec<Pick> },
    Entries {
        initiative: Option<Pick>,
        kinds: Option<Vec<&'static str>>,
    },
}

/// Further conditions of a filter of changes.
#[derive(Clone, Debug)]
pub struct MoreConditions {
    pub involves: Option<Vec<&'static str>>,
    pub claimants: Option<Vec<&'static str>>,
    pub disputed: Option<bool>,
    pub unusual: Option<bool>,
}

/// Input that must be rejected without any write.
#[derive(Clone, Copy, Debug)]
pub enum Mistake {
    UnknownStatement,
    IdOfOtherType,
    UnknownSource,
    NoEvidence,
    NoSupportingEvidence,
    UnknownStance,
    FutureDate,
    RequestingStateAsSubject,
    UnknownCountry,
    UnknownInitiative,
    KindNotAllowed,
    DifferentSubject,
    NoToken,
    InvalidCursor,
}

impl Command {
    /// The name in the summary.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MoveClock { .. } => "move clock",
            Self::Open { .. } => "open",
            Self::Register { .. } => "register",
            Self::CorrectSource { .. } => "correct source",
            Self::Record { .. } => "record",
            Self::Correct { .. } => "correct",
            Self::Retract { .. } => "retract",
            Self::AddEvidence { .. } => "add evidence",
            Self::Review { .. } => "review",
            Self::Import(_) => "import",
            Self::Repeat { .. } => "repeat",
            Self::Mistake { .. } => "mistake",
            Self::CheckPosition { .. } => "check position",
            Self::ListChanges { .. } => "list changes",
            Self::ListRelationships { .. } => "list relationships",
            Self::Read { .. } => "read",
            Self::Subscribe { .. } => "subscribe",
            Self::Receive { .. } => "receive",
            Self::Disconnect { .. } => "disconnect",
            Self::Resume { .. } => "resume",
            Self::Restart => "restart",
            Self::Restore => "restore",
        }
    }
}
