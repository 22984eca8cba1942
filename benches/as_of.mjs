// Tables of the as-of cells and of the cost of operations.

const cells = ["tallyAt", "pageAt", "chart", "positionAt", "positionNow", "statementsAt"];
const labels = ["demarche", "old", "on-postgresql", "postgresql"];
const sizes = ["small", "large"];

const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const mib = (value) => (Number.isFinite(value) ? `${value.toFixed(1)} MiB` : "–");

// The costs of a size: operation, charged cost, µs of CPU, µs per unit of cost.
export function costs(rows, medianOf, size) {
  const names = new Set(rows.filter((row) => row.size === size && row.operation).map(({ operation }) => operation));
  const figure = (name, key) => medianOf(size, "demarche", `cost of ${name}`, key);
  const all = [...names].map((name) => [name, figure(name, "cost"), figure(name, "cpu_us"), figure(name, "us_per_cost")]);
  return all.toSorted((a, b) => a[3] - b[3]);
}

// The memory that an as-of cell took at most above what the process had before it, and that all of them left.
export function growth(rows, size, label) {
  const own = rows.filter((row) => row.size === size && row.label === label && cells.includes(row.cell));
  const highest = Math.max(...own.map((row) => row.growth_mib ?? row.resident_mib - row.resident_before_mib));
  const before = Math.min(...own.map((row) => row.resident_before_mib));
  const after = Math.max(...own.map((row) => row.resident_mib));
  return { highest, before, after };
}

// Answers that two builds of this service gave differently: size and cell.
export function differingAnswers(rows) {
  const differs = (size, cell) => {
    const all = rows.filter((row) => row.size === size && row.cell === cell && row.digests);
    return all.some((row) => row.digests.some((digest, index) => digest !== (all[0].digests[index] ?? digest)));
  };
  const pairs = sizes.flatMap((size) => cells.map((cell) => [size, cell]));
  return pairs.filter((pair) => differs(...pair));
}

export function asOfTables(rows, medianOf) {
  return sizes.flatMap((size) => [...asOf(rows, medianOf, size), ...costTable(rows, medianOf, size)]);
}

function asOf(rows, medianOf, size) {
  const measured = labels.filter((label) => rows.some((row) => row.size === size && row.label === label && row.cell === "tallyAt"));
  if (measured.length === 0) return [];
  const failure = (label, cell) =>
    rows.find((row) => row.size === size && row.label === label && row.cell === cell && row.failed)?.failed;
  const text = (label, cell) => {
    if (failure(label, cell)) return `error: ${failure(label, cell)}`;
    const cpu = medianOf(size, label, cell, "cpu_us");
    const ours = medianOf(size, "demarche", cell, "cpu_us");
    const ratio = label === "demarche" || !ours || cpu === undefined ? "" : ` (${(cpu / ours).toFixed(1)}x)`;
    return `${number(cpu)}${ratio}; ${number(medianOf(size, label, cell, "p50_ms"), 2)}`;
  };
  const lines = measured.map((label) => [label, ...cells.map((cell) => text(label, cell)), ...memory(rows, size, label)]);
  const head = ["", ...cells, "highest growth in a cell", "resident before and after all"];
  const title = `${size}, at a moment: server CPU, µs per request (ratio to ours); ms p50 of one request at a time`;
  return [{ title, head, lines }];
}

function memory(rows, size, label) {
  if (label === "postgresql") return ["", ""];
  const { highest, before, after } = growth(rows, size, label);
  return [mib(highest), `${mib(before)}, ${mib(after)}`];
}

function costTable(rows, medianOf, size) {
  const all = costs(rows, medianOf, size);
  if (all.length === 0) return [];
  const lines = all.map(([name, cost, cpu, each]) => [name, number(cost), number(cpu, 1), number(each, 2)]);
  return [{ title: `${size}: charged cost and server CPU`, head: ["operation", "cost", "CPU, µs", "µs per unit of cost"], lines }];
}
