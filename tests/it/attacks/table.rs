//! Consistency of docs/security.md: every test that it names exists, and it names every test of an attack.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TABLE: &str = include_str!("../../../docs/security.md");

/// Number and test names of each row.
fn rows() -> Vec<(usize, Vec<&'static str>)> {
    let lines = TABLE.lines().filter_map(|line| line.strip_prefix("| "));
    let rows = lines.filter_map(|line| {
        let cells: Vec<&str> = line.trim_end_matches([' ', '|']).split(" | ").collect();
        let number = cells[0].parse().ok()?;
        assert_eq!(cells.len(), 4, "{line}");
        let tests = cells[3].split('`').skip(1).step_by(2);
        Some((number, tests.collect()))
    });
    rows.collect()
}

fn read(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// Names of the tests in a source file.
fn test_names(source: &str) -> BTreeSet<&str> {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let tests = lines
        .windows(2)
        .filter(|pair| pair[0].starts_with("#[") && pair[0].contains("test"));
    let names = tests.filter_map(|pair| pair[1].split("fn ").nth(1)?.split('(').next());
    names.collect()
}

/// The source files that may define a test, by its module path.
fn source_paths(module: &str) -> Vec<String> {
    let path = module.replace("::", "/");
    match path.strip_suffix("/tests") {
        Some(unit) => [".rs", "/mod.rs", "/tests.rs"]
            .map(|end| format!("src/{unit}{end}"))
            .to_vec(),
        None => vec![format!("tests/it/{path}.rs")],
    }
}

#[test]
fn every_row_names_tests_that_exist() {
    let rows = rows();
    assert!(rows.len() >= 45, "{}", rows.len());
    for (expected, (number, names)) in (1..).zip(&rows) {
        assert_eq!(*number, expected);
        assert!(!names.is_empty(), "row {number} names no test");
        for test in names {
            let (module, name) = test.rsplit_once("::").unwrap();
            let files = source_paths(module).into_iter().filter_map(read);
            let mut defining = files.filter(|source| test_names(source).contains(name));
            assert!(
                defining.next().is_some(),
                "row {number}: there is no test {test}"
            );
        }
    }
}

#[test]
fn every_test_of_an_attack_is_in_a_row() {
    let named: BTreeSet<&str> = rows().into_iter().flat_map(|(_, tests)| tests).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/attacks");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let others = |path: &PathBuf| path.file_stem().unwrap() != "table";
    for path in files.filter(others) {
        let module = path.file_stem().unwrap().to_str().unwrap();
        let source = std::fs::read_to_string(&path).unwrap();
        for test in test_names(&source) {
            let path = format!("attacks::{module}::{test}");
            assert!(named.contains(path.as_str()), "{path} is in no row");
        }
    }
}
