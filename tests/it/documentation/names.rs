//! Paths, links and metrics of the documents exist, and so does everything that the code map names.

use std::collections::BTreeSet;

use super::{prose, read, root, spans};
use crate::examples::{DOCUMENTS, text_of};
use crate::fixtures::rust_files;

/// Folders of this repository that the documents name.
const FOLDERS: [&str; 12] = [
    ".ci/",
    "benches/",
    "clients/",
    "data/",
    "deploy/",
    "docs/",
    "entity/",
    "examples/",
    "migration/",
    "src/",
    "tests/",
    "web/",
];

/// What may define a name in code style.
const TYPES: &[&str] = &["struct", "enum", "trait", "type"];
const FUNCTIONS: &[&str] = &["fn"];
const MACROS: &[&str] = &["macro_rules!"];
const CONSTANTS: &[&str] = &["const", "static"];

#[test]
fn every_metric_of_the_operating_guide_and_the_alerts_is_in_the_telemetry() {
    let telemetry: String = sources("src/telemetry").into_iter().collect();
    let alerts = read(&root().join("deploy/alerts.yaml"));
    let guide = spans(text_of("docs/operating.md")).join(" ");
    for text in [alerts, guide] {
        let sign = |it: char| !it.is_ascii_lowercase() && it != '_';
        let names: BTreeSet<&str> = text
            .split(sign)
            .filter_map(|word| word.strip_prefix("demarche_"))
            .collect();
        assert!(names.len() > 4, "{names:?}");
        for name in names {
            let ends = [
                "",
                "_total",
                "_bucket",
                "_info",
                "s_total",
                "_duration_seconds",
                "_duration_seconds_bucket",
            ];
            let families = ends.iter().filter_map(|end| name.strip_suffix(end));
            let mut quoted = families.map(|family| format!("\"{family}\""));
            assert!(
                quoted.any(|family| telemetry.contains(&family)),
                "demarche_{name}"
            );
        }
    }
}

#[test]
fn every_alert_has_a_severity_a_summary_and_a_runbook_that_exists() {
    let alerts = read(&root().join("deploy/alerts.yaml"));
    let rules: Vec<&str> = alerts.split("- alert: ").skip(1).collect();
    assert!(rules.len() > 5, "{rules:?}");
    for rule in rules {
        let name = rule.lines().next().unwrap();
        for part in ["labels: { severity: ", "summary: "] {
            assert!(rule.contains(part), "{name}: {part}");
        }
        let runbook = rule
            .lines()
            .find_map(|line| line.trim().strip_prefix("runbook: "));
        let (path, heading) = runbook.unwrap().split_once('#').unwrap();
        assert_eq!(heading, name.to_lowercase());
        assert!(
            headings(&read(&root().join(path))).contains(heading),
            "{name}"
        );
    }
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut named = BTreeSet::new();
    for (document, text) in DOCUMENTS {
        for span in spans(text) {
            let path = span.split_whitespace().next().unwrap_or_default();
            if FOLDERS.iter().any(|folder| path.starts_with(folder)) {
                named.insert(path);
                assert!(root().join(path).exists(), "{document}: {path}");
            }
        }
    }
    assert!(named.len() > 50, "{named:?}");
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    for (document, text) in DOCUMENTS {
        let folder = root().join(document);
        let folder = folder.parent().unwrap();
        for link in prose(text).split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.contains("://") {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = if path.is_empty() {
                root().join(document)
            } else {
                folder.join(path)
            };
            assert!(file.exists(), "{document}: {link}");
            if !heading.is_empty() {
                assert!(
                    headings(&read(&file)).contains(heading),
                    "{document}: {link}"
                );
            }
        }
    }
}

#[test]
fn every_function_and_type_of_the_code_map_is_defined() {
    let folders = ["src", "entity/src", "migration/src", "tests/it"];
    let code: Vec<String> = folders.into_iter().flat_map(sources).collect();
    for document in ["docs/architecture.md", "docs/contributing.md"] {
        let spans = spans(text_of(document));
        let names: BTreeSet<(&[&str], &str)> =
            spans.iter().flat_map(|span| definitions(span)).collect();
        assert!(!names.is_empty(), "{document} names nothing");
        for (keywords, name) in names {
            let defined = keywords.iter().any(|keyword| defines(&code, keyword, name));
            assert!(defined, "{document}: nothing defines {name}");
        }
    }
}

#[test]
fn every_module_of_the_source_tree_is_in_the_code_map() {
    let map = text_of("docs/architecture.md");
    for folder in ["src", "src/graphql", "src/http"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let end = if entry.path().is_dir() { "/" } else { "" };
            let room = format!("`{folder}/{name}{end}");
            assert!(name == "mod.rs" || map.contains(&room), "{room}`");
        }
    }
}

/// The texts of the Rust files below a folder.
fn sources(folder: &str) -> Vec<String> {
    rust_files(folder).iter().map(|path| read(path)).collect()
}

/// The headings of a document as GitHub's anchors.
fn headings(document: &str) -> BTreeSet<String> {
    let prose = prose(document);
    let titles = prose.lines().filter(|line| line.starts_with('#'));
    titles
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let letters = title
                .chars()
                .filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
            letters.map(|it| if it == ' ' { '-' } else { it }).collect()
        })
        .collect()
}

/// What a text in code style names of the code: the keywords that may define it, and its name.
fn definitions(span: &str) -> Vec<(&'static [&'static str], &str)> {
    if let Some(name) = span.strip_suffix('!') {
        return vec![(MACROS, name)];
    }
    if let Some(path) = span.strip_suffix("()") {
        let (owner, name) = path.rsplit_once("::").unwrap_or(("", path));
        let owner = (!owner.is_empty()).then_some((TYPES, owner));
        return owner.into_iter().chain([(FUNCTIONS, name)]).collect();
    }
    let starts_upper = span.starts_with(|it: char| it.is_ascii_uppercase());
    let is_name = span
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || it == '_');
    if !starts_upper || !is_name || span.starts_with("DEMARCHE_") {
        return Vec::new();
    }
    let is_type = span.chars().any(|it| it.is_ascii_lowercase());
    vec![(if is_type { TYPES } else { CONSTANTS }, span)]
}

fn defines(code: &[String], keyword: &str, name: &str) -> bool {
    let definition = format!("{keyword} {name}");
    code.iter().any(|source| {
        let mut occurrences = source.match_indices(&definition);
        occurrences.any(|(at, _)| {
            let next = source[at + definition.len()..].chars().next();
            !next.is_some_and(|it| it.is_ascii_alphanumeric() || it == '_')
        })
    })
}
