//! Sources: documents and reports that statements cite.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub kind: String,
    pub publisher: String,
    pub title: String,
    pub url: Option<String>,
    /// EDTF.
    pub published_on: Option<String>,
    /// The last day on which it, or an original that it derives from, can have become public; never after the day of
    /// its own recording.
    pub public_on: Option<String>,
    pub language: Option<String>,
    pub derived_from: Option<i64>,
    /// As filters compare it.
    pub publisher_folded: String,
    /// As filters compare it.
    pub title_folded: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
