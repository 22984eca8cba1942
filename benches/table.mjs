// The table of what was measured: medians over the rounds, and ratios of server CPU to the limit's in the same cell.
import { readFileSync } from "node:fs";
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
const of = (size, label, cell, key) => {
  const values = (groups.get([size, label, cell].join(" ")) ?? []).map((row) => row[key]);
  return values.length ? median(values) : undefined;
};
const shown = (value, digits = 0) => (value === undefined ? "–" : value.toFixed(digits));
const ratio = (value, limit) => (value === undefined || !limit ? "" : ` (${(value / limit).toFixed(2)}x)`);
const line = (cells) => console.log(`| ${cells.join(" | ")} |`);
const head = (cells) => { line(cells); line(cells.map(() => "---")); };

const operations = ["q1", "q2", "q3", "q4"];
for (const size of ["small", "large"].filter((size) => rows.some((row) => row.size === size && row.cell === "q1"))) {
  console.log(`\n${size}: server CPU, µs a request (ratio to the limit); answers a second\n`);
  head(["", ...operations]);
  for (const label of ["limit", "hot", "hot-10-writes", "cold", "mercurius", "plain"]) {
    line([label, ...operations.map((cell) => {
      const cpu = of(size, label, cell, "cpu_us");
      const rate = shown(of(size, label, cell, "per_second"));
      return `${shown(cpu)}${ratio(cpu, of(size, "limit", cell, "cpu_us"))}; ${rate}`;
    })]);
  }
}

const fanouts = rows.filter(({ cell }) => cell.includes("-"));
if (fanouts.length) {
  console.log("\nfan-out: server CPU, µs a message (ratio to the limit with as many sockets)\n");
  head(["", "server", "CPU", "last subscriber, ms p50 / max", "after the answer, ms p50", "burst, messages/s", "KiB per idle socket", "lost, repeated or disordered, wrong"]);
  for (const cell of new Set(fanouts.map(({ cell }) => cell))) {
    for (const label of ["limit", "demarche", "mercurius", "plain"]) {
      const mine = (key) => of("small", label, cell, key);
      if (mine("cpu_us") === undefined) continue;
      // Where the limit has no such cell, it is compared with sending to all.
      const limit = of("small", "limit", cell, "cpu_us") ?? of("small", "limit", cell.replace(/^\w+/, "same"), "cpu_us");
      line([cell, label, shown(mine("cpu_us"), 1) + ratio(mine("cpu_us"), limit),
        `${shown(mine("last_p50_ms"), 1)} / ${shown(mine("last_max_ms"), 1)}`, shown(mine("after_answer_p50_ms"), 2),
        shown(mine("burst_per_second")), shown(mine("idle_kib"), 1),
        ["lost", "repeated_or_disordered", "wrong"].map((key) => shown(mine(key))).join(", ")]);
    }
  }
}

const wrong = rows.reduce((sum, row) => sum + (row.wrong ?? 0), 0);
console.log(`\nwrong answers in all: ${wrong}`);

console.log("\ngoals\n");
head(["goal", "small", "large"]);
for (const goal of goals(of)) line(goal);
