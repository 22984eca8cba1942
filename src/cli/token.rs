//! `demarche token`.

use super::print_line;
use crate::config::Token;
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
        } => {
            let database = server::open(&database.database_url, IfMissing::Create).await?;
            let now = server::clock()();
            let token =
                api_tokens::create(database.writer(), role, &name, server::random_bytes()?, now)
                    .await?;
            print_line(&token)?;
            database.close().await
        }
        Token::List(options) => {
            let database = server::open(&options.database_url, IfMissing::Fail).await?;
            for row in api_tokens::list(database.reader()).await? {
                let state = row.revoked_at.map_or("valid".to_owned(), |at| {
                    format!("revoked {}", Timestamp(at))
                });
                print_line(&format!(
                    "{}  {}  created {}  {state}",
                    row.name,
                    row.role,
                    Timestamp(row.created_at)
                ))?;
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
