//! API tokens of editors and admins: shown once, stored as a hash. They are not part of the ledger, so that they can be
//! deleted.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use entity::api_token;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, parse_stored};
use crate::model::role::{Caller, Role};
use crate::model::text;
use crate::model::time::Timestamp;

/// Prefix of every token, so that scanners for leaked secrets can find it.
const PREFIX: &str = "dmk_";

/// Creates a token from 32 random bytes and returns its text, which is not stored.
/// # Errors
/// `Error::Conflict` if the name is in use, also by a revoked token: ledger entries contain it.
pub async fn create(
    writer: &DatabaseConnection,
    role: Role,
    name: &str,
    secret: [u8; 32],
    now: Timestamp,
) -> Result<String> {
    if let Some(violation) = text::violation(name, text::MAX_SLUG) {
        return Err(Error::bad_input("name", violation));
    }
    if find_by_name(writer, name).await?.is_some() {
        return Err(Error::conflict(
            "name",
            format!("a token named `{name}` exists already, valid or revoked; choose another name"),
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

/// Revokes a token. Revoking it again has no effect.
pub async fn revoke(writer: &DatabaseConnection, name: &str, now: Timestamp) -> Result<()> {
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

/// The caller with this token; `None` for an unknown or revoked one. The lookup is by hash, so that its timing reveals
/// nothing about the token.
pub async fn find_caller(db: &DatabaseConnection, token: &str) -> Result<Option<Caller>> {
    let valid = api_token::Entity::find()
        .filter(api_token::Column::Hash.eq(hash(token)))
        .filter(api_token::Column::RevokedAt.is_null());
    let Some(row) = valid.one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Caller {
        name: Some(row.name),
        role: parse_stored(&row.role)?,
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
