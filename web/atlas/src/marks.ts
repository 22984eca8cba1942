// Chips and strips: how a stance looks outside of the map.

import { h, svg } from './dom';
import type { Model, Moment } from './state';
import { words } from './text.en';
import { periodsOf, spansOf } from './timeline';
import type { Position, Stance, Wording } from './types';

export function stanceName(stance: Stance, wording: Wording | null): string {
  return stance === 'IMPLEMENTING' && wording ? wording.carriedOut : words.stance[stance];
}

/** A square in the colour of a stance; the word always stands beside it. */
export function swatch(stance: Stance, disputed = false): HTMLElement {
  return h('span', { class: disputed && stance !== 'UNKNOWN' ? 'swatch striped' : 'swatch', 'data-stance': stance, 'aria-hidden': 'true' });
}

export function chip({ stance, disputed }: Pick<Position, 'stance' | 'disputed'>, wording: Wording | null): HTMLElement {
  return h('span', { class: 'chip' }, swatch(stance, disputed), stanceName(stance, wording));
}

export const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** The periods of a state on the clock of the page, with a cursor at its moment. */
export function strip(model: Model, moment: Moment, code: string): SVGSVGElement {
  const stops = model.stops[moment.known];
  const periods = spansOf(periodsOf(stops, code));
  const start = day(stops[0]?.on ?? '2025-01-01');
  const end = Math.max(day(stops.at(-1)?.on ?? '2025-01-02'), start + 1) + 20;
  const x = (date: string) => ((day(date) - start) / (end - start)) * 100;
  const bars = periods.map((period, index) => {
    const from = x(period.from);
    const to = index + 1 < periods.length ? x(periods[index + 1]?.from ?? period.from) : 100;
    return svg('rect', { x: from, y: 0, width: Math.max(0, to - from), height: 10, class: 'period', 'data-stance': period.stance });
  });
  const at = moment.day === null ? 99.5 : Math.min(99.5, Math.max(0, x(moment.day)));
  return svg('svg', { class: 'strip', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...bars, svg('rect', { x: at - 0.3, y: 0, width: 0.6, height: 10, class: 'strip-cursor' }));
}
