// The goals and what was measured of them: medians, for small and large data. A dash means: not measured.

import { costs, growth } from "./as_of.mjs";

const operations = ["q1", "q2", "q3", "q4"];
const sizes = ["small", "large"];

const formatted = (value, digits, unit) => (Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : "–");
const ratio = (value, base, digits = 2) => formatted(value / base, digits, "x");

// `medianOf(size, label, cell, key)` is a median, or undefined. A goal is a row: text, small, large.
export function goals(medianOf, rows) {
  const perOperation = (text) => sizes.map((size) => operations.map((cell) => text(size, cell)).join(", "));
  const cpu = (size, label, cell) => medianOf(size, label, cell, "cpu_us");
  const fanout = (label, cell, key) => medianOf("small", label, cell, key);
  const toLimit = (cell, key) => ratio(fanout("demarche", cell, key), fanout("limit", cell, key));
  const ofDemarche = (cell, key, unit) => formatted(fanout("demarche", cell, key), 2, unit);
  const start = (size, key, unit) => formatted(medianOf(size, "demarche", "start", key), key === "seconds" ? 3 : 1, unit);
  const imported = (size, key) => medianOf(size, "demarche", "import", key);
  const recorded = (size, label, writers) => medianOf(size, label, `record-${writers}`, "per_second");
  const maxResident = (size) => Math.max(...operations.map((cell) => medianOf(size, "hot", cell, "resident_mib")));
  const asOf = (label, cell) => sizes.map((size) => cpu(size, label, cell));
  const asOfRatio = (cell, label, base, baseCell = cell) => {
    const bases = asOf(base, baseCell);
    return asOf(label, cell).map((value, index) => ratio(value, bases[index], 4));
  };
  const highestGrowth = (size) => growth(rows, size, "demarche").highest;
  const costSpread = (size) => {
    const each = costs(rows, medianOf, size).map(([, , , perCost]) => perCost);
    return Math.max(...each) / Math.min(...each);
  };
  return [
    ["hot ≤ 1.3x of the limit's CPU (Q1 to Q4)",
      ...perOperation((size, cell) => ratio(cpu(size, "hot", cell), cpu(size, "limit", cell)))],
    ["hot with 10 writes per second ≥ 0.5x of the rate without writes",
      ...perOperation((size, cell) =>
        ratio(medianOf(size, "hot-10-writes", cell, "per_second"), medianOf(size, "hot", cell, "per_second")))],
    ["cold ≤ 0.33x of Mercurius's CPU",
      ...perOperation((size, cell) => ratio(cpu(size, "cold", cell), cpu(size, "mercurius", cell)))],
    ["cold, ratio to the plain server's CPU",
      ...perOperation((size, cell) => ratio(cpu(size, "cold", cell), cpu(size, "plain", cell)))],
    ["cold Q4, large ≤ 1.5x of small", "", ratio(cpu("large", "cold", "q4"), cpu("small", "cold", "q4"))],
    ["fan-out ≤ 1.1x of the limit's CPU, 1,000 and 10,000 identical",
      ["same-1000", "same-10000"].map((cell) => toLimit(cell, "cpu_us")).join(", "), ""],
    ["last subscriber no later than the limit's, 1,000 and 10,000",
      ["same-1000", "same-10000"].map((cell) => toLimit(cell, "last_p50_ms")).join(", "), ""],
    ["distinct filters ≤ 1.3x of the limit's CPU", toLimit("distinct-10000", "cpu_us"), ""],
    ["live query of 10,000 clients ≤ 1.15x of a subscription's CPU",
      ratio(fanout("demarche", "live-10000", "cpu_us"), fanout("demarche", "same-10000", "cpu_us")), ""],
    ["40 of 10,000 match: last subscriber ≤ 5 ms p50", ofDemarche("country-10000", "last_p50_ms", " ms"), ""],
    ["commit to frame ≤ 1 ms p50", ofDemarche("same-1", "after_response_p50_ms", " ms"), ""],
    ["idle socket ≤ 8 KiB, at 1,000 and 10,000",
      ["same-1000", "same-10000"].map((cell) => ofDemarche(cell, "idle_kib", " KiB")).join(", "), ""],
    ["import ≥ 20,000 entries per second",
      ...sizes.map((size) => formatted(imported(size, "entries") / imported(size, "seconds"), 0, "/s"))],
    ["on PostgreSQL: hot ≤ 1.1x of the CPU on SQLite (Q1 to Q4)",
      ...perOperation((size, cell) => ratio(cpu(size, "on-postgresql-hot", cell), cpu(size, "hot", cell)))],
    ["on PostgreSQL: cold, ratio to the CPU on SQLite",
      ...perOperation((size, cell) => ratio(cpu(size, "on-postgresql-cold", cell), cpu(size, "cold", cell)))],
    ["recordStatement by 64 connections ≥ 1x of the rate of one",
      ...sizes.map((size) => ratio(recorded(size, "demarche", 64), recorded(size, "demarche", 1)))],
    ["recordStatement on PostgreSQL by 64 connections ≥ 1x of the rate of one",
      ...sizes.map((size) => ratio(recorded(size, "on-postgresql", 64), recorded(size, "on-postgresql", 1)))],
    ["import on PostgreSQL, ratio to the time on SQLite",
      ...sizes.map((size) => ratio(medianOf(size, "on-postgresql", "import", "seconds"), imported(size, "seconds")))],
    ["import: peak memory", ...sizes.map((size) => formatted(imported(size, "peak_mib"), 1, " MiB"))],
    ["start with the bundled data set ≤ 0.3 s", start("seeded", "seconds", " s"), ""],
    ["start ≤ 5 s", ...sizes.map((size) => start(size, "seconds", " s"))],
    ["resident memory after start ≤ 600 MiB", ...sizes.map((size) => start(size, "resident_mib", " MiB"))],
    ["tally(at:) ≤ 1/50 (0.02x) of the old build's CPU", ...asOfRatio("tallyAt", "demarche", "old")],
    ["tally(at:) ≤ 1/20 (0.05x) of PostgreSQL's CPU", ...asOfRatio("tallyAt", "demarche", "postgresql")],
    ["page of 20 at a moment ≤ 1/80 (0.0125x) of the old build's CPU", ...asOfRatio("pageAt", "demarche", "old")],
    ["page of 20 at a moment, large ≤ 10x of small", "",
      ratio(cpu("large", "demarche", "pageAt"), cpu("small", "demarche", "pageAt"))],
    ["chart of 120 months ≤ 1/20 (0.05x) of the old build's CPU", ...asOfRatio("chart", "demarche", "old")],
    ["position(at:) in Q2's shape ≤ 1.3x of the positions of now",
      ...asOfRatio("positionAt", "demarche", "demarche", "positionNow")],
    ["memory in an as-of cell ≤ 32 MiB above that before it", ...sizes.map((size) => formatted(highestGrowth(size), 1, " MiB"))],
    ["CPU per unit of cost, highest to lowest operation ≤ 3x", ...sizes.map((size) => formatted(costSpread(size), 1, "x"))],
    ["maximum resident memory, hot", ...sizes.map((size) => formatted(maxResident(size), 0, " MiB"))],
  ];
}
