//! Webhooks: where stance changes are sent, and how far each has come. All instants are microseconds since 1970.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub url: String,
    /// A JSON object: which stance changes are sent.
    pub filter: String,
    /// `whsec_` and base64; stored as it is, because signing needs it.
    pub secret: String,
    /// Signs too, until `earlier_secret_until`.
    pub earlier_secret: Option<String>,
    pub earlier_secret_until: Option<i64>,
    /// Ledger cursor of the last change that was delivered or skipped.
    pub cursor: String,
    pub created_at: i64,
    /// Null while the webhook is active.
    pub paused_at: Option<i64>,
    pub pause_reason: Option<String>,
    /// Number of deliveries so far.
    pub deliveries: i64,
    /// Failed attempts of the next change since the last success.
    pub failures: i32,
    pub next_attempt_at: Option<i64>,
    /// The run of the server that sends, until `lease_until` by the clock of the database.
    pub lease_owner: Option<String>,
    pub lease_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
