//! Lines of values in the text of a document, for errors that name a path.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// The text of a document; of one that is not JSON, every path is at line 1.
pub struct Lines<'t> {
    text: &'t str,
    root: Option<&'t RawValue>,
    fields: Fields<'t>,
    /// The items of the top-level lists, which are long.
    lists: HashMap<&'t str, Vec<&'t RawValue>>,
    /// By their keys.
    sources: Fields<'t>,
    /// The offset of each line break.
    breaks: Vec<usize>,
}

type Fields<'t> = HashMap<&'t str, &'t RawValue>;

/// A step from a value to one within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        let root: Option<&RawValue> = serde_json::from_str(text).ok();
        let fields = root.map(fields_of).unwrap_or_default();
        let lists = fields.iter().map(|(key, value)| (*key, items_of(value)));
        let lists: HashMap<&str, Vec<&RawValue>> = lists.collect();
        let sources = lists.get("sources").into_iter().flatten();
        let sources = sources.filter_map(|source| Some((key_of(source)?, *source)));
        Self {
            text,
            root,
            sources: sources.collect(),
            fields,
            lists,
            breaks: text.match_indices('\n').map(|(offset, _)| offset).collect(),
        }
    }

    /// The line of the value at a path of a [`super::DocumentError`], from 1; that of the nearest value around it if it is missing.
    pub fn find(&self, path: &str) -> usize {
        let (value, steps) = self.start(path);
        let Some(mut value) = value.or(self.root) else {
            return 1;
        };
        for step in steps {
            let next = match step {
                Step::Key(key) => fields_of(value).get(key).copied(),
                Step::Index(index) => items_of(value).get(index).copied(),
            };
            let Some(next) = next else { break };
            value = next;
        }
        self.line_of(value)
    }

    /// The top-level value or the item that a path begins with, and the steps from there.
    fn start<'p>(&self, path: &'p str) -> (Option<&'t RawValue>, Vec<Step<'p>>) {
        if let Some(rest) = path.strip_prefix("source ") {
            let (key, rest) = rest.split_once('.').unwrap_or((rest, ""));
            return (self.sources.get(key).copied(), steps(rest));
        }
        let steps = steps(path);
        match *steps.as_slice() {
            [Step::Key(key), Step::Index(index), ref rest @ ..] => {
                let items = self.lists.get(key);
                let item = items.and_then(|items| items.get(index)).copied();
                (item.or(self.fields.get(key).copied()), rest.to_vec())
            }
            [Step::Key(key), ref rest @ ..] => (self.fields.get(key).copied(), rest.to_vec()),
            _ => (None, Vec::new()),
        }
    }

    fn line_of(&self, value: &RawValue) -> usize {
        let offset = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.breaks.partition_point(|end| *end < offset) + 1
    }
}

/// `statements[2] (rw-agreed).evidence[0]`: the key of an item in brackets only repeats its index.
fn steps(path: &str) -> Vec<Step<'_>> {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    let steps = parts.filter_map(|part| match part.split_once(']') {
        Some((index, _)) => index.parse().ok().map(Step::Index),
        None => Some(Step::Key(part)),
    });
    steps.collect()
}

fn fields_of(value: &RawValue) -> Fields<'_> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

fn items_of(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The `key` of an item; a valid one has no escapes.
fn key_of(item: &RawValue) -> Option<&str> {
    let key = fields_of(item).get("key")?.get();
    key.strip_prefix('"')?.strip_suffix('"')
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
