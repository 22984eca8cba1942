//! Byte order for all text columns, independent of the locale of a PostgreSQL database: lists, cursors and exports have the
//! same order on every machine. SQLite has no other order.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if super::is_postgres(manager) {
            let db = manager.get_connection();
            db.execute_unprepared(ORDER_BY_BYTES).await?;
        }
        Ok(())
    }
}

const ORDER_BY_BYTES: &str = r#"DO $$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND collation_name IS DISTINCT FROM 'C'
      AND data_type IN ('character varying', 'text') AND table_name <> 'seaql_migrations'
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', found.table_name, found.column_name);
  END LOOP;
END $$"#;
