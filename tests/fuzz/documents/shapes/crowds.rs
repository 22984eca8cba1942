//! Much of what alone is harmless.

use std::fmt::Write;

use crate::dice::Dice;

pub(super) fn many(dice: &mut Dice) -> String {
    let item = *dice.pick(&[
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
    let items = item.repeat(dice.size());
    let arguments = "first:1 ".repeat(dice.size().min(700));
    match dice.below(4) {
        0 => format!("{{relationships({arguments}){{totalCount}}}}"),
        1 => format!("{{__typename {}}}", "@skip(if:false)".repeat(dice.size())),
        2 => format!("query({}){{__typename}}", "$a:Int=1 ".repeat(dice.size())),
        _ => format!("{{{items}}} fragment F on Query{{__typename}}"),
    }
}

pub(super) fn many_operations(dice: &mut Dice) -> String {
    let count = dice.size().min(700);
    let mut text = String::new();
    for at in 0..count {
        let name = if dice.chance(2) { 0 } else { at };
        let space = if dice.chance(90) { " " } else { "" };
        write!(text, "query{space}Q{name}{{...F}}").unwrap();
    }
    let fields = "__typename ".repeat(dice.size().min(1_000));
    write!(text, "fragment F on Query{{{fields}}}").unwrap();
    text
}

pub(super) fn overlapping(dice: &mut Dice) -> String {
    let mut arguments = String::new();
    for at in 0..dice.size().min(200) {
        write!(arguments, "a{at}:[{at}]").unwrap();
    }
    let field = format!("relationships(first:1 {arguments}){{totalCount}}");
    let inline = format!("...on Query{{{field}}}");
    let times = dice.size().min(100);
    format!(
        "{{{field}{}}}",
        if dice.chance(50) {
            field.repeat(times)
        } else {
            inline.repeat(times)
        }
    )
}
