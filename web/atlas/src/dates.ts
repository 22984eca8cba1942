// EDTF dates in words; a reader never sees the notation.

import { words } from './text.en';

const MONTHS = { long: formatter('long'), short: formatter('short') };

function formatter(month: 'long' | 'short'): (month: number) => string {
  const format = new Intl.DateTimeFormat(words.lang, { month, timeZone: 'UTC' });
  return (number) => format.format(Date.UTC(2000, number - 1, 1));
}

interface Part { year: string; month?: number; day?: number; approximate: boolean; uncertain: boolean }

function parse(text: string): Part | null {
  const match = /^(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?([~?%]?)$/.exec(text);
  if (!match) return null;
  const [, year = '', month, day, sign = ''] = match;
  return {
    year,
    ...(month && { month: Number(month) }),
    ...(day && { day: Number(day) }),
    approximate: sign === '~' || sign === '%',
    uncertain: sign === '?' || sign === '%',
  };
}

function plain({ year, month, day }: Part, size: 'long' | 'short'): string {
  return [day, month && MONTHS[size](month), year].filter(Boolean).join(' ');
}

function single(text: string, size: 'long' | 'short'): string {
  const part = parse(text);
  if (!part) return text;
  const date = plain(part, size);
  const about = part.approximate ? words.about(date) : date;
  return part.uncertain ? words.uncertain(about) : about;
}

/** An EDTF date or interval in words. */
export function inWords(edtf: string | null, size: 'long' | 'short' = 'long'): string {
  if (!edtf) return words.dateUnknown;
  const [from = '', to] = edtf.split('/');
  if (to === undefined) return single(from, size);
  if (from === '..' || from === '') return words.orEarlier(single(to, size));
  if (to === '..' || to === '') return words.orLater(single(from, size));
  return between(from, to, size);
}

function between(from: string, to: string, size: 'long' | 'short'): string {
  const [a, b] = [parse(from), parse(to)];
  if (!a?.day || !b?.day) return words.fromTo(single(from, size), single(to, size));
  const isSameMonth = a.year === b.year && a.month === b.month;
  const start = isSameMonth ? String(a.day) : plain(a, size);
  if (isSameMonth && b.day - a.day === 1) return words.eitherDay(start, plain(b, size));
  return words.dayFromTo(start, plain(b, size));
}

const CLOCK = new Intl.DateTimeFormat(words.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' });

/** "28 November 2026, 15:04 UTC" */
export function instantInWords(instant: string): string {
  return `${inWords(instant.slice(0, 10))}, ${CLOCK.format(new Date(instant))} UTC`;
}

export function timeInWords(time: Date): string {
  return new Intl.DateTimeFormat(words.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
