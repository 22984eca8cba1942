//! Memory of histories: bytes per statement that stay after all are loaded.

use demarche::model::position::Fact;
use demarche::model::position::publication::Publication;
use demarche::model::stance::Stance;
use demarche::model::statement::{ClaimantKind, StatementKind};
use demarche::model::time::{Timestamp, parse_day};
use demarche::read_model::{HistoryKey, ReadModel};
use stats_alloc::Region;

use crate::{ALLOCATOR, TURN};

const SUBJECTS: i64 = 2_000;
/// Statements about each of them: as many as in the large data set of benches/.
const STATEMENTS: i64 = 10;
/// Requested bytes; the allocator adds some.
const MAX_BYTES_PER_STATEMENT: i64 = 56;

fn fact(id: i64) -> Fact {
    let day = parse_day("2025-06-25").unwrap();
    let recorded_at = Timestamp(1_795_435_200_000_000 + id);
    Fact {
        id,
        stance: Some(Stance::Agreed),
        valid_from: "2025-06-25".to_owned(),
        earliest: Some(day),
        latest: day,
        recorded_at,
        publications: vec![Publication {
            recorded_at,
            on: Some(day),
        }],
        corrects: None,
        keeps_disputes: false,
        retracted_at: None,
        contradicts: Vec::new(),
        kind: Some(StatementKind::Stance),
        claimant: Some(ClaimantKind::Press),
    }
}

#[test]
fn a_statement_takes_few_bytes_once_histories_are_loaded() {
    let _turn = TURN.lock();
    let read_model = ReadModel::default();
    let region = Region::new(ALLOCATOR);
    // One statement about each subject in turn: the histories grow side by side, as in a real ledger.
    for id in 1..=SUBJECTS * STATEMENTS {
        let subject = HistoryKey::Relationship(1 + id % SUBJECTS);
        read_model.merge_facts([(subject, fact(id))]).unwrap();
    }
    read_model.complete_histories();
    let change = region.change();
    let bytes = change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed();
    let per_statement = i64::try_from(bytes).unwrap() / (SUBJECTS * STATEMENTS);
    assert!(
        per_statement <= MAX_BYTES_PER_STATEMENT,
        "{per_statement} bytes a statement; at most {MAX_BYTES_PER_STATEMENT}"
    );
}
