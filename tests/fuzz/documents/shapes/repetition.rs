//! Many repetitions of items that are harmless alone.

use std::fmt::Write;

use crate::random::Random;

pub(super) fn many_items(random: &mut Random) -> String {
    let item = *random.pick(&[
        "a:__typename ",
        "__typename ",
        "__typename@skip(if:false)",
        "...{__typename}",
        "...on Query{ledger{__typename}}",
        "viewer{__typename}",
        "__typename@a",
        "search(text:\"a\"){__typename}",
        "a",
        "...F",
        "__type(name:\"Query\"){name}",
        "nothing(a:1,b:2)",
    ]);
    let items = item.repeat(random.size());
    let arguments = "first:1 ".repeat(random.size().min(700));
    match random.below(4) {
        0 => format!("{{relationships({arguments}){{totalCount}}}}"),
        1 => format!("{{__typename {}}}", "@skip(if:false)".repeat(random.size())),
        2 => format!("query({}){{__typename}}", "$a:Int=1 ".repeat(random.size())),
        _ => format!("{{{items}}} fragment F on Query{{__typename}}"),
    }
}

pub(super) fn many_operations(random: &mut Random) -> String {
    let count = random.size().min(700);
    let mut text = String::new();
    for index in 0..count {
        let name = if random.chance(2) { 0 } else { index };
        let space = if random.chance(90) { " " } else { "" };
        write!(text, "query{space}Q{name}{{...F}}").unwrap();
    }
    let fields = "__typename ".repeat(random.size().min(1_000));
    write!(text, "fragment F on Query{{{fields}}}").unwrap();
    text
}

pub(super) fn overlapping(random: &mut Random) -> String {
    let mut arguments = String::new();
    for index in 0..random.size().min(200) {
        write!(arguments, "a{index}:[{index}]").unwrap();
    }
    let field = format!("relationships(first:1 {arguments}){{totalCount}}");
    let inline = format!("...on Query{{{field}}}");
    let times = random.size().min(100);
    format!(
        "{{{field}{}}}",
        if random.chance(50) {
            field.repeat(times)
        } else {
            inline.repeat(times)
        }
    )
}
