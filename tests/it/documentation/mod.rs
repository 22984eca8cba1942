//! What the documents name exists: commands, options, metrics, paths, links, the direction of imports, and the functions
//! and types of the code map.
//! Examples are run in `examples`.

/// Commands and options.
mod commands;
/// The direction of imports.
mod imports;
/// Paths, links, metrics, functions and types.
mod names;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::examples::{DOCUMENTS, text_of};

#[test]
fn the_readme_has_at_most_200_lines() {
    let lines = text_of("README.md").lines().count();
    assert!(lines <= 200, "{lines}");
}

#[test]
fn every_document_of_the_docs_folder_is_checked() {
    let files = std::fs::read_dir(root().join("docs")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let documents = paths.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let names = documents.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let there: BTreeSet<String> = names.map(|name| format!("docs/{name}")).collect();
    let checked = DOCUMENTS
        .iter()
        .filter(|(path, _)| path.starts_with("docs/"));
    assert_eq!(
        checked
            .map(|(path, _)| (*path).to_owned())
            .collect::<BTreeSet<_>>(),
        there
    );
}

#[test]
fn the_readme_shows_what_the_bundled_data_set_prints() {
    let directory = tempfile::tempdir().unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_demarche"));
    import
        .arg("import")
        .arg(root().join("data/us-third-country-removals.json"));
    let url = format!("sqlite://{}", directory.path().join("new.db").display());
    let output = import.env("DEMARCHE_DATABASE_URL", url).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let recorded = printed.lines().next().unwrap();
    assert!(text_of("README.md").contains(recorded), "{recorded}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[track_caller]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A document without its fenced blocks.
fn prose(document: &str) -> String {
    document.split("```").step_by(2).collect()
}

/// What is in code style in a document, outside of fenced blocks.
fn spans(document: &'static str) -> Vec<&'static str> {
    let prose = document.split("```").step_by(2);
    prose
        .flat_map(|part| part.split('`').skip(1).step_by(2))
        .collect()
}
