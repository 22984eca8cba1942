//! Relationships: requesting state to requested state within one initiative, with the current position.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "relationship")]
pub struct Model {
    /// The seq of the first statement about it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub initiative_id: i64,
    pub requesting_state: String,
    pub requested_state: String,
    pub stance: String,
    /// Rank of the stance; the sort key of lists by stance.
    pub stance_rank: i32,
    /// EDTF.
    pub since: Option<String>,
    /// Last possible day of `since`, or empty; the sort key of lists by date.
    pub since_day: String,
    pub certain: bool,
    pub disputed: bool,
    /// The statement that determines the position.
    pub basis: Option<i64>,
    /// The seq of the newest stance change, or 0.
    pub changed_seq: i64,
    /// When the newest stance change was recorded, or 0.
    pub changed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
