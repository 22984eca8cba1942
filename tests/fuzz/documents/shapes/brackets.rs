//! Brackets: of values, of selections, of types, and behind strings that do not end.

use crate::dice::Dice;

pub(super) fn nested_values(dice: &mut Dice) -> String {
    let depth = dice.size();
    let kinds: [(&str, &str); 4] = [("[", "]"), ("{a:", "}"), ("[{a:[", "]}]"), ("[[],", "]")];
    let (open, close) = *dice.pick(&kinds);
    let closed = if dice.chance(80) {
        depth
    } else {
        dice.below(depth + 1)
    };
    let inner = *dice.pick(&["1", "", "$v", "\"x\"", "A", "#[\n1"]);
    let value = format!("{}{inner}{}", open.repeat(depth), close.repeat(closed));
    match dice.below(6) {
        0 => format!("{{search(text:{value}){{__typename}}}}"),
        1 => format!("{{relationships(filter:{{stance:{value}}}){{totalCount}}}}"),
        2 => format!("query($v:Int={value}){{__typename}}"),
        3 => format!("{{__typename @include(if:{value})}}"),
        4 => format!("{{...F}} fragment F on Query @a(b:{value}) {{__typename}}"),
        _ => format!("query Q($v:Int @a(b:{value})=1) @c(d:{value}) {{__typename}}"),
    }
}

pub(super) fn nested_selections(dice: &mut Dice) -> String {
    let depth = dice.size();
    let closed = if dice.chance(80) {
        depth
    } else {
        dice.below(depth + 1)
    };
    let open = *dice.pick(&[
        "{a",
        "{...",
        "{...on Query ",
        "{ledger",
        "{...@skip(if:false)",
    ]);
    format!("{}{{__typename}}{}", open.repeat(depth), "}".repeat(closed))
}

pub(super) fn unclosed(dice: &mut Dice) -> String {
    let mut text = String::from("{a");
    for _ in 0..=dice.below(4) {
        let part = *dice.pick(&[
            "(", "[", "{", "...", "@", "$", "!", "=", ":", "&", "|", ")", "]", "}", "{{([", "-",
        ]);
        text += &part.repeat(dice.size());
    }
    text
}

pub(super) fn open_strings(dice: &mut Dice) -> String {
    let mut text = String::from("{search(text:");
    for _ in 0..=dice.below(5) {
        text += *dice.pick(&[
            "\"", "\"\"", "\"\"\"", "\"\"\"\"", "\\", "\\\"", "\\\"\"\"", "\\\\", "\n", "\r", "#",
            " ", "x", "\\u0041",
        ]);
    }
    let brackets = *dice.pick(&["[", "{a:", "(", "]"]);
    text += &brackets.repeat(dice.size());
    if dice.chance(50) {
        text += "\"\"\"";
    }
    text + *dice.pick(&["", "){__typename}}", "\")}", "\n"])
}

pub(super) fn deep_types(dice: &mut Dice) -> String {
    let depth = dice.size();
    let marks = if dice.chance(50) { "!" } else { "" };
    format!(
        "query($v:{}Int{}){{__typename}}",
        "[".repeat(depth),
        format!("]{marks}").repeat(depth)
    )
}

pub(super) fn introspection(dice: &mut Dice) -> String {
    let steps = [
        "fields{",
        "type{",
        "ofType{",
        "args{",
        "possibleTypes{",
        "interfaces{",
        "inputFields{",
        "enumValues{",
        "...on __Type{",
    ];
    let path: String = (0..dice.size().min(40))
        .map(|_| *dice.pick(&steps))
        .collect();
    let close = "}".repeat(path.matches('{').count());
    let root = *dice.pick(&[
        "__schema{types{",
        "__type(name:\"Query\"){...{",
        "__schema{queryType{",
    ]);
    format!("{{{root}{path}__typename{close}}}}}}}")
}
