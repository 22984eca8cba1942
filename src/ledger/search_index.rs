//! Search index: the tokens of every statement and source, and the folded texts of sources that filters compare. Both follow from
//! the projected rows and [`tokenizer::VERSION`].

use std::collections::{BTreeMap, HashMap};

use entity::{evidence, ledger_head, source, statement};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use super::bulk_insert::VECTOR;
use super::progress::Progress;
use super::row_writes::RowWrites;
use crate::database::{self, value_set::ValueSet};
use crate::error::{Error, Result};
use crate::model::folding::fold;
use crate::model::tokenizer;

/// The searchable text of a statement or source.
pub(super) struct SearchText {
    pub(super) id: i64,
    /// The name of its GraphQL type.
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) body: String,
}

impl SearchText {
    pub(super) fn of_source(row: &source::Model) -> Self {
        Self {
            id: row.id,
            kind: "Source",
            title: row.title.clone(),
            body: row.publisher.clone(),
        }
    }

    /// `quotes` are those of the entry that recorded the statement.
    pub(super) fn of_statement<'s>(
        row: &'s statement::Model,
        quotes: impl Iterator<Item = &'s str>,
    ) -> Self {
        let lines = std::iter::once(row.claimant_label.as_str())
            .chain(quotes)
            .chain(row.note.as_deref());
        Self {
            id: row.id,
            kind: "Statement",
            title: row.summary.clone(),
            body: lines.collect::<Vec<_>>().join("\n"),
        }
    }
}

/// A text as it is stored.
#[derive(Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct SearchRow {
    pub(super) id: i64,
    kind: String,
    title: String,
    body: String,
    /// Its tokens as often as they occur, in byte order.
    words: String,
    /// The number of tokens.
    size: i64,
}

impl SearchRow {
    pub(super) fn of_text(text: &SearchText) -> Self {
        let counts = tokenizer::counts(&text.title, &text.body);
        let size: usize = counts.values().sum();
        Self {
            id: text.id,
            kind: text.kind.to_owned(),
            title: text.title.clone(),
            body: text.body.clone(),
            words: repeated(&counts),
            size: i64::try_from(size).unwrap_or(i64::MAX),
        }
    }
}

/// Indexes texts.
pub(super) async fn insert<C: ConnectionTrait>(
    writes: &mut RowWrites<'_, C>,
    texts: &[SearchText],
) -> Result<()> {
    let is_postgres = writes.backend() == DbBackend::Postgres;
    let values = |text: &SearchText| -> Vec<Value> {
        let counts = tokenizer::counts(&text.title, &text.body);
        let mut values = vec![
            text.id.into(),
            text.kind.into(),
            text.title.as_str().into(),
            text.body.as_str().into(),
        ];
        if is_postgres {
            let size: usize = counts.values().sum();
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            values.extend([vector(&counts).into(), size.into()]);
        } else {
            values.push(repeated(&counts).into());
        }
        values
    };
    let columns: &[&str] = if is_postgres {
        &["id", "kind", "title", "body", VECTOR, "size"]
    } else {
        &["rowid", "kind", "title", "body", VECTOR]
    };
    writes
        .insert(("search_index", columns), texts, values, "")
        .await
}

/// The text of a PostgreSQL `tsvector`. Only the number of positions has a meaning. A token contains no quotes.
fn vector(counts: &BTreeMap<String, usize>) -> String {
    let lexeme = |(token, count): (&String, &usize)| {
        let positions: Vec<String> = (1..=*count).map(|position| position.to_string()).collect();
        format!("'{token}':{}", positions.join(","))
    };
    counts.iter().map(lexeme).collect::<Vec<_>>().join(" ")
}

/// Each token as often as it occurs, in byte order.
fn repeated(counts: &BTreeMap<String, usize>) -> String {
    let tokens = counts.iter();
    let tokens = tokens.flat_map(|(token, count)| std::iter::repeat_n(token.as_str(), *count));
    tokens.collect::<Vec<_>>().join(" ")
}

/// Indexes what is not: everything if the tokenizer has another version, otherwise what a server of an earlier release recorded
/// during an upgrade. Does nothing if the index is current.
/// # Errors
/// `Error::BadUserInput` if the database role may not write the index.
pub async fn refresh(writer: &DatabaseConnection, progress: &impl Progress) -> Result<()> {
    if pending(writer).await?.is_none() {
        return Ok(());
    }
    let txn = database::begin_exclusive(writer).await?;
    // Servers write meanwhile, except while this row is locked.
    let lock = ledger_head::Entity::find_by_id(1).lock_exclusive();
    lock.one(&txn).await?;
    if let Some(after) = pending(&txn).await? {
        tracing::info!(after, "indexing texts for search");
        index_after(&txn, after, progress).await.map_err(|error| {
            let cause = error.cause_chain();
            if !cause.contains("permission denied") {
                return error;
            }
            let message = "the search index must be built again, which this role may not do; run `demarche migrate` as the owner of the tables";
            Error::bad_input("database-url", message)
        })?;
    }
    database::commit(writer, txn).await
}

