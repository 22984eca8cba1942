// The address names the view: keys always in the same order, defaults left out.

import type { View } from './state';
import { STANCES, type Stance } from './types';

export const DEFAULT_VIEW: View = { initiative: null, countries: [], on: null, known: 'now', at: null, stances: [], table: false, zoom: null, lang: null };

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const MOST_COUNTRIES = 5;

export interface Read {
  view: View;
  /** Keys and values that are not valid. */
  dropped: string[];
  /** Codes of countries that cannot exist. */
  unknown: string[];
}

export function readAddress(search: string): Read {
  const outer = new URLSearchParams(search);
  // Frames of other pages have the whole query in one key.
  const keys = new URLSearchParams(outer.get('v') ?? outer);
  const dropped: string[] = [];
  const codes = [...new Set((keys.get('c') ?? '').split('~').filter(Boolean))];
  const isCode = (code: string) => /^[A-Z]{2}$/.test(code);
  const take = <T>(key: string, read: (text: string) => T | null, otherwise: T): T => {
    const text = keys.get(key);
    if (text === null || text === '') return otherwise;
    const value = read(text);
    if (value === null) dropped.push(`${key}=${text}`);
    return value ?? otherwise;
  };
  const isStance = (text: string): text is Stance | 'DISPUTED' => text === 'DISPUTED' || (STANCES as readonly string[]).includes(text);
  const view: View = {
    initiative: take('i', (text) => text, null as string | null),
    countries: codes.filter(isCode).slice(0, MOST_COUNTRIES),
    on: take('on', (text) => (isDay(text) ? text : null), null as string | null),
    known: take('known', (text) => (text === 'now' || text === 'then' ? text : null), 'now'),
    at: take('at', (text) => (INSTANT.test(text) && !Number.isNaN(Date.parse(text)) ? text : null), null as string | null),
    stances: take('s', (text) => list(text, isStance) as View['stances'] | null, []),
    table: take('view', (text) => (text === 'table' ? true : text === 'map' ? false : null), false),
    zoom: take('z', readZoom, null as View['zoom']),
    lang: take('lang', (text) => (/^[A-Za-z0-9-]{2,35}$/.test(text) ? text : null), null as string | null),
  };
  return { view, dropped, unknown: codes.filter((code) => !isCode(code)) };
}

function list(text: string, isValid: (item: string) => boolean): string[] | null {
  const items = [...new Set(text.split('~'))];
  return items.every(isValid) ? items : null;
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return DAY.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readZoom(text: string): View['zoom'] {
  const numbers = text.split(',').map((part) => (/^-?\d{1,3}(\.\d)?$/.test(part) ? Number(part) : Number.NaN));
  const [lon, lat, scale] = numbers;
  if (numbers.length !== 3 || lon === undefined || lat === undefined || scale === undefined) return null;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && scale > 1 && scale <= 12 ? [lon, lat, scale] : null;
}

/** The query of the address, with `?`; empty for the default view. */
export function addressOf(view: View): string {
  const parts: [string, string | null][] = [
    ['i', view.initiative],
    ['c', view.countries.join('~') || null],
    ['on', view.on],
    ['known', view.known === 'then' ? 'then' : null],
    ['at', view.at],
    ['s', view.stances.join('~') || null],
    ['view', view.table ? 'table' : null],
    ['z', view.zoom && view.zoom.map((number) => String(Math.round(number * 10) / 10)).join(',')],
    ['lang', view.lang],
  ];
  // None of these values needs an escape.
  const text = parts.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`])).join('&');
  return text && `?${text}`;
}
