//! Commands, drawn at random: few days, states and stances, so that claims collide often.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::command::{
    About, Again, Cited, Command, Draft, Issue, Mistake, Pick, Target, Wants, When,
};
use crate::date::Written;
use crate::rules::Body;

/// Requested states; none of them requests.
pub const STATES: [&str; 5] = ["RW", "LY", "TN", "PW", "XK"];
pub const STANCES: [&str; 9] = [
    "NAMED",
    "APPROACHED",
    "NEGOTIATING",
    "AGREED_IN_PRINCIPLE",
    "AGREED",
    "IMPLEMENTING",
    "SUSPENDED",
    "REFUSED",
    "ENDED",
];
const KINDS: [&str; 3] = ["EVENT", "CORRECTION", "RETRACTION"];
const ENTRIES: [&str; 6] = [
    "INITIATIVE_OPENED",
    "SOURCE_REGISTERED",
    "STATEMENT_RECORDED",
    "STATEMENT_CORRECTED",
    "STATEMENT_RETRACTED",
    "EVIDENCE_ADDED",
];
/// Days that dates and moments go back.
const DAYS: u8 = 8;

pub fn command() -> BoxedStrategy<Command> {
    prop_oneof![
        52 => writes(),
        24 => reads(),
        22 => subscriptions(),
        2 => prop_oneof![3 => Just(Command::Restart), 1 => Just(Command::Restore)],
    ]
    .boxed()
}

fn writes() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (-1_500..6_000_i16).prop_map(|minutes| Command::Wait { minutes }),
        1 => (0..3_u8).prop_map(|slug| Command::Open { slug }),
        4 => (weighted(0.9, written()), weighted(0.3, pick()))
            .prop_map(|(published, original)| Command::Register { published, original }),
        18 => (about(), draft(), when())
            .prop_map(|(about, claim, at)| Command::Record { about, claim, at }),
        8 => (target(), draft(), when())
            .prop_map(|(of, claim, at)| Command::Correct { of, claim, at }),
        6 => (target(), when()).prop_map(|(of, at)| Command::Retract { of, at }),
        3 => (pick(), vec(cited(), 1..3), when())
            .prop_map(|(to, evidence, at)| Command::AddEvidence { to, evidence, at }),
        2 => issue().prop_map(Command::Import),
        3 => (pick(), again())
            .prop_map(|(write, how)| Command::Repeat { write, how }),
        3 => (mistake(), pick()).prop_map(|(kind, pick)| Command::Mistake { kind, pick }),
    ]
}

fn reads() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (pick(), when())
            .prop_map(|(relationship, at)| Command::Look { relationship, at }),
        2 => (changes(), pick())
            .prop_map(|(wants, after)| Command::ListChanges { wants, after }),
        2 => of(when()).prop_map(|at| Command::ListRelationships { at }),
        3 => pick().prop_map(|statement| Command::Read { statement }),
    ]
}

fn subscriptions() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (wants(), of(pick()))
            .prop_map(|(wants, after)| Command::Subscribe { wants, after }),
        8 => (pick(), prop_oneof![0..4_u8, Just(u8::MAX)])
            .prop_map(|(subscriber, at_most)| Command::Hear { subscriber, at_most }),
        3 => pick().prop_map(|subscriber| Command::Drop { subscriber }),
        5 => pick().prop_map(|subscriber| Command::Resume { subscriber }),
    ]
}

fn pick() -> impl Strategy<Value = Pick> + Clone {
    any::<u16>().prop_map(Pick)
}

fn target() -> impl Strategy<Value = Target> {
    (pick(), proptest::bool::weighted(0.85)).prop_map(|(pick, standing)| Target { pick, standing })
}

fn again() -> impl Strategy<Value = Again> {
    select(vec![Again::Unchanged, Again::Reworded, Again::ByTheOther])
}

fn about() -> impl Strategy<Value = About> {
    prop_oneof![
        12 => (pick(), select(&STATES[..])).prop_map(|(of, state)| About::Relationship(of, state)),
        1 => select(&STATES[..]).prop_map(About::Country),
        1 => pick().prop_map(About::Initiative),
    ]
}

fn draft() -> impl Strategy<Value = Draft> {
    let parts = (
        body(),
        written(),
        pick(),
        vec(cited(), 0..2),
        vec(pick(), 0..3),
    );
    parts.prop_map(|(body, from, source, evidence, contradicts)| Draft {
        body,
        from,
        source,
        evidence,
        contradicts,
    })
}

fn body() -> impl Strategy<Value = Body> {
    let others = [
        Body::Agreement,
        Body::Funding,
        Body::Transfer,
        Body::Legal,
        Body::Concern,
        Body::Pressure,
        Body::Denial,
    ];
    prop_oneof![
        4 => select(&STANCES[..]).prop_map(Body::Stance),
        1 => select(others.to_vec()),
    ]
}

fn written() -> impl Strategy<Value = Written> + Clone {
    let day = || 0..DAYS;
    prop_oneof![
        6 => day().prop_map(Written::Day),
        1 => day().prop_map(Written::About),
        1 => day().prop_map(Written::Month),
        1 => Just(Written::Year),
        3 => (day(), day()).prop_map(|(one, other)| Written::Between(one, other)),
        2 => day().prop_map(Written::By),
        1 => day().prop_map(Written::From),
    ]
}

fn cited() -> impl Strategy<Value = Cited> {
    let relations = vec!["SUPPORTS", "CONTRADICTS", "MENTIONS"];
    (pick(), select(relations)).prop_map(|(source, relation)| Cited { source, relation })
}

fn when() -> impl Strategy<Value = When> + Clone {
    let day = || weighted(0.4, 0..DAYS);
    let recorded = weighted(0.4, (pick(), -1..2_i8));
    (day(), day(), recorded).prop_map(|(valid, published, recorded)| When {
        valid,
        published,
        recorded,
    })
}

fn issue() -> impl Strategy<Value = Issue> {
    let parts = (0..3_u8, 1..8_u8, proptest::bool::weighted(0.1));
    parts.prop_map(|(document, statements, reworded)| Issue {
        document,
        statements,
        reworded,
    })
}

fn wants() -> impl Strategy<Value = Wants> {
    let kinds = weighted(0.4, subsequence(&ENTRIES[..], 1..4));
    prop_oneof![
        2 => changes(),
        1 => kinds.prop_map(|kinds| Wants::Entries { kinds }),
    ]
}

fn changes() -> impl Strategy<Value = Wants> {
    let parts = (
        weighted(0.3, pick()),
        weighted(0.3, subsequence(&STATES[..], 1..4)),
        weighted(0.2, subsequence(&STANCES[..], 1..6)),
        weighted(0.2, subsequence(&KINDS[..], 1..3)),
    );
    parts.prop_map(|(initiative, states, to, kinds)| Wants::Changes {
        initiative,
        states,
        to,
        kinds,
    })
}

fn mistake() -> impl Strategy<Value = Mistake> {
    select(vec![
        Mistake::UnknownStatement,
        Mistake::IdOfAnotherKind,
        Mistake::UnknownSource,
        Mistake::NoEvidence,
        Mistake::NoSupport,
        Mistake::UnknownStance,
        Mistake::Tomorrow,
        Mistake::RequestingStateItself,
        Mistake::UnknownCountry,
        Mistake::UnknownInitiative,
        Mistake::KindThatDoesNotFit,
        Mistake::AnotherSubject,
        Mistake::NoToken,
        Mistake::NoCursor,
    ])
}
