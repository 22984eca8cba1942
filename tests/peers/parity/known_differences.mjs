// Documents whose result differs from the specification (docs/specification.md). A check fails as soon as the result is
// correct, so that the list stays up to date.

export const knownDifferences = new Set([
  // It validates variables before execution and passes null for a missing one.
  'query($d: Direction = BOTH) { country(code: "RW") { relationships(direction: $d) { totalCount } } }',
]);
