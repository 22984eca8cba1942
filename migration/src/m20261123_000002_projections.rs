//! The projections of the ledger, and the countries that their rows reference.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, string, string_null, string_uniq, text,
    text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            country(),
            initiative(),
            source(),
            relationship(),
            statement(),
            evidence(),
            contradiction(),
            stance_change(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).to_owned();
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// One for every filter and sort order of the API.
const INDEXES: &[(&str, &str, &[&str])] = &[
    (
        "relationship_requested",
        "relationship",
        &["requested_state"],
    ),
    (
        "relationship_requesting",
        "relationship",
        &["requesting_state"],
    ),
    (
        "relationship_stance",
        "relationship",
        &["initiative_id", "stance"],
    ),
    ("relationship_changed", "relationship", &["changed_at"]),
    (
        "statement_relationship",
        "statement",
        &["relationship_id", "id"],
    ),
    ("statement_country", "statement", &["country_code", "id"]),
    (
        "statement_initiative",
        "statement",
        &["initiative_id", "id"],
    ),
    ("statement_kind", "statement", &["kind", "id"]),
    ("statement_corrects", "statement", &["corrects"]),
    ("evidence_statement", "evidence", &["statement_id"]),
    ("evidence_source", "evidence", &["source_id"]),
    ("contradiction_denied", "contradiction", &["contradicts_id"]),
    (
        "stance_change_relationship",
        "stance_change",
        &["relationship_id", "seq"],
    ),
    (
        "stance_change_requested",
        "stance_change",
        &["requested_state", "seq"],
    ),
];

fn reference(from: &'static str, to: &'static str, key: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(from).to(to, key).to_owned()
}

fn country() -> TableCreateStatement {
    Table::create()
        .table("country")
        .col(string("code").primary_key())
        .col(string("name"))
        .col(string("region"))
        .to_owned()
}

fn initiative() -> TableCreateStatement {
    Table::create()
        .table("initiative")
        .col(big_integer("id").primary_key())
        .col(string_uniq("slug"))
        .col(text("title"))
        .col(text("summary"))
        .col(string("requesting_state"))
        .col(string_null("started_on"))
        .foreign_key(&mut reference("requesting_state", "country", "code"))
        .to_owned()
}

fn source() -> TableCreateStatement {
    Table::create()
        .table("source")
        .col(big_integer("id").primary_key())
        .col(string("kind"))
        .col(text("publisher"))
        .col(text("title"))
        .col(text_null("url"))
        .col(string_null("published_on"))
        .col(string_null("public_on"))
        .col(string_null("language"))
        .col(big_integer_null("derived_from"))
        .foreign_key(&mut reference("derived_from", "source", "id"))
        .to_owned()
}

fn relationship() -> TableCreateStatement {
    Table::create()
        .table("relationship")
        .col(big_integer("id").primary_key())
        .col(big_integer("initiative_id"))
        .col(string("requesting_state"))
        .col(string("requested_state"))
        .col(string("stance"))
        .col(integer("stance_rank"))
        .col(string_null("since"))
        .col(string("since_day"))
        .col(boolean("certain"))
        .col(boolean("disputed"))
        .col(big_integer_null("basis"))
        .col(big_integer("changed_seq"))
        .col(big_integer("changed_at"))
        .foreign_key(&mut reference("initiative_id", "initiative", "id"))
        .foreign_key(&mut reference("requesting_state", "country", "code"))
        .foreign_key(&mut reference("requested_state", "country", "code"))
        .index(
            Index::create()
                .name("relationship_ends")
                .col("initiative_id")
                .col("requesting_state")
                .col("requested_state")
                .unique(),
        )
        .check(Expr::col("requesting_state").ne(Expr::col("requested_state")))
        .to_owned()
}

fn statement() -> TableCreateStatement {
    Table::create()
        .table("statement")
        .col(big_integer("id").primary_key())
        .col(big_integer_null("relationship_id"))
        .col(string_null("country_code"))
        .col(big_integer_null("initiative_id"))
        .col(string("kind"))
        .col(text("body"))
        .col(string("claimant_kind"))
        .col(text("claimant_label"))
        .col(string("valid_from"))
        .col(string_null("earliest"))
        .col(string("latest"))
        .col(text("summary"))
        .col(text_null("note"))
        .col(big_integer_null("corrects"))
        .col(text_null("correction_reason"))
        .col(big_integer("recorded_at"))
        .col(big_integer_null("corrected_by"))
        .col(big_integer_null("retracted_at"))
        .col(text_null("retraction_reason"))
        .col(string("published_on"))
        .foreign_key(&mut reference("relationship_id", "relationship", "id"))
        .foreign_key(&mut reference("country_code", "country", "code"))
        .foreign_key(&mut reference("initiative_id", "initiative", "id"))
        .foreign_key(&mut reference("corrects", "statement", "id"))
        .to_owned()
}

fn evidence() -> TableCreateStatement {
    Table::create()
        .table("evidence")
        .col(big_integer("seq"))
        .col(integer("ordinal"))
        .col(big_integer("statement_id"))
        .col(big_integer("source_id"))
        .col(string("relation"))
        .col(text_null("quote"))
        .col(text_null("locator"))
        .col(big_integer("recorded_at"))
        .col(string_null("public_on"))
        .primary_key(Index::create().col("seq").col("ordinal"))
        .foreign_key(&mut reference("statement_id", "statement", "id"))
        .foreign_key(&mut reference("source_id", "source", "id"))
        .to_owned()
}

fn contradiction() -> TableCreateStatement {
    Table::create()
        .table("contradiction")
        .col(big_integer("statement_id"))
        .col(big_integer("contradicts_id"))
        .primary_key(Index::create().col("statement_id").col("contradicts_id"))
        .foreign_key(&mut reference("statement_id", "statement", "id"))
        .foreign_key(&mut reference("contradicts_id", "statement", "id"))
        .to_owned()
}

fn stance_change() -> TableCreateStatement {
    Table::create()
        .table("stance_change")
        .col(big_integer("seq").primary_key())
        .col(big_integer("relationship_id"))
        .col(big_integer("initiative_id"))
        .col(string("requested_state"))
        .col(string("from_stance"))
        .col(string("to_stance"))
        .col(string("kind"))
        .col(boolean("unusual"))
        .col(boolean("disputed"))
        .col(string_null("occurred_on"))
        .col(big_integer("recorded_at"))
        .col(big_integer("statement_id"))
        .col(string("hash"))
        .foreign_key(&mut reference("relationship_id", "relationship", "id"))
        .foreign_key(&mut reference("statement_id", "statement", "id"))
        .to_owned()
}
