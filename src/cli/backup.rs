//! `demarche backup`.

use super::say;
use crate::config::Backup;
use crate::error::Result;
use crate::ledger::backup;
use crate::server;

/// Says what the copy holds.
pub(super) async fn backup(options: &Backup) -> Result<()> {
    let (url, file) = (&options.database.database_url, &options.file);
    let head = backup::backup(url, file, &server::draw_generation()?).await?;
    let (entries, hash) = (head.seq, head.hash);
    say(&format!("{entries} entries, head {hash}"))
}
