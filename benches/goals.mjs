// What is wanted, and what was measured of it: medians, for small and large data. A dash was not measured.

const operations = ["q1", "q2", "q3", "q4"];
const sizes = ["small", "large"];

const shown = (value, digits, unit) => (Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : "–");
const share = (one, other, digits = 2) => shown(one / other, digits, "x");

// `of(size, label, cell, key)` is a median, or undefined.
export function goals(of) {
  const each = (text) => sizes.map((size) => operations.map((cell) => text(size, cell)).join(", "));
  const cpu = (size, label, cell) => of(size, label, cell, "cpu_us");
  const fan = (label, cell, key) => of("small", label, cell, key);
  const toLimit = (cell, key) => share(fan("demarche", cell, key), fan("limit", cell, key));
  const ours = (cell, key, unit) => shown(fan("demarche", cell, key), 2, unit);
  const start = (size, key, unit) => shown(of(size, "demarche", "start", key), key === "seconds" ? 3 : 1, unit);
  const imported = (size, key) => of(size, "demarche", "import", key);
  return [
    ["hot ≤ 1.3x of the limit's CPU (Q1 to Q4)", ...each((size, cell) => share(cpu(size, "hot", cell), cpu(size, "limit", cell)))],
    ["hot under 10 writes a second ≥ 0.5x of the quiet rate",
      ...each((size, cell) => share(of(size, "hot-10-writes", cell, "per_second"), of(size, "hot", cell, "per_second")))],
    ["cold ≤ 0.33x of Mercurius's CPU", ...each((size, cell) => share(cpu(size, "cold", cell), cpu(size, "mercurius", cell)))],
    ["cold, to the plain server's CPU", ...each((size, cell) => share(cpu(size, "cold", cell), cpu(size, "plain", cell)))],
    ["cold Q4, large ≤ 1.5x of small", "", share(cpu("large", "cold", "q4"), cpu("small", "cold", "q4"))],
    ["fan-out ≤ 1.1x of the limit's CPU, 1,000 and 10,000 identical",
      ["same-1000", "same-10000"].map((cell) => toLimit(cell, "cpu_us")).join(", "), ""],
    ["last subscriber no later than the limit's, 1,000 and 10,000",
      ["same-1000", "same-10000"].map((cell) => toLimit(cell, "last_p50_ms")).join(", "), ""],
    ["other filters ≤ 1.3x of the limit's CPU", toLimit("distinct-10000", "cpu_us"), ""],
    ["40 of 10,000: the last ≤ 5 ms p50", ours("country-10000", "last_p50_ms", " ms"), ""],
    ["commit to frame ≤ 1 ms p50", ours("same-1", "after_answer_p50_ms", " ms"), ""],
    ["idle socket ≤ 8 KiB, at 1,000 and 10,000",
      ["same-1000", "same-10000"].map((cell) => ours(cell, "idle_kib", " KiB")).join(", "), ""],
    ["import ≥ 20,000 entries a second",
      ...sizes.map((size) => shown(imported(size, "entries") / imported(size, "seconds"), 0, "/s"))],
    ["import: peak of memory", ...sizes.map((size) => shown(imported(size, "peak_mib"), 1, " MiB"))],
    ["start with the shipped data ≤ 0.3 s", start("shipped", "seconds", " s"), ""],
    ["start ≤ 5 s", ...sizes.map((size) => start(size, "seconds", " s"))],
    ["resident when started ≤ 600 MiB", ...sizes.map((size) => start(size, "resident_mib", " MiB"))],
    ["resident at most, while hot",
      ...sizes.map((size) => shown(Math.max(...operations.map((cell) => of(size, "hot", cell, "resident_mib"))), 0, " MiB"))],
  ];
}
