// Small states are dots. Where they would lie on one another they are moved apart, or stand in a column beside.

import type { Shape } from '../types';
import { toPixels, type Scale } from './scale';

export interface Dot { code: string; x: number; y: number; radius: number; leader: string | null; inColumn: boolean }

const WIDE = { area: 34, radius: 4.8 };
const NARROW = { area: 14, radius: 3.6 };
const ROW = 15;
const COLUMN_RIGHT = 24;
const SMALL_MAP = 760; // px; dots of a smaller map are those of a narrow window
const COLUMN_DOWN = 16;

interface Place { shape: Shape; x: number; y: number }

export function layOutDots(shapes: Shape[], scale: Scale): Dot[] {
  const isSmall = scale.narrow || scale.width < SMALL_MAP;
  const { area, radius } = isSmall ? NARROW : WIDE;
  const places = shapes
    .filter((shape) => shape.area * scale.k * scale.k < area)
    .map((shape): Place => {
      const [x, y] = toPixels(scale, [shape.x ?? shape.label[0], shape.y ?? shape.label[1]]);
      return { shape, x, y };
    });
  return groupsOf(places, radius * 3).flatMap((group) =>
    (group.length > 3 ? column(group, radius, scale.narrow) : pushedApart(group, radius)));
}

/** Places that are closer than `distance`, directly or by way of others. */
function groupsOf(places: Place[], distance: number): Place[][] {
  const groups: Place[][] = [];
  for (const place of places) {
    const near = groups.filter((group) => group.some((other) => Math.hypot(other.x - place.x, other.y - place.y) < distance));
    const rest = groups.filter((group) => !near.includes(group));
    groups.splice(0, groups.length, ...rest, [...near.flat(), place]);
  }
  return groups;
}

function pushedApart(group: Place[], radius: number): Dot[] {
  const dots = group.map(({ shape, x, y }) => ({ code: shape.code ?? '', x, y, radius, leader: null, inColumn: false }));
  const distance = radius * 2 + 1;
  for (let round = 0; round < 20; round += 1) {
    for (const [i, a] of dots.entries()) {
      for (const b of dots.slice(i + 1)) {
        const gap = Math.hypot(b.x - a.x, b.y - a.y);
        if (gap >= distance) continue;
        const [ux, uy] = gap > 0.01 ? [(b.x - a.x) / gap, (b.y - a.y) / gap] : [1, 0];
        const move = (distance - gap) / 2;
        a.x -= ux * move;
        a.y -= uy * move;
        b.x += ux * move;
        b.y += uy * move;
      }
    }
  }
  return dots;
}

function column(group: Place[], radius: number, narrow: boolean): Dot[] {
  const sorted = group.toSorted((a, b) => a.y - b.y);
  const right = Math.max(...sorted.map(({ x }) => x)) + (narrow ? COLUMN_RIGHT / 2 : COLUMN_RIGHT);
  const row = narrow ? 10 : ROW;
  const middle = sorted.reduce((sum, { y }) => sum + y, 0) / sorted.length + COLUMN_DOWN;
  const top = middle - ((sorted.length - 1) * row) / 2;
  return sorted.map(({ shape, x, y }, index) => {
    const at = top + index * row;
    return { code: shape.code ?? '', x: right, y: at, radius, leader: `M${round(x)} ${round(y)}L${round(right - 9)} ${round(at)}L${round(right)} ${round(at)}`, inColumn: true };
  });
}

const round = (number: number) => Math.round(number * 10) / 10;
