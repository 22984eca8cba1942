//! Fragments that expand to much more than their text.

use std::fmt::Write;

use crate::random::Random;

pub(super) fn doubling_fragments(random: &mut Random) -> String {
    let (levels, times) = (random.size().min(60), random.below(3) + 1);
    let mut text = format!("{{{}}}", "...F0 ".repeat(times));
    for level in 0..levels {
        let spread = format!("...F{} ", level + 1).repeat(times);
        let selection = if random.chance(20) {
            format!("a:ledger{{{spread}}}")
        } else {
            spread
        };
        write!(text, "fragment F{level} on Query{{{selection}}}").unwrap();
    }
    write!(text, "fragment F{levels} on Query{{__typename}}").unwrap();
    text
}

pub(super) fn circular_fragments(random: &mut Random) -> String {
    let count = random.below(21) + 1;
    let start = if random.chance(70) {
        "{...F0}"
    } else {
        "{__typename}"
    };
    let mut text = start.to_owned();
    for index in 0..count {
        let target = random.below(count);
        write!(text, "fragment F{index} on Query{{...F{target}}}").unwrap();
    }
    text
}

pub(super) fn fragments_of_fragments(random: &mut Random) -> String {
    let (levels, depth) = (random.size_to(20), random.size_to(30));
    let (open, inner) = *random.pick(&[
        ("...{", "__typename"),
        ("...on Query{", "__typename"),
        ("ledger{", "__typename"),
        ("...@include(if:true){", "__typename"),
    ]);
    let nested = |inner: &str| format!("{}{inner}{}", open.repeat(depth), "}".repeat(depth));
    let mut text = format!("{{{}}}", nested("...F1"));
    for level in 1..levels {
        let selection = nested(&format!("...F{}", level + 1));
        write!(text, "fragment F{level} on Query{{{selection}}}").unwrap();
    }
    write!(text, "fragment F{levels} on Query{{{inner}}}").unwrap();
    text
}
