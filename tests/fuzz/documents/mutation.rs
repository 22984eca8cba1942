//! Mutations of valid documents: those of the README, the playground and introspection.

use serde_json::json;

use super::Request;
use crate::random::Random;
use crate::text;

const README: &str = include_str!("../../../README.md");
const INTROSPECTION: &str = include_str!("../../it/introspection.graphql");
const EXAMPLES: [&str; 6] = [
    include_str!("../../../web/playground/examples/disputes.graphql"),
    include_str!("../../../web/playground/examples/neighbours-of-libya.graphql"),
    include_str!("../../../web/playground/examples/record-statement.graphql"),
    include_str!("../../../web/playground/examples/rwanda-2025-07-01.graphql"),
    include_str!("../../../web/playground/examples/watch-refusals.graphql"),
    include_str!("../../../web/playground/examples/who-agreed.graphql"),
];

/// The documents.
pub struct Corpus(Vec<String>);

impl Corpus {
    pub fn new() -> Self {
        let fenced = README.split("```graphql\n").skip(1);
        let blocks = fenced.filter_map(|rest| rest.split("```").next());
        let all = blocks.chain(EXAMPLES).chain([INTROSPECTION]);
        Self(all.map(str::to_owned).collect())
    }

    pub fn generate(&self, random: &mut Random) -> Request {
        let text: &String = random.pick(&self.0);
        let text = match random.below(10) {
            0 => text.clone(),
            1..4 => garble_text(text, random),
            _ => self.shuffle_tokens(text, random),
        };
        Request {
            text,
            variables: json!({}),
        }
    }

    /// Removes, replaces, swaps or repeats tokens, or inserts some of another document.
    pub fn shuffle_tokens(&self, text: &str, random: &mut Random) -> String {
        let mut result: Vec<&str> = tokens(text).collect();
        let other: Vec<&str> = tokens(random.pick::<String>(&self.0)).collect();
        for _ in 0..=random.below(5) {
            if result.is_empty() {
                break;
            }
            let (index, other_index) = (random.below(result.len()), random.below(result.len()));
            match random.below(7) {
                0 => drop(result.remove(index)),
                1 => result.swap(index, other_index),
                2 => result[index] = *random.pick(&other),
                3 => result.insert(index, *random.pick(&other)),
                4 => result.insert(
                    index,
                    *random.pick(&["{", "}", "(", ")", "[", "]", "\"\"\"", "\"", "...", "@"]),
                ),
                5 => {
                    let repeated = vec![result[index]; random.size().min(3_000)];
                    result.splice(index..index, repeated);
                }
                _ => {
                    let end = random.below(other.len());
                    let start = random.below(end + 1);
                    result.splice(index..index, other[start..end].iter().copied());
                }
            }
        }
        let separator = *random.pick(&[" ", " ", ",", "\n", ""]);
        result.join(separator)
    }
}

pub fn garble_text(text: &str, random: &mut Random) -> String {
    text::garble_text(text.to_owned(), 6, random)
}

/// Words, strings on one line and single characters, without the white space between them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let is_word = |character: char| character.is_alphanumeric() || "_$-".contains(character);
        let length = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ if is_word(first) => rest.find(|sign| !is_word(sign)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}
