// Names on the map: inside a state if there is room, else beside it, and never over another state or name.

import type { Shape } from '../types';
import type { Dot } from './dots';
import { toPixels, toUnits, type Scale } from './scale';

export interface Label { code: string; text: string; x: number; y: number; anchor: 'start' | 'middle' | 'end'; inside: boolean; box: Box }
export interface Box { left: number; top: number; right: number; bottom: number }
export interface Named { shape: Shape; name: string; path: Path2D; first: boolean }

const SIZE = 12;
const HEIGHT = 15;
const FONT = `${SIZE}px "Source Sans 3 Variable", sans-serif`;
const ROOM = 11; // px of area per px of width, for a name inside

export class Labeller {
  private readonly context = document.createElement('canvas').getContext('2d');

  layOut(named: Named[], dots: Dot[], scale: Scale, taken: Box[]): Label[] {
    if (scale.narrow || !this.context) return [];
    this.context.font = FONT;
    const dotOf = new Map(dots.map((dot) => [dot.code, dot]));
    const boxes = [...taken, ...dots.map(({ x, y, radius }) => around(x, y, radius + 1))];
    const labels: Label[] = [];
    const inColumn = (each: Named) => Number(dotOf.get(each.shape.code ?? '')?.inColumn ?? false);
    const sorted = named.toSorted((a, b) => Number(b.first) - Number(a.first) || inColumn(b) - inColumn(a) || b.shape.area - a.shape.area);
    for (const each of sorted) {
      const dot = dotOf.get(each.shape.code ?? '');
      const candidates = dot ? this.besideDot(each, dot) : this.onShape(each, scale);
      const label = candidates.find(({ box, inside }) =>
        isWithin(box, scale) && !boxes.some((other) => overlaps(box, other)) && (inside || !this.covers(box, named, each, scale)));
      if (!label) continue;
      labels.push(label);
      boxes.push(label.box);
    }
    return labels;
  }

  /** In a column, where names stand close to the next ones, also by the first part of a double name: "Antigua". */
  private besideDot(each: Named, dot: Dot): Label[] {
    const gap = dot.radius + 4;
    const right = (name: string) => label(each, name, dot.x + gap, dot.y, 'start', this.width(name), false);
    const [firstPart = each.name] = each.name.split(' & ');
    return [right(each.name), dot.inColumn ? right(firstPart) : label(each, each.name, dot.x - gap, dot.y, 'end', this.width(each.name), false)];
  }

  width(text: string): number {
    return this.context ? this.context.measureText(text).width : text.length * 6;
  }

  private onShape(each: Named, scale: Scale): Label[] {
    const { shape, name } = each;
    const width = this.width(name);
    const [x, y] = toPixels(scale, shape.label);
    const middle = label(each, name, x, y, 'middle', width, true);
    const area = shape.area * scale.k * scale.k;
    const fits = area > ROOM * width && along(middle.box).every((point) => this.hits(each, point, scale));
    const edge = (direction: number) => {
      let at = x;
      while (Math.abs(at - x) < 200 && this.hits(each, [at, y], scale)) at += direction * 2;
      return at + direction * 3;
    };
    return [
      ...(fits ? [middle] : []),
      label(each, name, edge(1), y, 'start', width, false),
      label(each, name, edge(-1), y, 'end', width, false),
    ];
  }

  private hits({ path }: Named, point: [number, number], scale: Scale): boolean {
    const [x, y] = toUnits(scale, point);
    return this.context?.isPointInPath(path, x, y) ?? false;
  }

  private covers(box: Box, named: Named[], own: Named, scale: Scale): boolean {
    return named.some((other) => other !== own && points(box).some((point) => this.hits(other, point, scale)));
  }
}

function label({ shape }: Named, text: string, x: number, y: number, anchor: Label['anchor'], width: number, inside: boolean): Label {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  const box = { left, right: left + width, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
  return { code: shape.code ?? '', text, x, y: y + SIZE * 0.33, anchor, inside, box };
}

function points({ left, right, top, bottom }: Box): [number, number][] {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [[left, top], [right, top], [left, bottom], [right, bottom], [x, y], [left, y], [right, y]];
}

/** The line through the middle of a name; its first and last letter may reach over the border, since names have a halo. */
function along({ left, right, top, bottom }: Box): [number, number][] {
  const [y, inset] = [(top + bottom) / 2, (right - left) * 0.08];
  return [0, 1, 2, 3, 4].map((part) => [left + inset + ((right - left - 2 * inset) * part) / 4, y]);
}

const around = (x: number, y: number, r: number): Box => ({ left: x - r, right: x + r, top: y - r, bottom: y + r });
const overlaps = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
export const isWithin = ({ left, right, top, bottom }: Box, { width, height }: Scale) => left >= 2 && top >= 2 && right <= width - 2 && bottom <= height - 2;
