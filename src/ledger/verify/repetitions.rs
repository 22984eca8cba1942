//! Values that must not repeat: idempotency keys of an actor, and slugs of initiatives. The unique indexes of the database answer.

use sea_orm::{DatabaseTransaction, DbBackend, FromQueryResult, Statement};

use super::findings::Findings;
use crate::error::Result;

const REPETITIONS: [(&str, &str); 2] = [
    (
        "SELECT max(entry.seq) AS seq FROM ledger_entry entry JOIN (SELECT actor, idempotency_key FROM ledger_entry
         GROUP BY actor, idempotency_key HAVING count(*) > 1) repeated
         ON entry.actor = repeated.actor AND entry.idempotency_key = repeated.idempotency_key",
        "its actor used the same idempotency key before",
    ),
    (
        "SELECT max(initiative.id) AS seq FROM initiative JOIN (SELECT slug FROM initiative
         GROUP BY slug HAVING count(*) > 1) repeated ON initiative.slug = repeated.slug",
        "an earlier initiative has the same slug",
    ),
];

pub(super) async fn find_repetitions(
    db: &DatabaseTransaction,
    backend: DbBackend,
    findings: &mut Findings,
) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Repetition {
        seq: Option<i64>,
    }
    for (sql, what) in REPETITIONS {
        let query = Statement::from_string(backend, sql);
        let found = Repetition::find_by_statement(query).one(db).await?;
        if let Some(seq) = found.and_then(|found| found.seq) {
            findings.add(seq, what.to_owned());
        }
    }
    Ok(())
}
