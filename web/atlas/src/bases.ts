// What positions rest on at a moment of the past: one question for each moment at which the thumb rests.

import { id as BASES } from '../operations/Bases.graphql';
import { ask } from './api';
import { momentInput } from './moment';
import type { View } from './state';
import type { Basis, Relationship } from './types';

/** By state. */
export type Bases = Map<string, Basis>;

/** ms for which the thumb must rest before a question is sent. */
export const REST = 140;

export async function askBases(slug: string, view: View, states: string[], signal?: AbortSignal): Promise<Bases> {
  if (states.length === 0) return new Map();
  type Answer = { initiative: { relationships: { nodes: Relationship[] } } };
  const { initiative } = await ask<Answer>(BASES, { i: slug, states, at: momentInput(view) }, signal);
  return new Map(initiative.relationships.nodes.flatMap(({ requestedState, position: { basis } }) => (basis ? [[requestedState.code, basis] as const] : [])));
}
