//! Command line: `demarche` as a separate process in a temporary directory.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use crate::database::TestDatabase;
use crate::fixtures::document;

/// A temporary working directory with the default database, `demarche.db`.
pub struct WorkingDirectory(TestDatabase);

impl WorkingDirectory {
    pub fn new() -> Self {
        Self(TestDatabase::new())
    }

    pub async fn with_bundled_data() -> Self {
        Self(TestDatabase::with_bundled_data().await)
    }

    /// Its database, for a server.
    pub fn into_database(self) -> TestDatabase {
        self.0
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
        command.args(arguments).current_dir(self.path());
        for variable in [
            "LISTEN",
            "DATABASE_URL",
            "PUBLIC_URL",
            "NO_SEED",
            "TOKEN_ROLE",
            "TOKEN_NAME",
            "LOG",
        ] {
            command.env_remove(format!("DEMARCHE_{variable}"));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    #[track_caller]
    pub fn stdout_of(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Standard error of a command that must fail with code 1.
    #[track_caller]
    pub fn stderr_of_failure(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Number of ledger entries, as `verify` prints it.
    #[track_caller]
    pub fn entry_count(&self) -> u32 {
        let stdout = self.stdout_of(&["verify", "--allow-empty"]);
        stdout.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// A ledger of six entries in a file `ledger.ndjson`.
    pub fn exported() -> (Self, Vec<u8>) {
        let directory = Self::new();
        directory.write(
            "document.json",
            document("asks", &["RW", "PE", "EC", "GH"]).to_string(),
        );
        directory.stdout_of(&["import", "document.json"]);
        directory.stdout_of(&["export", "--output", "ledger.ndjson"]);
        let file = directory.read("ledger.ndjson");
        (directory, file)
    }
}

#[test]
fn schema_prints_the_schema() {
    let schema = WorkingDirectory::new().stdout_of(&["schema"]);
    assert_eq!(schema.trim(), demarche::graphql::schema::sdl().trim());
    assert!(schema.contains("type StanceChange implements Node"));
}

#[test]
fn a_token_is_printed_once_and_stored_nowhere() {
    let directory = WorkingDirectory::new();
    let token = directory.stdout_of(&["token", "create", "--role", "editor", "--name", "desk"]);
    let token = token.trim();
    assert!(token.starts_with("dmk_"), "{token}");
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = token.strip_prefix("dmk_").unwrap().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    let listed = directory.stdout_of(&["token", "list"]);
    assert!(listed.starts_with("desk  EDITOR  created "), "{listed}");
    assert!(listed.ends_with("  valid\n"), "{listed}");
    directory.stdout_of(&["token", "revoke", "--name", "desk"]);
    assert!(
        directory
            .stdout_of(&["token", "list"])
            .contains("  revoked ")
    );

    let duplicate =
        directory.stderr_of_failure(&["token", "create", "--role", "admin", "--name", "desk"]);
    assert!(duplicate.contains("exists already"), "{duplicate}");
    let unknown = directory.stderr_of_failure(&["token", "revoke", "--name", "nobody"]);
    assert!(unknown.contains("token `nobody` not found"), "{unknown}");
}

#[test]
fn a_rotated_token_keeps_its_name_and_an_expiring_one_says_until_when() {
    let directory = WorkingDirectory::new();
    let create = [
        "token",
        "create",
        "--role",
        "editor",
        "--name",
        "desk",
        "--expires",
        "2999-01-31",
    ];
    let first = directory.stdout_of(&create);
    let listed = directory.stdout_of(&["token", "list"]);
    assert!(
        listed.ends_with("  valid until 2999-01-31T00:00:00.000000Z\n"),
        "{listed}"
    );
    let second = directory.stdout_of(&["token", "rotate", "desk", "--expires", "30d"]);
    assert!(second.starts_with("dmk_") && second != first, "{second}");
    let listed = directory.stdout_of(&["token", "list"]);
    assert!(
        listed.starts_with("desk  EDITOR") && !listed.contains("2999"),
        "{listed}"
    );
    directory.stdout_of(&["token", "revoke", "--name", "desk"]);
    for (arguments, part) in [
        (&["token", "rotate", "desk"][..], "was revoked"),
        (&["token", "rotate", "nobody"], "token `nobody` not found"),
        (
            &[
                "token",
                "create",
                "--role=editor",
                "--name=Nachrichten Büro",
            ],
            "lower-case letters and digits",
        ),
        (
            &[
                "token",
                "create",
                "--role=editor",
                "--name=past",
                "--expires=2020-01-01",
            ],
            "is in the past",
        ),
    ] {
        let stderr = directory.stderr_of_failure(arguments);
        assert!(stderr.contains(part), "{arguments:?}: {stderr}");
    }
}

#[test]
fn switches_in_variables_are_words_for_on_and_off() {
    let directory = WorkingDirectory::new();
    directory.stdout_of(&["migrate"]);
    let verify = |value: &str| {
        let mut command = directory.command(&["verify"]);
        command
            .env("DEMARCHE_ALLOW_EMPTY", value)
            .output()
            .unwrap()
            .status
            .code()
    };
    for on in ["1", "yes", "true", "on", "YES", "True"] {
        assert_eq!(verify(on), Some(0), "{on}");
    }
    for off in ["0", "no", "false", "off", "Off"] {
        assert_eq!(verify(off), Some(1), "{off}");
    }
    assert_eq!(verify("perhaps"), Some(2));
}

#[test]
fn options_that_can_only_be_mistakes_end_the_start_with_a_sentence() {
    let directory = WorkingDirectory::new();
    for (arguments, variable, part) in [
        (
            &["serve", "--max-cost=0"][..],
            "",
            "max-cost: 0 rejects every query",
        ),
        (&["serve", "--rate-burst=1"], "", "below --max-cost"),
        (&["serve"], "verbose", "`verbose` is not a log level"),
    ] {
        let mut command = directory.command(arguments);
        let output = command.env("DEMARCHE_LOG", variable).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && stderr.contains(part),
            "{stderr}"
        );
    }
    let usage = directory.run(&["serve", "--public-url", "demarche.example"]);
    let stderr = String::from_utf8(usage.stderr).unwrap();
    assert!(stderr.contains("use scheme and host"), "{stderr}");
    assert!(
        std::fs::read_dir(directory.path())
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn errors_of_a_server_with_a_json_log_are_json() {
    let directory = WorkingDirectory::new();
    for arguments in [
        &["serve", "--log-format=json", "--listen", "192.0.2.1:1"][..],
        &["serve", "--log-format", "json", "--max-cost=0"],
        &["serve", "--log-format=json", "--nothing"],
        &["serve", "--log-format=json", "--database-url=nix://"],
    ] {
        let output = directory.run(arguments);
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{output:?}"
        );
        let stderr = String::from_utf8(output.stderr).unwrap();
        for line in stderr.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(
                line["message"].is_string() && line["timestamp"].is_string(),
                "{line}"
            );
        }
        assert!(stderr.contains("ERROR"), "{arguments:?}: {stderr}");
    }
}

#[tokio::test]
async fn doctor_names_each_problem_and_changes_nothing() {
    let directory = WorkingDirectory::with_bundled_data().await;
    let before = directory.read("demarche.db");
    let free = &["--listen=127.0.0.1:0", "--max-connections=500"][..];
    let healthy = directory.stdout_of(&[&["doctor"], free].concat());
    for check in [
        "options", "address", "port", "folder", "disk", "files", "database",
    ] {
        let line = healthy
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(check));
        assert!(
            line.is_some_and(|line| line.starts_with("ok ")),
            "{check}: {healthy}"
        );
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = format!("--listen={}", listener.local_addr().unwrap());
    for (arguments, part) in [
        (&[taken.as_str()][..], "another process listens on it"),
        (
            &["--listen=192.0.2.1:8000"],
            "use an address of this machine",
        ),
        (
            &["--database-url=sqlite://missing/demarche.db"],
            "missing does not exist; create it",
        ),
        (
            &["--database-url=postgres://127.0.0.1:1/none"],
            "Connection refused",
        ),
        (&["--max-cost=0"], "max-cost: 0 rejects every query"),
    ] {
        let arguments = [
            &[
                "doctor",
                "--json",
                "--max-connections=500",
                "--max-connections-per-address=500",
            ][..],
            arguments,
        ]
        .concat();
        let output = directory.run(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let stdout = String::from_utf8(output.stdout).unwrap();
        let lines = stdout
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let problems: Vec<_> = lines.filter(|line| line["result"] == "problem").collect();
        assert!(
            problems
                .iter()
                .any(|line| line["message"].as_str().unwrap().contains(part)),
            "{part}: {stdout}"
        );
    }
    assert_eq!(directory.read("demarche.db"), before);
    let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

#[test]
fn help_is_in_groups_and_ends_with_examples() {
    let directory = WorkingDirectory::new();
    for flag in ["-h", "--help"] {
        let help = directory.stdout_of(&[flag]);
        for group in [
            "\nServer:\n",
            "\nAccess:\n",
            "\nTelemetry:\n",
            "\nCaches:\n",
            "\nExamples:\n  demarche ",
        ] {
            assert!(help.contains(group), "{group}: {help}");
        }
    }
}

#[test]
fn the_bundled_document_is_recorded_once() {
    let directory = WorkingDirectory::new();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/us-third-country-removals.json"
    );
    let first = directory.stdout_of(&["import", file]);
    for count in [
        "recorded 676 (",
        "initiative 1",
        "source 312",
        "stance statement 187",
    ] {
        assert!(first.contains(count), "{count}: {first}");
    }
    assert!(!first.contains("skipped"), "{first}");
    let second = directory.stdout_of(&["import", file]);
    assert!(
        second.starts_with("recorded 0\nskipped 676 that were already there ("),
        "{second}"
    );
    assert_eq!(directory.entry_count(), 676);
}

#[test]
fn documents_are_recorded_in_order_up_to_the_first_invalid_one() {
    let directory = WorkingDirectory::new();
    let mut invalid = document("wants", &["RW"]);
    invalid["statements"][0]["validFrom"] = "2025-02-30".into();
    directory.write("first.json", document("asks", &["RW", "PE"]).to_string());
    directory.write("second.json", document("begs", &["EC"]).to_string());
    directory.write("wrong.json", invalid.to_string());
    let stdout = directory.stdout_of(&["import", "first.json", "second.json"]);
    assert_eq!(stdout.matches("recorded ").count(), 2, "{stdout}");
    assert_eq!(directory.entry_count(), 7);
    directory.write("third.json", document("seeks", &["EC"]).to_string());
    let stderr = directory.stderr_of_failure(&["import", "third.json", "wrong.json", "first.json"]);
    assert!(
        stderr.contains("wrong.json: 1 error; nothing was recorded"),
        "{stderr}"
    );
    assert_eq!(directory.entry_count(), 10);
}

#[test]
fn an_invalid_document_is_rejected_as_a_whole_with_every_error() {
    let directory = WorkingDirectory::new();
    let mut invalid = document("asks", &["RW", "PE", "EC"]);
    invalid["statements"][0]["validFrom"] = "2025-02-30".into();
    invalid["statements"][1]["subject"] = json!({ "relationship": "ZZ" });
    invalid["sources"][0]["url"] = "ftp://example.org/".into();
    directory.write("document.json", invalid.to_string());
    let stderr = directory.stderr_of_failure(&["import", "document.json"]);
    for path in [
        "3 errors; nothing was recorded",
        "statements[0] (rw-named).validFrom: ",
        "statements[1] (pe-named).subject.relationship: ",
        "sources[0] (report).url: ",
    ] {
        assert!(stderr.contains(path), "{path}: {stderr}");
    }
    assert_eq!(directory.entry_count(), 0);
}

#[test]
fn a_document_that_fails_half_way_leaves_nothing() {
    let directory = WorkingDirectory::new();
    let mut invalid = document("asks", &["RW", "PE", "EC"]);
    invalid["statements"][2]["validFrom"] = "2999-01-01".into();
    directory.write("document.json", invalid.to_string());
    let stderr = directory.stderr_of_failure(&["import", "document.json"]);
    assert!(
        stderr.contains("statements[2] (ec-named).validFrom: "),
        "{stderr}"
    );
    assert_eq!(directory.entry_count(), 0);
}

#[test]
fn a_ledger_survives_export_and_import_byte_by_byte() {
    let (directory, file) = WorkingDirectory::exported();
    let other = WorkingDirectory::new();
    other.write("ledger.ndjson", &file);
    let stdout = other.stdout_of(&["import", "ledger.ndjson"]);
    assert_eq!(stdout, "6 entries recorded\n");
    assert_eq!(other.stdout_of(&["export"]).into_bytes(), file);
    assert_eq!(
        other.stdout_of(&["verify"]),
        directory.stdout_of(&["verify"])
    );
    let repeated = other.stdout_of(&["import", "ledger.ndjson"]);
    assert_eq!(
        repeated,
        "0 entries recorded, skipped 6 that were already there\n"
    );
}

#[test]
fn an_export_for_data_tools_is_a_table_of_the_same_eight_keys() {
    let (directory, file) = WorkingDirectory::exported();
    let whole = String::from_utf8(file).unwrap();
    let entries = directory.stdout_of(&["export", "--entries"]);
    let whole: Vec<&str> = whole.lines().collect();
    assert_eq!(
        entries.lines().collect::<Vec<_>>(),
        whole[1..whole.len() - 1]
    );
    for line in entries.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
        let expected = [
            "actor",
            "hash",
            "idempotencyKey",
            "kind",
            "payload",
            "prevHash",
            "recordedAt",
            "seq",
        ];
        assert_eq!(keys, expected);
    }
}

#[test]
fn an_export_with_an_altered_byte_is_rejected_with_its_line() {
    let (_, file) = WorkingDirectory::exported();
    let text = String::from_utf8(file.clone()).unwrap();
    let (directory, lines) = (WorkingDirectory::new(), text.lines().count());
    assert_eq!(lines, 8);
    let starts: Vec<usize> = text
        .match_indices('\n')
        .map(|(index, _)| index + 1)
        .collect();
    // In the middle of the third, fifth and last line; replaced by another character or by invalid UTF-8.
    for (line, byte) in [(3, b'7'), (3, 0xFF), (5, b'"'), (5, b'_'), (8, b'x')] {
        let mut altered = file.clone();
        let middle = starts[line - 2].midpoint(starts[line - 1]);
        altered[middle] = if altered[middle] == byte { b'8' } else { byte };
        directory.write("ledger.ndjson", &altered);
        let stderr = directory.stderr_of_failure(&["import", "ledger.ndjson"]);
        assert!(stderr.contains(&format!("line {line}: ")), "{stderr}");
    }
    assert_eq!(directory.entry_count(), 0);
}

#[test]
fn a_truncated_export_is_rejected() {
    let (_, file) = WorkingDirectory::exported();
    let text = String::from_utf8(file).unwrap();
    let footer = text.trim_end().rfind('\n').unwrap() + 1;
    let directory = WorkingDirectory::new();
    // Without the footer, truncated within an entry, and with the header only.
    for (end, line) in [
        (footer, 8),
        (footer - 40, 7),
        (text.find('\n').unwrap() + 1, 2),
    ] {
        directory.write("ledger.ndjson", &text[..end]);
        let stderr = directory.stderr_of_failure(&["import", "ledger.ndjson"]);
        assert!(stderr.contains(&format!("line {line}: ")), "{stderr}");
    }
    assert_eq!(directory.entry_count(), 0);
}

#[test]
fn a_ledger_is_not_mixed_with_another() {
    let (_, file) = WorkingDirectory::exported();
    let directory = WorkingDirectory::new();
    directory.write("document.json", document("wants", &["RW"]).to_string());
    directory.stdout_of(&["import", "document.json"]);
    directory.write("ledger.ndjson", file);
    let stderr = directory.stderr_of_failure(&["import", "ledger.ndjson"]);
    assert!(
        stderr.contains("the database already contains another ledger"),
        "{stderr}"
    );
    assert_eq!(directory.entry_count(), 3);
}

#[tokio::test]
async fn verify_detects_an_altered_ledger() {
    use sea_orm::ConnectionTrait;
    let (directory, _) = WorkingDirectory::exported();
    let stdout = directory.stdout_of(&["verify"]);
    assert!(
        stdout.starts_with("OK: 6 entries verified, head "),
        "{stdout}"
    );
    let db = directory.0.connect().await;
    let alter = "UPDATE statement SET summary = 'x' WHERE id = 4";
    db.execute_unprepared(alter).await.unwrap();
    let output = directory.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout, "entry 4: altered row in statement\n");
}

/// A server on any port, and what it has printed by then.
fn start_server(mut command: Command) -> (Child, String) {
    command.args(["--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut stdout = String::new();
    while !stdout.contains("/schema.graphql") {
        stdout.push_str(&lines.next().unwrap().unwrap());
    }
    (server, stdout)
}

/// The response to a document from the server that printed `stdout`.
async fn send(stdout: &str, token: Option<&str>, document: &str) -> String {
    let mut words = stdout.split_whitespace();
    let endpoint = words.find(|word| word.ends_with("/graphql")).unwrap();
    let request = reqwest::Client::new().post(endpoint);
    let request = match token {
        Some(token) => request.bearer_auth(token.trim()),
        None => request,
    };
    let request = request.json(&json!({ "query": document }));
    request.send().await.unwrap().text().await.unwrap()
}

/// Stops a server by SIGTERM.
fn stop(server: &mut Child) {
    let kill = Command::new("kill").arg(server.id().to_string()).status();
    assert!(kill.unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn what_is_written_to_a_scratch_copy_is_gone_with_it() {
    let directory = WorkingDirectory::new();
    directory.write("document.json", document("asks", &["RW"]).to_string());
    directory.stdout_of(&["import", "document.json"]);
    let token = directory.stdout_of(&["token", "create", "--role", "editor", "--name", "desk"]);
    let before = directory.read("demarche.db");
    std::fs::create_dir(directory.path().join("temporary")).unwrap();
    let mut command = directory.command(&["serve", "--scratch"]);
    command.env("TMPDIR", directory.path().join("temporary"));
    let (mut server, stdout) = start_server(command);
    assert!(
        stdout.contains("a scratch copy of sqlite://demarche.db"),
        "{stdout}"
    );
    let register = r#"mutation { registerSource(input: { idempotencyKey: "one", kind: NEWS, publisher: "A paper",
        title: "A title", url: "https://example.org/", language: "en" }) { ledgerHead { seq } } }"#;
    let response = send(&stdout, Some(&token), register).await;
    assert!(response.contains(r#""seq":4"#), "{response}");
    let files = || std::fs::read_dir(directory.path().join("temporary")).unwrap();
    assert_eq!(files().count(), 1);
    stop(&mut server);
    assert_eq!(files().count(), 0);
    assert_eq!(directory.read("demarche.db"), before);
    assert_eq!(directory.entry_count(), 3);

    let stderr = directory.stderr_of_failure(&[
        "serve",
        "--scratch",
        "--database-url",
        "postgres://nobody@127.0.0.1:1/none",
    ]);
    assert!(stderr.contains("SQLite"), "{stderr}");
}

#[tokio::test]
async fn a_scratch_copy_signs_by_another_key() {
    let directory = WorkingDirectory::new();
    directory.write("document.json", document("asks", &["RW"]).to_string());
    directory.stdout_of(&["import", "document.json"]);
    let ours = directory.stdout_of(&["key", "show"]);
    assert_eq!(directory.stdout_of(&["key", "show"]), ours);
    let (mut server, stdout) = start_server(directory.command(&["serve", "--scratch"]));
    let response = send(&stdout, None, "{ ledger { verifierKey } }").await;
    stop(&mut server);
    let (name, key) = ours.trim().split_once('+').unwrap();
    assert!(response.contains(name), "{response}");
    assert!(!response.contains(key), "{response}");
}

#[tokio::test]
async fn serve_prints_its_addresses_and_stops_on_sigterm() {
    let directory = WorkingDirectory::with_bundled_data().await;
    let (mut server, stdout) = start_server(directory.command(&["serve"]));
    for part in [
        "/playground/",
        "/graphql ",
        "ws://127.0.0.1:",
        "/graphql/ws ",
        "/graphql/stream ",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let response = send(&stdout, None, "{ __typename }").await;
    assert!(response.contains("Query"), "{response}");
    stop(&mut server);
}

#[test]
fn environment_variables_replace_missing_options() {
    let directory = WorkingDirectory::new();
    let mut command = directory.command(&["token", "create", "--role", "editor", "--name", "desk"]);
    command.env("DEMARCHE_DATABASE_URL", "sqlite://other.db");
    assert!(command.output().unwrap().status.success());
    assert!(directory.path().join("other.db").exists());
    assert!(!directory.path().join("demarche.db").exists());

    // The error about an address of another machine shows that the variable was read.
    let mut command = directory.command(&["--no-seed"]);
    let output = command
        .env("DEMARCHE_LISTEN", "192.0.2.1:8000")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("cannot listen on 192.0.2.1:8000"),
        "{stderr}"
    );
}

#[test]
fn invalid_options_are_usage_errors() {
    let directory = WorkingDirectory::new();
    for arguments in [
        &["--nothing"][..],
        &["serve", "--listen", "nowhere"],
        &["serve", "--log-format", "xml"],
        &["serve", "--otlp-endpoint", "https://collector.example"],
        &["token", "create", "--role", "reader", "--name", "x"],
        &["import"],
        &["nothing"],
    ] {
        let output = directory.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty());
    }
    assert!(
        std::fs::read_dir(directory.path())
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn help_names_the_variable_of_every_option() {
    let directory = WorkingDirectory::new();
    for command in [
        &["serve"][..],
        &["import"],
        &["check"],
        &["export"],
        &["verify"],
        &["token", "create"],
        &["token", "list"],
        &["token", "revoke"],
    ] {
        let help = directory.stdout_of(&[command, &["--help"]].concat());
        // The line of an option, and its description on the following lines.
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

#[test]
fn completions_and_manual_pages_name_every_command() {
    let directory = WorkingDirectory::new();
    let script = directory.stdout_of(&["completions", "bash"]);
    let parsed = Command::new("bash").args(["-n", "-c", &script]).output();
    assert!(parsed.unwrap().status.success());
    let (bash, zsh, fish) = (
        script,
        directory.stdout_of(&["completions", "zsh"]),
        directory.stdout_of(&["completions", "fish"]),
    );
    let page = directory.stdout_of(&["man"]);
    assert!(page.contains("\n.TH demarche 1 "), "{page}");
    for command in [
        "serve", "import", "check", "export", "backup", "migrate", "verify", "doctor", "token",
    ] {
        for script in [&bash, &zsh, &fish] {
            assert!(script.contains(command), "{command}");
        }
        assert!(
            page.contains(&format!("demarche\\-{command}(1)")),
            "{command}: {page}"
        );
        let of_command = directory.stdout_of(&["man", command]);
        assert!(
            of_command.contains(&format!(".TH demarche-{command} 1 ")),
            "{of_command}"
        );
    }
    let stderr = directory.stderr_of_failure(&["man", "nothing"]);
    assert!(stderr.contains("there is no command `nothing`"), "{stderr}");
}

/// The JSON objects that a command prints, one per line.
fn objects(output: &Output) -> Vec<serde_json::Value> {
    let stdout = std::str::from_utf8(&output.stdout).unwrap();
    let objects = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    objects.collect()
}

#[test]
fn commands_that_report_print_objects_for_programs_and_no_progress_into_a_pipe() {
    let directory = WorkingDirectory::new();
    let quiet = |arguments: &[&str]| {
        let output = directory.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        assert!(!output.stderr.contains(&b'%'), "{arguments:?}: {output:?}");
        objects(&output)
    };
    directory.write("asks.json", document("asks", &["RW"]).to_string());
    let summary = |recorded: serde_json::Value, present: serde_json::Value, file: &str| json!([{ "type": "summary", "file": file, "recorded": recorded, "present": present }]);
    let items = json!({ "initiative": 1, "source": 1, "stance statement": 1 });
    let first = quiet(&["import", "asks.json"]);
    assert_eq!(json!(first), summary(items.clone(), json!({}), "asks.json"));
    let second = quiet(&["import", "asks.json"]);
    assert_eq!(json!(second), summary(json!({}), items, "asks.json"));
    let exported = quiet(&["export", "--output", "ledger.ndjson"]);
    let expected = json!([{ "type": "summary", "file": "ledger.ndjson", "entries": 3 }]);
    assert_eq!(json!(exported), expected);
    let refused = directory.stderr_of_failure(&["export", "--json"]);
    assert!(refused.contains("json: needs --output"), "{refused}");
    let restored = quiet(&["import", "ledger.ndjson"]);
    let entries = [json!({ "entry": 0 }), json!({ "entry": 3 })];
    let [recorded, present] = entries;
    assert_eq!(json!(restored), summary(recorded, present, "ledger.ndjson"));
    let verified = quiet(&["verify"]);
    assert_eq!(verified[0]["entries"], 3);
    let copied = quiet(&["backup", "copy.db"]);
    assert_eq!(copied[0]["file"], "copy.db");
    assert_eq!(copied[0]["head"], verified[0]["head"]);
    directory.stdout_of(&["token", "create", "--role", "editor", "--name", "desk"]);
    let tokens = quiet(&["token", "list"]);
    assert_eq!(tokens[0]["name"], "desk");
    assert_eq!(tokens[0]["expiresAt"], json!(null));
    let url = "http://127.0.0.1:9/";
    directory.stdout_of(&["webhook", "add", url, "--webhook-allow-loopback"]);
    let webhooks = quiet(&["webhook", "list"]);
    assert_eq!(
        [&webhooks[0]["url"], &webhooks[0]["seq"]],
        [&json!(url), &json!(3)]
    );
    assert_eq!(quiet(&["webhook", "deliveries", "1"]).len(), 0);
}

#[test]
fn errors_of_a_document_are_objects_for_programs_too() {
    let directory = WorkingDirectory::new();
    let mut invalid = document("asks", &["RW"]);
    invalid["statements"][0]["validFrom"] = "2025-02-30".into();
    directory.write("asks.json", invalid.to_string());
    let output = directory.run(&["import", "asks.json", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = objects(&output);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["type"], "error");
    assert_eq!(errors[0]["path"], "statements[0] (rw-named).validFrom");
}
