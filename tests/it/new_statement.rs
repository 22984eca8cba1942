//! `demarche new statement` at a terminal: answers, wrong answers, interrupts, and documents.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::{Value, json};

use crate::command_line::WorkingDirectory;
use crate::fixtures::document;

/// Longest wait for a question.
const LIMIT: Duration = Duration::from_secs(30);

/// A program whose standard input and standard error are a terminal.
struct Session {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What the screen has shown since the last question.
    shown: String,
}

impl Session {
    fn start(directory: &WorkingDirectory, arguments: &[&str]) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let size = Winsize {
            ws_row: 50,
            ws_col: 200,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&keyboard, size).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let name = OsStr::from_bytes(name.as_bytes()).to_owned();
        let terminal = File::options().read(true).write(true).open(name).unwrap();
        let child = directory
            .command(arguments)
            .stdin(Stdio::from(terminal.try_clone().unwrap()))
            .stderr(Stdio::from(terminal))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let keyboard = File::from(keyboard);
        let mut reader = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            // An error is the end of the program.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keyboard,
            screen,
            shown: String::new(),
        }
    }

    /// Waits until the screen shows a text after the last one.
    #[track_caller]
    fn expect(&mut self, text: &str) {
        loop {
            if let Some(index) = self.shown.find(text) {
                self.shown.drain(..index + text.len());
                return;
            }
            let more = self.screen.recv_timeout(LIMIT);
            let more = more.unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.shown));
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    #[track_caller]
    fn answer(&mut self, question: &str, text: &str) {
        self.expect(question);
        self.press(&format!("{text}\r"));
    }

    /// Chooses the item at an index.
    #[track_caller]
    fn choose(&mut self, question: &str, index: usize) {
        self.expect(question);
        self.press(&format!("{}\r", "j".repeat(index)));
    }

    #[track_caller]
    fn confirm(&mut self, question: &str, key: &str) {
        self.expect(question);
        self.press(key);
    }

    /// Presses Ctrl-C until the program ends: the terminal may take the first one while no question waits.
    fn interrupt(&mut self) {
        let started = Instant::now();
        while self.child.try_wait().unwrap().is_none() && started.elapsed() < LIMIT {
            self.press("\u{3}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The exit code and standard output.
    fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = String::new();
        let mut pipe = self.child.stdout.take().unwrap();
        pipe.read_to_string(&mut stdout).unwrap();
        (self.child.wait().unwrap().code(), stdout)
    }

    /// Answers until the question for the source.
    #[track_caller]
    fn refuse(&mut self, country: &str, day: &str) {
        self.choose("Initiative", 0);
        self.confirm("Does it correct", "n");
        self.choose("Kind of statement", 0);
        self.answer("Requested state", country);
        self.choose("Stance", 7);
        self.answer("Limited to", "");
        self.choose("Who says it", 1);
        self.answer("Claimant", "Ministry of Foreign Affairs");
        self.answer("Valid from", day);
        self.answer("Summary", "The ministry says that it refuses.");
        self.answer("Note", "");
    }

    #[track_caller]
    fn new_source(&mut self, url: &str, day: &str) {
        self.answer("Source (its address", url);
        self.choose("Which source", 0);
        self.choose("Kind of source", 0);
        self.answer("Publisher", "A newspaper");
        self.answer("Title", "A report");
        self.answer("Published on", day);
        self.answer("Language", "en");
        self.answer("Quote", "");
        self.answer("Where in the source", "");
        self.answer("Passage public since", "");
    }

    /// Confirms the last questions; the exit code and standard output.
    #[track_caller]
    fn record(mut self) -> (Option<i32>, String) {
        self.confirm("Another source?", "n");
        self.confirm("Record it?", "y");
        self.end()
    }

    /// Chooses a statement to correct by words that only it has.
    #[track_caller]
    fn correct(&mut self, words: &str, reason: &str) {
        self.choose("Initiative", 0);
        self.confirm("Does it correct", "y");
        self.answer("Statement to correct", words);
        self.choose("Which statement", 0);
        self.answer("Reason of the correction", reason);
    }

    /// Answers from the kind on until the question for the source.
    #[track_caller]
    fn state_refusal(&mut self, summary: &str) {
        self.choose("Kind of statement", 0);
        self.choose("Stance", 7);
        self.answer("Limited to", "");
        self.choose("Who says it", 1);
        self.answer("Claimant", "Ministry of Foreign Affairs");
        self.answer("Valid from", "2025-05-02");
        self.answer("Summary", summary);
        self.answer("Note", "");
    }
}

/// The payload of the newest entry.
fn last_payload(directory: &WorkingDirectory) -> Value {
    let entries = directory.stdout_of(&["export", "--entries"]);
    let entry: Value = serde_json::from_str(entries.lines().last().unwrap()).unwrap();
    serde_json::from_str(entry["payload"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn answers_are_checked_shown_and_recorded() {
    let directory = WorkingDirectory::with_bundled_data().await;
    let mut session = Session::start(&directory, &["new", "statement"]);
    session.choose("Initiative", 0);
    session.confirm("Does it correct", "n");
    session.choose("Kind of statement", 0);
    session.answer("Requested state", "Atlantis");
    session.expect("no country is known as `Atlantis`");
    session.answer("Requested state", "USA");
    session.expect("United States is the requesting state");
    session.answer("Requested state", "Tunisa");
    session.choose("Which one", 0);
    session.choose("Stance", 7);
    session.answer("Limited to", "");
    session.choose("Who says it", 1);
    session.answer("Claimant", "Ministère de l’Intérieur");
    session.answer("Valid from", "2025-13");
    session.expect("2025-13");
    session.answer("Valid from", "2999-01");
    session.expect("is after today");
    session.answer("Valid from", "2026-11-20");
    session.answer("Summary", "");
    session.expect("must not be empty");
    session.answer("Summary", "The ministry says that it refuses.");
    session.answer("Note", "");
    session.new_source("https://example.org/refusal", "2026-11-21");
    session.confirm("Another source?", "y");
    session.answer("Source (its address", "bahamas press");
    session.choose("Which source", 0);
    session.choose("Relation", 2);
    session.answer("Quote", "");
    session.answer("Where in the source", "p. 3");
    session.answer("Passage public since", "2999-01-01");
    session.expect("is after today");
    session.answer("Passage public since", "2026-11-22");
    let (code, stdout) = session.record();
    assert_eq!(code, Some(0), "{stdout}");
    for part in [
        "would record 2 (source 1, stance statement 1)\n",
        "TN: NAMED -> REFUSED (2026-11-20, event)",
        "\nrecorded 2 (source 1, stance statement 1)\n",
        "\nstatement 678\n",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert_eq!(directory.entry_count(), 678);
    directory.stdout_of(&["export", "--output", "ledger.ndjson"]);
    let ledger = String::from_utf8(directory.read("ledger.ndjson")).unwrap();
    assert!(ledger.contains("Ministère de l’Intérieur"), "{ledger}");
    assert!(
        ledger.contains(r#"\"publishedOn\":\"2026-11-22\",\"quote\""#),
        "{ledger}"
    );
}

#[tokio::test]
async fn ctrl_c_and_no_write_nothing() {
    let directory = WorkingDirectory::with_bundled_data().await;
    for last in ["Kind of statement", "Summary", "Record it?"] {
        let mut session = Session::start(&directory, &["new", "statement"]);
        if last == "Kind of statement" {
            session.choose("Initiative", 0);
            session.confirm("Does it correct", "n");
        } else {
            session.refuse("TN", "2026-11-20");
            if last == "Record it?" {
                session.new_source("https://example.org/refusal", "2026-11-21");
                session.confirm("Another source?", "n");
                session.confirm(last, "n");
            }
        }
        if last != "Record it?" {
            session.interrupt();
        }
        session.expect("cancelled; nothing was written");
        assert_eq!(session.end().0, Some(1), "{last}");
    }
    assert_eq!(directory.entry_count(), 676);
}

#[test]
fn without_a_terminal_it_refuses_at_once() {
    let directory = WorkingDirectory::new();
    let stderr = directory.stderr_of_failure(&["new", "statement"]);
    assert!(
        stderr.contains("demarche: terminal: this command asks questions"),
        "{stderr}"
    );
    assert!(stderr.contains("demarche import FILE"), "{stderr}");
}

#[test]
fn statements_are_added_to_a_document_which_stays_as_it_was() {
    let directory = WorkingDirectory::new();
    let text = serde_json::to_string_pretty(&document("asks", &["RW", "PE"])).unwrap();
    directory.write("asks.json", &text);
    directory.stdout_of(&["import", "asks.json"]);
    // Another indentation than that of new items.
    let text = text.replace("  ", "\t") + "\n\n";
    directory.write("asks.json", &text);
    for (country, day, published, code) in [
        ("Rwanda", "2025-05-02", "2025-05-03", 0),
        ("Peru", "2025-01-02", "2025-01-03", 0),
        ("Ghana", "2025-06-01", "2025-06-01", 1),
    ] {
        let before = String::from_utf8(directory.read("asks.json")).unwrap();
        let mut session = Session::start(&directory, &["new", "statement", "-o", "asks.json"]);
        session.refuse(country, day);
        session.new_source(&format!("https://example.org/{country}"), published);
        session.confirm("Another source?", "n");
        session.confirm("Write asks.json?", if code == 0 { "y" } else { "n" });
        let (found, stdout) = session.end();
        assert_eq!(found, Some(code), "{stdout}");
        assert!(stdout.contains("-> REFUSED"), "{stdout}");
        let after = String::from_utf8(directory.read("asks.json")).unwrap();
        if code != 0 {
            assert_eq!(after, before);
        }
        for line in text.lines() {
            assert!(after.contains(line.trim_end_matches([',', '}'])), "{line}");
        }
    }
    let stdout = directory.stdout_of(&["check", "asks.json"]);
    assert!(
        stdout.contains("would record 4 (source 2, stance statement 2)"),
        "{stdout}"
    );
    let files = std::fs::read_dir(directory.path()).unwrap();
    assert!(
        files
            .into_iter()
            .all(|file| !file.unwrap().path().ends_with(".partial"))
    );
    // A new document.
    let mut session = Session::start(&directory, &["new", "statement", "-o", "new.json"]);
    session.refuse("Ghana", "2025-06-01");
    session.new_source("https://example.org/gh", "2025-06-01");
    session.confirm("Another source?", "n");
    session.confirm("Write new.json?", "y");
    assert_eq!(session.end().0, Some(0));
    directory.stdout_of(&["import", "new.json"]);
}

#[tokio::test]
async fn a_correction_asks_what_is_wrong_and_why_and_keeps_the_subject() {
    let directory = WorkingDirectory::new();
    let text = document("asks", &["RW", "PE"]).to_string();
    directory.write("asks.json", &text);
    directory.stdout_of(&["import", "asks.json"]);
    let mut session = Session::start(&directory, &["new", "statement"]);
    session.choose("Initiative", 0);
    session.confirm("Does it correct", "y");
    session.answer("Statement to correct", "");
    session.expect("must not be empty");
    session.answer("Statement to correct", "no such words");
    session.choose("Which statement", 0); // only "search again" is left
    session.answer("Statement to correct", "NAMED asked");
    session.expect("4: PE, 2025-03-02: The state is named as one that will be asked.");
    session.choose("", 1);
    session.answer("Reason of the correction", "The ministry was misquoted");
    session.state_refusal("The ministry says that it refuses.");
    session.new_source("https://example.org/refusal", "2025-05-03");
    let (code, stdout) = session.record();
    assert_eq!(code, Some(0), "{stdout}");
    for part in [
        "would record 2 (source 1, stance statement 1)\n",
        "RW: NAMED -> REFUSED (2025-05-02, correction)",
        "\nstatement 6\n",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let payload = last_payload(&directory);
    assert_eq!(payload["corrects"], 3);
    assert_eq!(payload["reason"], "The ministry was misquoted");
    assert_eq!(payload["keepsDisputes"], true);
    assert_eq!(
        payload["statement"]["subject"]["relationship"]["requestedState"],
        "RW"
    );
    // What was corrected is not offered again.
    let mut session = Session::start(&directory, &["new", "statement"]);
    session.choose("Initiative", 0);
    session.confirm("Does it correct", "y");
    session.answer("Statement to correct", "3");
    session.choose("Which statement", 0);
    session.expect("Statement to correct");
    session.interrupt();
    session.expect("cancelled; nothing was written");
}

#[tokio::test]
async fn a_correction_of_a_disputed_statement_may_end_the_dispute() {
    let directory = WorkingDirectory::new();
    let mut text = document("asks", &["RW"]);
    let mut denial = text["statements"][0].clone();
    denial["key"] = "rw-denial".into();
    denial["summary"] = "The ministry denies it.".into();
    denial["body"] = json!({ "denial": { "of": "REQUEST", "detail": "None came." } });
    denial["contradicts"] = json!(["rw-named"]);
    text["statements"].as_array_mut().unwrap().push(denial);
    directory.write("asks.json", text.to_string());
    directory.stdout_of(&["import", "asks.json"]);
    let mut session = Session::start(&directory, &["new", "statement"]);
    session.correct("3", "Both were right");
    session.confirm("Does the correction end that?", "y");
    session.state_refusal("The ministry says that it refuses.");
    session.new_source("https://example.org/refusal", "2025-05-03");
    assert_eq!(session.record().0, Some(0));
    let payload = last_payload(&directory);
    assert_eq!(payload["corrects"], 3);
    assert!(payload.get("keepsDisputes").is_none(), "{payload}");
}

#[tokio::test]
async fn a_correction_is_added_only_to_a_document_that_has_what_it_corrects() {
    let directory = WorkingDirectory::new();
    let mut text = document("asks", &["RW", "PE"]);
    text["format"] = 2.into();
    directory.write("asks.json", text.to_string());
    directory.stdout_of(&["import", "asks.json"]);
    let mut other = text.clone();
    other["statements"].as_array_mut().unwrap().remove(0);
    directory.write("other.json", other.to_string());
    for (file, code) in [("asks.json", 0), ("other.json", 1), ("new.json", 1)] {
        let mut session = Session::start(&directory, &["new", "statement", "-o", file]);
        session.correct("3", "The ministry was misquoted");
        session.state_refusal("The ministry says that it refuses.");
        session.new_source("https://example.org/refusal", "2025-05-03");
        session.confirm("Another source?", "n");
        if code == 0 {
            session.confirm("Write asks.json?", "y");
        } else {
            session.expect("has no statement that was recorded as number 3");
        }
        assert_eq!(session.end().0, Some(code), "{file}");
    }
    let text = String::from_utf8(directory.read("asks.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(written["statements"][2]["corrects"], "rw-named");
    assert_eq!(
        written["statements"][2]["reason"],
        "The ministry was misquoted"
    );
    let stdout = directory.stdout_of(&["import", "asks.json"]);
    assert!(stdout.contains("source 1, stance statement 1"), "{stdout}");
}
