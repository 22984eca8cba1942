// What the saved operations answer.

export const STANCES = [
  'UNKNOWN', 'NAMED', 'APPROACHED', 'NEGOTIATING', 'AGREED_IN_PRINCIPLE', 'AGREED', 'IMPLEMENTING', 'SUSPENDED', 'REFUSED', 'ENDED',
] as const;
export type Stance = (typeof STANCES)[number];
export type Known = 'now' | 'then';
export type ChangeKind = 'EVENT' | 'CORRECTION' | 'RETRACTION';

export interface Claimant { label: string }
export interface Basis { number: number; summary: string; publishedOn: string | null; claimant: Claimant }
export interface State { code: string; name: string; short: string }

export interface Position { stance: Stance; since: string | null; disputed: boolean }
export interface Relationship { id: string; requestedState: State; position: Position }

export interface Move { relationship: { id: string }; from: Stance; to: Stance; disputed: boolean }
export interface Step { on: string; uncertain: number; moves: Move[] }

export interface CountClaim {
  number: number;
  metric: string;
  comparator: string;
  low: number;
  high: number | null;
  claimant: Claimant;
  publishedOn: string | null;
}

export interface Change {
  cursor: string;
  from: Stance;
  to: Stance;
  kind: ChangeKind;
  unusual: boolean;
  disputed: boolean;
  occurredOn: string | null;
  relationship: { requestedState: State };
  statement: Basis & { standing: string };
}

export interface Wording { ask: string; carriedOut: string; haveCarriedOut: string; hadCarriedOut: string }

export interface PageInfo { hasNextPage: boolean; endCursor: string | null }

export interface Initiative {
  slug: string;
  title: string;
  sourcesUpTo: string | null;
  wording: Wording | null;
  /** The sentence is English, whatever the language of the names. */
  requestingState: State & { english: string };
  countClaims: CountClaim[];
  relationships: { totalCount: number; pageInfo: PageInfo; nodes: Relationship[] };
  known: Step[];
  public: Step[];
}

export interface Head { seq: number; cursor: string; recordedAt: string }

export interface Answer {
  initiative: Initiative | null;
  stanceChanges: { nodes: Change[] };
  ledger: { head: Head };
}

export interface Entry {
  seq: number;
  cursor: string;
  kind: string;
  recordedAt: string;
  stanceChange: Change | null;
}

export interface Shape { code: string | null; d: string; area: number; label: [number, number]; x?: number; y?: number }
export type Frame = [left: number, top: number, right: number, bottom: number];
export interface World { frames: { wide: Frame; narrow: Frame }; shapes: Shape[] }
