// Syntax (section 2): graphql-js 17 and the server accept and reject the same texts. Only the syntax is compared, so
// names need not be in the schema.

import { Kind, parse } from "graphql17";

/** Texts by what they are about; whether they are accepted is for graphql-js to say. */
export const texts = {
  "ignored characters": [
    "\ufeff{a}", "{\ufeffa\ufeff}", "{,a,,b,}", "{a#b}\n}", "{a#b\r}", "#", "{a}#", "{a\u00a0b}", "{a\u000bb}", "{a\u0000}", "{a\u2028b}", "{\ta\r\n}",
  ],
  "names and keywords": [
    "{on}", "{fragment query mutation subscription true false null type}", "query on{a}", "query query{a}", "fragment on on A{b}",
    "fragment fragment on on{a} {b}", "{...on}", "{...on{a}}", "{...on on{a}}", "{...onA}", "{... on A{b}}", "{...on#c\nA{b}}", "{...\non\nA{b}}",
    "{...@a{b}}", "{...{b}}", "{...}", "{..a}", "{....a}", "{. ..a}", "{a.b}", "{é}", "{a1 _ __ _1}", "{1a}", "{a-b}",
    "queryA{b}", "query A B{c}", "Query{a}", "fragmentA on B{c} {d}", "fragment A onB{c} {d}", "fragment A{b} {c}", "fragment A on{b} {c}",
  ],
  "operations": [
    "", "{", "}", "{}", "{a{}}", "{a", "{a}}", "{a}{b}", "query", "query{a}", "query A{a}", "mutation{a}", "subscription A{a}", "query A", "a", "\"a\"", "1",
    "query(){a}", "query A(){a}", "query($a:B){c}", "query($a:B,$c:D){e}", "query($a){b}", "query($a:){b}", "query(a:B){c}", "query($a B){c}",
    "query($a:B=1){c}", "query($a:B=$c){d}", "query($a:B=[$c]){d}", "query($a:B={c:$d}){e}", "query($a:B={c:1}){d}", "query($a:B=){c}",
    "query($a:B@c){d}", "query($a:B@c(d:1)){e}", "query($a:B@c(d:$e)){f}", "query($a:B=1@c){d}", "query($a:B@c=1){d}", "query@a{b}", "query A@b(c:$d){e}",
    "query($a:[B]){c}", "query($a:[ B ! ] !){c}", "query($a:[[[B!]!]!]!){c}", "query($a:B!!){c}", "query($a:[B){c}", "query($a:B]){c}", "query($a:[]){c}",
    "query($a:[B C]){d}", "query($a:$b){c}", "query($a:\"B\"){c}", "query $a:B{c}", "query A{b} query C{d}", "{a} fragment B on C{d}", "fragment A on B{c}",
  ],
  "descriptions": [
    "\"a\" query{b}", "\"\"\"a\"\"\" query A{b}", "\"a\" mutation{b}", "\"a\" subscription{b}", "\"a\" fragment A on B{c} {d}", "\"a\"{b}", "\"a\" {b}",
    "\"a\"\"b\" query{c}", "query \"a\"{b}", "query A \"b\"{c}", "query(\"a\"$b:C){d}", "query(\"\"\"a\"\"\"$b:C \"d\" $e:F){g}", "query(\"a\"){b}", "query(\"a\"\"b\"$c:D){e}",
    "query($a:\"b\" C){d}", "query($a:B=\"c\" \"d\" $e:F){g}", "query($a:B=\"c\"){d}", "{\"a\" b}", "{a(\"b\" c:1)}", "fragment \"a\" B on C{d}", "{a}\"b\"", "\"a\" type B{c:D}",
    "\"a\" extend type B{c:D}", "\"a\" a",
  ],
  "numbers": [
    "0", "-0", "1", "-1", "00", "01", "-01", "10", "1.0", "1.", ".1", "-.1", "1.0e3", "1e3", "1E+3", "1e-3", "1e", "1e+", "1.e3", "0e0", "0.0", "-0.5e-0",
    "1a", "1_", "0x1", "0b1", "1.5f", "1e3x", "1.2.3", "1..2", "+1", "- 1", "--1", "1-2", "[1-2]", "[1 2]", "[1,2]", "[1[2]]", "[1\"a\"]", "[1$a]", "[1{a:2}]",
    "[0 0]", "[00]", "[1.5-2]", "[1...]", "123456789012345678901234567890", "1e999", "-1e999", "Infinity", "NaN",
  ].map((value) => `{a(b:${value})}`),
  "strings": [
    '""', '"a"', '"a\tb"', '"\u0000\u0007"', '"😀"', '"\\""', '"\\\\\\/\\b\\f\\n\\r\\t"', '"\\a"', '"\\x41"', '"\\\'"', '"\\u0041"', '"\\u00E9"', '"\\u"', '"\\u1"', '"\\u123"',
    '"\\u12G4"', '"\\U0041"', '"\\uD83D\\uDE00"', '"\\uD83D"', '"\\uDE00"', '"\\uDE00\\uD83D"', '"\\uD83D\\uD83D"', '"\\uD83Dx"', '"\\uD83D\\n"', '"\\uD83D\\u{DE00}"', '"\\uFFFF"',
    '"\\u{1F600}"', '"\\u{41}"', '"\\u{0}"', '"\\u{}"', '"\\u{110000}"', '"\\u{10FFFF}"', '"\\u{D83D}"', '"\\u{00000041}"', '"\\u{000000041}"', '"\\u{1F600"', '"\\u{1F 600}"', '"\\u{g}"', '"\\u{-1}"',
    '"a', '"a\nb"', '"a\rb"', '"a\u2028b"', '"\\', '"\\"', '""a', "'a'", '"""a"""', '""""""', '"""a""', '"""a\nb"""', '"""\\""""""', '"""\\"""', '"""\\u{}\\x"""', '""" " "" """', '"""a""""',
    '["a""b"]', '["""a""""b"]', '["" ""]',
  ].map((value) => `{a(b:${value})}`),
  "other values": [
    "true", "truex", "false", "null", "nullx", "A", "$a", "$", "$1", "$$a", "$ a", "[]", "{}", "[[]]", "{a:1}", "{a:1,a:2}", "{a}", "{a:}", "{a:1 b:2}", "{\"a\":1}", "{1:2}",
    "[", "]", "{", "[}", "(1)", "@a", "a:b", "a b:c", "{a:{b:[{c:$d}]}}", "!", "&a", "a|b",
  ].map((value) => `{a(b:${value})}`),
  "fields, arguments and directives": [
    "{a:b}", "{a : b}", "{a:b:c}", "{a:}", "{:a}", "{a b:c d}", "{a()}", "{a(b)}", "{a(b:)}", "{a(:1)}", "{a(b:1 c:2)}", "{a(b:1)(c:2)}", "{a{b}(c:1)}", "{a(b:1){c}}", "{a@b}", "{a@b(c:1)@d{e}}",
    "{a@b()}", "{a @ b}", "{@a}", "{a@}", "{a{b}@c}", "{a!}", "{a;b}", "{a|b}", "{a&b}", "{a?}", "{a[b]}", "{a=b}", "{...a(b:1)}", "{...a@b}", "{...a{b}}", "{...on A@b{c}}", "{...on A}", "{...on A.B{c}}",
    "fragment A($b:C) on D{e} {f}", "fragment A on B@c{d} {e}", "fragment A on B{c}@d", "fragment A.B on C{d}", "fragment A on [B]{c}",
  ],
  "type system": [
    "type A{b:C}", "{a} type B{c:D}", "schema{query:A}", "scalar A", "extend type A{b:C}", "enum A{B}", "input A{b:C}", "union A=B", "interface A{b:C}", "directive@a on FIELD", "extend schema@a",
  ],
};

