//! Lines of values in the text of a document, for errors that name a path.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// The text of a document; of one that is not JSON, every path is at line 1.
pub struct Lines<'t> {
    text: &'t str,
    root: Option<&'t RawValue>,
    /// The items of the top-level lists, which are long.
    lists: HashMap<&'t str, Vec<&'t RawValue>>,
    /// The offset of each line break.
    breaks: Vec<usize>,
}

/// A step from a value to one within it.
#[derive(Debug, PartialEq, Eq)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
    /// The item of a list with this `key`.
    Item(&'p str),
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        let root: Option<&RawValue> = serde_json::from_str(text).ok();
        let fields = root.map(fields_of).unwrap_or_default();
        let lists = fields
            .into_iter()
            .map(|(key, value)| (key, items_of(value)));
        Self {
            text,
            root,
            lists: lists.filter(|(_, items)| !items.is_empty()).collect(),
            breaks: text.match_indices('\n').map(|(offset, _)| offset).collect(),
        }
    }

    /// The line of the value at a path of a [`super::DocumentError`], from 1; that of the nearest value around it if it is missing.
    pub fn find(&self, path: &str) -> usize {
        let mut steps = steps(path).into_iter();
        let first = steps.next();
        let value = match (&first, self.root) {
            (Some(Step::Key(key)), Some(root)) => fields_of(root).get(key).copied().or(Some(root)),
            (_, root) => root,
        };
        let Some(mut value) = value else { return 1 };
        let mut list = match first {
            Some(Step::Key(key)) => self.lists.get(key).map(Vec::as_slice),
            _ => None,
        };
        for step in steps {
            let next = match (step, list.take()) {
                (Step::Index(index), Some(items)) => items.get(index).copied(),
                (Step::Index(index), None) => items_of(value).get(index).copied(),
                (Step::Item(key), items) => items.and_then(|items| find_item(items, key)),
                (Step::Key(key), _) => fields_of(value).get(key).copied(),
            };
            let Some(next) = next else { break };
            value = next;
        }
        self.line_of(value)
    }

    fn line_of(&self, value: &RawValue) -> usize {
        let offset = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.breaks.partition_point(|end| *end < offset) + 1
    }
}

/// `statements[2] (rw-agreed).evidence[0]`, `source report.url`: a key of an item in brackets only repeats its index.
fn steps(path: &str) -> Vec<Step<'_>> {
    if let Some(rest) = path.strip_prefix("source ") {
        let (key, fields) = rest.split_once('.').unwrap_or((rest, ""));
        let mut all = vec![Step::Key("sources"), Step::Item(key)];
        all.extend(steps(fields));
        return all;
    }
    let mut all = Vec::new();
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        match part.split_once(']') {
            Some((index, _)) => all.extend(index.parse().ok().map(Step::Index)),
            None => all.push(Step::Key(part)),
        }
    }
    all
}

fn fields_of(value: &RawValue) -> HashMap<&str, &RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

fn items_of(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

fn find_item<'t>(items: &[&'t RawValue], key: &str) -> Option<&'t RawValue> {
    let has_key = |item: &&&RawValue| {
        let of_item = fields_of(item).get("key").map(|raw| raw.get());
        of_item.is_some_and(|raw| raw.trim_matches('"') == key)
    };
    items.iter().find(has_key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_line_of_its_value_or_of_what_is_around_it() {
        let text = "{\n\"format\": 1,\n\"sources\": [\n{\"key\": \"a\"},\n{\n\"key\": \"b\",\n\"url\": \"x\"}],\n\
            \"statements\": [{\n\"evidence\": [\n{},\n{\"source\":\n\"b\"}]}]}";
        let lines = Lines::new(text);
        let expected = [
            ("document", 1),
            ("format", 2),
            ("initiative.slug", 1),
            ("sources[1] (b).url", 7),
            ("source b.url", 7),
            ("source b", 5),
            ("sources[1].title", 5),
            ("statements[0] (s).evidence[1].source", 12),
            ("statements[0].evidence[9].source", 9),
            ("statements[7]", 8),
        ];
        for (path, line) in expected {
            assert_eq!(lines.find(path), line, "{path}");
        }
    }
}
