//! Runs each subject in a child process and reports what killed it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::property::Failure;
use crate::{Options, Subject, journal};

/// Passed and failed inputs, from the last line of a child process.
type Counts = (u64, u64);

/// Whether all subjects passed. The last line of output is `N passed, N failed`.
pub fn run_each(options: &Options) -> bool {
    println!("seed {}", options.seed);
    let (mut passed, mut failed) = (0, 0);
    for subject in Subject::value_variants() {
        if subject.is_selected(options) {
            let counts = run_child(*subject, options);
            passed += counts.0;
            failed += counts.1;
        }
    }
    println!("{passed} passed, {failed} failed");
    failed == 0
}

fn run_child(subject: Subject, options: &Options) -> Counts {
    let journal = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let journal = journal.join(format!("fuzz-{}-{}", subject.name(), std::process::id()));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--only", &subject.name()])
        .args(["--inputs", &options.inputs.to_string()])
        .args(["--seed", &options.seed.to_string()])
        .arg("--journal")
        .arg(&journal)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut counts = None;
    let output = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(last) = parse_counts(&line) {
            counts = Some(last);
        } else {
            println!("{line}");
        }
    }
    let status = child.wait().unwrap();
    let counts = counts.unwrap_or_else(|| {
        println!(
            "{}: {}",
            subject.name(),
            crash_failure(&status.to_string(), &journal)
        );
        (0, 1)
    });
    // The journal is only needed after a crash.
    let _ = std::fs::remove_file(&journal);
    counts
}

fn parse_counts(line: &str) -> Option<Counts> {
    let (passed, rest) = line.split_once(" passed, ")?;
    let failed = rest.strip_suffix(" failed")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

fn crash_failure(status: &str, journal: &Path) -> Failure {
    Failure {
        violation: format!("the process died: {status}"),
        input: journal::read(journal).unwrap_or_default(),
    }
}
