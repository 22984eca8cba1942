//! Reviews: an editor checked a relationship, or a whole initiative, and found nothing new to record.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub initiative_id: i64,
    /// Absent for a review of the whole initiative.
    pub relationship_id: Option<i64>,
    /// The day of the check.
    pub reviewed_on: String,
    pub note: Option<String>,
    pub recorded_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
