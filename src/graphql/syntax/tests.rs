use async_graphql::Pos;
use async_graphql::parser::{parse_query, types::ExecutableDocument};
use async_graphql_value::{ConstValue, Value, indexmap};

use super::*;

fn try_parse(text: &str) -> Result<ParsedDocument, ParseError> {
    parse(text, &DocumentLimits::default())
}

fn parsed(text: &str) -> ExecutableDocument {
    try_parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error:?}"))
        .document
}

fn rejects(text: &str) -> SyntaxError {
    match try_parse(text) {
        Err(ParseError::Syntax(error)) => error,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_tree_is_that_of_the_library_where_the_library_is_right() {
    for text in [
        "{a}",
        "query { a b, c: d }",
        "mutation M($a: Int! = 1, $b: [[B!]]!) @d(x: [1, {y: -2.5e3}]) { a(b: $a) @e { ...F @f ... on G @h { i } ... { j } } }\n\
         fragment F on G @k { l(m: \"n \\\" \\u00e9\", o: \"\"\"\n  p\n    q\n\"\"\", r: true, s: null, t: U) }",
        "subscription on { on fragment query: true null(on: on) { on ... on on { on } } }",
        "# é\n{ \u{feff}a(b: \"é\") \r\n c }",
        "query A{a} query B{b} fragment C on D{e}",
        "{a(b: 9007199254740993, c: -9223372036854775808, d: 18446744073709551615, e: 1e-7, f: 0.0)}",
    ] {
        let (ours, library) = (parsed(text), parse_query(text).unwrap());
        let json = |document: &ExecutableDocument| serde_json::to_value(document).unwrap();
        assert_eq!(json(&ours), json(&library), "{text}");
    }
}

#[test]
fn descriptions_are_accepted_before_definitions() {
    let plain = parsed("query A($b: C) { d(e: $b) ...F } fragment F on G { h }");
    let described = parsed(
        "\"of A\" query A(\"\"\"of $b\"\"\" $b: C) { d(e: $b) ...F } \"\"\"\nof F\n\"\"\" fragment F on G { h }",
    );
    assert_eq!(
        plain.operations.iter().count(),
        described.operations.iter().count()
    );
    assert_eq!(described.fragments["F"].pos, Pos { line: 3, column: 5 });
    for text in [
        "\"x\" { a }",
        "\"x\"",
        "\"x\" \"y\" query { a }",
        "query \"x\" { a }",
        "query A \"x\" { a }",
        "query A(\"x\") { a }",
        "query A(\"x\" \"y\" $b: C) { a }",
        "query A($b: \"x\" C) { a }",
        "{ \"x\" a }",
        "fragment \"x\" F on G { a }",
        "{ a(\"x\" b: 1) }",
    ] {
        rejects(text);
    }
}

#[test]
fn the_syntax_that_the_library_rejects_wrongly_is_read() {
    for text in [
        "query($a: [ ID ! ] !, $b:[#\nC]) { d }",
        "{ ... on # comment\n A { b } ...on\tA{b} ...F } fragment F on # comment\n A { b }",
        "query($a: Int = 1 @b(c: 2)) { d }",
        "{ a(b: $c) { ... @include(if: $d) { e } } }",
        "{ trueish(a: truely, b: nullable, c: [true, falsey]) ...onward }",
        "{ a(b: {}, c: [], d: { e: [[]] }) }",
        "{ __typename(x: \"\u{0}\u{7}\") }",
        "{ a(b: \"\\u{1F600}\", c: \"\\uD83D\\uDE00\", d: \"😀\") }",
        "{ a(b: [1[2]c\"d\"1{f:2}]c:1,d:\"\"e:[]f:g) }",
        "{ a(b: [1-2]) queryx: a }",
    ] {
        parsed(text);
    }
}

#[test]
fn the_syntax_that_the_library_reads_wrongly_is_read_as_specified() {
    for text in INVALID {
        rejects(text);
    }
}

const INVALID: &[&str] = &[
    "",
    "# a",
    "{",
    "{}",
    "{ a",
    "{ a } }",
    "{ a {} }",
    "query",
    "x { a }",
    "query() { a }",
    "{ a() }",
    "{ a @b() }",
    "queryA { b }",
    "query A B { c }",
    "query A $b: C { d }",
    "query($a) { b }",
    "query($a: ) { b }",
    "query($a: B = $c) { d }",
    "query($a: B = [$c]) { d }",
    "query($a: B = {d: $c}) { d }",
    "query($a: B @c(d: $e)) { f }",
    "query($a: B!!) { c }",
    "query($a: [B) { c }",
    "query($a: []) { c }",
    "query($a: B @c = 1) { d }",
    "query(a: B) { c }",
    "{ a(b: [00]) }",
    "{ a(b: 01) }",
    "{ a(b: -01) }",
    "{ a(b: 1x) }",
    "{ a(b: 1_) }",
    "{ a(b: 0xF) }",
    "{ a(b: 1.) }",
    "{ a(b: .5) }",
    "{ a(b: 1.e5) }",
    "{ a(b: 1e) }",
    "{ a(b: 1.5e+) }",
    "{ a(b: -) }",
    "{ a(b: +1) }",
    "{ a(b: 1.2.3) }",
    "{ a(b: 1e5x) }",
    "{ a(b: 1.5_) }",
    "{ a(b: - 1) }",
    "{ a(b: 1...c) }",
    "{ a(b: [1...]) }",
    "{ a(b: $) }",
    "{ a(b: $1) }",
    "{ a(b: ) }",
    "{ a(b) }",
    "{ a(: 1) }",
    "{ a(b: 1, c) }",
    "{ a(b: {c}) }",
    "{ a(b: {c: }) }",
    "{ a(b: (c)) }",
    "{ a(b: [c) }",
    "{ a(b: {\"c\": 1}) }",
    "{ a(b: \"c) }",
    "{ a(b: \"c\nd\") }",
    "{ a(b: \"c\rd\") }",
    "{ a(b: \"\"\"c\"\") }",
    "{ a(b: \"\\x\") }",
    "{ a(b: \"\\uD83D\") }",
    "{ a(b: \"\\uDE00\\uD83D\") }",
    "{ a(b: \"\\u{110000}\") }",
    "{ a(b: \"\\u{}\") }",
    "{ ... on }",
    "{ ...on { } }",
    "{ ... }",
    "{ ... on A }",
    "{ ...F { a } }",
    "{ ... A.B }",
    "{ . . . A }",
    "{ .. A }",
    "fragment on on A { b } { c }",
    "fragment F { a } { b }",
    "fragment F on A",
    "fragment F on { a } { b }",
    "fragment F($a: B) on C { d } { e }",
    "fragment { a } { b }",
    "{ ...F(a: 1) }",
    "{ a: }",
    "{ : a }",
    "{ a: b: c }",
    "{ a @ }",
    "{ @a }",
    "{ a ! }",
    "{ a & b }",
    "{ a | b }",
    "{ a ? }",
    "{ a; b }",
    "{ é }",
    "{ a\u{a0}b }",
    "{ a\u{b}b }",
    "{ a\u{0} }",
    "{ 'a' }",
    "{ a(b: 'c') }",
    "{ `a` }",
    "{ a % }",
    "{ \\ }",
    "extend type A { b: C }",
    "type A { b: C } { d }",
    "schema { query: A }",
    "\"x\" scalar A { b }",
    "directive @a on FIELD",
    "subscription",
    "mutation { a } query",
    "{ a } b",
    "{ a } 1",
    "{ a } \"b\"",
    "{ a } { b } )",
    "null { a }",
];

#[test]
fn an_error_says_what_was_found_and_what_is_expected_and_where() {
    for (text, message, line, column) in [
        (
            "{ a(b: 1) ",
            "expected a field, or `...` and a fragment, found the end of the document",
            1,
            11,
        ),
        ("{ é }", "unexpected character `é`", 1, 3),
        (
            "{\r  nope(\r}",
            "expected the name of an argument, found `}`",
            3,
            1,
        ),
        ("{\r\n  a(b:\u{e9})}", "unexpected character `é`", 2, 7),
        (
            "{ a(b: \"é\" \"c\") }",
            "expected the name of an argument, found the string \"c\"",
            1,
            12,
        ),
        (
            "query($a: Int) {\n  a(b: 012)\n}",
            "a number must not start with 0",
            2,
            9,
        ),
        (
            "queryA { b }",
            "expected `query`, `mutation`, `subscription`, `fragment` or `{`, found the name `queryA`",
            1,
            1,
        ),
        (
            "query A(b: C) { d }",
            "expected `$`, found the name `b`",
            1,
            9,
        ),
        (
            "fragment F { a }",
            "expected `on` and a type, found `{`",
            1,
            12,
        ),
        (
            "{ a(b: \"c\n\") }",
            "the string is not closed; expected `\"`",
            1,
            10,
        ),
    ] {
        let expected = SyntaxError {
            message: message.to_owned(),
            pos: Pos { line, column },
        };
        assert_eq!(rejects(text), expected, "{text}");
    }
}

#[test]
fn values_keep_what_was_written() {
    let document = parsed(
        "{ a(b: -0, c: 1e999, d: \"\\u{1F600}\\uD83D\\uDE00\", e: \"\"\"\n  f \\\"\"\"\n\"\"\", g: {h: 1, i: [J]}) }",
    );
    let (_, operation) = document.operations.iter().next().unwrap();
    let async_graphql::parser::types::Selection::Field(field) =
        &operation.node.selection_set.node.items[0].node
    else {
        panic!("it is a field");
    };
    let argument = |name: &str| field.node.get_argument(name).unwrap().node.clone();
    assert_eq!(argument("b"), ConstValue::from(0).into());
    assert_eq!(argument("c"), ConstValue::from(f64::MAX).into());
    assert_eq!(argument("d"), ConstValue::from("😀😀").into());
    assert_eq!(argument("e"), ConstValue::from("f \"\"\"").into());
    let list = Value::List(vec![Value::Enum(async_graphql::Name::new("J"))]);
    let name = async_graphql::Name::new;
    let object =
        indexmap::IndexMap::from([(name("h"), ConstValue::from(1).into()), (name("i"), list)]);
    assert_eq!(argument("g"), Value::Object(object));
}

#[test]
fn duplicates_that_the_tree_cannot_hold_are_reported() {
    for (text, count) in [
        ("query A{a} query A{b} query A{c}", 2),
        ("{a} {b}", 1),
        ("{a} query A{b}", 1),
        ("{...F} fragment F on A{a} fragment F on A{b}", 1),
        ("{a(x:{b:1 c:2 b:3})} ", 1),
        ("query($x:A={b:1,b:{c:1,c:2}}){a}", 2),
        ("query A{a} mutation B{b} {...F} fragment F on A{a}", 1),
        ("{a(x:[{b:1}{b:1}] y:{b:b}) a}", 0),
    ] {
        assert_eq!(try_parse(text).unwrap().duplicates.len(), count, "{text}");
    }
}

#[test]
fn a_document_just_above_a_limit_is_rejected_with_its_name() {
    let nested = |levels| format!("{{a(x:{}1{})}}", "[".repeat(levels), "]".repeat(levels));
    let objects = |levels| format!("{{a(x:{}1{})}}", "{a:".repeat(levels), "}".repeat(levels));
    let types = |levels| {
        format!(
            "query($a:{}A{}){{b}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let selections = |levels: usize| "{a".repeat(levels) + &"}".repeat(levels);
    let items = |text: &str, times| format!("{{{}}}", text.repeat(times));
    for (fits, exceeds, limit) in [
        (items("a ", 1_998), items("a ", 1_999), "max-tokens"),
        (nested(30), nested(31), "max-nesting"),
        (objects(30), objects(31), "max-nesting"),
        (types(31), types(32), "max-nesting"),
        (selections(32), selections(33), "max-nesting"),
        (items("a:b ", 30), items("a:b ", 31), "max-aliases"),
        (items("a@b ", 50), items("a@b ", 51), "max-directives"),
        (
            "fragment A on B{fragment}".repeat(20),
            "fragment A on B{a}".repeat(21),
            "max-fragments",
        ),
    ] {
        assert!(try_parse(&fits).is_ok(), "{limit}: {fits}");
        let ParseError::Limit { option, .. } = try_parse(&exceeds).unwrap_err() else {
            panic!("{limit}: another error");
        };
        assert_eq!(option, limit);
    }
}

#[test]
fn a_limit_that_is_set_too_high_exhausts_no_stack() {
    let limits = DocumentLimits {
        nesting: usize::MAX,
        tokens: usize::MAX,
        bytes: usize::MAX,
        ..DocumentLimits::default()
    };
    for open in ["[", "{a:", "{a(b:", "{"] {
        let text = format!("{{a(x:{}", open.repeat(100_000));
        assert!(parse(&text, &limits).is_err(), "{open}");
    }
    assert!(parse(&"{a".repeat(100_000), &limits).is_err());
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let many = "[".repeat(500);
    for document in [
        format!("{{a(x:\"{many}\")}}"),
        format!("{{a(x:\"\\\"{many}\")}}"),
        format!("{{a(x:\"\"\"\n{many}\\\"\"\"{many}\"\"\")}}"),
        format!("# {many}\n{{a}}"),
    ] {
        parsed(&document);
    }
}
