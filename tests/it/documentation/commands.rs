//! The commands of the documents are valid and run somewhere, and their options are those of the command line.

use std::collections::{BTreeMap, BTreeSet};

use clap::{CommandFactory, Parser};
use demarche::config::CommandLine;

use super::{read, root, spans};
use crate::examples::{commands, text_of};

/// Where commands of the documents are run: the command, a file, and a text in that file.
const RUN: [(&str, &str, &str); 9] = [
    (
        "cargo test --workspace",
        ".ci/run",
        "cargo test --workspace",
    ),
    (
        "cargo test --test costs",
        ".ci/run",
        "cargo test --workspace",
    ),
    ("tests/schema/run", ".ci/run", "tests/schema/run"),
    ("tests/peers/run", ".ci/run", "tests/peers/run"),
    ("tests/browser/run", ".ci/run", "tests/browser/run"),
    ("node data/edition.mjs", ".ci/run", "node data/edition.mjs"),
    (
        "curl ",
        "tests/it/examples.rs",
        "every_curl_request_in_the_documents_succeeds",
    ),
    (
        "pg_dump ",
        "tests/postgres/database.rs",
        "pg_dump --format=custom --no-owner",
    ),
    (
        "pg_restore ",
        "tests/postgres/database.rs",
        "pg_restore --exit-on-error --no-owner",
    ),
];

/// Documents whose options are all those of `demarche`.
const ABOUT_OPTIONS: [&str; 11] = [
    "README.md",
    "docs/queries.md",
    "docs/api.md",
    "docs/http.md",
    "docs/subscriptions.md",
    "docs/writing.md",
    "docs/configuration.md",
    "docs/operating.md",
    "docs/security.md",
    "docs/webhooks.md",
    "docs/performance.md",
];

#[test]
fn every_demarche_command_in_the_documents_is_valid() {
    for expected in [
        "README.md",
        "docs/writing.md",
        "docs/operating.md",
        "docs/ledger-format.md",
        "data/README.md",
    ] {
        let mut all = commands().into_iter();
        assert!(
            all.any(|(path, command)| path == expected && arguments(&command).is_some()),
            "{expected}"
        );
    }
    for (path, command) in commands() {
        let Some(arguments) = arguments(&command) else {
            continue;
        };
        let arguments = arguments.replace("$(date +%F)", "2026-11-26");
        let words = ["demarche"].into_iter().chain(arguments.split_whitespace());
        CommandLine::try_parse_from(words)
            .unwrap_or_else(|error| panic!("{path}: {command}: {error}"));
    }
}

#[test]
fn every_other_command_is_run_somewhere_or_is_an_exception_with_a_reason() {
    let exceptions = exceptions();
    let is_covered = |command: &str| {
        let run = RUN.iter().any(|(start, _, _)| command.starts_with(start));
        run || exceptions.iter().any(|start| command.starts_with(start))
    };
    let commands: Vec<_> = commands()
        .into_iter()
        .filter(|(_, it)| arguments(it).is_none())
        .collect();
    for (path, command) in &commands {
        assert!(
            is_covered(command),
            "{path}: `{command}` is neither run nor an exception"
        );
    }
    let starts = RUN.iter().map(|(start, _, _)| *start);
    for start in starts.chain(exceptions.iter().copied()) {
        let mut named = commands.iter().map(|(_, command)| command);
        assert!(
            named.any(|command| command.starts_with(start)),
            "no document names `{start}`"
        );
    }
    for (_, file, text) in RUN {
        assert!(read(&root().join(file)).contains(text), "{file}: {text}");
    }
}

#[test]
fn the_options_of_the_configuration_guide_are_those_of_the_command_line() {
    let mut documented: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut alone = Vec::new();
    for row in text_of("docs/configuration.md")
        .lines()
        .filter(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let (variable, default) = (cells[2].to_owned(), cells[3].to_owned());
        let option = cells[1].strip_prefix("--");
        if let Some(option) = option.filter(|name| !name.starts_with('-')) {
            documented.insert(option.to_owned(), (variable, default));
        } else if variable.starts_with("DEMARCHE_") {
            alone.push(variable);
        }
    }
    let options = options();
    let names = documented.keys().collect::<Vec<_>>();
    assert_eq!(names, options.keys().collect::<Vec<_>>());
    for (name, (variable, default)) in &options {
        assert_eq!(&documented[name].0, variable, "--{name}");
        assert!(
            default.is_empty() || &documented[name].1 == default,
            "--{name}"
        );
    }
    // Read before the command line is; not an option.
    assert_eq!(alone, ["DEMARCHE_LOG"]);
}

#[test]
fn every_option_and_variable_that_a_document_names_exists() {
    let options = options();
    let variables: BTreeSet<&str> = options
        .values()
        .map(|(variable, _)| variable.as_str())
        .collect();
    for path in ABOUT_OPTIONS {
        for span in spans(text_of(path)) {
            let word = span.split([' ', '=']).next().unwrap();
            if let Some(name) = word.strip_prefix("--") {
                assert!(options.contains_key(name), "{path}: {span}");
            }
            if word.starts_with("DEMARCHE_") {
                assert!(
                    word == "DEMARCHE_LOG" || variables.contains(word),
                    "{path}: {span}"
                );
            }
        }
    }
}

/// The arguments of a command that runs `demarche`.
fn arguments(command: &str) -> Option<&str> {
    if let Some(rest) = command.strip_prefix("cargo run --release") {
        return Some(rest.trim_start().trim_start_matches("--"));
    }
    command.strip_prefix("demarche ")
}

/// The commands that are not run, each with a reason, of the table in the guide for contributors.
fn exceptions() -> Vec<&'static str> {
    let guide = text_of("docs/contributing.md");
    let section = guide
        .split("\n## ")
        .find(|it| it.starts_with("Commands in the documents"));
    let rows = section
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (command, reason) = row.split_once("` | ").unwrap();
        assert!(reason.trim_matches([' ', '|']).len() > 10, "{row}");
        command
    })
    .collect()
}

/// Name → (variable, default) of every option.
fn options() -> BTreeMap<String, (String, String)> {
    let mut options = BTreeMap::new();
    collect_options(&CommandLine::command(), &mut options);
    options
}

/// The options of a command and of its subcommands.
fn collect_options(command: &clap::Command, options: &mut BTreeMap<String, (String, String)>) {
    for argument in command
        .get_arguments()
        .filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
    {
        if let Some(name) = argument.get_long() {
            let variable = argument
                .get_env()
                .map(|name| name.to_string_lossy().into_owned());
            let takes_value = argument.get_action().takes_values();
            let default = argument
                .get_default_values()
                .first()
                .filter(|_| takes_value);
            let default = default.map(|value| value.to_string_lossy().into_owned());
            let option = (variable.unwrap_or_default(), default.unwrap_or_default());
            options.insert(name.to_owned(), option);
        }
    }
    for below in command.get_subcommands() {
        collect_options(below, options);
    }
}
