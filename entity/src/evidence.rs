//! Evidence: the link between a statement and a source.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence")]
pub struct Model {
    /// The entry that added it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Index within that entry, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    pub statement_id: i64,
    pub source_id: i64,
    pub relation: String,
    pub quote: Option<String>,
    pub locator: Option<String>,
    pub recorded_at: i64,
    /// The date of the cited passage (EDTF), if it is not that of the source and its originals.
    pub published_on: Option<String>,
    /// The last day on which the cited passage, or else the source or an original of it, can have become public.
    pub public_on: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
