// Documents whose result differs from the specification (docs/specification.md). A check fails as soon as the result is
// correct, so that the list stays up to date.

export const knownDifferences = new Set([
  // Parser of async-graphql 7.2.1.
  '{ search(text: "\\u{1F1F7}") { node { id } } }',
  '{ search(text: "\\uD83C\\uDDF7") { node { id } } }',
  "query() { __typename }",
  '"""of an operation""" query A { __typename }',
  '{ ...A } "of a fragment" fragment A on Query { __typename }',
  'query A("of a variable" $n: Int) { relationships(first: $n) { totalCount } }',
  // Its Int scalar.
  "query($first: Int = -0) { relationships(first: $first) { totalCount } }",
  // It validates variables before execution and passes null for a missing one.
  'query($d: Direction = BOTH) { country(code: "RW") { relationships(direction: $d) { totalCount } } }',
]);
