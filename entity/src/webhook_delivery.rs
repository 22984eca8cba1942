//! The last deliveries of webhooks: attempts to send a stance change.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub webhook_id: i64,
    /// The number modulo the number of deliveries that are stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i32,
    /// Counts the deliveries of the webhook, from 1.
    pub number: i64,
    /// Of the ledger entry of the change.
    pub seq: i64,
    /// The header `webhook-id`.
    pub message_id: String,
    /// Counts the attempts to send this change, from 1.
    pub attempt: i32,
    /// Microseconds since 1970.
    pub started_at: i64,
    /// Microseconds.
    pub duration: i64,
    /// HTTP status; null without a response.
    pub status: Option<i32>,
    /// Null if the receiver accepted the change.
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
