//! Equal behaviour of SQLite and PostgreSQL: search results and exported ledgers.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use demarche::database::{Database, IfMissing};
use demarche::graphql::types::search::{Hit, search_index};
use demarche::model::country::ATLAS;
use demarche::model::tokenizer::tokens;
use demarche::server::open;
use entity::statement;
use sea_orm::{EntityTrait, QueryOrder};

use crate::app::seed_database;
use crate::database::TestDatabase;
use crate::fixtures::document;

/// Number of words per text that are searched for.
const WORDS: usize = 3;

#[tokio::test]
async fn a_search_finds_the_same_in_the_same_order() {
    let (test_db, directory) = (
        TestDatabase::with_bundled_data().await,
        tempfile::tempdir().unwrap(),
    );
    let file = format!("sqlite://{}/demarche.db", directory.path().display());
    seed_database(&file).await;
    let sqlite = open(&file, IfMissing::Fail).await.unwrap();
    let postgres = open(&test_db.url(), IfMissing::Fail).await.unwrap();
    let mut count = 0;
    for text in search_texts(&sqlite).await {
        let (left, right) = (search(&sqlite, &text).await, search(&postgres, &text).await);
        assert_eq!(left, right, "{text}");
        count += left.len();
    }
    assert!(count > 1_000, "{count}");
}

/// ID and fragments of each hit in order.
async fn search(database: &Database, text: &str) -> Vec<String> {
    let hits = search_index(database.reader(), text, 50).await.unwrap();
    let show = |hit: &Hit| format!("{} {:?}", hit.id, hit.fragments);
    hits.iter().map(show).collect()
}

/// Search texts: word prefixes, words and word sequences of every country and of some statements.
async fn search_texts(database: &Database) -> BTreeSet<String> {
    let rows = statement::Entity::find().order_by_asc(statement::Column::Id);
    let rows = rows.all(database.reader()).await.unwrap();
    let summaries = rows.iter().step_by(7).map(|row| row.summary.clone());
    let countries = ATLAS.countries.iter().map(|country| country.name.clone());
    let mut texts = BTreeSet::new();
    for line in summaries.chain(countries) {
        let words: Vec<&str> = tokens(&line)
            .map(|word| &line[word.range])
            .take(WORDS)
            .collect();
        texts.extend(words.iter().map(|word| word.chars().take(3).collect()));
        texts.extend(words.iter().map(ToString::to_string));
        texts.insert(words.join(" "));
    }
    texts
}

/// Runs `demarche` in a directory; it must succeed. Returns its standard output.
fn run(directory: &Path, url: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.args(arguments).current_dir(directory);
    let output = command.env("DEMARCHE_DATABASE_URL", url).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_ledger_moves_from_one_to_the_other_and_back_byte_by_byte() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let (first, second) = (TestDatabase::empty().await, TestDatabase::empty().await);
    let urls = [
        first.url(),
        "sqlite://there.db".to_owned(),
        second.url(),
        "sqlite://back.db".to_owned(),
    ];
    std::fs::write(
        path.join("document.json"),
        document("asks", &["RW", "PE", "EC"]).to_string(),
    )
    .unwrap();
    let shipped = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/us-third-country-removals.json"
    );
    run(path, &urls[0], &["import", shipped, "document.json"]);
    let mut files = Vec::new();
    for (number, url) in urls.iter().enumerate() {
        if number > 0 {
            run(path, url, &["import", &format!("{}.ndjson", number - 1)]);
        }
        let verified = run(path, url, &["verify"]);
        assert!(
            verified.starts_with("OK: 681 entries verified"),
            "{verified}"
        );
        let name = format!("{number}.ndjson");
        run(path, url, &["export", "--output", &name]);
        files.push(std::fs::read(path.join(name)).unwrap());
    }
    assert!(files.iter().all(|file| *file == files[0]));
}
