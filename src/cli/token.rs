//! `demarche token`.

use entity::api_token;
use serde_json::json;

use super::{print_line, print_result};
use crate::config::commands::Token;
use crate::database::IfMissing;
use crate::error::Result;
use crate::ledger::api_tokens;
use crate::model::time::Timestamp;
use crate::server;

pub(super) async fn run(command: Token) -> Result<()> {
    match command {
        Token::Create {
            database,
            role,
            name,
            expires,
        } => {
            let database = server::open(&database.database_url, IfMissing::Create).await?;
            let now = server::clock()();
            let expires = expires.map(|expires| expires.after(now)).transpose()?;
            let secret = server::random_bytes()?;
            let token =
                api_tokens::create_expiring(database.writer(), role, &name, secret, now, expires)
                    .await?;
            print_line(&token)?;
            database.close().await
        }
        Token::Rotate {
            database,
            name,
            expires,
        } => {
            let database = server::open(&database.database_url, IfMissing::Fail).await?;
            let now = server::clock()();
            let expires = expires.map(|expires| expires.after(now)).transpose()?;
            let secret = server::random_bytes()?;
            let token = api_tokens::rotate(database.writer(), &name, secret, now, expires).await?;
            print_line(&token)?;
            database.close().await
        }
        Token::List(options) => {
            let url = &options.database.database_url;
            let database = server::open(url, IfMissing::Fail).await?;
            let now = server::clock()();
            for row in api_tokens::list(database.reader()).await? {
                let (created, state) = (Timestamp(row.created_at), state(&row, now));
                let text = format!("{}  {}  created {created}  {state}", row.name, row.role);
                let time = |at: Option<i64>| at.map(|at| Timestamp(at).to_string());
                let object = json!({
                    "name": row.name, "role": row.role, "createdAt": created.to_string(), "state": state,
                    "expiresAt": time(row.expires_at), "revokedAt": time(row.revoked_at),
                });
                print_result(options.output, &object, &text)?;
            }
            database.close().await
        }
        Token::Revoke { database, name } => {
            let database = server::open(&database.database_url, IfMissing::Fail).await?;
            api_tokens::revoke(database.writer(), &name, server::clock()()).await?;
            print_line(&format!("Token \"{name}\" revoked"))?;
            database.close().await
        }
    }
}

fn state(row: &api_token::Model, now: Timestamp) -> String {
    match (row.revoked_at.map(Timestamp), row.expires_at.map(Timestamp)) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now => format!("expired {at}"),
        (None, Some(at)) => format!("valid until {at}"),
        (None, None) => "valid".to_owned(),
    }
}
