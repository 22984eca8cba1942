//! The triggers of this version: those that keep the ledger append-only, and on PostgreSQL those that count the search index.
//!
//! [`list_differences`] compares a database with them, [`restore`] puts missing, disabled and altered ones back. Triggers of
//! others on our tables are reported and never removed. A migration that changes a trigger changes this list, too.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::m20261123_000001_ledger::TRIGGERS as SQLITE_TRIGGERS;
use super::m20261128_000009_triggers::{FUNCTIONS, POSTGRES_TRIGGERS, PostgresTrigger};
use super::m20261128_000011_search_index::{RECOUNT, SEARCH_TRIGGERS};

/// A difference between the triggers of a database and those of this version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Names of the trigger and of its table.
    Missing(String, String),
    Disabled(String, String),
    /// It has another definition.
    Altered(String, String),
    /// Names of a trigger or rule that this version does not create, and of its table.
    Foreign(String, String),
}

impl Difference {
    /// Whether [`restore`] removes it.
    pub fn is_restorable(&self) -> bool {
        !matches!(self, Self::Foreign(..))
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (trigger, table, state) = match self {
            Self::Missing(trigger, table) => (trigger, table, "is missing"),
            Self::Disabled(trigger, table) => (trigger, table, "is disabled"),
            Self::Altered(trigger, table) => (trigger, table, "has another definition"),
            Self::Foreign(trigger, table) => (trigger, table, "is not one of demarche's"),
        };
        write!(formatter, "the trigger `{trigger}` on `{table}` {state}")
    }
}

/// A trigger, as it should be or as it is.
struct Trigger {
    name: String,
    table: String,
    definition: String,
    is_enabled: bool,
}

/// Compares the triggers on `tables` with those of this version. It only reads; no right to alter tables is needed.
pub async fn list_differences(
    db: &impl ConnectionTrait,
    tables: &[&str],
) -> Result<Vec<Difference>, DbErr> {
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let expected = if is_postgres {
        postgres_triggers()
    } else {
        sqlite_triggers()
    };
    let query = if is_postgres {
        LIST_POSTGRES
    } else {
        LIST_SQLITE
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), query))
        .await?;
    let mut differences = Vec::new();
    let mut actual = Vec::new();
    for row in rows {
        let trigger = Trigger {
            name: row.try_get("", "name")?,
            table: row.try_get("", "table_name")?,
            definition: normalize(&row.try_get::<String>("", "definition")?),
            is_enabled: row.try_get::<i32>("", "is_enabled")? == 1,
        };
        if tables.contains(&trigger.table.as_str()) {
            actual.push(trigger);
        }
    }
    let same = |one: &Trigger, other: &Trigger| one.name == other.name && one.table == other.table;
    for trigger in &expected {
        let names = (trigger.name.clone(), trigger.table.clone());
        match actual.iter().find(|other| same(trigger, other)) {
            None => differences.push(Difference::Missing(names.0, names.1)),
            Some(other) if other.definition != trigger.definition => {
                differences.push(Difference::Altered(names.0, names.1));
            }
            Some(other) if !other.is_enabled => {
                differences.push(Difference::Disabled(names.0, names.1));
            }
            Some(_) => {}
        }
    }
    let foreign = actual
        .into_iter()
        .filter(|other| !expected.iter().any(|trigger| same(trigger, other)));
    differences.extend(foreign.map(|trigger| Difference::Foreign(trigger.name, trigger.table)));
    differences.sort();
    Ok(differences)
}

/// Creates every trigger of this version anew, and counts the search index again, which may have changed without them.
pub async fn restore(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        create_postgres(db, &FUNCTIONS, ledger_triggers()).await?;
        create_postgres(db, &[], &SEARCH_TRIGGERS).await?;
        db.execute_unprepared(RECOUNT).await?;
        return Ok(());
    }
    for trigger in sqlite_triggers() {
        db.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {}", trigger.name))
            .await?;
    }
    for sql in SQLITE_TRIGGERS {
        db.execute_unprepared(sql).await?;
    }
    Ok(())
}

