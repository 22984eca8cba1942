//! API tokens of editors and admins. Only the hash of a token is stored.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub name: String,
    pub role: String,
    /// SHA-256 of the token, 64 hexadecimal digits.
    pub hash: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    /// The instant from which the token is refused; null for never.
    pub expires_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
