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
    create_expiring(writer, role, name, secret, now, None).await
}

/// As [`create`]; the token is refused from `expires` on.
pub async fn create_expiring(
    writer: &DatabaseConnection,
    role: Role,
    name: &str,
    secret: [u8; 32],
    now: Timestamp,
    expires: Option<Timestamp>,
) -> Result<String> {
    if !text::is_slug(name) {
        let message = format!(
            "`{name}` is not a valid name: use lower-case letters and digits joined by hyphens, at most {} characters, for example \
             news-desk",
            text::MAX_SLUG
        );
        return Err(Error::bad_input("name", message));
    }
    check_expiry(expires, now)?;
    if find_by_name(writer, name).await?.is_some() {
        return Err(Error::conflict(
            "name",
            format!(
                "a token named `{name}` exists already, valid or revoked; choose another name, or replace it with \
                 `demarche token rotate {name}`"
            ),
        ));
    }
    let token = token_text(secret);
    let row = api_token::ActiveModel {
        name: Set(name.to_owned()),
        role: Set(role.as_ref().to_owned()),
        hash: Set(hash(&token)),
        created_at: Set(now.0),
        expires_at: Set(expires.map(|expires| expires.0)),
        ..Default::default()
    };
    row.insert(writer).await?;
    Ok(token)
}

/// Replaces a token by a new one of the same name and role, and returns its text. The earlier one is refused from now on.
/// Idempotency keys belong to the name, so a retry with the new token finds what the earlier one recorded. Without `expires`
/// the new token expires when the earlier one would have.
/// # Errors
/// `Error::NotFound` for an unknown name; `Error::Conflict` for a revoked token, and for an expired one without `expires`.
pub async fn rotate(
    writer: &DatabaseConnection,
    name: &str,
    secret: [u8; 32],
    now: Timestamp,
    expires: Option<Timestamp>,
) -> Result<String> {
    let row = find_by_name(writer, name).await?;
    let row = row.ok_or_else(|| Error::not_found("token", name))?;
    check_expiry(expires, now)?;
    if row.revoked_at.is_some() {
        let message = format!("the token `{name}` was revoked; create another under a new name");
        return Err(Error::conflict("name", message));
    }
    let expires = expires.or(row.expires_at.map(Timestamp));
    if let Some(expired) = expires.filter(|expires| *expires <= now) {
        let message =
            format!("the token `{name}` expired on {expired}; set a new time with --expires");
        return Err(Error::conflict("name", message));
    }
    let token = token_text(secret);
    let mut row = row.into_active_model();
    row.hash = Set(hash(&token));
    row.created_at = Set(now.0);
    row.expires_at = Set(expires.map(|expires| expires.0));
    row.update(writer).await?;
    Ok(token)
}

fn check_expiry(expires: Option<Timestamp>, now: Timestamp) -> Result<()> {
    match expires.filter(|expires| *expires <= now) {
        Some(past) => Err(Error::bad_input(
            "expires",
            format!("{past} is in the past"),
        )),
        None => Ok(()),
    }
}

fn token_text(secret: [u8; 32]) -> String {
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&secret))
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

/// The caller with this token, which may have expired; `None` for an unknown or revoked one. The lookup is by hash, so that its timing reveals
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
        expires: row.expires_at.map(Timestamp),
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
