//! Parquet exports: types, and that they have the values of the CSV files.

use axum::body::Bytes;
use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{SLUG, correction, document, stance_input};

async fn read(app: &TestApp, path: &str) -> SerializedFileReader<Bytes> {
    let response = app.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    let content_type = &response.headers()["content-type"];
    assert_eq!(content_type, "application/vnd.apache.parquet");
    SerializedFileReader::new(response.bytes().await.unwrap()).unwrap()
}

/// The cells of a CSV file by row and column.
async fn csv_rows(app: &TestApp, path: &str) -> Vec<Vec<(String, String)>> {
    let text = app.get(path).await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = headers.iter().zip(&row);
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    rows.collect()
}

/// A value as a CSV file has it; null is empty.
fn cell(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Date(days) => {
            let day = chrono::NaiveDate::default() + chrono::Days::new((*days).try_into().unwrap());
            day.to_string()
        }
        Field::Long(number) => number.to_string(),
        Field::Bool(truth) => truth.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_parquet_file_has_the_values_of_the_csv_file_with_their_types() {
    let app = TestApp::start().await;
    for name in [
        "relationships",
        "statements",
        "changes",
        "dyad-days",
        "agreements",
    ] {
        let expected = csv_rows(&app, &format!("/export/{name}.csv")).await;
        let file = read(&app, &format!("/export/{name}.parquet")).await;
        let mut rows = 0;
        for (row, expected) in file.get_row_iter(None).unwrap().zip(&expected) {
            let row = row.unwrap();
            let mut fields = row.get_column_iter().peekable();
            for (header, value) in expected {
                let (column, field) = fields.next().unwrap();
                assert_eq!(column, header, "{name}");
                match field {
                    Field::TimestampMicros(_) => {
                        let (text_name, text) = fields.next().unwrap();
                        assert_eq!(*text_name, format!("{header}_text"));
                        assert_eq!(cell(text), *value, "{name} {header}");
                        let at = demarche::model::time::Timestamp::parse(value).unwrap();
                        assert_eq!(*field, Field::TimestampMicros(at.0));
                    }
                    _ => assert_eq!(cell(field), *value, "{name} {header}"),
                }
                let follows = |ending| format!("{header}{ending}");
                if fields
                    .peek()
                    .is_some_and(|(next, _)| **next == follows("_text"))
                {
                    assert_eq!(fields.next().unwrap().1, &Field::Null);
                }
                if fields
                    .peek()
                    .is_some_and(|(next, _)| **next == follows("_rank"))
                {
                    let (_, rank) = fields.next().unwrap();
                    assert_eq!(matches!(rank, Field::Int(_)), !value.is_empty());
                }
            }
            assert!(fields.next().is_none());
            rows += 1;
        }
        assert_eq!(rows, expected.len(), "{name}");
        assert_eq!(
            file.metadata().file_metadata().num_rows(),
            i64::try_from(rows).unwrap()
        );
    }
}

#[tokio::test]
async fn columns_have_types_that_every_reader_knows_and_open_ends_are_null() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut input = stance_input(&source, "RW", "REFUSED", "../2025-06-25");
    input["summary"] = "=1+1".into();
    let refused = app.mutate("recordStatement", &input).await;
    let correction = correction(&refused["statement"], &source, "AGREED", "2025-06");
    app.mutate("correctStatement", &correction).await;
    let file = read(&app, "/export/statements.parquet?seq=3").await;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let column = |name: &str| {
        let mut columns = schema.columns().iter();
        let found = columns.find(|column| column.name() == name);
        let found = found.unwrap_or_else(|| panic!("no {name}"));
        (found.physical_type(), found.logical_type_ref().cloned())
    };
    assert_eq!(column("seq"), (PhysicalType::INT64, None));
    assert_eq!(column("stance_rank"), (PhysicalType::INT32, None));
    let text = (PhysicalType::BYTE_ARRAY, Some(LogicalType::String));
    for name in ["summary", "valid_from", "amount", "recorded_at_text"] {
        assert_eq!(column(name), text, "{name}");
    }
    let day = (PhysicalType::INT32, Some(LogicalType::Date));
    assert_eq!(column("valid_from_latest"), day);
    let micros = LogicalType::timestamp(true, parquet::basic::TimeUnit::MICROS);
    assert_eq!(column("recorded_at"), (PhysicalType::INT64, Some(micros)));
    let rows: Vec<Value> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            let named = |wanted: &str| {
                let mut fields = row.get_column_iter();
                cell(fields.find(|(name, _)| *name == wanted).unwrap().1)
            };
            json!([
                named("seq"),
                named("summary"),
                named("valid_from_earliest"),
                named("valid_from_latest")
            ])
        })
        .collect();
    // No apostrophe: nothing runs formulas here.
    assert_eq!(rows, [json!(["3", "=1+1", "", "2025-06-25"])]);
    for (path, rows) in [
        ("statements.parquet?stance=AGREED", 1),
        ("statements.parquet?stance=ENDED", 0),
        ("agreements.parquet", 0),
    ] {
        let file = read(&app, &format!("/export/{path}")).await;
        let found = file.metadata().file_metadata().num_rows();
        assert_eq!(found, rows, "{path}");
    }
}

const STATEMENTS: usize = 4_150;

/// A server with so many statements about one relationship, from entry 3 on.
async fn start_large() -> TestApp {
    let app = TestApp::start_empty().await;
    let mut document = document(SLUG, &["RW"]);
    let statement = document["statements"][0].clone();
    let statements = (0..STATEMENTS).map(|number| {
        let mut statement = statement.clone();
        statement["key"] = format!("statement-{number}").into();
        statement
    });
    document["statements"] = statements.collect::<Vec<_>>().into();
    app.import(&document).await;
    app.restart().await
}

#[tokio::test]
async fn readers_that_stop_reading_hold_no_connection_to_the_database() {
    const READERS: usize = 6; // more than a pool has connections
    let app = start_large().await;
    let mut stopped = Vec::new();
    for number in 0..READERS {
        let ending = ["csv", "parquet"][number % 2];
        // Each has its headers and first part, and reads no further.
        let response = app.get(&format!("/export/statements.{ending}")).await;
        assert_eq!(response.status(), 200);
        stopped.push(response);
    }
    let head = app
        .query("{ statements(last: 1) { nodes { number } } }")
        .await;
    let last = i64::try_from(STATEMENTS).unwrap() + 2;
    assert_eq!(head["statements"]["nodes"][0]["number"], last);
}

#[tokio::test]
async fn a_large_table_is_written_in_several_row_groups() {
    let app = start_large().await;
    let file = read(&app, "/export/statements.parquet").await;
    let groups: Vec<i64> = file
        .metadata()
        .row_groups()
        .iter()
        .map(parquet::file::metadata::RowGroupMetaData::num_rows)
        .collect();
    assert_eq!(groups, [4_000, 150]);
    let rows = file.get_row_iter(None).unwrap();
    let numbers = rows.map(|row| cell(row.unwrap().get_column_iter().next().unwrap().1));
    let numbers: Vec<String> = numbers.collect();
    let expected: Vec<String> = (3..3 + STATEMENTS)
        .map(|number| number.to_string())
        .collect();
    assert_eq!(numbers, expected);
}
