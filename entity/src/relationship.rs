//! Requesting state to requested state within one initiative, with the position of now.

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
    /// How far along the path the stance is; what lists by stance are sorted by.
    pub stance_rank: i32,
    /// EDTF.
    pub since: Option<String>,
    /// The last day that `since` may mean, or empty; what lists by date are sorted by.
    pub since_day: String,
    pub certain: bool,
    pub disputed: bool,
    /// The statement that the position rests on.
    pub basis: Option<i64>,
    /// The seq of the newest stance change, or 0.
    pub changed_seq: i64,
    /// When the newest stance change was recorded, or 0.
    pub changed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
