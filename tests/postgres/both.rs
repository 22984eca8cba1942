//! The same ledger in SQLite and in PostgreSQL.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use demarche::database::{Database, Missing};
use demarche::graphql::types::search::{Hit, hits};
use demarche::model::country::ATLAS;
use demarche::model::tokenizer::words;
use demarche::server::open;
use entity::statement;
use sea_orm::{EntityTrait, QueryOrder};

use crate::app::fill;
use crate::database::Home;
use crate::editor::document;

/// Words of each text that are looked for.
const WORDS: usize = 3;

#[tokio::test]
async fn a_search_finds_the_same_in_the_same_order() {
    let (home, directory) = (Home::shipped().await, tempfile::tempdir().unwrap());
    let file = format!("sqlite://{}/demarche.db", directory.path().display());
    fill(&file).await;
    let sqlite = open(&file, Missing::Refuse).await.unwrap();
    let postgres = open(&home.url(), Missing::Refuse).await.unwrap();
    let mut found = 0;
    for text in texts(&sqlite).await {
        let (one, other) = (find(&sqlite, &text).await, find(&postgres, &text).await);
        assert_eq!(one, other, "{text}");
        found += one.len();
    }
    assert!(found > 1_000, "{found}");
}

/// What is shown of each hit, in the order of the hits.
async fn find(database: &Database, text: &str) -> Vec<String> {
    let found = hits(database.reader(), text, 50).await.unwrap();
    let show = |hit: &Hit| format!("{} {:?}", hit.id, hit.fragments);
    found.iter().map(show).collect()
}

/// Beginnings of words, words, and some in a row: of every country, and of statements.
async fn texts(database: &Database) -> BTreeSet<String> {
    let rows = statement::Entity::find().order_by_asc(statement::Column::Id);
    let rows = rows.all(database.reader()).await.unwrap();
    let summaries = rows.iter().step_by(7).map(|row| row.summary.clone());
    let countries = ATLAS.countries.iter().map(|country| country.name.clone());
    let mut texts = BTreeSet::new();
    for line in summaries.chain(countries) {
        let words: Vec<&str> = words(&line)
            .map(|word| &line[word.place])
            .take(WORDS)
            .collect();
        texts.extend(words.iter().map(|word| word.chars().take(3).collect()));
        texts.extend(words.iter().map(ToString::to_string));
        texts.insert(words.join(" "));
    }
    texts
}

/// The command in a directory; it must succeed.
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
    let place = directory.path();
    let (first, second) = (Home::empty().await, Home::empty().await);
    let urls = [
        first.url(),
        "sqlite://there.db".to_owned(),
        second.url(),
        "sqlite://back.db".to_owned(),
    ];
    std::fs::write(
        place.join("document.json"),
        document("asks", &["RW", "PE", "EC"]).to_string(),
    )
    .unwrap();
    let shipped = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/us-third-country-removals.json"
    );
    run(place, &urls[0], &["import", shipped, "document.json"]);
    let mut files = Vec::new();
    for (number, url) in urls.iter().enumerate() {
        if number > 0 {
            run(place, url, &["import", &format!("{}.ndjson", number - 1)]);
        }
        let verified = run(place, url, &["verify"]);
        assert!(
            verified.starts_with("497 entries, chain and projections whole"),
            "{verified}"
        );
        let name = format!("{number}.ndjson");
        run(place, url, &["export", "--output", &name]);
        files.push(std::fs::read(place.join(name)).unwrap());
    }
    assert!(files.iter().all(|file| *file == files[0]));
}
