//! The `demarche` command as an operator runs it: a process of its own in a directory of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::database::Home;
use crate::editor::document;

/// A directory to run in; the database is `demarche.db` in it, as by default.
struct Place(Home);

impl Place {
    fn new() -> Self {
        Self(Home::new())
    }

    async fn shipped() -> Self {
        Self(Home::shipped().await)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
        command.args(arguments).current_dir(self.path());
        for variable in [
            "LISTEN",
            "DATABASE_URL",
            "PUBLIC_URL",
            "EMPTY",
            "TOKEN_ROLE",
            "TOKEN_NAME",
            "LOG",
        ] {
            command.env_remove(format!("DEMARCHE_{variable}"));
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints; it must succeed.
    #[track_caller]
    fn say(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of; it must fail with code 1.
    #[track_caller]
    fn complain(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// How many entries the ledger has, by what `verify` says.
    #[track_caller]
    fn entries(&self) -> u32 {
        let said = self.say(&["verify"]);
        said.split(' ').next().unwrap().parse().unwrap()
    }

    /// A ledger of six entries in a file `ledger.ndjson`.
    fn exported() -> (Self, Vec<u8>) {
        let place = Self::new();
        place.write(
            "document.json",
            document("asks", &["RW", "PE", "EC", "GH"]).to_string(),
        );
        place.say(&["import", "document.json"]);
        place.say(&["export", "--output", "ledger.ndjson"]);
        let file = place.read("ledger.ndjson");
        (place, file)
    }
}

#[test]
fn schema_prints_the_schema() {
    let schema = Place::new().say(&["schema"]);
    assert_eq!(schema.trim(), demarche::graphql::schema::sdl().trim());
    assert!(schema.contains("type StanceChange implements Node"));
}

#[test]
fn a_token_is_printed_once_and_kept_nowhere() {
    let place = Place::new();
    let token = place.say(&["token", "create", "--role", "editor", "--name", "desk"]);
    let token = token.trim();
    assert!(token.starts_with("dmk_"), "{token}");
    for file in std::fs::read_dir(place.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = token.strip_prefix("dmk_").unwrap().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    let listed = place.say(&["token", "list"]);
    assert!(listed.starts_with("desk  EDITOR  created "), "{listed}");
    assert!(listed.ends_with("  valid\n"), "{listed}");
    place.say(&["token", "revoke", "--name", "desk"]);
    assert!(place.say(&["token", "list"]).contains("  revoked "));

    let again = place.complain(&["token", "create", "--role", "admin", "--name", "desk"]);
    assert!(again.contains("exists already"), "{again}");
    let nobody = place.complain(&["token", "revoke", "--name", "nobody"]);
    assert!(nobody.contains("token `nobody` not found"), "{nobody}");
}

#[test]
fn the_shipped_document_is_recorded_once() {
    let place = Place::new();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/us-third-country-removals.json"
    );
    let first = place.say(&["import", file]);
    for count in [
        "recorded 492 (",
        "initiative 1",
        "source 237",
        "stance statement 116",
        "present already 0",
    ] {
        assert!(first.contains(count), "{count}: {first}");
    }
    let second = place.say(&["import", file]);
    assert!(
        second.starts_with("recorded 0\npresent already 492 ("),
        "{second}"
    );
    assert_eq!(place.entries(), 492);
}

#[test]
fn documents_are_recorded_one_after_the_other_up_to_the_first_that_is_refused() {
    let place = Place::new();
    let mut wrong = document("wants", &["RW"]);
    wrong["statements"][0]["validFrom"] = "2025-02-30".into();
    place.write("first.json", document("asks", &["RW", "PE"]).to_string());
    place.write("second.json", document("begs", &["EC"]).to_string());
    place.write("wrong.json", wrong.to_string());
    let told = place.say(&["import", "first.json", "second.json"]);
    assert_eq!(told.matches("recorded ").count(), 2, "{told}");
    assert_eq!(place.entries(), 7);
    place.write("third.json", document("seeks", &["EC"]).to_string());
    let told = place.complain(&["import", "third.json", "wrong.json", "first.json"]);
    assert!(told.contains("wrong.json: 1 faults"), "{told}");
    assert_eq!(place.entries(), 10);
}

#[test]
fn a_document_with_faults_is_refused_whole_and_every_fault_is_told() {
    let place = Place::new();
    let mut wrong = document("asks", &["RW", "PE", "EC"]);
    wrong["statements"][0]["validFrom"] = "2025-02-30".into();
    wrong["statements"][1]["subject"] = json!({ "relationship": "ZZ" });
    wrong["sources"][0]["url"] = "ftp://example.org/".into();
    place.write("document.json", wrong.to_string());
    let told = place.complain(&["import", "document.json"]);
    for path in [
        "3 faults, nothing was recorded",
        "statements[0] (rw-named).validFrom: ",
        "statements[1] (pe-named).subject.relationship: ",
        "sources[0] (report).url: ",
    ] {
        assert!(told.contains(path), "{path}: {told}");
    }
    assert_eq!(place.entries(), 0);
}

#[test]
fn a_document_that_the_ledger_refuses_half_way_leaves_nothing() {
    let place = Place::new();
    let mut wrong = document("asks", &["RW", "PE", "EC"]);
    wrong["statements"][2]["validFrom"] = "2999-01-01".into();
    place.write("document.json", wrong.to_string());
    let told = place.complain(&["import", "document.json"]);
    assert!(
        told.contains("statements[2] (ec-named).validFrom: "),
        "{told}"
    );
    assert_eq!(place.entries(), 0);
}

#[test]
fn a_ledger_survives_export_and_import_byte_by_byte() {
    let (place, file) = Place::exported();
    let other = Place::new();
    other.write("ledger.ndjson", &file);
    let said = other.say(&["import", "ledger.ndjson"]);
    assert_eq!(said, "6 entries recorded, 0 present already\n");
    assert_eq!(other.say(&["export"]).into_bytes(), file);
    assert_eq!(other.say(&["verify"]), place.say(&["verify"]));
    let again = other.say(&["import", "ledger.ndjson"]);
    assert_eq!(again, "0 entries recorded, 6 present already\n");
}

#[test]
fn an_export_with_an_altered_byte_is_refused_with_its_line() {
    let (_, file) = Place::exported();
    let text = String::from_utf8(file.clone()).unwrap();
    let (place, lines) = (Place::new(), text.lines().count());
    assert_eq!(lines, 8);
    let starts: Vec<usize> = text.match_indices('\n').map(|found| found.0 + 1).collect();
    // In the middle of the third, fifth and last line; to another letter, and to what is no text.
    for (line, byte) in [(3, b'7'), (3, 0xFF), (5, b'"'), (5, b'_'), (8, b'x')] {
        let mut altered = file.clone();
        let middle = starts[line - 2].midpoint(starts[line - 1]);
        altered[middle] = if altered[middle] == byte { b'8' } else { byte };
        place.write("ledger.ndjson", &altered);
        let told = place.complain(&["import", "ledger.ndjson"]);
        assert!(told.contains(&format!("line {line}: ")), "{told}");
    }
    assert_eq!(place.entries(), 0);
}

#[test]
fn an_export_that_is_cut_off_is_refused() {
    let (_, file) = Place::exported();
    let text = String::from_utf8(file).unwrap();
    let footer = text.trim_end().rfind('\n').unwrap() + 1;
    let place = Place::new();
    // Without its footer, in the middle of an entry, with nothing but the header.
    for (end, line) in [
        (footer, 8),
        (footer - 40, 7),
        (text.find('\n').unwrap() + 1, 2),
    ] {
        place.write("ledger.ndjson", &text[..end]);
        let told = place.complain(&["import", "ledger.ndjson"]);
        assert!(told.contains(&format!("line {line}: ")), "{told}");
    }
    assert_eq!(place.entries(), 0);
}

#[test]
fn a_ledger_is_not_mixed_with_another() {
    let (_, file) = Place::exported();
    let place = Place::new();
    place.write("document.json", document("wants", &["RW"]).to_string());
    place.say(&["import", "document.json"]);
    place.write("ledger.ndjson", file);
    let told = place.complain(&["import", "ledger.ndjson"]);
    assert!(told.contains("the database holds another ledger"), "{told}");
    assert_eq!(place.entries(), 3);
}

#[tokio::test]
async fn verify_tells_a_whole_ledger_from_an_altered_one() {
    use sea_orm::ConnectionTrait;
    let (place, _) = Place::exported();
    let said = place.say(&["verify"]);
    assert!(
        said.starts_with("6 entries, chain and projections whole, head "),
        "{said}"
    );
    let db = place.0.connect().await;
    let alter = "UPDATE statement SET summary = 'x' WHERE id = 4";
    db.execute_unprepared(alter).await.unwrap();
    let output = place.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "entry 4: its row differs in statement\n");
}

#[tokio::test]
async fn serve_says_where_it_listens_and_ends_when_told() {
    let place = Place::shipped().await;
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut said = String::new();
    while !said.contains("/schema.graphql") {
        said.push_str(&lines.next().unwrap().unwrap());
    }
    for part in [
        "/playground/",
        "/graphql ",
        "ws://127.0.0.1:",
        "/graphql/ws ",
        "/graphql/stream ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let endpoint = said
        .split_whitespace()
        .find(|word| word.ends_with("/graphql"));
    let query = json!({ "query": "{ __typename }" });
    let answer = reqwest::Client::new()
        .post(endpoint.unwrap())
        .json(&query)
        .send();
    assert!(
        answer
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("Query")
    );
    let kill = Command::new("kill").arg(server.id().to_string()).status();
    assert!(kill.unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn the_environment_says_what_options_do_not() {
    let place = Place::new();
    let mut command = place.command(&["token", "create", "--role", "editor", "--name", "desk"]);
    command.env("DEMARCHE_DATABASE_URL", "sqlite://other.db");
    assert!(command.output().unwrap().status.success());
    assert!(place.path().join("other.db").exists());
    assert!(!place.path().join("demarche.db").exists());

    // An address that is not ours to take shows that it was read.
    let mut command = place.command(&["--empty"]);
    let output = command
        .env("DEMARCHE_LISTEN", "192.0.2.1:8000")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("cannot listen on 192.0.2.1:8000"), "{told}");
}

#[test]
fn what_is_no_option_is_an_error_of_usage() {
    let place = Place::new();
    for arguments in [
        &["--nothing"][..],
        &["serve", "--listen", "nowhere"],
        &["serve", "--log-format", "xml"],
        &["serve", "--otlp-endpoint", "https://collector.example"],
        &["token", "create", "--role", "reader", "--name", "x"],
        &["import"],
        &["nothing"],
    ] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty());
    }
    assert!(std::fs::read_dir(place.path()).unwrap().next().is_none());
}

#[test]
fn help_names_the_variable_of_every_option() {
    let place = Place::new();
    for command in [
        &["serve"][..],
        &["import"],
        &["export"],
        &["verify"],
        &["token", "create"],
        &["token", "list"],
        &["token", "revoke"],
    ] {
        let help = place.say(&[command, &["--help"]].concat());
        // The line of an option, and what is said of it on the lines below.
        let options: Vec<_> = help.split("\n      --").skip(1).collect();
        for option in &options {
            let option = format!("--{option}");
            let name = option.split_whitespace().next().unwrap();
            let variable = name[2..].to_uppercase().replace('-', "_");
            let is_named = option.contains(&format!("[env: DEMARCHE_{variable}="))
                || option.contains(&format!("[env: DEMARCHE_TOKEN_{variable}="));
            assert!(is_named, "{option}");
        }
        assert!(!options.is_empty(), "{help}");
    }
}
