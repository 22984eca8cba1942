//! Tokens of those who may write: shown once, kept as a hash. Not part of the ledger, so that they can be forgotten.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use entity::api_token;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, stored};
use crate::model::role::{Caller, Role};
use crate::model::text;
use crate::model::time::Instant;

/// What a token begins with, so that scanners for leaked secrets can find it.
const PREFIX: &str = "dmk_";

/// Makes a token from 32 random bytes and gives its text, which is kept nowhere.
/// # Errors
/// `Error::Conflict` if the name is taken: also a revoked token keeps its name, since ledger entries carry it.
pub async fn create(
    writer: &DatabaseConnection,
    role: Role,
    name: &str,
    secret: [u8; 32],
    now: Instant,
) -> Result<String> {
    if let Some(fault) = text::fault(name, text::SLUG) {
        return Err(Error::bad_input("name", fault));
    }
    if find_by_name(writer, name).await?.is_some() {
        return Err(Error::conflict(
            "name",
            format!("a token named `{name}` exists already"),
        ));
    }
    let token = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&secret));
    let row = api_token::ActiveModel {
        name: Set(name.to_owned()),
        role: Set(role.as_ref().to_owned()),
        hash: Set(hash(&token)),
        created_at: Set(now.0),
        ..Default::default()
    };
    row.insert(writer).await?;
    Ok(token)
}

pub async fn list(db: &DatabaseConnection) -> Result<Vec<api_token::Model>> {
    Ok(api_token::Entity::find()
        .order_by_asc(api_token::Column::Id)
        .all(db)
        .await?)
}

/// From now on the token is refused. Revoking it again changes nothing.
pub async fn revoke(writer: &DatabaseConnection, name: &str, now: Instant) -> Result<()> {
    let row = find_by_name(writer, name)
        .await?
        .ok_or_else(|| Error::not_found("token", name))?;
    if row.revoked_at.is_none() {
        let mut row = row.into_active_model();
        row.revoked_at = Set(Some(now.0));
        row.update(writer).await?;
    }
    Ok(())
}

/// Whose token it is; none for an unknown or revoked one. Looked up by hash, so that no time tells how much of a
/// guess was right.
pub async fn find(db: &DatabaseConnection, token: &str) -> Result<Option<Caller>> {
    let valid = api_token::Entity::find()
        .filter(api_token::Column::Hash.eq(hash(token)))
        .filter(api_token::Column::RevokedAt.is_null());
    let Some(row) = valid.one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Caller {
        name: Some(row.name),
        role: stored(&row.role)?,
    }))
}

async fn find_by_name(db: &DatabaseConnection, name: &str) -> Result<Option<api_token::Model>> {
    Ok(api_token::Entity::find()
        .filter(api_token::Column::Name.eq(name))
        .one(db)
        .await?)
}

fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token))
}