/// The ID after which rows must be indexed.
async fn pending(db: &impl ConnectionTrait) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Progress {
        version: i64,
        indexed: i64,
        recorded: i64,
    }
    let id = if db.get_database_backend() == DbBackend::Postgres {
        "id"
    } else {
        "rowid"
    };
    let sql = format!(
        "SELECT version, coalesce((SELECT max({id}) FROM search_index), 0) AS indexed, coalesce((SELECT max(id) FROM
            (SELECT max(id) AS id FROM statement UNION ALL SELECT max(id) FROM source) AS newest), 0) AS recorded
         FROM search_tokenizer"
    );
    let query = Statement::from_string(db.get_database_backend(), sql);
    let progress = Progress::find_by_statement(query).one(db).await?;
    Ok(match progress {
        Some(progress) if progress.version == tokenizer::VERSION => {
            (progress.indexed < progress.recorded).then_some(progress.indexed)
        }
        _ => Some(0),
    })
}

async fn index_after(
    txn: &impl ConnectionTrait,
    mut after: i64,
    progress: &impl Progress,
) -> Result<()> {
    let sources = source::Entity::find().filter(source::Column::Id.gt(after));
    let statements = statement::Entity::find().filter(statement::Column::Id.gt(after));
    let rows = sources.count(txn).await? + statements.count(txn).await?;
    progress.add_expected(usize::try_from(rows).unwrap_or(usize::MAX));
    if after == 0 {
        txn.execute_unprepared("DELETE FROM search_index").await?;
    }
    let mut newest = after;
    loop {
        let sources = source::Entity::find().filter(source::Column::Id.gt(newest));
        let sources = sources.order_by_asc(source::Column::Id).limit(PAGE_SIZE);
        let sources = sources.all(txn).await?;
        let Some(last) = sources.last() else { break };
        newest = last.id;
        fold_sources(txn, &sources).await?;
        let texts: Vec<SearchText> = sources.iter().map(SearchText::of_source).collect();
        insert(&mut RowWrites::one_by_one(txn), &texts).await?;
        progress.add_done(sources.len());
    }
    loop {
        let statements = statement::Entity::find().filter(statement::Column::Id.gt(after));
        let statements = statements
            .order_by_asc(statement::Column::Id)
            .limit(PAGE_SIZE);
        let statements = statements.all(txn).await?;
        let Some(last) = statements.last() else { break };
        after = last.id;
        let texts = statement_texts(txn, &statements).await?;
        insert(&mut RowWrites::one_by_one(txn), &texts).await?;
        progress.add_done(statements.len());
    }
    let version = format!(
        "UPDATE search_tokenizer SET version = {}",
        tokenizer::VERSION
    );
    txn.execute_unprepared(&version).await?;
    Ok(())
}

/// Rows that are indexed at a time.
const PAGE_SIZE: u64 = 1_000;

async fn fold_sources(txn: &impl ConnectionTrait, rows: &[source::Model]) -> Result<()> {
    for row in rows {
        let (publisher, title) = (fold(&row.publisher), fold(&row.title));
        if (&publisher, &title) == (&row.publisher_folded, &row.title_folded) {
            continue;
        }
        source::Entity::update_many()
            .col_expr(source::Column::PublisherFolded, Expr::val(publisher))
            .col_expr(source::Column::TitleFolded, Expr::val(title))
            .filter(source::Column::Id.eq(row.id))
            .exec(txn)
            .await?;
    }
    Ok(())
}

async fn statement_texts(
    txn: &impl ConnectionTrait,
    rows: &[statement::Model],
) -> Result<Vec<SearchText>> {
    use evidence::Column;
    let statements = ValueSet::of_numbers(rows.iter().map(|row| row.id));
    // Evidence that was added later has a seq of its own.
    let evidence = evidence::Entity::find()
        .filter(statements.contains(Column::StatementId.into_expr()))
        .filter(ExprTrait::eq(
            Expr::col(Column::Seq),
            Expr::col(Column::StatementId),
        ))
        .order_by_asc(Column::Seq)
        .order_by_asc(Column::Ordinal);
    let mut quotes: HashMap<i64, Vec<String>> = HashMap::new();
    for row in evidence.all(txn).await? {
        quotes
            .entry(row.statement_id)
            .or_default()
            .extend(row.quote);
    }
    let texts = rows.iter().map(|row| {
        let quotes = quotes.get(&row.id).into_iter().flatten();
        SearchText::of_statement(row, quotes.map(String::as_str))
    });
    Ok(texts.collect())
}
