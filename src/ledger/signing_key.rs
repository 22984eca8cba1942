//! The Ed25519 key that signs tree heads. It is made with the database, so that all servers of the database share it, and is in no
//! export. Its public half is found by [`NoteSigner::verifier_key`].

use data_encoding::HEXLOWER;
use entity::{ledger_head, signing_key};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, Set, Statement};

use super::head;
use crate::error::{Error, Result};
use crate::model::signed_note::NoteSigner;

/// Stores a new key, unless there is one. `seed` is random.
pub async fn initialise(writer: &DatabaseConnection, seed: &[u8; 32]) -> Result<()> {
    if signing_key::Entity::find_by_id(1)
        .one(writer)
        .await?
        .is_some()
    {
        return Ok(());
    }
    let row = signing_key::ActiveModel {
        id: Set(1),
        seed: Set(HEXLOWER.encode(seed)),
    };
    // Of several servers that start at the same time, the first creates it.
    let once = OnConflict::column(signing_key::Column::Id)
        .do_nothing()
        .to_owned();
    let insert = signing_key::Entity::insert(row).on_conflict(once);
    insert.exec_without_returning(writer).await?;
    Ok(())
}

/// Removes the key from a copy of a SQLite database, which must not sign heads of entries that the original does not have.
pub async fn remove(copy: &impl ConnectionTrait) -> Result<()> {
    // A copy of an earlier version has none.
    let sql = "SELECT 1 FROM sqlite_schema WHERE name = 'signing_key'";
    let query = Statement::from_string(DbBackend::Sqlite, sql);
    if copy.query_one_raw(query).await?.is_some() {
        signing_key::Entity::delete_many().exec(copy).await?;
    }
    Ok(())
}

/// Loads the key, with the name of the ledger.
/// # Errors
/// `Error::Internal` if there is none: a server has not opened the database yet.
pub async fn load_signer(db: &impl ConnectionTrait) -> Result<NoteSigner> {
    let head = head::load_head(db).await?;
    let key = signing_key::Entity::find_by_id(1).one(db).await?;
    let key = key.ok_or_else(|| {
        Error::internal("there is no signing key: a server must open the database first")
    })?;
    let seed = HEXLOWER.decode(key.seed.as_bytes());
    let seed = seed.map_err(|_| Error::internal("the signing key is not hexadecimal"))?;
    NoteSigner::new(&ledger_name(&head), &seed)
        .ok_or_else(|| Error::internal("the signing key does not have 32 bytes"))
}

/// The name under which heads are signed: that of the ledger, wherever it is stored.
fn ledger_name(head: &ledger_head::Model) -> String {
    format!("demarche/{}", head.origin)
}
