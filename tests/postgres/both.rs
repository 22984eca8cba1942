//! Equal behaviour of SQLite and PostgreSQL: search results and exported ledgers.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use demarche::database::{Database, IfMissing};
use demarche::graphql::loaders::work_budget::WorkBudget;
use demarche::graphql::types::search::{Hit, search_index};
use demarche::model::country::{ATLAS, Country};
use demarche::model::tokenizer;
use demarche::server::open;
use entity::{source, statement};
use icu_normalizer::DecomposingNormalizer;
use sea_orm::{EntityTrait, QueryOrder};

use crate::app::seed_database;
use crate::database::TestDatabase;
use crate::fixtures::document;

/// Number of searches.
const SEARCHES: usize = 10_000;

#[tokio::test]
async fn ten_thousand_searches_find_the_same_in_the_same_order_with_the_same_fragments() {
    let (test_db, directory) = (
        TestDatabase::with_bundled_data().await,
        tempfile::tempdir().unwrap(),
    );
    let file = format!("sqlite://{}/demarche.db", directory.path().display());
    seed_database(&file).await;
    let sqlite = open(&file, IfMissing::Fail).await.unwrap();
    let postgres = open(&test_db.url(), IfMissing::Fail).await.unwrap();
    let texts = search_texts(&sqlite).await;
    assert_eq!(texts.len(), SEARCHES);
    let mut count = 0;
    for text in texts {
        let (left, right) = (search(&sqlite, &text).await, search(&postgres, &text).await);
        assert_eq!(left, right, "{text}");
        count += left.len();
    }
    assert!(count > SEARCHES, "{count}");
}

/// ID and fragments of each hit in order.
async fn search(database: &Database, text: &str) -> Vec<String> {
    let hits = search_index(database.reader(), text, 50, (None, &WorkBudget::default()))
        .await
        .unwrap();
    let show = |hit: &Hit| format!("{} {:?}", hit.id, hit.fragments);
    hits.iter().map(show).collect()
}

/// Search texts: pieces of country names in every language, of summaries, titles and claimants; in other cases, decomposed, and
/// with marks that make no difference.
async fn search_texts(database: &Database) -> BTreeSet<String> {
    let statements = statement::Entity::find().order_by_asc(statement::Column::Id);
    let statements = statements.all(database.reader()).await.unwrap();
    let sources = source::Entity::find().order_by_asc(source::Column::Id);
    let sources = sources.all(database.reader()).await.unwrap();
    let countries = ATLAS
        .countries
        .iter()
        .flat_map(|country| &country.folded_names);
    let names = ATLAS.countries.iter().flat_map(Country::all_names);
    let mut lines: Vec<String> = names.map(str::to_owned).chain(countries.cloned()).collect();
    lines.sort();
    for row in statements {
        lines.extend([row.summary, row.claimant_label]);
    }
    for row in sources {
        lines.extend([row.title, row.publisher]);
    }
    let mut random = fastrand::Rng::with_seed(20_261_128);
    let mut texts = BTreeSet::new();
    while texts.len() < SEARCHES {
        let line = &lines[random.usize(..lines.len())];
        let text = piece(&mut random, line);
        let text = vary(&mut random, text);
        if tokenizer::terms(&text, 1).is_empty() {
            continue;
        }
        texts.insert(text);
    }
    texts
}

/// The line, some of its words, or the beginning of one.
fn piece(random: &mut fastrand::Rng, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let first = random.usize(..words.len());
    match random.u8(..4) {
        0 => line.to_owned(),
        1 => words[first..]
            .iter()
            .take(3)
            .copied()
            .collect::<Vec<_>>()
            .join(" "),
        2 => words[first].chars().take(random.usize(1..4)).collect(),
        _ => format!("{} {}", words[first], words[0]),
    }
}

fn vary(random: &mut fastrand::Rng, text: String) -> String {
    match random.u8(..6) {
        0 => text.to_uppercase(),
        1 => DecomposingNormalizer::new_nfd()
            .normalize(&text)
            .into_owned(),
        2 => text.chars().flat_map(|c| [c, '\u{301}']).collect(),
        3 => format!("\u{2066}{}\u{2069}", text.to_lowercase()),
        _ => text,
    }
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
