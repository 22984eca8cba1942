//! Unusual tokens: very long ones, many of them, and invisible characters.

use crate::random::Random;
use crate::text;

pub(super) fn block_strings(random: &mut Random) -> String {
    let line = *random.pick(&[
        "\n", "\r", "\r\n", " \n", "\t\n\n", "é\n", "\\\"\"\"", "\"\n", "\"\"",
    ]);
    let lines = line.repeat(random.size());
    let first = *random.pick(&["", " x", "\n   x", "\u{a0}\n"]);
    format!("{{search(text:\"\"\"{first}{lines} \"\"\"){{__typename}}}}")
}

pub(super) fn long_tokens(random: &mut Random) -> String {
    let token = (*random.pick(&[
        "a", "_", "1", "0", "-", "9", "1.0", "1e", "é", "fragment", "query", "on",
    ]))
    .repeat(random.size());
    match random.below(5) {
        0 => format!("{{{token}}}"),
        1 => format!("{{search(text:{token}){{__typename}}}}"),
        2 => format!("{{search(text:\"{token}\"){{__typename}}}}"),
        3 => format!("query {token} {{__typename}}"),
        _ => format!("{{relationships(first:{token}){{totalCount}}}}"),
    }
}

pub(super) fn glued_values(random: &mut Random) -> String {
    let value = *random.pick(&[
        "0", "true", "null", "false", "-0", "0-1", "1.0", "\"\"", "$a", "[]", "{}", "1e1", "A",
    ]);
    let values = value.repeat(random.size().min(4_000));
    format!("{{search(text:[{values}]){{__typename}}}}")
}

pub(super) fn odd_characters(random: &mut Random) -> String {
    let odd = text::odd(random);
    match random.below(4) {
        0 => format!("{odd}{{__typename}}{odd}"),
        1 => format!("{{__typename {odd}}}"),
        2 => format!("{{__typename}} # {odd}\n{odd}"),
        _ => format!("{{search(text:\"{odd}\",first:1){{__typename}}}}"),
    }
}

pub(super) fn escapes(random: &mut Random) -> String {
    let escape = *random.pick(&[
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
        escape.repeat(random.size())
    )
}
