//! Sets of values in conditions: one bound parameter for any number of values.
//!
//! SQLite binds at most 32,766 parameters to a statement, PostgreSQL 65,535. The values are bound as the keys of one JSON object,
//! which both databases turn into a table by the same words, so that a condition needs not know the database.

use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Result;

/// Values of one column.
#[derive(Clone, Debug)]
pub enum ValueSet {
    One(Expr),
    /// A JSON object with integers as its keys.
    Numbers(String),
    /// A JSON object with texts as its keys.
    Texts(String),
}

impl ValueSet {
    pub fn of_numbers(numbers: impl IntoIterator<Item = i64>) -> Self {
        let mut numbers = numbers.into_iter().peekable();
        let first = numbers.next();
        match first {
            Some(only) if numbers.peek().is_none() => Self::One(Expr::val(only)),
            first => Self::Numbers(object(
                first
                    .into_iter()
                    .chain(numbers)
                    .map(|number| number.to_string()),
            )),
        }
    }

    pub fn of_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut texts = texts.into_iter().peekable();
        let first = texts.next();
        match first {
            Some(only) if texts.peek().is_none() => Self::One(Expr::val(only.as_ref())),
            first => Self::Texts(object(first.into_iter().chain(texts))),
        }
    }

    /// Whether a column or expression has one of the values, in a form that uses an index of the column.
    pub fn contains(&self, column: impl Into<Expr>) -> Expr {
        let column = column.into();
        let (object, is_number) = match self {
            Self::One(value) => return column.eq(value.clone()),
            Self::Numbers(object) => (object, true),
            Self::Texts(object) => (object, false),
        };
        let key = Expr::col(("value_set", "key").into_column_ref());
        let key = if is_number {
            key.cast_as("bigint")
        } else {
            key
        };
        // Not a cast: to SQLite, JSON is a number. PostgreSQL takes the function as a cast.
        let object = Func::cust("json").arg(object.as_str());
        let values = Query::select()
            .expr(key)
            .from_function(Func::cust("json_each").arg(object), "value_set")
            .take();
        column.in_subquery(values)
    }
}

fn object<T: AsRef<str>>(keys: impl Iterator<Item = T>) -> String {
    let mut json = String::from("{");
    for key in keys {
        if json.len() > 1 {
            json.push(',');
        }
        json += &serde_json::to_string(key.as_ref()).expect("a text has a JSON form");
        json += ":0";
    }
    json.push('}');
    json
}

/// Loads the rows whose column has one of the values, in any order. One SQL statement, or none without values.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub async fn load_by_id<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<E::Model>> {
    let mut ids = ids.into_iter().peekable();
    if ids.peek().is_none() {
        return Ok(Vec::new());
    }
    let filter = ValueSet::of_numbers(ids).contains(column.into_expr());
    Ok(E::find().filter(filter).all(db).await?)
}
