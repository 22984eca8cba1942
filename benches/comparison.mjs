// The new build beside an older one, and on PostgreSQL beside SQLite, measured in the same run.

const operations = ["q1", "q2", "q3", "q4"];
const asOfCells = ["tallyAt", "pageAt", "chart", "positionAt", "positionNow", "statementsAt"];
const writeCells = ["record-1", "record-16", "record-64"];
const sizes = ["small", "large"];

const formatted = (value, digits, unit) => (Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : "–");
const ratio = (value, base) => formatted(value / base, 2, "x");
const spread = (values) => (values.length > 1 ? Math.max(...values) / Math.min(...values) : NaN);

// Rows of the new build beside another: cell, new, other, ratio, and the spread (highest to lowest) over the rounds of
// each. A ratio within the spread is noise.
export function comparison(medianOf, valuesOf, fanoutCells, [now, other] = ["demarche", "old"]) {
  const rows = [];
  const prefix = (label) => (label === "demarche" ? "" : `${label}-`);
  const add = (name, digits, size, labels, cell, key) => {
    const [first, second] = labels.map((label) => medianOf(size, label, cell, key));
    if (first === undefined || second === undefined) return;
    const spreads = labels.map((label) => formatted(spread(valuesOf(size, label, cell, key)), 2, "x"));
    rows.push([name, formatted(first, digits, ""), formatted(second, digits, ""), ratio(first, second), spreads.join(" / ")]);
  };
  for (const size of sizes) {
    for (const label of ["hot", "hot-10-writes", "cold"]) {
      for (const cell of operations) {
        const labels = [prefix(now) + label, prefix(other) + label];
        add(`${size} ${cell} ${label}: CPU, µs per request`, 1, size, labels, cell, "cpu_us");
        add(`${size} ${cell} ${label}: requests per second`, 0, size, labels, cell, "per_second");
      }
    }
  }
  const labels = [now, other];
  for (const size of sizes) {
    for (const cell of writeCells) {
      add(`${size} ${cell}: CPU, µs per write`, 1, size, labels, cell, "cpu_us");
      add(`${size} ${cell}: writes per second`, 0, size, labels, cell, "per_second");
    }
    for (const cell of asOfCells) add(`${size} ${cell}: CPU, µs per request`, 1, size, labels, cell, "cpu_us");
  }
  for (const cell of fanoutCells) {
    add(`fan-out ${cell}: CPU, µs per message`, 1, "small", labels, cell, "cpu_us");
    add(`fan-out ${cell}: last subscriber, ms p50`, 2, "small", labels, cell, "last_p50_ms");
    add(`fan-out ${cell}: burst, messages per second`, 0, "small", labels, cell, "burst_per_second");
    add(`fan-out ${cell}: KiB per idle socket`, 1, "small", labels, cell, "idle_kib");
  }
  for (const size of ["seeded", ...sizes]) {
    add(`${size} start, seconds`, 3, size, labels, "start", "seconds");
    add(`${size} start: resident MiB`, 1, size, labels, "start", "resident_mib");
    add(`${size} import, seconds`, 2, size, labels, "import", "seconds");
    add(`${size} import: CPU, seconds`, 2, size, labels, "import", "cpu");
    add(`${size} import: peak MiB`, 1, size, labels, "import", "peak_mib");
  }
  return rows;
}
