//! Columns of Parquet files: their types, and the values of a row group.
//!
//! Only types that all readers have: plain UTF-8, 64-bit and 32-bit integers, booleans, dates, and UTC timestamps in microseconds. Every
//! column may be null. A stance has its rank beside it, because readers sort text by letters; an instant has its text, because
//! some readers keep only milliseconds.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as PhysicalType},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::{ParquetError, Result},
    schema::types::{Type, TypePtr},
};

use super::column::CellType;
use crate::model::{
    stance::Stance,
    time::{Timestamp, parse_day},
};

/// The values of a column that are not yet written.
pub(super) struct ColumnValues {
    name: String,
    cell: CellType,
    /// Index of its cell in a row.
    index: usize,
    values: Values,
    /// 1 for a value, 0 for null.
    levels: Vec<i16>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Integers(Vec<i64>),
    Booleans(Vec<bool>),
    Days(Vec<i32>),
    Instants(Vec<i64>),
    Ranks(Vec<i32>),
}

/// The columns for the cells of a row.
pub(super) fn columns_of(cells: Vec<(String, CellType)>) -> Vec<ColumnValues> {
    let columns = cells.into_iter().enumerate();
    let columns = columns.flat_map(|(index, (name, cell))| {
        let column = |name: &str, values| ColumnValues {
            name: name.to_owned(),
            cell,
            index,
            values,
            levels: Vec::new(),
        };
        match cell {
            CellType::Text => vec![column(&name, Values::Texts(Vec::new()))],
            CellType::Integer => vec![column(&name, Values::Integers(Vec::new()))],
            CellType::Boolean => vec![column(&name, Values::Booleans(Vec::new()))],
            CellType::Day => vec![column(&name, Values::Days(Vec::new()))],
            CellType::Stance => vec![
                column(&name, Values::Texts(Vec::new())),
                column(&format!("{name}_rank"), Values::Ranks(Vec::new())),
            ],
            CellType::Instant => vec![
                column(&name, Values::Instants(Vec::new())),
                column(&format!("{name}_text"), Values::Texts(Vec::new())),
            ],
        }
    });
    columns.collect()
}

/// # Errors
/// Never for the columns of a table.
pub(super) fn schema(columns: &[ColumnValues]) -> Result<TypePtr> {
    let fields: Result<Vec<TypePtr>> = columns.iter().map(ColumnValues::field).collect();
    let schema = Type::group_type_builder("schema").with_fields(fields?);
    schema.build().map(Arc::new)
}

impl ColumnValues {
    fn field(&self) -> Result<TypePtr> {
        let (physical, logical) = match self.values {
            Values::Texts(_) => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Integers(_) => (PhysicalType::INT64, None),
            Values::Booleans(_) => (PhysicalType::BOOLEAN, None),
            Values::Days(_) => (PhysicalType::INT32, Some(LogicalType::Date)),
            Values::Instants(_) => {
                let logical = LogicalType::timestamp(true, TimeUnit::MICROS);
                (PhysicalType::INT64, Some(logical))
            }
            Values::Ranks(_) => (PhysicalType::INT32, None),
        };
        let field = Type::primitive_type_builder(&self.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    }

    /// Appends the value of a row; an empty cell is null.
    /// # Errors
    /// For a cell that does not hold what its column says.
    pub(super) fn push(&mut self, row: &[String]) -> Result<()> {
        let cell = row[self.index].as_str();
        self.levels.push(i16::from(!cell.is_empty()));
        if cell.is_empty() {
            return Ok(());
        }
        let wrong =
            || ParquetError::General(format!("{}: `{cell}` is no {:?}", self.name, self.cell));
        match &mut self.values {
            Values::Texts(all) => all.push(ByteArray::from(cell)),
            Values::Integers(all) => all.push(cell.parse().map_err(|_| wrong())?),
            Values::Booleans(all) => all.push(cell.parse().map_err(|_| wrong())?),
            Values::Days(all) => all.push(days(cell).ok_or_else(wrong)?),
            Values::Instants(all) => all.push(Timestamp::parse(cell).ok_or_else(wrong)?.0),
            Values::Ranks(all) => {
                let stance: Stance = cell.parse().map_err(|_| wrong())?;
                all.push(stance.rank().into());
            }
        }
        Ok(())
    }

    /// Writes the values, and keeps none.
    pub(super) fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<()> {
        let levels = std::mem::take(&mut self.levels);
        let levels = Some(levels.as_slice());
        let written = match (&mut self.values, writer) {
            (Values::Texts(all), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(all), levels, None)
            }
            (
                Values::Integers(all) | Values::Instants(all),
                ColumnWriter::Int64ColumnWriter(writer),
            ) => writer.write_batch(&std::mem::take(all), levels, None),
            (Values::Booleans(all), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(all), levels, None)
            }
            (Values::Days(all) | Values::Ranks(all), ColumnWriter::Int32ColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(all), levels, None)
            }
            _ => Err(ParquetError::General(format!(
                "{}: another type",
                self.name
            ))),
        };
        written.map(|_| ())
    }
}

/// Days since 1970.
fn days(text: &str) -> Option<i32> {
    let epoch = chrono::NaiveDate::default();
    let days = parse_day(text)?.signed_duration_since(epoch).num_days();
    i32::try_from(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2025-03-01", Some(20_148)),
            ("2025-03", None),
        ] {
            assert_eq!(days(text), expected, "{text}");
        }
    }

    #[test]
    fn no_name_of_a_column_has_a_dot_and_each_occurs_once() {
        for table in super::super::TABLES {
            let columns = columns_of(table.cells());
            let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            assert!(names.iter().all(|name| !name.contains('.')), "{names:?}");
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}", table.name);
            assert!(schema(&columns).is_ok());
        }
    }
}
