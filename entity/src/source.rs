//! Sources: documents and reports that statements cite. A row is a version of one, which a correction replaces by another.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

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
    /// The first version, whose id identifies the source; absent in that one.
    pub version_of: Option<i64>,
    /// The version that this one replaces; absent in the first.
    pub corrects: Option<i64>,
    pub correction_reason: Option<String>,
}

impl Model {
    /// The id of the first version, which identifies the source.
    pub fn number(&self) -> i64 {
        self.version_of.unwrap_or(self.id)
    }
}

/// [`Model::number`] in SQL: a column that the database computes, with an index.
pub fn number() -> Expr {
    Expr::col((Entity, "number"))
}

/// Whether a row is the newest version of its source, now or just after the entry with a seq.
pub fn is_newest(at: Option<i64>) -> Expr {
    let corrected = Query::select()
        .column(Column::Corrects)
        .from(Entity)
        .and_where(Expr::col(Column::Corrects).is_not_null())
        .and_where_option(at.map(|seq| Expr::col(Column::Id).lte(seq)))
        .take();
    let id = Expr::col((Entity, Column::Id));
    let newest = id.clone().not_in_subquery(corrected);
    match at {
        Some(seq) => newest.and(id.lte(seq)),
        None => newest,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
