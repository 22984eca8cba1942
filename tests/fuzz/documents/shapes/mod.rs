//! Documents that are meant to hurt: each shape is as large as a draw says, often just at a limit of ours.

mod brackets;
mod crowds;
mod fragments;
mod tokens;

use serde_json::json;

use super::Request;
use crate::dice::Dice;

type Shape = fn(&mut Dice) -> String;

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
    crowds::many,
    crowds::many_operations,
    tokens::odd_characters,
    tokens::escapes,
    brackets::deep_types,
    crowds::overlapping,
    brackets::introspection,
];

pub fn draw(dice: &mut Dice) -> Request {
    let shape = *dice.pick(&SHAPES);
    Request {
        text: shape(dice),
        variables: json!({}),
    }
}
