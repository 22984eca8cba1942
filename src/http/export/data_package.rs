//! `datapackage.json`: what the files are and what their columns mean (Frictionless Data Package, in the subset that libraries of
//! versions 1 and 2 read alike).

use serde_json::{Map, Value, json};
use strum::VariantNames;

use super::{
    TABLES,
    column::{Column, ColumnKind, PRECISIONS},
    matrix,
    table::Table,
};
use crate::http::queries::{
    error::QueryError,
    parameters::Parameters,
    pinned_query::{PinnedQuery, RateLimit},
};
use crate::model::stance::Stance;

pub(super) struct DataPackage(Option<PinnedQuery>);

/// A whole date of EDTF as it is accepted here, or an interval.
const EDTF_PATTERN: &str =
    r"^(\.\.|\d{4}(-\d{2}(-\d{2})?)?[~?%]?)(/(\.\.|\d{4}(-\d{2}(-\d{2})?)?[~?%]?))?$";
const INSTANT_PATTERN: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$";

impl DataPackage {
    pub(super) fn new(query: PinnedQuery) -> Self {
        Self(Some(query))
    }

    /// The document; `None` after it.
    pub(super) async fn next(
        &mut self,
        rate_limit: RateLimit,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        let Some(query) = self.0.take() else {
            return Ok(None);
        };
        let all = Parameters::default();
        let initiatives = matrix::list_initiatives(&query, &all, rate_limit).await?;
        let mut text = serde_json::to_vec_pretty(&document(&query, &initiatives))
            .map_err(|error| QueryError::unexpected_data(&error.to_string()))?;
        text.push(b'\n');
        Ok(Some(text))
    }
}

fn document(query: &PinnedQuery, initiatives: &[String]) -> Value {
    let resources = TABLES.iter().map(|table| table_resource(table, query));
    let resources = resources.chain([matrix_resource(query, initiatives)]);
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "tabular-data-package",
        "name": "demarche",
        "title": "Démarche: positions of governments on diplomatic requests",
        "description": "All files show the ledger just after the entry in `version`.",
        "homepage": query.app().public_url,
        "version": query.seq.to_string(),
        "resources": resources.collect::<Vec<Value>>(),
    })
}

fn table_resource(table: &Table, query: &PinnedQuery) -> Value {
    let fields: Vec<Value> = table.columns.iter().flat_map(fields_of).collect();
    let about = (table.name, table.description);
    resource(query, about, &fields, table.key)
}

fn matrix_resource(query: &PinnedQuery, initiatives: &[String]) -> Value {
    let descriptions = [
        "ISO 3166-1 alpha-2 code, or XK, of the state that is asked.",
        "Its ISO 3166-1 alpha-3 code; empty where none is official.",
        "Its English name.",
    ];
    let states = matrix::STATE_COLUMNS.into_iter().zip(descriptions);
    let states = states.map(|(name, description)| field(name, "string", description));
    let stances = initiatives.iter().map(|slug| {
        let mut field = field(slug, "string", "Where it stands on this initiative.");
        field["constraints"] = json!({ "enum": Stance::VARIANTS });
        field
    });
    let fields: Vec<Value> = states.chain(stances).collect();
    let about = ("matrix", matrix::DESCRIPTION);
    resource(query, about, &fields, &matrix::STATE_COLUMNS[..1])
}

fn resource(
    query: &PinnedQuery,
    (name, description): (&str, &str),
    fields: &[Value],
    key: &[&str],
) -> Value {
    let pin = Parameters::default().query((query.seq > 0).then_some(query.seq));
    json!({
        "name": name,
        "type": "table",
        "profile": "tabular-data-resource",
        "path": format!("{}/export/{name}.csv{pin}", query.app().public_url),
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": { "fields": fields, "missingValues": [""], "primaryKey": key },
    })
}

/// The fields of a column, one for each cell.
pub(super) fn fields_of(column: &Column) -> Vec<Value> {
    let (name, description) = (column.name, column.description);
    let mut first = field(name, type_of(column.kind), description);
    let constraints: Map<String, Value> = constraints_of(column.kind).into_iter().collect();
    if !constraints.is_empty() {
        first["constraints"] = constraints.into();
    }
    if column.kind != ColumnKind::Edtf {
        return vec![first];
    }
    let headers = column.headers();
    let mut precision = field(&headers[3], "string", "Precision of that date.");
    precision["constraints"] = json!({ "enum": PRECISIONS });
    vec![
        first,
        field(
            &headers[1],
            "date",
            "First day that the date may mean; empty if it is open.",
        ),
        field(
            &headers[2],
            "date",
            "Last day that the date may mean; empty if it is open.",
        ),
        precision,
    ]
}

fn field(name: &str, type_name: &str, description: &str) -> Value {
    json!({ "name": name, "type": type_name, "description": description })
}

fn type_of(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Integer | ColumnKind::Entry => "integer",
        ColumnKind::Decimal => "number",
        ColumnKind::Boolean => "boolean",
        ColumnKind::Day => "date",
        // Instants too: libraries read fractions of seconds, and the zone, differently.
        ColumnKind::Text
        | ColumnKind::Code
        | ColumnKind::Stance
        | ColumnKind::Instant
        | ColumnKind::Edtf
        | ColumnKind::StatementLink
        | ColumnKind::List(_)
        | ColumnKind::TextList(_) => "string",
    }
}

fn constraints_of(kind: ColumnKind) -> Option<(String, Value)> {
    let (name, value) = match kind {
        ColumnKind::Stance => ("enum", json!(Stance::VARIANTS)),
        ColumnKind::Edtf => ("pattern", json!(EDTF_PATTERN)),
        ColumnKind::Instant => ("pattern", json!(INSTANT_PATTERN)),
        ColumnKind::Text
        | ColumnKind::Code
        | ColumnKind::Integer
        | ColumnKind::Decimal
        | ColumnKind::Boolean
        | ColumnKind::Day
        | ColumnKind::Entry
        | ColumnKind::StatementLink
        | ColumnKind::List(_)
        | ColumnKind::TextList(_) => return None,
    };
    Some((name.to_owned(), value))
}
