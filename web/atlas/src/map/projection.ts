// The projection of map.mjs, for the part of the map that an address names: Equal Earth (Šavrič, Patterson, Jenny, 2018), turned by 11°.

import type { View } from '../state';
import type { Centre } from './scale';

type Part = NonNullable<View['zoom']>;

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;
const TURN = 11; // degrees
const WIDTH = 4000; // units across the whole world
const RADIANS = Math.PI / 180;
const SCALE = (WIDTH * M * A1) / (2 * Math.PI);
const TOP = heightAt(Math.PI / 3);

/** The part of the map as an address names it: degrees and zoom with one decimal; null for the whole map. */
export function partOf({ x, y, zoom }: Centre): Part | null {
  const round = (number: number) => Math.round(number * 10) / 10 + 0; // -0 becomes 0
  const [lon, lat] = degreesOf([x, y]);
  return round(zoom) > 1 ? [round(lon), round(lat), round(zoom)] : null;
}

export function centreOf([lon, lat, zoom]: Part): Centre {
  const [x, y] = unitsOf([lon, lat]);
  return { x, y, zoom };
}

function unitsOf([lon, lat]: readonly [number, number]): [number, number] {
  const angle = Math.asin(M * Math.sin(lat * RADIANS));
  const x = ((lon - TURN) * RADIANS * Math.cos(angle)) / (M * slopeAt(angle));
  return [WIDTH / 2 + SCALE * x, SCALE * (TOP - heightAt(angle))];
}

/** The inverse, by Newton's method: it converges within a few rounds everywhere on the map. */
function degreesOf([x, y]: readonly [number, number]): [number, number] {
  const height = TOP - y / SCALE;
  let angle = height;
  for (let round = 0; round < 12; round += 1) angle -= (heightAt(angle) - height) / slopeAt(angle);
  const lon = ((x - WIDTH / 2) / SCALE) * M * slopeAt(angle) / Math.cos(angle) / RADIANS + TURN;
  return [lon, Math.asin(Math.sin(angle) / M) / RADIANS];
}

function heightAt(angle: number): number {
  const square = angle * angle;
  return angle * (A1 + A2 * square + square ** 3 * (A3 + A4 * square));
}

function slopeAt(angle: number): number {
  const square = angle * angle;
  return A1 + 3 * A2 * square + square ** 3 * (7 * A3 + 9 * A4 * square);
}
