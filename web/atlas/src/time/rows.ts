// Compared states: a row each under the chart, on its axis.

import { h, svg, type Child } from '../dom';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import { periodsOf, spansOf } from '../timeline';
import type { Axis } from './axis';

const ROW = 24;

export function comparisonRows(model: Model, moment: Moment, view: View, axis: Axis, remove: (code: string) => void, clear: () => void, zoom: () => void): Child[] {
  if (view.countries.length < 2) return [];
  const stops = model.stops[moment.known];
  const rows = view.countries.map((code) => {
    const name = model.byCode.get(code)?.requestedState.short ?? model.byCode.get(code)?.requestedState.name ?? code;
    const all = spansOf(periodsOf(stops, code));
    const periods = all.filter(({ stance }) => stance !== 'UNKNOWN');
    const bars = all.flatMap((period, index) => {
      if (period.stance === 'UNKNOWN') return [];
      const from = axis.x(period.from);
      const next = all[index + 1];
      const to = next ? axis.x(next.from) : axis.end;
      return [svg('rect', { x: from, y: 4, width: Math.max(1, to - from), height: ROW - 8, class: 'period', 'data-stance': period.stance })];
    });
    const now = model.now.get(code);
    const today = now && now.stance !== 'UNKNOWN' ? svg('rect', { x: axis.end + 3, y: 4, width: axis.width - axis.end - 3, height: ROW - 8, class: 'period', 'data-stance': now.stance }) : null;
    const first = periods[0] ? axis.x(periods[0].from) : axis.end;
    const isLeft = first > 130;
    const label = svg('text', { class: 'row-name', x: isLeft ? first - 8 : 4, y: 16, 'text-anchor': isLeft ? 'end' : 'start' }, name);
    return h('li', {},
      svg('svg', { width: axis.width, height: ROW, viewBox: `0 0 ${axis.width} ${ROW}`, role: 'img', 'aria-label': name }, ...bars, ...(today ? [today] : []), label),
      h('button', { type: 'button', class: 'row-remove', 'aria-label': words.remove(name), onclick: () => remove(code) }, '×'));
  });
  return [
    h('ul', { class: 'rows', 'aria-label': words.compared }, ...rows),
    h('p', { class: 'row-buttons' },
      h('button', { type: 'button', class: 'link', onclick: zoom }, words.zoomToThem), ' ',
      h('button', { type: 'button', class: 'link', onclick: clear }, words.clear)),
  ];
}
