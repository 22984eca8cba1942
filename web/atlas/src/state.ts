// What the page shows: the last answer, and the view of it that the address names.

import { countsOf, positionsNow, stopAt, stopsOf, type Counts, type Positions, type Stop } from './timeline';
import type { Answer, Change, Initiative, Known, Relationship, Stance } from './types';

export interface View {
  initiative: string | null;
  countries: string[];
  on: string | null;
  known: Known;
  at: string | null;
  stances: (Stance | 'DISPUTED')[];
  table: boolean;
  zoom: [lon: number, lat: number, scale: number] | null;
  lang: string | null;
}

export interface Model {
  answer: Answer;
  initiative: Initiative;
  byCode: Map<string, Relationship>;
  now: Positions;
  stops: Record<Known, Stop[]>;
  askedAt: Date;
}

/** A model without its initiative does not exist: the page then says why. */
export function modelOf(answer: Answer): Model | null {
  const { initiative } = answer;
  if (!initiative) return null;
  const { nodes } = initiative.relationships;
  const codes = new Map(nodes.map(({ id, requestedState }) => [id, requestedState.code]));
  return {
    answer,
    initiative,
    byCode: new Map(nodes.map((node) => [node.requestedState.code, node])),
    now: positionsNow(nodes),
    stops: { now: stopsOf(initiative.known, codes), then: stopsOf(initiative.public, codes) },
    askedAt: new Date(),
  };
}

/** What one change says of its own state. Counts, chart and steps come with the next answer. */
export function applyChange(model: Model, change: Change): void {
  model.answer.stanceChanges.nodes.push(change);
  const { code } = change.relationship.requestedState;
  const relationship = model.byCode.get(code);
  if (!relationship) return;
  const { to: stance, occurredOn: since, disputed } = change;
  relationship.position = { stance, since, disputed };
  model.now.set(code, relationship.position);
}

export interface Moment {
  /** null is today. */
  day: string | null;
  known: Known;
  /** Index among the stops of the clock; their number is today. */
  index: number;
  positions: Positions;
  counts: Counts;
  uncertain: number;
}

const memory = new WeakMap<Stop, Counts>();

export function momentOf(model: Model, view: View): Moment {
  const stops = model.stops[view.known];
  if (view.on === null) {
    return { day: null, known: view.known, index: stops.length, positions: model.now, counts: countsOf(model.now), uncertain: 0 };
  }
  const index = stopAt(stops, view.on);
  const stop = stops[index];
  const positions = stop?.positions ?? new Map();
  return { day: view.on, known: view.known, index, positions, counts: stop ? countsAt(stop) : countsOf(positions), uncertain: stop?.uncertain ?? 0 };
}

function countsAt(stop: Stop): Counts {
  const known = memory.get(stop) ?? countsOf(stop.positions);
  memory.set(stop, known);
  return known;
}

/** Number of states asked or named on a day of a clock. */
export function askedOn(model: Model, known: Known, day: string): number {
  const stops = model.stops[known];
  const stop = stops[stopAt(stops, day)];
  return stop ? countsAt(stop).total : 0;
}

export function matches(view: View, position: { stance: Stance; disputed: boolean }): boolean {
  if (view.stances.length === 0) return true;
  return view.stances.includes(position.stance) || (position.disputed && view.stances.includes('DISPUTED'));
}
