//! The last entry of each day, newest first: the states of the ledger that are worth keeping.

use entity::ledger_entry::{Column, Entity};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::model::time::Timestamp;

/// The last entry of a UTC day, of those up to some entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayEnd {
    pub seq: i64,
    pub hash: String,
    pub recorded_at: Timestamp,
}

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// At most `limit`, from the entry `until` on, each by one statement. No day without an entry is read.
pub async fn list_day_ends(
    db: &DatabaseConnection,
    until: i64,
    limit: usize,
) -> Result<Vec<DayEnd>> {
    let mut ends: Vec<DayEnd> = Vec::new();
    let mut condition = Column::Seq.eq(until);
    while ends.len() < limit {
        let newest = Entity::find()
            .select_only()
            .columns([Column::Seq, Column::Hash, Column::RecordedAt])
            .filter(condition)
            .order_by_desc(Column::RecordedAt)
            .limit(1);
        let newest: Option<(i64, String, i64)> = newest.into_tuple().one(db).await?;
        let Some((seq, hash, recorded_at)) = newest else {
            break;
        };
        let start = recorded_at.div_euclid(MICROSECONDS_PER_DAY) * MICROSECONDS_PER_DAY;
        condition = Column::RecordedAt.lt(start);
        ends.push(DayEnd {
            seq,
            hash,
            recorded_at: Timestamp(recorded_at),
        });
    }
    Ok(ends)
}
