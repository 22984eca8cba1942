// The tally over time: yes grows up, no grows down. Drawn once per clock; a step moves only the cursor.

import { set, svg } from '../dom';
import type { Model, View } from '../state';
import { matches } from '../state';
import { words } from '../text.en';
import { countsOf, type Counts, type Positions, type Stop } from '../timeline';
import type { Known, Stance } from '../types';
import { axisFor, type Axis } from './axis';

const UP: Stance[] = ['IMPLEMENTING', 'AGREED', 'AGREED_IN_PRINCIPLE', 'NEGOTIATING', 'APPROACHED', 'NAMED'];
const DOWN: Stance[] = ['REFUSED', 'SUSPENDED', 'ENDED'];
const AXIS_HEIGHT = 20;
const WORDS = { left: 70, width: 124 }; // px

export class Chart {
  readonly svg = svg('svg', { class: 'chart', role: 'none', focusable: 'false' });
  private readonly cursor = svg('g', { class: 'cursor' }, svg('line', { y1: -6 }), svg('circle', { r: 5.5, cy: -6 }));
  private drawn = '';
  axis: Axis = axisFor(100, true, []);

  /** `height` is that of the area, without the axis. */
  draw(model: Model, view: View, width: number, height: number, narrow: boolean): void {
    const key = [model.answer.ledger.head.cursor, view.known, view.stances.join(), width, height].join('|');
    if (key === this.drawn) return;
    this.drawn = key;
    const stops = model.stops[view.known];
    this.axis = axisFor(width, narrow, [model.stops.now, model.stops.then]);
    const filtered = (positions: Positions) => countsOf(new Map([...positions].filter(([, position]) => matches(view, position))));
    const series = [...stops.map((stop) => ({ stop, counts: filtered(stop.positions) })), { stop: null, counts: filtered(model.now) }];
    const whole = [...Object.values(model.stops).flat().map(({ positions }) => positions), model.now].map(countsOf);
    const [up, down] = [Math.max(1, ...whole.map((counts) => sum(counts, UP))), Math.max(1, ...whole.map((counts) => sum(counts, DOWN)))];
    const unit = (height - 8) / (up + down);
    const zero = 4 + up * unit;
    set(this.svg, 'viewBox', `0 0 ${width} ${height + AXIS_HEIGHT}`);
    set(this.svg, 'width', String(width));
    set(this.svg, 'height', String(height + AXIS_HEIGHT));
    this.svg.replaceChildren(
      ...gridLines(width, zero, unit, up),
      ...this.areas(series, UP, zero, -unit),
      ...this.areas(series, DOWN, zero + 1, unit),
      svg('line', { class: 'zero', x1: 0, x2: width, y1: zero + 0.5, y2: zero + 0.5 }),
      ...this.words(stops, zero, unit, narrow),
      ...this.ticks(stops, height, narrow, view.known),
      this.cursor,
    );
    set(this.cursor.children[0] as Element, 'y2', String(height + 1));
  }

  moveTo(date: string | null): void {
    const x = date === null ? this.axis.today : this.axis.x(date);
    set(this.cursor, 'transform', `translate(${x} 0)`);
    this.cursor.classList.toggle('at-today', date === null);
  }

  private areas(series: { stop: Stop | null; counts: Counts }[], stances: Stance[], zero: number, unit: number): SVGPathElement[] {
    const below = series.map(() => 0);
    return stances.map((stance) => {
      const blocks = series.map(({ stop, counts }, i) => {
        const from = below[i] ?? 0;
        const to = from + counts.of[stance];
        below[i] = to;
        if (to === from) return '';
        const next = series[i + 1]?.stop;
        const [left, right] = stop ? [this.axis.x(stop.on), next ? this.axis.x(next.on) : this.axis.end] : [this.axis.end + 3, this.axis.width];
        return `M${left} ${zero + from * unit}H${right}V${zero + to * unit}H${left}Z`;
      });
      return svg('path', { class: 'area', 'data-stance': stance, d: blocks.join('') });
    });
  }

  /** Beside the areas at the left, not over them. */
  private words(stops: Stop[], zero: number, unit: number, narrow: boolean): SVGElement[] {
    if (narrow) return [];
    const covered = stops.filter(({ on }) => this.axis.x(on) < WORDS.left + WORDS.width).map(({ positions }) => countsOf(positions));
    const highest = (stances: Stance[]) => unit * Math.max(0, ...covered.map((counts) => sum(counts, stances)));
    return [
      svg('text', { class: 'axis-text', x: WORDS.left, y: Math.max(12, zero - 6 - highest(UP)) }, words.up),
      svg('text', { class: 'axis-text', x: WORDS.left, y: zero + 14 + highest(DOWN) }, words.down),
    ];
  }

  private ticks(stops: Stop[], height: number, narrow: boolean, _known: Known): SVGElement[] {
    const every = narrow ? 3 : 2;
    const room = this.axis.end - 28;
    const months = this.axis.months.filter(({ month, x }) => month % every === 0 && x > 14 && x < room);
    return [
      svg('path', { class: 'ticks', d: stops.map(({ on }) => `M${this.axis.x(on).toFixed(1)} ${height + 1}v4`).join('') }),
      ...months.map(({ x, month, year }) =>
        svg('text', { class: 'axis-text', x, y: height + 17, 'text-anchor': 'middle' }, `${words.months[month]}${month === 0 ? ` ${year}` : ''}`)),
      svg('text', { class: 'axis-text strong', x: this.axis.today, y: height + 17, 'text-anchor': 'middle' }, words.today),
    ];
  }
}

function gridLines(width: number, zero: number, unit: number, up: number): SVGElement[] {
  const step = up > 80 ? 50 : up > 15 ? 20 : 5;
  return [1, 2].map((times) => times * step).filter((number) => number <= up).flatMap((number) => {
    const y = Math.round(zero - number * unit) + 0.5;
    const text = number === step * 2 || number + step > up ? words.states(number) : String(number);
    return [svg('line', { class: 'grid', x1: 0, x2: width, y1: y, y2: y }), svg('text', { class: 'axis-text', x: 2, y: y + 13 }, text)];
  });
}

const sum = ({ of }: Counts, stances: Stance[]) => stances.reduce((total, stance) => total + of[stance], 0);
