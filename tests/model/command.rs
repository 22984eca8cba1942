//! What is done to the service. A command names things by a [`Pick`] among those there are when it runs, so that any part
//! of a sequence is a sequence.

use crate::date::Written;
use crate::rules::Body;

#[derive(Clone, Debug)]
pub enum Command {
    /// The clock goes on, or back.
    Wait {
        minutes: i16,
    },
    Open {
        slug: u8,
    },
    Register {
        published: Option<Written>,
        original: Option<Pick>,
    },
    Record {
        about: About,
        claim: Draft,
        at: When,
    },
    Correct {
        of: Target,
        claim: Draft,
        at: When,
    },
    Retract {
        of: Target,
        at: When,
    },
    AddEvidence {
        to: Pick,
        evidence: Vec<Cited>,
        at: When,
    },
    Import(Issue),
    /// A write once more under its key.
    Repeat {
        write: Pick,
        how: Again,
    },
    Mistake {
        kind: Mistake,
        pick: Pick,
    },
    Look {
        relationship: Pick,
        at: When,
    },
    ListChanges {
        wants: Wants,
        after: Pick,
    },
    ListRelationships {
        at: Option<When>,
    },
    Read {
        statement: Pick,
    },
    Subscribe {
        wants: Wants,
        after: Option<Pick>,
    },
    Hear {
        subscriber: Pick,
        at_most: u8,
    },
    /// The connection breaks, whatever is under way on it.
    Drop {
        subscriber: Pick,
    },
    Resume {
        subscriber: Pick,
    },
    Restart,
    /// An export is restored into a new database, which is served from then on.
    Restore,
}

/// One of those there are, whatever their number.
#[derive(Clone, Copy, Debug)]
pub struct Pick(pub u16);

impl Pick {
    pub fn of<T>(self, all: &[T]) -> Option<&T> {
        all.get(usize::from(self.0).checked_rem(all.len())?)
    }
}

/// A statement: of all, or of those that stand.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub pick: Pick,
    pub standing: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum About {
    Relationship(Pick, &'static str),
    Country(&'static str),
    Initiative(Pick),
}

/// A claim, but for what it is about.
#[derive(Clone, Debug)]
pub struct Draft {
    pub body: Body,
    pub from: Written,
    /// It supports the claim.
    pub source: Pick,
    pub evidence: Vec<Cited>,
    pub contradicts: Vec<Pick>,
}

/// A further source.
#[derive(Clone, Copy, Debug)]
pub struct Cited {
    pub source: Pick,
    pub relation: &'static str,
}

/// A moment: days before today, and an entry with microseconds before or after it.
#[derive(Clone, Copy, Debug)]
pub struct When {
    pub valid: Option<u8>,
    pub published: Option<u8>,
    pub recorded: Option<(Pick, i8)>,
}

/// A document, as far as it has come.
#[derive(Clone, Copy, Debug)]
pub struct Issue {
    pub document: u8,
    pub statements: u8,
    /// With another wording of its first statement.
    pub reworded: bool,
}

/// How a write is repeated.
#[derive(Clone, Copy, Debug)]
pub enum Again {
    Unchanged,
    Reworded,
    /// Keys are an editor's own.
    ByTheOther,
}

/// What a subscriber or a list of changes is about.
#[derive(Clone, Debug)]
pub enum Wants {
    Changes {
        initiative: Option<Pick>,
        states: Option<Vec<&'static str>>,
        to: Option<Vec<&'static str>>,
        kinds: Option<Vec<&'static str>>,
    },
    Entries {
        kinds: Option<Vec<&'static str>>,
    },
}

/// What must be refused, with nothing written.
#[derive(Clone, Copy, Debug)]
pub enum Mistake {
    UnknownStatement,
    IdOfAnotherKind,
    UnknownSource,
    NoEvidence,
    NoSupport,
    UnknownStance,
    Tomorrow,
    RequestingStateItself,
    UnknownCountry,
    UnknownInitiative,
    KindThatDoesNotFit,
    AnotherSubject,
    NoToken,
    NoCursor,
}

impl Command {
    /// As it is counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Open { .. } => "open",
            Self::Register { .. } => "register",
            Self::Record { .. } => "record",
            Self::Correct { .. } => "correct",
            Self::Retract { .. } => "retract",
            Self::AddEvidence { .. } => "add evidence",
            Self::Import(_) => "import",
            Self::Repeat { .. } => "repeat",
            Self::Mistake { .. } => "mistake",
            Self::Look { .. } => "look",
            Self::ListChanges { .. } => "list changes",
            Self::ListRelationships { .. } => "list relationships",
            Self::Read { .. } => "read",
            Self::Subscribe { .. } => "subscribe",
            Self::Hear { .. } => "hear",
            Self::Drop { .. } => "drop",
            Self::Resume { .. } => "resume",
            Self::Restart => "restart",
            Self::Restore => "restore",
        }
    }
}
