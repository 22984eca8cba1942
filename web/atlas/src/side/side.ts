// The side: the feed or a country.

import BASES from '../../operations/Bases.graphql?raw';
import { ask } from '../api';
import { byId, h, type Child } from '../dom';
import { momentInput } from '../moment';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import type { Relationship } from '../types';
import { feed, statesOfPast, type Bases, type FeedActions } from './feed';

const REST = 140; // ms for which the thumb must rest before a question is sent

export class Side {
  private readonly host = byId('side');
  private readonly arrived = new Map<string, number>();
  private bases: Bases = new Map();
  private basesOf = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;
  private waiting = 0;

  constructor(private readonly actions: FeedActions) {}

  noteArrival(cursor: string): void {
    this.arrived.set(cursor, Date.now());
  }

  /** Changes that came while the reader looks at the past. */
  noteWaiting(number: number): void {
    this.waiting = number;
  }

  render(model: Model, moment: Moment, view: View): void {
    const limit = window.innerWidth < 700 ? 4 : 9;
    const key = `${moment.day}|${moment.known}|${moment.index}`;
    if (moment.day === null) {
      this.stopAsking();
      this.waiting = 0;
    } else if (key !== this.basesOf) {
      this.basesOf = key;
      this.bases = new Map();
      this.askBases(model, moment, view, limit);
    }
    this.paint(model, moment, limit);
  }

  private paint(model: Model, moment: Moment, limit: number): void {
    const scroll = this.host.scrollTop;
    const waiting: Child = this.waiting > 0 && moment.day !== null
      && h('button', { type: 'button', class: 'button waiting', onclick: () => this.actions.backToToday() }, words.newSince(this.waiting));
    this.host.replaceChildren(...[waiting, ...feed(model, moment, this.arrived, this.bases, limit, this.actions)].filter((child) => child !== null && child !== undefined && child !== false));
    this.host.scrollTop = scroll;
  }

  private stopAsking(): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.basesOf = '';
  }

  private askBases(model: Model, moment: Moment, view: View, limit: number): void {
    clearTimeout(this.timer);
    this.request?.abort();
    const states = statesOfPast(model, moment, limit);
    if (states.length === 0) return;
    this.timer = setTimeout(async () => {
      this.request = new AbortController();
      type Answer = { initiative: { relationships: { nodes: Relationship[] } } };
      const variables = { i: model.initiative.slug, states, at: momentInput(view) };
      // Without an answer the feed stays without these lines.
      const answer = await ask<Answer>(BASES, variables, this.request.signal).catch(() => null);
      if (!answer) return;
      for (const { requestedState, position } of answer.initiative.relationships.nodes) {
        if (position.basis) this.bases.set(requestedState.code, position.basis);
      }
      this.paint(model, moment, limit);
    }, REST);
  }
}
