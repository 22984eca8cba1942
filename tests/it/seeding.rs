//! Seeding: whether a database receives the bundled data set is decided once, when it is created.

use demarche::config::Serve;
use demarche::database::IfMissing;
use demarche::server::{Server, open};

use crate::app::{config, fixed_clock, run_demarche};
use crate::database::TestDatabase;

/// Number of entries after a start with the given options.
async fn entries_after_start(config: &Serve) -> i64 {
    let server = Server::start(config, fixed_clock()).await.unwrap();
    let entries = server.entries;
    server.stop().await.unwrap();
    entries
}

#[tokio::test]
async fn a_database_created_without_seed_data_stays_empty_at_every_later_start() {
    let test_db = TestDatabase::empty().await;
    assert_eq!(entries_after_start(&config(test_db.url(), true)).await, 0);
    assert_eq!(entries_after_start(&config(test_db.url(), false)).await, 0);
}

#[tokio::test]
async fn a_database_that_another_command_created_is_not_seeded() {
    for command in [
        &["token", "create", "--role", "editor", "--name", "desk"][..],
        &["migrate"],
    ] {
        let test_db = TestDatabase::empty().await;
        run_demarche(&test_db, command).await;
        let entries = entries_after_start(&config(test_db.url(), false)).await;
        assert_eq!(entries, 0, "{command:?}");
    }
}

#[tokio::test]
async fn a_failed_import_leaves_nothing_that_a_server_seeds() {
    let test_db = TestDatabase::empty().await;
    let file = test_db.path().join("wrong.json");
    std::fs::write(&file, "{}").unwrap();
    let mut import = std::process::Command::new(env!("CARGO_BIN_EXE_demarche"));
    import.arg("import").arg(&file);
    import.env("DEMARCHE_DATABASE_URL", test_db.url());
    let output = tokio::task::spawn_blocking(move || import.output().unwrap());
    assert!(!output.await.unwrap().status.success());
    assert_eq!(entries_after_start(&config(test_db.url(), false)).await, 0);
}

#[tokio::test]
async fn a_start_on_an_occupied_address_creates_no_ledger() {
    let test_db = TestDatabase::empty().await;
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let failing = Serve {
        listen: occupied.local_addr().unwrap(),
        ..config(test_db.url(), false)
    };
    let rejection = Server::start(&failing, fixed_clock()).await.err().unwrap();
    let message = rejection.to_string();
    assert!(message.contains("cannot listen on"), "{message}");
    let files = std::fs::read_dir(test_db.path()).unwrap().count();
    assert_eq!(files, 0, "a database was created");
    assert_eq!(entries_after_start(&config(test_db.url(), true)).await, 0);
}

#[tokio::test]
async fn the_bundled_data_set_is_imported_on_request() {
    let test_db = TestDatabase::empty().await;
    assert_eq!(entries_after_start(&config(test_db.url(), true)).await, 0);
    run_demarche(&test_db, &["import", "--bundled"]).await;
    let imported = entries_after_start(&config(test_db.url(), false)).await;
    let seeded = TestDatabase::with_bundled_data().await;
    let expected = entries_after_start(&config(seeded.url(), false)).await;
    assert!(expected > 0);
    assert_eq!(imported, expected);
}

#[tokio::test]
async fn an_interrupted_seeding_is_completed_unless_it_is_declined() {
    use sea_orm::ConnectionTrait;
    for (no_seed, is_seeded) in [(false, true), (true, false)] {
        let test_db = TestDatabase::empty().await;
        let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
        database.close().await.unwrap();
        // As a server leaves it that was killed before the import.
        let killed = "UPDATE ledger_head SET seed = 'BUNDLED'";
        let db = test_db.connect().await;
        db.execute_unprepared(killed).await.unwrap();
        db.close().await.unwrap();
        entries_after_start(&config(test_db.url(), no_seed)).await;
        let entries = entries_after_start(&config(test_db.url(), false)).await;
        assert_eq!(entries > 0, is_seeded);
    }
}

#[tokio::test]
async fn an_empty_database_of_an_earlier_version_is_not_seeded() {
    use sea_orm::ConnectionTrait;
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    database.close().await.unwrap();
    let db = test_db.connect().await;
    // Earlier versions have no such column; the migration leaves it null.
    let earlier = "UPDATE ledger_head SET seed = NULL";
    db.execute_unprepared(earlier).await.unwrap();
    db.close().await.unwrap();
    assert_eq!(entries_after_start(&config(test_db.url(), false)).await, 0);
}
