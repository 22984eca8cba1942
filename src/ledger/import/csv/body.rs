//! Bodies of statements: the columns of each kind, and the field of the document that each is.

use serde_json::{Map, Value, json};

use super::{CsvError, sheet::Sheet};
use crate::model::statement::StatementKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Text,
    OptionalText,
    Number,
    OptionalNumber,
    Truth,
}

/// Column, field, and what the cell holds.
type Field = (&'static str, &'static str, Cell);

const STANCE: &[Field] = &[
    ("stance", "stance", Cell::Text),
    ("scope", "scope", Cell::OptionalText),
];
const AGREEMENT: &[Field] = &[
    ("instrument", "instrument", Cell::Text),
    ("binding", "binding", Cell::Text),
    ("text_status", "text", Cell::Text),
    ("signed_on", "signedOn", Cell::OptionalText),
    ("in_force_on", "inForceOn", Cell::OptionalText),
    ("scope", "scope", Cell::OptionalText),
];
/// The parts of the field `cap`.
const CAP: [Field; 2] = [
    ("cap_persons", "persons", Cell::OptionalNumber),
    ("cap_per", "per", Cell::OptionalText),
];
const FUNDING: &[Field] = &[
    ("amount", "amount", Cell::OptionalText),
    ("currency", "currency", Cell::OptionalText),
    ("purpose", "purpose", Cell::Text),
];
const TRANSFER: &[Field] = &[
    ("persons_min", "personsMin", Cell::Number),
    ("persons_max", "personsMax", Cell::Number),
    ("transfer_note", "note", Cell::Text),
];
const RETURN: &[Field] = &[
    ("persons_min", "personsMin", Cell::Number),
    ("persons_max", "personsMax", Cell::Number),
    ("destination", "destination", Cell::OptionalText),
    ("transfer_note", "note", Cell::Text),
];
const LEGAL: &[Field] = &[
    ("jurisdiction", "jurisdiction", Cell::Text),
    ("court", "court", Cell::Text),
    ("case_name", "caseName", Cell::Text),
    ("docket", "docket", Cell::OptionalText),
    ("legal_status", "status", Cell::Text),
];
const DENIAL: &[Field] = &[
    ("denial_of", "of", Cell::Text),
    ("denial_detail", "detail", Cell::Text),
];
const COUNT: &[Field] = &[
    ("metric", "metric", Cell::Text),
    ("comparator", "comparator", Cell::Text),
    ("low", "low", Cell::Number),
    ("high", "high", Cell::OptionalNumber),
    ("unit", "unit", Cell::Text),
    ("includes_planned", "includesPlanned", Cell::Truth),
];

fn fields_of(kind: StatementKind) -> &'static [Field] {
    match kind {
        StatementKind::Stance => STANCE,
        StatementKind::Agreement => AGREEMENT,
        StatementKind::Funding => FUNDING,
        StatementKind::Transfer => TRANSFER,
        StatementKind::Return => RETURN,
        StatementKind::Legal => LEGAL,
        StatementKind::Concern => &[("concern", "category", Cell::Text)],
        StatementKind::Pressure => &[("pressure", "kind", Cell::Text)],
        StatementKind::Denial => DENIAL,
        StatementKind::Count => COUNT,
    }
}

fn all_kinds() -> impl Iterator<Item = StatementKind> {
    (0..).map_while(StatementKind::from_repr)
}

/// The key of a body in a document.
pub(super) fn key_of(kind: StatementKind) -> String {
    kind.as_ref().to_lowercase()
}

/// The column of a field of a body, by the key of the body.
pub(super) fn column_of(key: &str, field: &str) -> Option<&'static str> {
    let kind = all_kinds().find(|kind| key_of(*kind) == key)?;
    let field = field.strip_prefix("cap.").unwrap_or(field);
    let all = fields_of(kind).iter().chain(&CAP);
    all.into_iter()
        .find(|(_, name, _)| *name == field)
        .map(|(column, _, _)| *column)
}

/// The content of a body from the cells of a row. Cells of other kinds must be empty, so that none is lost.
pub(super) fn read(
    sheet: &Sheet,
    row: usize,
    kind: StatementKind,
    errors: &mut Vec<CsvError>,
) -> Value {
    let mut content = read_fields(sheet, row, fields_of(kind), errors);
    if kind == StatementKind::Agreement {
        let cap = read_fields(sheet, row, &CAP, errors);
        let is_empty = cap.values().all(Value::is_null);
        let cap = if is_empty { Value::Null } else { cap.into() };
        content.insert("cap".to_owned(), cap);
    }
    let is_own = |column: &str| {
        let own = fields_of(kind).iter().any(|(name, _, _)| *name == column);
        let is_cap = CAP.iter().any(|(name, _, _)| *name == column);
        own || (is_cap && kind == StatementKind::Agreement)
    };
    let others =
        all_kinds().flat_map(|other| fields_of(other).iter().map(move |field| (other, field)));
    let caps = CAP.iter().map(|field| (StatementKind::Agreement, field));
    for (other, (column, _, _)) in others.chain(caps) {
        if !is_own(column) && sheet.cell(row, column).is_some() {
            let message = format!(
                "is for statements of the kind {}, and this one is {}",
                other.as_ref(),
                kind.as_ref()
            );
            errors.push(sheet.error_in(row, column, message));
        }
    }
    json!({ key_of(kind): content })
}

fn read_fields(
    sheet: &Sheet,
    row: usize,
    fields: &[Field],
    errors: &mut Vec<CsvError>,
) -> Map<String, Value> {
    let mut read = |(column, name, cell): &Field| {
        let is_optional = matches!(cell, Cell::OptionalText | Cell::OptionalNumber);
        let value = match (sheet.code(row, column), cell) {
            (None, Cell::Truth) => Some(false.into()),
            (None, _) if is_optional => Some(Value::Null),
            (None, _) => None,
            (Some(_), Cell::Text | Cell::OptionalText) => sheet.cell(row, column).map(Value::from),
            (Some(text), Cell::Number | Cell::OptionalNumber) => {
                text.parse::<u64>().ok().map(Value::from)
            }
            (Some(text), Cell::Truth) => truth_of(text).map(Value::from),
        };
        let value = value.unwrap_or_else(|| {
            let message = match (sheet.code(row, column), cell) {
                (None, _) => "is empty".to_owned(),
                (Some(text), Cell::Truth) => format!("`{text}` is neither true nor false"),
                (Some(text), _) => format!("`{text}` is not a whole number"),
            };
            errors.push(sheet.error_in(row, column, message));
            Value::Null
        });
        ((*name).to_owned(), value)
    };
    fields.iter().map(&mut read).collect()
}

/// In any case, because spreadsheets write `FALSE`.
pub(super) fn truth_of(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
