//! `demarche key`.

use serde_json::json;

use super::print_result;
use crate::config::commands::Key;
use crate::database::IfMissing;
use crate::error::Result;
use crate::ledger::signing_key;
use crate::server;

pub(super) async fn run(command: Key) -> Result<()> {
    match command {
        Key::Show(options) => {
            let url = &options.database.database_url;
            let database = server::open(url, IfMissing::Fail).await?;
            let signer = signing_key::load_signer(database.reader()).await?;
            let key = signer.verifier_key();
            let object = json!({ "name": signer.name(), "verifierKey": key });
            print_result(options.output, &object, &key)?;
            database.close().await
        }
    }
}
