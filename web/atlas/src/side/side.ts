// The side: the feed, or what is known of the open state.

import { id as BASES } from '../../operations/Bases.graphql';
import { id as STATE } from '../../operations/State.graphql';
import { ask } from '../api';
import { byId, h, type Child } from '../dom';
import { momentInput } from '../moment';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import type { Relationship } from '../types';
import { feed, statesOfPast, type Bases } from './feed';
import { statePanel, type StateActions, type StateAnswer } from './state';

const REST = 140; // ms for which the thumb must rest before a question is sent

export interface SideActions extends StateActions { backToToday(): void }

export class Side {
  private readonly host = byId('side');
  private readonly arrived = new Map<string, number>();
  private bases: Bases = new Map();
  private answer: StateAnswer | null = null;
  private readonly names = new Map<string, string>();
  private askedFor = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;
  private waiting = 0;
  private shown: { model: Model; moment: Moment; view: View } | null = null;

  constructor(private readonly actions: SideActions) {}

  noteArrival(cursor: string): void {
    this.arrived.set(cursor, Date.now());
  }

  /** Changes that came while the reader looks at the past. */
  noteWaiting(number: number): void {
    this.waiting = number;
  }

  /** A state without a relationship is known by name only to who found it. */
  noteName(code: string, name: string): void {
    this.names.set(code, name);
  }

  render(model: Model, moment: Moment, view: View): void {
    const before = this.shown?.view.countries[0];
    this.shown = { model, moment, view };
    const code = view.countries[0];
    if (code !== before) this.answer = null;
    const key = [code ?? '', moment.day, moment.known, view.at, code ? model.answer.ledger.head.seq : moment.index].join('|');
    if (key !== this.askedFor) {
      this.askedFor = key;
      this.stopAsking();
      if (code) this.askLater(code === before ? REST : 0, (signal) => this.askState(code, view, signal));
      else if (moment.day !== null) {
        this.bases = new Map();
        this.askLater(REST, (signal) => this.askBases(model, moment, view, signal));
      }
    }
    this.paint();
    if (code !== before) {
      this.host.scrollTop = 0;
      if (code && before === undefined && !this.isFirst) this.host.querySelector<HTMLElement>('.panel-title')?.focus({ preventScroll: true });
    }
    this.isFirst = false;
  }

  private isFirst = true;

  private paint(): void {
    if (!this.shown) return;
    const { model, moment, view } = this.shown;
    const scroll = this.host.scrollTop;
    const code = view.countries[0];
    const waiting: Child = this.waiting > 0 && moment.day !== null
      && h('button', { type: 'button', class: 'button waiting', onclick: () => this.actions.backToToday() }, words.newSince(this.waiting));
    const children = code
      ? statePanel(model, moment, view, code, this.nameOf(model, code), this.answer, this.actions)
      : feed(model, moment, this.arrived, this.bases, limit(), this.actions);
    const held = document.activeElement && this.host.contains(document.activeElement) ? document.activeElement.className : null;
    this.host.classList.toggle('sheet', code !== undefined);
    const grip = code !== undefined && h('button', { type: 'button', class: 'grip', 'aria-label': words.grip, onclick: () => this.host.classList.toggle('low') });
    this.host.replaceChildren(...[grip, waiting, ...children].filter((child) => child !== null && child !== undefined && child !== false));
    if (held) this.host.querySelector<HTMLElement>(`.${held.split(' ').join('.')}`)?.focus({ preventScroll: true });
    this.host.scrollTop = scroll;
  }

  private nameOf(model: Model, code: string): string {
    return model.byCode.get(code)?.requestedState.name ?? this.answer?.country?.name ?? this.names.get(code) ?? code;
  }

  private stopAsking(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  private askLater(wait: number, act: (signal: AbortSignal) => Promise<void>): void {
    const request = new AbortController();
    this.request = request;
    // Without an answer the side stays as it is.
    this.timer = setTimeout(() => void act(request.signal).then(() => { if (!request.signal.aborted) this.paint(); }, () => {}), wait);
  }

  private async askState(code: string, view: View, signal: AbortSignal): Promise<void> {
    const i = this.shown?.model.initiative.slug;
    const answer = await ask<StateAnswer>(STATE, { code, i, at: momentInput(view), lang: view.lang }, signal);
    if (!signal.aborted) this.answer = answer;
  }

  private async askBases(model: Model, moment: Moment, view: View, signal: AbortSignal): Promise<void> {
    const states = statesOfPast(model, moment, limit());
    if (states.length === 0) return;
    type Answer = { initiative: { relationships: { nodes: Relationship[] } } };
    const answer = await ask<Answer>(BASES, { i: model.initiative.slug, states, at: momentInput(view) }, signal);
    for (const { requestedState, position } of answer.initiative.relationships.nodes) {
      if (position.basis) this.bases.set(requestedState.code, position.basis);
    }
  }
}

const limit = () => (window.innerWidth < 700 ? 4 : 9);
