// From the units of shapes.json to pixels of the window.

import type { Frame, World } from '../types';

const NARROW = 700; // px of the window, as in the styles
export const MAX_ZOOM = 12;

export interface Centre { x: number; y: number; zoom: number }

export interface Scale { width: number; height: number; narrow: boolean; k: number; dx: number; dy: number }

const isNarrow = () => window.innerWidth < NARROW;

export function frameFor(world: World): Frame {
  return isNarrow() ? world.frames.narrow : world.frames.wide;
}

export function wholeMap(frame: Frame): Centre {
  const [left, top, right, bottom] = frame;
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: 1 };
}

export function scaleFor(frame: Frame, width: number, height: number, centre: Centre): Scale {
  const [left, top, right, bottom] = frame;
  const k = Math.min(width / (right - left), height / (bottom - top)) * centre.zoom;
  return { width, height, narrow: isNarrow(), k, dx: width / 2 - centre.x * k, dy: height / 2 - centre.y * k };
}

export const toPixels = ({ k, dx, dy }: Scale, [x, y]: readonly [number, number]): [number, number] => [x * k + dx, y * k + dy];
export const toUnits = ({ k, dx, dy }: Scale, [x, y]: readonly [number, number]): [number, number] => [(x - dx) / k, (y - dy) / k];

/** Keeps the centre within the frame, so that the map cannot be lost. */
export function within(frame: Frame, { x, y, zoom }: Centre): Centre {
  const [left, top, right, bottom] = frame;
  const z = Math.min(MAX_ZOOM, Math.max(1, zoom));
  const halfX = (right - left) / 2 / z;
  const halfY = (bottom - top) / 2 / z;
  return {
    x: Math.min(right - halfX, Math.max(left + halfX, x)),
    y: Math.min(bottom - halfY, Math.max(top + halfY, y)),
    zoom: z,
  };
}
