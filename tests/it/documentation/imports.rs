//! Imports have the direction that the architecture states, and files do not import each other in circles.
//!
//! Read are all paths that start with `crate`, `super` or `self`, outside of unit tests.

use std::collections::{BTreeMap, BTreeSet};

use super::{read, root};
use crate::examples::text_of;
use crate::fixtures::rust_files;

/// Modules, and the modules that each of them names in its paths.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn a_room_imports_only_the_rooms_that_stand_after_it_in_the_architecture() {
    let imports = imports();
    for layer in ["http", "graphql"] {
        let rooms = stated_rooms(layer);
        let there: BTreeSet<&str> = imports.keys().filter_map(|it| room(it, layer)).collect();
        assert_eq!(rooms.iter().copied().collect::<BTreeSet<_>>(), there);
        let place = |module| {
            let room = room(module, layer)?;
            rooms.iter().position(|stated| *stated == room)
        };
        for (module, imported) in edges(&imports) {
            if let Some((from, to)) = place(module).zip(place(imported)) {
                assert!(from <= to, "{module} imports {imported}");
            }
        }
    }
}

#[test]
fn the_rooms_are_declared_in_the_order_of_the_architecture() {
    for layer in ["http", "graphql"] {
        let declarations = read(&root().join(format!("src/{layer}/mod.rs")));
        let lines = declarations
            .lines()
            .filter_map(|line| line.strip_suffix(';'));
        let mut declared: Vec<&str> = lines
            .filter_map(|line| Some(line.split_once("mod ")?.1))
            .collect();
        declared.reverse();
        assert_eq!(declared, stated_rooms(layer));
    }
}

/// The types of the schema refer to each other as the schema does; a folder's `mod.rs` and its files are one idea.
#[test]
fn no_files_import_each_other_in_a_circle() {
    let is_within = |module: &str, folder: &str| module.starts_with(&format!("{folder}::"));
    let is_exempt = |module: &str, imported: &str| {
        let is_type = |it| is_within(it, "graphql::types");
        let is_parent = is_within(module, imported) || is_within(imported, module);
        is_parent || (is_type(module) && is_type(imported))
    };
    let mut imports = imports();
    for (module, imported) in &mut imports {
        imported.retain(|imported| !is_exempt(module, imported));
    }
    // A module that imports nothing more, or that nothing imports, is in no circle.
    loop {
        let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
        let count = imports.len();
        imports.retain(|module, names| !names.is_empty() && imported.contains(module));
        let rest: BTreeSet<String> = imports.keys().cloned().collect();
        for names in imports.values_mut() {
            names.retain(|name| rest.contains(name));
        }
        if imports.len() == count {
            break;
        }
    }
    assert!(imports.is_empty(), "{imports:#?}");
}

/// The rooms of a layer as `docs/architecture.md` states them, highest first.
fn stated_rooms(layer: &str) -> Vec<&'static str> {
    let prefix = format!("src/{layer}/ ");
    let mut lines = text_of("docs/architecture.md").lines();
    let rooms = lines.find_map(|line| line.strip_prefix(&prefix));
    let rooms = rooms.expect("the direction of dependencies is stated");
    rooms.split(" → ").map(str::trim).collect()
}

/// The room of a layer that a module belongs to.
fn room<'a>(module: &'a str, layer: &str) -> Option<&'a str> {
    module
        .strip_prefix(layer)?
        .strip_prefix("::")?
        .split("::")
        .next()
}

fn edges(imports: &Imports) -> impl Iterator<Item = (&String, &String)> {
    let names = |(module, imported)| std::iter::repeat(module).zip::<&BTreeSet<String>>(imported);
    imports.iter().flat_map(names)
}

fn imports() -> Imports {
    let sources = modules();
    let mut imports = Imports::new();
    for (module, source) in &sources {
        let paths = ["crate::", "super::", "self::"]
            .into_iter()
            .flat_map(|start| paths_from(source, start));
        let modules = paths.filter_map(|path| {
            let mut path = absolute(&path, module);
            while !sources.contains_key(&path) {
                path.truncate(path.rfind("::")?);
            }
            (path != *module).then_some(path)
        });
        imports.insert(module.clone(), modules.collect());
    }
    assert!(edges(&imports).count() > 1000, "imports are read");
    imports
}

/// The source of each module without comments and unit tests.
fn modules() -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    for path in rust_files("src") {
        let module = path.strip_prefix(root().join("src")).unwrap();
        let module = module
            .with_extension("")
            .to_str()
            .unwrap()
            .replace('/', "::");
        if module.split("::").any(|segment| segment == "tests") {
            continue;
        }
        let source = read(&path);
        let code = source.split("#[cfg(test)]\nmod ").next().unwrap().lines();
        let code = code.filter(|line| !line.trim_start().starts_with("//"));
        let module = module.strip_suffix("::mod").unwrap_or(&module).to_owned();
        modules.insert(module, code.collect::<Vec<_>>().join("\n"));
    }
    modules
}

/// All paths that begin with `start`.
fn paths_from(source: &str, start: &str) -> Vec<String> {
    let is_start = |at: usize| {
        let before = source[..at].chars().next_back();
        !before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':')
    };
    let places = source.match_indices(start).map(|(at, _)| at);
    let places = places.filter(|at| is_start(*at));
    places.flat_map(|at| path_tree(&source[at..]).0).collect()
}

/// The paths of a `use` tree, or the one path of an expression, and what follows it.
fn path_tree(text: &str) -> (Vec<String>, &str) {
    let separators = |it: char| it == ',' || it.is_whitespace();
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut all = Vec::new();
        loop {
            rest = rest.trim_start_matches(separators);
            if let Some(rest) = rest.strip_prefix('}') {
                return (all, rest);
            }
            let (paths, after) = path_tree(rest);
            assert!(after.len() < rest.len(), "{rest}");
            all.extend(paths);
            rest = after;
        }
    }
    let is_end = |it: char| !it.is_alphanumeric() && it != '_' && it != '*';
    let (segment, rest) = text.split_at(text.find(is_end).unwrap_or(text.len()));
    if let Some(rest) = rest.strip_prefix("::") {
        let (paths, rest) = path_tree(rest);
        let paths = paths.iter().map(|path| format!("{segment}::{path}"));
        return (paths.collect(), rest);
    }
    (vec![segment.to_owned()], rest)
}

/// A path from the root of the crate.
fn absolute(path: &str, module: &str) -> String {
    if let Some(path) = path.strip_prefix("crate::") {
        return path.to_owned();
    }
    let (mut base, mut path) = (module, path);
    path = path.strip_prefix("self::").unwrap_or(path);
    while let Some(rest) = path.strip_prefix("super::") {
        base = base.rsplit_once("::").map_or("", |(parent, _)| parent);
        path = rest;
    }
    format!("{base}::{path}").trim_start_matches(':').to_owned()
}
