//! Documents that somebody wrote, changed where nobody would.

use serde_json::json;

use super::Request;
use crate::dice::Dice;
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

/// What is changed.
pub struct Corpus(Vec<String>);

impl Corpus {
    pub fn new() -> Self {
        let fenced = README.split("```graphql\n").skip(1);
        let blocks = fenced.filter_map(|rest| rest.split("```").next());
        let all = blocks.chain(EXAMPLES).chain([INTROSPECTION]);
        Self(all.map(str::to_owned).collect())
    }

    pub fn draw(&self, dice: &mut Dice) -> Request {
        let text: &String = dice.pick(&self.0);
        let text = match dice.below(10) {
            0 => text.clone(),
            1..4 => garbled(text, dice),
            _ => self.shuffled(text, dice),
        };
        Request {
            text,
            variables: json!({}),
        }
    }

    /// Tokens lost, doubled, exchanged, repeated, or from another document.
    pub fn shuffled(&self, text: &str, dice: &mut Dice) -> String {
        let mut mine: Vec<&str> = tokens(text).collect();
        let other: Vec<&str> = tokens(dice.pick::<String>(&self.0)).collect();
        for _ in 0..=dice.below(5) {
            if mine.is_empty() {
                break;
            }
            let (at, to) = (dice.below(mine.len()), dice.below(mine.len()));
            match dice.below(7) {
                0 => drop(mine.remove(at)),
                1 => mine.swap(at, to),
                2 => mine[at] = *dice.pick(&other),
                3 => mine.insert(at, *dice.pick(&other)),
                4 => mine.insert(
                    at,
                    *dice.pick(&["{", "}", "(", ")", "[", "]", "\"\"\"", "\"", "...", "@"]),
                ),
                5 => {
                    let again = vec![mine[at]; dice.size().min(3_000)];
                    mine.splice(at..at, again);
                }
                _ => {
                    let end = dice.below(other.len());
                    let start = dice.below(end + 1);
                    mine.splice(at..at, other[start..end].iter().copied());
                }
            }
        }
        let between = *dice.pick(&[" ", " ", ",", "\n", ""]);
        mine.join(between)
    }
}

pub fn garbled(text: &str, dice: &mut Dice) -> String {
    text::garbled(text.to_owned(), 6, dice)
}

/// Words, strings on one line, and single signs; without what stands between.
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
