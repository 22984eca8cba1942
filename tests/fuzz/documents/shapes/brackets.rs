//! Deeply nested brackets: in values, selections and types, and after unterminated strings.

use crate::random::Random;

pub(super) fn nested_values(random: &mut Random) -> String {
    let depth = random.size();
    let kinds: [(&str, &str); 4] = [("[", "]"), ("{a:", "}"), ("[{a:[", "]}]"), ("[[],", "]")];
    let (open, close) = *random.pick(&kinds);
    let closing_count = if random.chance(80) {
        depth
    } else {
        random.below(depth + 1)
    };
    let inner = *random.pick(&["1", "", "$v", "\"x\"", "A", "#[\n1"]);
    let value = format!(
        "{}{inner}{}",
        open.repeat(depth),
        close.repeat(closing_count)
    );
    match random.below(6) {
        0 => format!("{{search(text:{value}){{__typename}}}}"),
        1 => format!("{{relationships(filter:{{stance:{value}}}){{totalCount}}}}"),
        2 => format!("query($v:Int={value}){{__typename}}"),
        3 => format!("{{__typename @include(if:{value})}}"),
        4 => format!("{{...F}} fragment F on Query @a(b:{value}) {{__typename}}"),
        _ => format!("query Q($v:Int @a(b:{value})=1) @c(d:{value}) {{__typename}}"),
    }
}

pub(super) fn nested_selections(random: &mut Random) -> String {
    let depth = random.size();
    let closing_count = if random.chance(80) {
        depth
    } else {
        random.below(depth + 1)
    };
    let open = *random.pick(&[
        "{a",
        "{...",
        "{...on Query ",
        "{ledger",
        "{...@skip(if:false)",
    ]);
    format!(
        "{}{{__typename}}{}",
        open.repeat(depth),
        "}".repeat(closing_count)
    )
}

pub(super) fn unclosed(random: &mut Random) -> String {
    let mut text = String::from("{a");
    for _ in 0..=random.below(4) {
        let part = *random.pick(&[
            "(", "[", "{", "...", "@", "$", "!", "=", ":", "&", "|", ")", "]", "}", "{{([", "-",
        ]);
        text += &part.repeat(random.size());
    }
    text
}

pub(super) fn open_strings(random: &mut Random) -> String {
    let mut text = String::from("{search(text:");
    for _ in 0..=random.below(5) {
        text += *random.pick(&[
            "\"", "\"\"", "\"\"\"", "\"\"\"\"", "\\", "\\\"", "\\\"\"\"", "\\\\", "\n", "\r", "#",
            " ", "x", "\\u0041",
        ]);
    }
    let brackets = *random.pick(&["[", "{a:", "(", "]"]);
    text += &brackets.repeat(random.size());
    if random.chance(50) {
        text += "\"\"\"";
    }
    text + *random.pick(&["", "){__typename}}", "\")}", "\n"])
}

pub(super) fn deep_types(random: &mut Random) -> String {
    let depth = random.size();
    let marks = if random.chance(50) { "!" } else { "" };
    format!(
        "query($v:{}Int{}){{__typename}}",
        "[".repeat(depth),
        format!("]{marks}").repeat(depth)
    )
}

pub(super) fn introspection(random: &mut Random) -> String {
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
    let path: String = (0..random.size().min(40))
        .map(|_| *random.pick(&steps))
        .collect();
    let close = "}".repeat(path.matches('{').count());
    let root = *random.pick(&[
        "__schema{types{",
        "__type(name:\"Query\"){...{",
        "__schema{queryType{",
    ]);
    format!("{{{root}{path}__typename{close}}}}}}}")
}
