//! Random commands (proptest strategies). There are few days, states and stances, so that claims often conflict.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::command::{
    ClaimDraft, Command, DocumentVersion, EvidenceChoice, FilterChoice, Mistake, MomentChoice,
    MoreConditions, Pick, Repetition, StatementChoice, SubjectChoice,
};
use crate::date::DateForm;
use crate::rules::Body;

/// Requested states; none of them is a requesting state.
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
/// Categories of claimants.
const CLAIMANTS: [&str; 3] = ["REQUESTED_STATE", "PRESS", "NGO"];
const KINDS: [&str; 3] = ["EVENT", "CORRECTION", "RETRACTION"];
const DISPUTE_KINDS: [&str; 4] = ["BEGAN", "GREW", "SHRANK", "ENDED"];
const ENTRIES: [&str; 8] = [
    "INITIATIVE_OPENED",
    "SOURCE_REGISTERED",
    "STATEMENT_RECORDED",
    "STATEMENT_CORRECTED",
    "STATEMENT_RETRACTED",
    "EVIDENCE_ADDED",
    "REVIEW_RECORDED",
    "SOURCE_CORRECTED",
];
/// Range of dates and moments, in days before today.
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
        4 => (-1_500..6_000_i16).prop_map(|minutes| Command::MoveClock { minutes }),
        1 => (0..3_u8).prop_map(|slug| Command::Open { slug }),
        4 => (weighted(0.9, date_form()), weighted(0.3, pick()))
            .prop_map(|(published, original)| Command::Register { published, original }),
        4 => (pick(), proptest::bool::weighted(0.1), weighted(0.8, date_form()), weighted(0.3, pick()))
            .prop_map(|(of, stale, published, original)| {
                Command::CorrectSource { of, stale, published, original }
            }),
        18 => (subject_choice(), claim_draft(), moment_choice())
            .prop_map(|(subject, claim, at)| Command::Record { subject, claim, at }),
        8 => (statement_choice(), claim_draft(), moment_choice())
            .prop_map(|(of, claim, at)| Command::Correct { of, claim, at }),
        6 => (statement_choice(), moment_choice()).prop_map(|(of, at)| Command::Retract { of, at }),
        3 => (pick(), vec(evidence_choice(), 1..3), moment_choice())
            .prop_map(|(to, evidence, at)| Command::AddEvidence { to, evidence, at }),
        3 => (pick(), weighted(0.8, select(&STATES[..])), weighted(0.7, 0..DAYS))
            .prop_map(|(of, state, days_ago)| Command::Review { of, state, days_ago }),
        2 => document_version().prop_map(Command::Import),
        3 => (pick(), repetition())
            .prop_map(|(write, repetition)| Command::Repeat { write, repetition }),
        3 => (mistake(), pick()).prop_map(|(kind, pick)| Command::Mistake { kind, pick }),
    ]
}

fn reads() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (pick(), moment_choice())
            .prop_map(|(relationship, at)| Command::CheckPosition { relationship, at }),
        2 => (change_filter(), pick())
            .prop_map(|(filter, after)| Command::ListChanges { filter, after }),
        2 => of(moment_choice()).prop_map(|at| Command::ListRelationships { at }),
        3 => pick().prop_map(|statement| Command::Read { statement }),
    ]
}

fn subscriptions() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (filter_choice(), of(pick()))
            .prop_map(|(filter, after)| Command::Subscribe { filter, after }),
        8 => (pick(), prop_oneof![0..4_u8, Just(u8::MAX)])
            .prop_map(|(subscriber, at_most)| Command::Receive { subscriber, at_most }),
        3 => pick().prop_map(|subscriber| Command::Disconnect { subscriber }),
        5 => pick().prop_map(|subscriber| Command::Resume { subscriber }),
    ]
}

fn pick() -> impl Strategy<Value = Pick> + Clone {
    any::<u16>().prop_map(Pick)
}

fn statement_choice() -> impl Strategy<Value = StatementChoice> {
    (pick(), proptest::bool::weighted(0.85))
        .prop_map(|(pick, standing)| StatementChoice { pick, standing })
}

fn repetition() -> impl Strategy<Value = Repetition> {
    select(vec![
        Repetition::Unchanged,
        Repetition::Reworded,
        Repetition::ByOtherEditor,
    ])
}

fn subject_choice() -> impl Strategy<Value = SubjectChoice> {
    prop_oneof![
        12 => (pick(), select(&STATES[..])).prop_map(|(of, state)| SubjectChoice::Relationship(of, state)),
        1 => select(&STATES[..]).prop_map(SubjectChoice::Country),
        1 => pick().prop_map(SubjectChoice::Initiative),
    ]
}

