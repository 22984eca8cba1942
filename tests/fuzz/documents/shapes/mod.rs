//! Hostile documents: each shape has a random size, often exactly at one of our limits.

mod brackets;
mod fragments;
mod repetition;
mod tokens;

use serde_json::json;

use super::Request;
use crate::random::Random;

type Shape = fn(&mut Random) -> String;

const SHAPES: [Shape; 18] = [
    brackets::nested_values,
    brackets::nested_values,
    brackets::nested_selections,
    brackets::unclosed,
    brackets::open_strings,
    tokens::block_strings,
    fragments::doubling_fragments,
    fragments::circular_fragments,
    fragments::fragments_of_fragments,
    tokens::long_tokens,
    tokens::glued_values,
    repetition::many_items,
    repetition::many_operations,
    tokens::odd_characters,
    tokens::escapes,
    brackets::deep_types,
    repetition::overlapping,
    brackets::introspection,
];

pub fn generate(random: &mut Random) -> Request {
    let shape = *random.pick(&SHAPES);
    Request {
        text: shape(random),
        variables: json!({}),
    }
}
