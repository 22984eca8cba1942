// What differs from the specification and is known (docs/specification.md), by document. A check fails once one of them is
// answered as it should be, so that the list stays true.

export const remains = new Set([
  // The parser of async-graphql 7.2.1.
  '{ search(text: "\\u{1F1F7}") { node { id } } }',
  '{ search(text: "\\uD83C\\uDDF7") { node { id } } }',
  "query() { __typename }",
  '"""of an operation""" query A { __typename }',
  '{ ...A } "of a fragment" fragment A on Query { __typename }',
  'query A("of a variable" $n: Int) { relationships(first: $n) { totalCount } }',
  // Its scalar of integers.
  "query($first: Int = -0) { relationships(first: $first) { totalCount } }",
  // It checks the values of variables before it executes, and hands over null for one that was not given.
  'query($d: Direction = BOTH) { country(code: "RW") { relationships(direction: $d) { totalCount } } }',
  'query($d: OrderDirection) { countries(filter: { codes: ["RW", "TN"] }, orderBy: { field: NAME, direction: $d }) { code } }',
]);
