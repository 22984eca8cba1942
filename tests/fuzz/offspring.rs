//! Runs each subject in a process of its own, and tells what killed it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::claim::Failure;
use crate::{Options, Subject, journal};

/// How many inputs passed and failed; the last line of a process says it.
type Counts = (u64, u64);

/// Whether all is well. The last line says `N passed, N failed`.
pub fn run_each(options: &Options) -> bool {
    println!("seed {}", options.seed);
    let (mut passed, mut failed) = (0, 0);
    for subject in Subject::value_variants() {
        if subject.is_wanted(options) {
            let counts = run(*subject, options);
            passed += counts.0;
            failed += counts.1;
        }
    }
    println!("{passed} passed, {failed} failed");
    failed == 0
}

fn run(subject: Subject, options: &Options) -> Counts {
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
    let output = child.stdout.take().expect("it was asked for");
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(last) = read(&line) {
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
            killed(&status.to_string(), &journal)
        );
        (0, 1)
    });
    // It was only for this.
    let _ = std::fs::remove_file(&journal);
    counts
}

fn read(line: &str) -> Option<Counts> {
    let (passed, rest) = line.split_once(" passed, ")?;
    let failed = rest.strip_suffix(" failed")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

fn killed(status: &str, journal: &Path) -> Failure {
    Failure {
        claim: format!("the process ended: {status}"),
        input: journal::read(journal).unwrap_or_default(),
    }
}
