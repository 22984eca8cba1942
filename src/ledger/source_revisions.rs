//! Revisions of statements by corrections of the sources that they cite.

use entity::evidence::Column;
use entity::{evidence, source, source_publication};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::error::Result;
use crate::model::statement::EvidenceRelation;

/// A statement that a correction of a source concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SourceRevision {
    /// The correction.
    pub seq: i64,
    pub statement: i64,
    /// Whether the correction moved the day of publication of a source that the statement rests on. Otherwise the statement
    /// cites the corrected source.
    pub is_moved: bool,
}

/// The statements that corrections concern, which were recorded before them: those that cite the corrected source, and those that
/// rest on a source whose day of publication moved. A statement may be listed several times. `is_seq` selects the corrections,
/// `is_statement` the statements. One SQL statement.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub async fn list(
    db: &impl ConnectionTrait,
    is_seq: impl Fn(Expr) -> Expr,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<Vec<SourceRevision>> {
    let cited = select(
        Expr::col((source::Entity, source::Column::Id)),
        // The first version is recorded before all evidence.
        source::number(),
        false,
    );
    let cited = join(cited, &is_seq, &is_statement);
    let mut moved = select(
        Expr::col((source_publication::Entity, source_publication::Column::Seq)),
        Expr::col((
            source_publication::Entity,
            source_publication::Column::SourceId,
        )),
        true,
    );
    let column = |column| Expr::col((evidence::Entity, column));
    let rests = column(Column::Relation)
        .eq(EvidenceRelation::Supports.as_ref())
        .and(column(Column::PublishedOn).is_null());
    moved.is_about = moved.is_about.and(rests);
    let moved = join(moved, &is_seq, &is_statement);
    let query = { cited }.union(UnionType::All, moved).take();
    let rows = SourceRevision::find_by_statement(db.get_database_backend().build(&query));
    Ok(rows.all(db).await?)
}

struct Half {
    seq: Expr,
    is_about: Expr,
    is_moved: bool,
}

fn select(seq: Expr, number: Expr, is_moved: bool) -> Half {
    let column = |column| Expr::col((evidence::Entity, column));
    let is_about = column(Column::SourceId)
        .eq(number)
        .and(column(Column::Seq).lt(seq.clone()));
    Half {
        seq,
        is_about,
        is_moved,
    }
}

fn join(
    half: Half,
    is_seq: &impl Fn(Expr) -> Expr,
    is_statement: &impl Fn(Expr) -> Expr,
) -> SelectStatement {
    let statement = Expr::col((evidence::Entity, Column::StatementId));
    let mut query = Query::select();
    query
        .expr_as(half.seq.clone(), "seq")
        .expr_as(statement.clone(), "statement")
        .expr_as(Expr::val(half.is_moved), "is_moved");
    if half.is_moved {
        query.from(source_publication::Entity);
    } else {
        query.from(source::Entity);
    }
    query
        .inner_join(evidence::Entity, half.is_about)
        .and_where(is_seq(half.seq))
        .and_where(is_statement(statement))
        .take()
}