fn claim_draft() -> impl Strategy<Value = ClaimDraft> {
    let parts = (
        (body(), select(&CLAIMANTS[..])),
        date_form(),
        pick(),
        vec(evidence_choice(), 0..2),
        (vec(pick(), 0..3), any::<bool>()),
    );
    parts.prop_map(
        |((body, claimant), from, source, evidence, (contradicts, keeps_disputes))| ClaimDraft {
            body,
            claimant,
            from,
            source,
            evidence,
            contradicts,
            keeps_disputes,
        },
    )
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
        Body::Return,
    ];
    prop_oneof![
        4 => select(&STANCES[..]).prop_map(Body::Stance),
        1 => select(others.to_vec()),
    ]
}

fn date_form() -> impl Strategy<Value = DateForm> + Clone {
    let day = || 0..DAYS;
    prop_oneof![
        6 => day().prop_map(DateForm::Day),
        1 => day().prop_map(DateForm::Approximately),
        1 => day().prop_map(DateForm::Month),
        1 => Just(DateForm::Year),
        3 => (day(), day()).prop_map(|(one, other)| DateForm::Between(one, other)),
        2 => day().prop_map(DateForm::By),
        1 => day().prop_map(DateForm::From),
    ]
}

fn evidence_choice() -> impl Strategy<Value = EvidenceChoice> {
    let relations = vec!["SUPPORTS", "CONTRADICTS", "MENTIONS"];
    let published = weighted(0.3, 0..DAYS);
    (pick(), select(relations), published).prop_map(|(source, relation, published)| {
        EvidenceChoice {
            source,
            relation,
            published,
        }
    })
}

fn moment_choice() -> impl Strategy<Value = MomentChoice> + Clone {
    let day = || weighted(0.4, 0..DAYS);
    let recorded = weighted(0.4, (pick(), -1..2_i8));
    (day(), day(), recorded).prop_map(|(valid, published, recorded)| MomentChoice {
        valid,
        published,
        recorded,
    })
}

fn document_version() -> impl Strategy<Value = DocumentVersion> {
    let parts = (0..3_u8, 1..8_u8, proptest::bool::weighted(0.1));
    parts.prop_map(|(document, statements, reworded)| DocumentVersion {
        document,
        statements,
        reworded,
    })
}

fn filter_choice() -> impl Strategy<Value = FilterChoice> {
    let kinds = weighted(0.4, subsequence(&ENTRIES[..], 1..4));
    prop_oneof![
        2 => change_filter(),
        1 => dispute_filter(),
        1 => vec(pick(), 1..5).prop_map(|statements| FilterChoice::Revisions { statements }),
        1 => (weighted(0.4, pick()), kinds)
            .prop_map(|(initiative, kinds)| FilterChoice::Entries { initiative, kinds }),
    ]
}

fn change_filter() -> impl Strategy<Value = FilterChoice> {
    let parts = (
        weighted(0.3, pick()),
        weighted(0.3, subsequence(&STATES[..], 1..4)),
        weighted(0.2, subsequence(&STANCES[..], 1..6)),
        weighted(0.2, subsequence(&KINDS[..], 1..3)),
        more_conditions(),
    );
    parts.prop_map(
        |(initiative, states, to, kinds, more)| FilterChoice::Changes {
            initiative,
            states,
            to,
            kinds,
            more,
        },
    )
}

fn more_conditions() -> impl Strategy<Value = MoreConditions> {
    let parts = (
        weighted(0.2, subsequence(&STANCES[..], 1..4)),
        weighted(0.2, subsequence(&CLAIMANTS[..], 1..3)),
        weighted(0.1, any::<bool>()),
        weighted(0.1, any::<bool>()),
    );
    parts.prop_map(|(involves, claimants, disputed, unusual)| MoreConditions {
        involves,
        claimants,
        disputed,
        unusual,
    })
}

fn dispute_filter() -> impl Strategy<Value = FilterChoice> {
    let parts = (
        weighted(0.2, pick()),
        weighted(0.2, subsequence(&STATES[..], 1..5)),
        weighted(0.2, subsequence(&DISPUTE_KINDS[..], 1..4)),
    );
    parts.prop_map(|(initiative, states, kinds)| FilterChoice::Disputes {
        initiative,
        states,
        kinds,
    })
}

fn mistake() -> impl Strategy<Value = Mistake> {
    select(vec![
        Mistake::UnknownStatement,
        Mistake::IdOfOtherType,
        Mistake::UnknownSource,
        Mistake::NoEvidence,
        Mistake::NoSupportingEvidence,
        Mistake::UnknownStance,
        Mistake::FutureDate,
        Mistake::RequestingStateAsSubject,
        Mistake::UnknownCountry,
        Mistake::UnknownInitiative,
        Mistake::KindNotAllowed,
        Mistake::DifferentSubject,
        Mistake::NoToken,
        Mistake::InvalidCursor,
    ])
}
