// Tables of the results: medians over the rounds, and ratios of server CPU to the limit in the same cell. Exits with 1 if
// an event was lost, repeated or out of order, or a response was wrong.
import { readFileSync } from "node:fs";
import { asOfTables, differingAnswers } from "./as_of.mjs";
import { comparison } from "./comparison.mjs";
import { goals } from "./goals.mjs";

const read = (name) => {
  const lines = readFileSync(`${process.argv[2]}/${name}.jsonl`, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
};
const rows = read("cells");
const once = read("once");
const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const groups = new Map();
for (const row of [...rows, ...once]) {
  const key = [row.size, row.label, row.cell].join(" ");
  groups.set(key, [...(groups.get(key) ?? []), row]);
}
const valuesOf = (size, label, cell, key) => (groups.get([size, label, cell].join(" ")) ?? []).map((row) => row[key])
  .filter((value) => value !== undefined && value !== null);
const medianOf = (...names) => {
  const values = valuesOf(...names);
  return values.length ? median(values) : undefined;
};
const formatted = (value, digits = 0) => (value === undefined ? "–" : value.toFixed(digits));
const ratio = (value, limit) => (value === undefined || !limit ? "" : ` (${(value / limit).toFixed(2)}x)`);
const printLine = (cells) => console.log(`| ${cells.join(" | ")} |`);
const printHead = (cells) => { printLine(cells); printLine(cells.map(() => "---")); };
const printTable = ({ title, head, lines }) => {
  console.log(`\n${title}\n`);
  printHead(head);
  lines.forEach(printLine);
};

const operations = ["q1", "q2", "q3", "q4"];
const ours = ["hot", "hot-10-writes", "cold"].flatMap((label) => [label, `old-${label}`, `on-postgresql-${label}`]);
const queryLabels = ["limit", ...ours, "mercurius", "plain"];
const builds = ["demarche", "old", "on-postgresql"];
const fanoutLabels = ["limit", "demarche", "old", "mercurius", "plain"];
const faultKeys = ["lost", "repeated_or_disordered", "wrong"];
const isFanout = ({ cell }) => /^(same|distinct|country|live)-\d+$/.test(cell);

if (process.env.SMOKE) console.log("\nSMOKE RUN: THESE FIGURES MEAN NOTHING.");

for (const size of ["small", "large"].filter((size) => rows.some((row) => row.size === size && row.cell === "q1"))) {
  console.log(`\n${size}: server CPU, µs per request (ratio to the limit); requests per second\n`);
  printHead(["", ...operations]);
  for (const label of queryLabels.filter((label) => rows.some((row) => row.label === label))) {
    printLine([label, ...operations.map((cell) => {
      const cpu = medianOf(size, label, cell, "cpu_us");
      const rate = formatted(medianOf(size, label, cell, "per_second"));
      return `${formatted(cpu)}${ratio(cpu, medianOf(size, "limit", cell, "cpu_us"))}; ${rate}`;
    })]);
  }
}

for (const size of ["small", "large"]) {
  const cells = [...new Set(rows.filter((row) => row.size === size && /^record-\d+$/.test(row.cell)).map(({ cell }) => cell))];
  if (!cells.length) continue;
  const text = (label, cell) => {
    const [cpu, rate, p99] = ["cpu_us", "per_second", "p99_ms"].map((key) => medianOf(size, label, cell, key));
    return `${formatted(cpu)}${ratio(cpu, medianOf(size, "demarche", cell, "cpu_us"))}; ${formatted(rate)}; ${formatted(p99, 1)}`;
  };
  const measured = builds.filter((label) => rows.some((row) => row.size === size && row.label === label && cells.includes(row.cell)));
  printTable({
    title: `${size}: recordStatement by 1, 16, 64 connections: CPU, µs per write (ratio to ours on SQLite; on PostgreSQL with that of its ` +
      "processes); writes per second; ms p99",
    head: ["", ...cells],
    lines: measured.map((label) => [label, ...cells.map((cell) => text(label, cell))]),
  });
}

const fanoutCells = [...new Set(rows.filter(isFanout).map(({ cell }) => cell))];
if (fanoutCells.length) {
  console.log("\nfan-out: server CPU, µs per message (ratio to the limit with as many sockets)\n");
  printHead(["subscribers", "server", "CPU", "last subscriber, ms p50 / max", "after the response, ms p50",
    "burst, messages per second", "KiB per idle socket", "lost, repeated or out of order, wrong"]);
  for (const cell of fanoutCells) {
    for (const label of fanoutLabels) {
      const figure = (key) => medianOf("small", label, cell, key);
      if (figure("cpu_us") === undefined) continue;
      // Where the limit has no such cell, it is compared with the limit's fan-out to all.
      const limit = medianOf("small", "limit", cell, "cpu_us")
        ?? medianOf("small", "limit", cell.replace(/^\w+/, "same"), "cpu_us");
      const faults = faultKeys.map((key) => Math.max(...valuesOf("small", label, cell, key)));
      printLine([cell, label, formatted(figure("cpu_us"), 1) + ratio(figure("cpu_us"), limit),
        `${formatted(figure("last_p50_ms"), 1)} / ${formatted(figure("last_max_ms"), 1)}`,
        formatted(figure("after_response_p50_ms"), 2), formatted(figure("burst_per_second")),
        formatted(figure("idle_kib"), 1), faults.join(", ")]);
    }
  }
}

asOfTables(rows, medianOf).forEach(printTable);

printTable({ title: "goals", head: ["goal", "small", "large"], lines: goals(medianOf, rows) });

for (const [first, second, labels] of [["new", "old", ["demarche", "old"]], ["PostgreSQL", "SQLite", ["on-postgresql", "demarche"]]]) {
  const lines = comparison(medianOf, valuesOf, fanoutCells, labels);
  const head = ["figure", first, second, `${first} to ${second}`, `highest to lowest round, ${first} / ${second}`];
  if (lines.length) printTable({ title: `${first} and ${second}`, head, lines });
}

const differing = differingAnswers(rows);
for (const [size, cell] of differing) console.log(`FAULT: ${size} ${cell}: the builds responded differently`);
const faulty = rows.filter((row) => faultKeys.some((key) => row[key] > 0));
const total = (key) => rows.reduce((sum, row) => sum + (row[key] ?? 0), 0);
console.log(`\ncells: ${rows.length}; events lost ${total("lost")}, repeated or out of order ` +
  `${total("repeated_or_disordered")}; wrong responses and messages ${total("wrong")}`);
for (const { size, label, cell, ...row } of faulty) {
  console.log(`FAULT: ${size} ${label} ${cell}: ${faultKeys.map((key) => `${key} ${row[key] ?? 0}`).join(", ")}`);
}
if (faulty.length || differing.length) process.exitCode = 1;
