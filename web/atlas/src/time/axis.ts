// Where a day stands on the axis: linear from the first step to the last; after a gap stands today.

import { day } from '../marks';
import type { Stop } from '../timeline';

const TODAY = { wide: 64, narrow: 34 };
const GAP = 3;

export interface Axis { width: number; end: number; x(date: string): number; today: number; months: { x: number; month: number; year: number }[] }

export function axisFor(width: number, narrow: boolean, clocks: Stop[][]): Axis {
  const days = clocks.flatMap((stops) => stops.map(({ on }) => day(on)));
  const [first, last] = days.length > 0 ? [Math.min(...days), Math.max(...days)] : [0, 1];
  const end = width - (narrow ? TODAY.narrow : TODAY.wide) - GAP;
  const perDay = (end - 8) / Math.max(1, last - first);
  const at = (number: number) => 8 + (number - first) * perDay;
  return {
    width,
    end,
    x: (date) => Math.min(end, Math.max(0, at(day(date)))),
    today: (end + GAP + width) / 2,
    months: monthsBetween(first, last).map(({ number, ...rest }) => ({ ...rest, x: at(number) })),
  };
}

function monthsBetween(first: number, last: number): { number: number; month: number; year: number }[] {
  const months = [];
  const date = new Date(first * 86_400_000);
  for (let i = 1; i < 600; i += 1) {
    const time = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + i, 1);
    if (time / 86_400_000 > last) break;
    const start = new Date(time);
    months.push({ number: time / 86_400_000, month: start.getUTCMonth(), year: start.getUTCFullYear() });
  }
  return months;
}
