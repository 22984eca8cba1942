//! The files of `/export/` by name, and the parts of which each consists.

use super::{
    TABLES,
    data_package::DataPackage,
    ledger_file::LedgerFile,
    matrix::{self, MatrixFile},
    parquet_file::ParquetFile,
    sqlite_file::SqliteFile,
    table::Table,
    table_file::TableFile,
};
use crate::http::queries::{
    error::QueryError,
    parameters::Parameters,
    pinned_query::{PinnedQuery, RateLimit},
};

#[derive(Clone, Copy)]
pub(super) enum Resource {
    Table(&'static Table),
    Parquet(&'static Table),
    Matrix,
    Sqlite,
    Ledger,
    /// The entries of the ledger after one of them.
    Delta {
        from: i64,
    },
    DataPackage,
}

/// A file that is being sent.
pub(super) enum ExportFile {
    Table(TableFile),
    Parquet(Box<ParquetFile>),
    Matrix(MatrixFile),
    Sqlite(SqliteFile),
    Ledger(LedgerFile),
    DataPackage(DataPackage),
}

const CSV: &str = "text/csv; charset=utf-8; header=present";

impl Resource {
    pub(super) fn find(file_name: &str) -> Option<Self> {
        match file_name {
            "matrix.csv" => return Some(Self::Matrix),
            "demarche.sqlite" => return Some(Self::Sqlite),
            "ledger.ndjson" => return Some(Self::Ledger),
            "datapackage.json" => return Some(Self::DataPackage),
            _ => {}
        }
        let (name, ending) = file_name.rsplit_once('.')?;
        let table = TABLES.iter().find(|table| table.name == name)?;
        match ending {
            "csv" => Some(Self::Table(table)),
            "parquet" => Some(Self::Parquet(table)),
            _ => None,
        }
    }

    /// Name and ending of the file.
    fn file_name(self) -> (&'static str, &'static str) {
        match self {
            Self::Table(table) => (table.name, "csv"),
            Self::Parquet(table) => (table.name, "parquet"),
            Self::Matrix => ("matrix", "csv"),
            Self::Sqlite => ("demarche", "sqlite"),
            Self::Ledger => ("ledger", "ndjson"),
            Self::Delta { .. } => ("delta", "ndjson"),
            Self::DataPackage => ("datapackage", "json"),
        }
    }

    /// The address of the file as of an entry; without an entry there is nothing to pin.
    pub(super) fn address(self, parameters: &Parameters, seq: i64) -> String {
        if let Self::Delta { from } = self {
            return format!("/data/delta/{from}-{seq}.ndjson");
        }
        let (name, ending) = self.file_name();
        let pin = (seq > 0).then_some(seq);
        format!("/export/{name}.{ending}{}", parameters.query(pin))
    }

    /// The name under which it is stored.
    pub(super) fn download_name(self, seq: i64) -> String {
        let (name, ending) = self.file_name();
        match self {
            Self::Delta { from } => format!("demarche-{name}-{from}-{seq}.{ending}"),
            Self::Sqlite => format!("{name}-{seq}.{ending}"),
            _ => format!("demarche-{name}-{seq}.{ending}"),
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Table(_) | Self::Matrix => CSV,
            Self::Parquet(_) => "application/vnd.apache.parquet",
            Self::Sqlite => "application/vnd.sqlite3",
            Self::Ledger | Self::Delta { .. } => "application/x-ndjson",
            Self::DataPackage => "application/json",
        }
    }

    pub(super) fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Table(table) | Self::Parquet(table) => table.parameters,
            Self::Matrix => &matrix::PARAMETERS,
            Self::Sqlite | Self::Ledger | Self::Delta { .. } | Self::DataPackage => &[],
        }
    }

    pub(super) fn open(self, query: PinnedQuery, parameters: Parameters) -> ExportFile {
        match self {
            Self::Table(table) => ExportFile::Table(TableFile::new(query, table, parameters)),
            Self::Parquet(table) => {
                ExportFile::Parquet(Box::new(ParquetFile::new(query, table, parameters)))
            }
            Self::Matrix => ExportFile::Matrix(MatrixFile::new(query, parameters)),
            Self::Sqlite => ExportFile::Sqlite(SqliteFile::new(query)),
            Self::Ledger => ExportFile::Ledger(LedgerFile::new(query)),
            Self::Delta { from } => ExportFile::Ledger(LedgerFile::delta(query, from)),
            Self::DataPackage => ExportFile::DataPackage(DataPackage::new(query)),
        }
    }
}

impl ExportFile {
    /// Whether there is such a file. Reads its first page, but makes no file that has to be complete before it is sent.
    pub(super) async fn check(&mut self) -> Result<(), QueryError> {
        match self {
            Self::Sqlite(file) => file.check().await,
            Self::Table(_)
            | Self::Parquet(_)
            | Self::Matrix(_)
            | Self::Ledger(_)
            | Self::DataPackage(_) => self.next(RateLimit::Reject).await.map(drop),
        }
    }

    /// The next part; `None` at the end.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        match self {
            Self::Table(file) => file.next(rate_limit).await,
            Self::Parquet(file) => file.next(rate_limit).await,
            Self::Matrix(file) => file.next(rate_limit).await,
            Self::Sqlite(file) => file.next(rate_limit).await,
            Self::Ledger(file) => file.next(rate_limit).await,
            Self::DataPackage(file) => file.next(rate_limit).await,
        }
    }
}