/// Creates functions (name and body) and triggers of PostgreSQL, in place of those of the same name.
pub(crate) async fn create_postgres(
    db: &impl ConnectionTrait,
    functions: &[(&str, &str)],
    triggers: &[PostgresTrigger],
) -> Result<(), DbErr> {
    for (name, body) in functions {
        // The function names its schema, for sessions with another search path: those of pg_restore and of replication.
        let sql = format!(
            "DO $do$ BEGIN EXECUTE format('CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql \
             SET search_path = %I, pg_temp AS %L', current_schema(), $body${body}$body$); END $do$"
        );
        db.execute_unprepared(&sql).await?;
    }
    for trigger in triggers {
        let (name, table) = (trigger.name, trigger.table);
        let sql = format!(
            "DROP TRIGGER IF EXISTS {name} ON {table}; \
             CREATE TRIGGER {name} {event} ON {table} {rest} EXECUTE FUNCTION {function}(); \
             ALTER TABLE {table} ENABLE {state} TRIGGER {name}",
            event = trigger.event,
            rest = trigger.rest,
            function = trigger.function,
            state = if trigger.is_always { "ALWAYS" } else { "" },
        );
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// The text of the statement is the definition; another tool may have changed its white space.
fn sqlite_triggers() -> Vec<Trigger> {
    let parse = |sql: &str| {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let after = |word: &str| {
            words
                .iter()
                .position(|other| *other == word)
                .and_then(|index| words.get(index + 1))
        };
        Trigger {
            name: after("TRIGGER").map_or_else(String::new, ToString::to_string),
            table: after("ON").map_or_else(String::new, ToString::to_string),
            definition: normalize(sql),
            is_enabled: true,
        }
    };
    SQLITE_TRIGGERS.iter().map(|sql| parse(sql)).collect()
}

/// Those of the search index were created anew when its table was replaced.
fn ledger_triggers() -> &'static [PostgresTrigger] {
    &POSTGRES_TRIGGERS[..2]
}

fn postgres_triggers() -> Vec<Trigger> {
    let definition = |function: &str, kind: i16| {
        let body = FUNCTIONS
            .iter()
            .find(|(name, _)| *name == function)
            .map_or("", |(_, body)| body);
        normalize(&format!("{kind} {function} {body}"))
    };
    let triggers = ledger_triggers().iter().chain(&SEARCH_TRIGGERS);
    let triggers = triggers.map(|trigger| Trigger {
        name: trigger.name.to_owned(),
        table: trigger.table.to_owned(),
        definition: definition(trigger.function, trigger.kind),
        is_enabled: true,
    });
    triggers.collect()
}

fn normalize(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const LIST_SQLITE: &str = "SELECT name, tbl_name AS table_name, sql AS definition, 1 AS is_enabled
    FROM sqlite_schema WHERE type = 'trigger'";

/// The definition: type, function and its source; a condition, columns or another schema of the function are differences.
/// Rewrite rules are listed as triggers: they can replace an insert, too. A view's own rule is none.
const LIST_POSTGRES: &str = "SELECT t.tgname::text AS name, c.relname::text AS table_name,
        CASE WHEN t.tgqual IS NULL AND t.tgattr = ''::int2vector AND t.tgnargs = 0 AND p.pronamespace = c.relnamespace
                AND coalesce(p.proconfig::text, '') LIKE '%search_path=%'
            THEN t.tgtype || ' ' || p.proname || ' ' || p.prosrc ELSE '' END AS definition,
        CASE WHEN t.tgenabled IN ('O', 'A') THEN 1 ELSE 0 END AS is_enabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = quote_ident(current_schema())::regnamespace
    UNION ALL
    SELECT r.rulename::text, c.relname::text, 'rule', 1
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p')";
