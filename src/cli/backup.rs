//! `demarche backup`.

use serde_json::json;

use super::print_result;
use super::progress::ProgressBar;
use crate::config::commands::Backup;
use crate::error::Result;
use crate::ledger::backup;
use crate::server;

/// Copies the database and prints the head of the copy.
pub(super) async fn backup(options: &Backup) -> Result<()> {
    let (url, file) = (&options.database.database_url, &options.file);
    let progress = ProgressBar::of_bytes("backup", 0);
    let head = backup::backup_with(url, file, &server::new_generation()?, &progress).await?;
    drop(progress);
    let (entries, hash) = (head.seq, head.hash);
    let file = file.display().to_string();
    let object = json!({ "type": "summary", "file": file, "entries": entries, "head": hash });
    let text = format!("{entries} entries, head {hash}");
    print_result(options.output, &object, &text)
}
