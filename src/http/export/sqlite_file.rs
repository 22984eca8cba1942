//! All tables as one SQLite file. It is made in a temporary file, page by page as the other files, and sent when it is complete.
//! Few are made or sent at a time, one for each address, for a limited time, and none grows beyond a limit.

use sea_orm::Value as SqlValue;
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    fs::File,
    time::{sleep, timeout},
};

use super::{
    TABLES,
    column::{CellType, Column},
    data_package,
    sent_file::SentFile,
    table::Table,
};
use crate::database::NewFile;
use crate::error::Error;
use crate::http::{
    queries::{
        error::QueryError,
        parameters::Parameters,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::error::HttpError,
};
use crate::model::stance::Stance;

const MAX_BYTES: u64 = 1 << 30;
/// Is refused where the pin is.
const HEAD: &str = "{ ledger { generation head { hash recordedAt } } }";

pub(super) enum SqliteFile {
    Requested(Box<PinnedQuery>),
    Made(SentFile),
}

impl SqliteFile {
    pub(super) fn new(query: PinnedQuery) -> Self {
        Self::Requested(Box::new(query))
    }

    /// Whether there is such a file; makes none.
    pub(super) async fn check(&self) -> Result<(), QueryError> {
        match self {
            Self::Requested(query) => query.check_pin(RateLimit::Reject).await,
            Self::Made(_) => Ok(()),
        }
    }

    /// The next part; `None` at the end. The first one takes as long as the file is made.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        if let Self::Requested(query) = self {
            let app = query.app();
            let permit = app.export_files.reserve(query.client(), 1);
            let permit = permit.map_err(HttpError::resource_exceeded)?;
            let time = *app.limits.time.export_file;
            let file = timeout(time, make(query, rate_limit)).await;
            let file = file.map_err(|_| HttpError::export_file_timeout())??;
            *self = Self::Made(SentFile::new(file, permit, sleep(time)));
        }
        let Self::Made(file) = self else {
            return Ok(None);
        };
        file.next().await.map_err(|error| match error.kind() {
            std::io::ErrorKind::TimedOut => HttpError::export_file_timeout().into(),
            _ => failed(&Error::internal(error)),
        })
    }
}

/// The complete file, which has no name any more: it is gone once it is closed.
async fn make(query: &PinnedQuery, rate_limit: RateLimit) -> Result<File, QueryError> {
    let failed_io = |error: std::io::Error| failed(&Error::internal(error));
    let folder = TempDir::with_prefix("demarche-export-").map_err(failed_io)?;
    let path = folder.path().join("demarche.sqlite");
    let made = NewFile::create(&path, MAX_BYTES).await;
    let made = made.map_err(|error| failed(&error))?;
    write_about(&made, query, rate_limit).await?;
    for table in TABLES {
        write_table(&made, table, query).await?;
    }
    made.finish().await.map_err(|error| failed(&error))?;
    let file = File::open(&path).await.map_err(failed_io)?;
    folder.close().map_err(failed_io)?;
    Ok(file)
}

/// What the file shows. The first query, so that the rate limit may reject it.
async fn write_about(
    file: &NewFile,
    query: &PinnedQuery,
    rate_limit: RateLimit,
) -> Result<(), QueryError> {
    let mut rows = vec![
        ("seq", query.seq.to_string()),
        ("url", query.app().public_url.clone()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    if query.seq > 0 {
        let data = query.execute(HEAD, &json!({}), rate_limit).await?;
        let text = |pointer: &str| {
            let value = data.pointer(pointer).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        rows.push(("hash", text("/ledger/head/hash")));
        rows.push(("recorded_at", text("/ledger/head/recordedAt")));
        rows.push(("generation", text("/ledger/generation")));
    }
    let rows = rows
        .into_iter()
        .map(|(name, value)| vec![name.into(), value.into()]);
    let sql = "CREATE TABLE about (\n  name TEXT NOT NULL PRIMARY KEY,\n  value TEXT NOT NULL\n)";
    let written = async {
        file.execute(sql).await?;
        file.insert("about", rows.collect()).await
    };
    written.await.map_err(|error| failed(&error))
}

async fn write_table(
    file: &NewFile,
    table: &'static Table,
    query: &PinnedQuery,
) -> Result<(), QueryError> {
    let created = file.execute(&create_statement(table)).await;
    created.map_err(|error| failed(&error))?;
    let (name, cells) = (sql_name(table), table.cells());
    let parameters = Parameters::default();
    let mut pages = table.pages(query.clone(), &parameters);
    while let Some(edges) = pages.next(RateLimit::Wait).await? {
        let mut rows = Vec::new();
        for edge in edges {
            let context = (&parameters, query.app().public_url.as_str());
            table.write_rows(&edge, context, Column::write, &mut rows);
        }
        let rows = rows.iter().map(|row| {
            let values = row.iter().zip(&cells);
            values
                .flat_map(|(text, (_, cell))| sql_values(text, *cell))
                .collect()
        });
        let written = file.insert(&name, rows.collect()).await;
        written.map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// The name of a table in SQL.
fn sql_name(table: &Table) -> String {
    table.name.replace('-', "_")
}

/// With the descriptions as comments, which the file keeps: `.schema` shows them.
fn create_statement(table: &Table) -> String {
    let fields = table.columns.iter().flat_map(data_package::fields_of);
    let cells = table.cells().into_iter().zip(fields);
    let lines = cells.flat_map(|((name, cell), field)| {
        let sql_type = match cell {
            CellType::Integer | CellType::Boolean => "INTEGER",
            CellType::Text | CellType::Stance | CellType::Day | CellType::Instant => "TEXT",
        };
        let description = field["description"].as_str().unwrap_or_default();
        let rank = format!("  {name}_rank INTEGER, -- Its rank, 0 to 7.\n");
        [
            Some(format!("  {name} {sql_type}, -- {description}\n")),
            (cell == CellType::Stance).then_some(rank),
        ]
    });
    format!(
        "CREATE TABLE {} ( -- {}\n{}  PRIMARY KEY ({})\n)",
        sql_name(table),
        table.description,
        lines.flatten().collect::<String>(),
        table.key.join(", ")
    )
}

/// The values of a cell; an empty one is null. A stance has its rank beside it.
fn sql_values(text: &str, cell: CellType) -> Vec<SqlValue> {
    let texts = |text: Option<&str>| SqlValue::from(text.map(str::to_owned));
    let text = (!text.is_empty()).then_some(text);
    match cell {
        CellType::Text | CellType::Day | CellType::Instant => vec![texts(text)],
        CellType::Integer => {
            let number: Option<i64> = text.and_then(|text| text.parse().ok());
            vec![number.into()]
        }
        CellType::Boolean => vec![text.map(|text| i64::from(text == "true")).into()],
        CellType::Stance => {
            let stance: Option<Stance> = text.and_then(|text| text.parse().ok());
            let rank = stance.map(|stance| i64::from(stance.rank()));
            vec![texts(text), rank.into()]
        }
    }
}

fn failed(error: &Error) -> QueryError {
    tracing::warn!(cause = %error.cause_chain(), "a SQLite file could not be made");
    let message = match error {
        Error::StorageFull => {
            "the file would be larger than 1 GiB, or the server's folder for temporary files is full; read the CSV or Parquet files"
        }
        _ => "the file could not be made; read the CSV or Parquet files",
    };
    HttpError::unavailable(message).into()
}
