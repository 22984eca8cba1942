//! `demarche token`.

use super::say;
use crate::config::Token;
use crate::database::Missing;
use crate::error::Result;
use crate::ledger::api_tokens;
use crate::model::time::Instant;
use crate::server;

pub(super) async fn run(command: Token) -> Result<()> {
    match command {
        Token::Create {
            database,
            role,
            name,
        } => {
            let database = server::open(&database.database_url, Missing::Make).await?;
            let now = server::clock()();
            let token =
                api_tokens::create(database.writer(), role, &name, server::random()?, now).await?;
            say(&token)?;
            database.close().await
        }
        Token::List(options) => {
            let database = server::open(&options.database_url, Missing::Refuse).await?;
            for row in api_tokens::list(database.reader()).await? {
                let state = row
                    .revoked_at
                    .map_or("valid".to_owned(), |at| format!("revoked {}", Instant(at)));
                say(&format!(
                    "{}  {}  created {}  {state}",
                    row.name,
                    row.role,
                    Instant(row.created_at)
                ))?;
            }
            database.close().await
        }
        Token::Revoke { database, name } => {
            let database = server::open(&database.database_url, Missing::Refuse).await?;
            api_tokens::revoke(database.writer(), &name, server::clock()()).await?;
            say(&format!("token {name} is refused from now on"))?;
            database.close().await
        }
    }
}