/** Whether graphql-js accepts the text as a document of operations and fragments. */
export function accepts(text) {
  try {
    const document = parse(text, { allowEmptySelectionSets: false }); // the specification does not allow them
    return document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION);
  } catch {
    return false;
  }
}

const TOKENS = [
  "{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "...", "&", "|", ",", " ", "\n", "#x\n", "query", "mutation", "fragment", "on", "a", "B", "true", "null",
  "0", "1", "-2", "3.5", "1e2", '"s"', '"""b"""', '"\\u{61}"', "\ufeff",
];
const MODELS = [
  'query A ( $b : [ C ! ] ! = [ 1 ] @ d ( e : "f" ) ) @ g { h : i ( j : $b k : { l : [ 1.5 true null M ] } ) @ n { ...O ... on P @ q { r } ... @ s { t } } }',
  '"d" query A ( "e" $b : C ) { f ( g : $b ) } "h" fragment I on J @ k { l }',
  "{ a b : c ( d : 1 e : -2 ) { f } } ",
  'mutation { a ( b : """c""" ) } subscription D { e }',
];

/** Sequences of tokens: some of any, most a correct document with a few changes. The same for the same seed. */
export function* sequences(count, seed) {
  const random = numbers(seed);
  const pick = (list) => list[random(list.length)];
  for (let n = 0; n < count; n += 1) {
    const tokens = random(5) === 0 ? Array.from({ length: 1 + random(12) }, () => pick(TOKENS)) : pick(MODELS).split(" ");
    for (let changes = random(4); changes > 0; changes -= 1) {
      const at = random(tokens.length);
      const change = random(4);
      if (change === 0) tokens.splice(at, 1);
      else if (change === 1) tokens.splice(at, 0, pick(TOKENS));
      else if (change === 2) tokens[at] = pick(TOKENS);
      else tokens.splice(at, 0, tokens[random(tokens.length)] ?? "");
    }
    yield tokens.join(pick(["", " ", " ", "\r\n"]));
  }
}

/** Pseudorandom numbers below a bound (mulberry32). */
function numbers(seed) {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % bound);
  };
}
