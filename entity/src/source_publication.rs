//! Days of publication of sources that corrections moved.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_publication")]
pub struct Model {
    /// The correction, of this source or of an original of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The first version of the source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i64,
    /// The last day on which it can have become public, from this entry on; absent if that is not known any more.
    pub public_on: Option<String>,
    pub recorded_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
