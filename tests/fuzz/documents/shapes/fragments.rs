//! Fragments that stand for more than they are.

use std::fmt::Write;

use crate::dice::Dice;

pub(super) fn doubling_fragments(dice: &mut Dice) -> String {
    let (levels, times) = (dice.size().min(60), dice.below(3) + 1);
    let mut text = format!("{{{}}}", "...F0 ".repeat(times));
    for level in 0..levels {
        let spread = format!("...F{} ", level + 1).repeat(times);
        let below = if dice.chance(20) {
            format!("a:ledger{{{spread}}}")
        } else {
            spread
        };
        write!(text, "fragment F{level} on Query{{{below}}}").unwrap();
    }
    write!(text, "fragment F{levels} on Query{{__typename}}").unwrap();
    text
}

pub(super) fn circular_fragments(dice: &mut Dice) -> String {
    let count = dice.below(21) + 1;
    let start = if dice.chance(70) {
        "{...F0}"
    } else {
        "{__typename}"
    };
    let mut text = start.to_owned();
    for at in 0..count {
        let to = dice.below(count);
        write!(text, "fragment F{at} on Query{{...F{to}}}").unwrap();
    }
    text
}

pub(super) fn fragments_of_fragments(dice: &mut Dice) -> String {
    let (levels, depth) = (dice.size_to(20), dice.size_to(30));
    let (open, inner) = *dice.pick(&[
        ("...{", "__typename"),
        ("...on Query{", "__typename"),
        ("ledger{", "__typename"),
        ("...@include(if:true){", "__typename"),
    ]);
    let nested = |inner: &str| format!("{}{inner}{}", open.repeat(depth), "}".repeat(depth));
    let mut text = format!("{{{}}}", nested("...F1"));
    for level in 1..levels {
        let below = nested(&format!("...F{}", level + 1));
        write!(text, "fragment F{level} on Query{{{below}}}").unwrap();
    }
    write!(text, "fragment F{levels} on Query{{{inner}}}").unwrap();
    text
}
