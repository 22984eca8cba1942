// Where every state stood after each step of one clock. All moments are worked out once, so that dragging asks nothing.

import type { Position, Relationship, Stance, Step } from './types';

export type Positions = Map<string, Pick<Position, 'stance' | 'since' | 'disputed'>>;

/** A move of a step, by the code of its state. */
export interface Moved { code: string; from: Stance; to: Stance; disputed: boolean }
export interface Stop { on: string; positions: Positions; uncertain: number; moves: Moved[] }

const NOTHING = { stance: 'UNKNOWN', since: null, disputed: false } as const;

/** `codes` are those of the requested states, by relationship. */
export function stopsOf(steps: Step[], codes: Map<string, string>): Stop[] {
  let positions: Positions = new Map();
  return steps.map((step) => {
    positions = new Map(positions);
    const moves = step.moves.flatMap(({ relationship, ...move }): Moved[] => {
      const code = codes.get(relationship.id);
      return code === undefined ? [] : [{ code, ...move }];
    });
    for (const { code, from, to, disputed } of moves) {
      const before = positions.get(code) ?? NOTHING;
      positions.set(code, { stance: to, disputed, since: from === to ? before.since : step.on });
    }
    return { on: step.on, positions, uncertain: step.uncertain, moves };
  });
}

export function positionsNow(relationships: Relationship[]): Positions {
  return new Map(relationships.map(({ requestedState, position }) => [requestedState.code, position]));
}

/** Index of the last stop on or before the day; -1 before the first. */
export function stopAt(stops: Stop[], day: string): number {
  let index = -1;
  for (const stop of stops) {
    if (stop.on > day) break;
    index += 1;
  }
  return index;
}

export interface Counts { total: number; disputed: number; of: Record<Stance, number> }

export function countsOf(positions: Positions): Counts {
  const counts: Counts = {
    total: 0,
    disputed: 0,
    of: { UNKNOWN: 0, NAMED: 0, APPROACHED: 0, NEGOTIATING: 0, AGREED_IN_PRINCIPLE: 0, AGREED: 0, IMPLEMENTING: 0, SUSPENDED: 0, REFUSED: 0, ENDED: 0 },
  };
  for (const { stance, disputed } of positions.values()) {
    counts.of[stance] += 1;
    if (stance !== 'UNKNOWN') counts.total += 1;
    if (disputed) counts.disputed += 1;
  }
  return counts;
}

/** The periods of one state on a clock, from the first step on. */
export function periodsOf(stops: Stop[], code: string): { from: string; stance: Stance; disputed: boolean }[] {
  const periods: { from: string; stance: Stance; disputed: boolean }[] = [];
  for (const { on, positions } of stops) {
    const { stance, disputed } = positions.get(code) ?? NOTHING;
    const last = periods.at(-1);
    if (!last || last.stance !== stance || last.disputed !== disputed) periods.push({ from: on, stance, disputed });
  }
  return periods;
}

/** Periods of the same stance as one: a dispute that begins or ends is no new stance. */
export function spansOf<P extends { stance: Stance }>(periods: P[]): P[] {
  return periods.filter(({ stance }, index) => stance !== periods[index - 1]?.stance);
}

export const positionIn = (positions: Positions, code: string) => positions.get(code) ?? NOTHING;
