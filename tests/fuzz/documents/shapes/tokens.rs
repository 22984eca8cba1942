//! Tokens: long ones, many, and such as no editor shows.

use crate::dice::Dice;
use crate::text;

pub(super) fn block_strings(dice: &mut Dice) -> String {
    let line = *dice.pick(&[
        "\n", "\r", "\r\n", " \n", "\t\n\n", "é\n", "\\\"\"\"", "\"\n", "\"\"",
    ]);
    let lines = line.repeat(dice.size());
    let first = *dice.pick(&["", " x", "\n   x", "\u{a0}\n"]);
    format!("{{search(text:\"\"\"{first}{lines} \"\"\"){{__typename}}}}")
}

pub(super) fn long_tokens(dice: &mut Dice) -> String {
    let token = (*dice.pick(&[
        "a", "_", "1", "0", "-", "9", "1.0", "1e", "é", "fragment", "query", "on",
    ]))
    .repeat(dice.size());
    match dice.below(5) {
        0 => format!("{{{token}}}"),
        1 => format!("{{search(text:{token}){{__typename}}}}"),
        2 => format!("{{search(text:\"{token}\"){{__typename}}}}"),
        3 => format!("query {token} {{__typename}}"),
        _ => format!("{{relationships(first:{token}){{totalCount}}}}"),
    }
}

pub(super) fn glued_values(dice: &mut Dice) -> String {
    let value = *dice.pick(&[
        "0", "true", "null", "false", "-0", "0-1", "1.0", "\"\"", "$a", "[]", "{}", "1e1", "A",
    ]);
    let values = value.repeat(dice.size().min(4_000));
    format!("{{search(text:[{values}]){{__typename}}}}")
}

pub(super) fn odd_characters(dice: &mut Dice) -> String {
    let odd = text::odd(dice);
    match dice.below(4) {
        0 => format!("{odd}{{__typename}}{odd}"),
        1 => format!("{{__typename {odd}}}"),
        2 => format!("{{__typename}} # {odd}\n{odd}"),
        _ => format!("{{search(text:\"{odd}\",first:1){{__typename}}}}"),
    }
}

pub(super) fn escapes(dice: &mut Dice) -> String {
    let escape = *dice.pick(&[
        "\\u0000",
        "\\uD800",
        "\\uDFFF",
        "\\uffff",
        "\\u{1F600}",
        "\\x",
        "\\",
        "\\u00",
        "\\uD83D\\uDE00",
        "\\b\\f\\/",
    ]);
    format!(
        "{{search(text:\"{}\",first:1){{__typename}}}}",
        escape.repeat(dice.size())
    )
}
