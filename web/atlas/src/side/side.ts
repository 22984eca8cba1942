// The side: the feed, or what is known of the open state.

import { id as STATE } from '../../operations/State.graphql';
import { ask } from '../api';
import { askBases, REST, type Bases } from '../bases';
import { byId, h, type Child } from '../dom';
import { languageOf } from '../language';
import { momentInput } from '../moment';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import { Changes } from './changes';
import { latest, past, statesOfPast, type FeedActions } from './feed';
import { statePanel, type StateActions, type StateAnswer } from './state';

export interface SideActions extends StateActions { backToToday(): void }

const AT_TOP = 24; // px; further down counts as scrolled

export class Side {
  private readonly host = byId('side');
  private readonly changes = new Changes();
  private readonly unfolded = new Set<string>();
  private pages = 1;
  private bases: Bases = new Map();
  private answer: StateAnswer | null = null;
  private readonly names = new Map<string, string>();
  private askedFor = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;
  private waiting = 0;
  private shown: { model: Model; moment: Moment; view: View } | null = null;

  private readonly feedActions: FeedActions;

  constructor(private readonly actions: SideActions) {
    this.feedActions = { open: actions.open, backToToday: actions.backToToday, older: () => void this.showOlder(), showNew: () => this.showNew() };
    this.host.replaceChildren(...[1, 2, 3].map(() => h('div', { class: 'skeleton' })));
    for (const place of [this.host, window]) place.addEventListener('scroll', () => this.releaseAtTop(), { passive: true });
  }

  noteArrival(cursor: string): void {
    this.changes.noteArrival(cursor, this.isScrolled());
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
    const wasDay = this.shown?.moment.day;
    this.shown = { model, moment, view };
    if (this.changes.receive(model.answer.stanceChanges.nodes)) void this.changes.refresh(this.question()).then(() => this.paint(), () => {});
    if (wasDay !== moment.day) this.pages = 1;
    const code = view.countries[0];
    if (code !== before) this.answer = null;
    const key = [code ?? '', moment.day, moment.known, view.at, code ? model.answer.ledger.head.seq : `${moment.index}:${this.pages}`].join('|');
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
      : moment.day === null
        ? latest(model, view.at !== null, this.changes, this.unfolded, this.limit(), this.feedActions)
        : past(model, moment, moment.day, this.bases, this.limit(), this.feedActions);
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

  /** Lines of the feed. */
  private limit(): number {
    return this.pages * (window.innerWidth < 700 ? 4 : 9);
  }

  private question(): { i: string; recordedBy: string | null; lang: string | null } {
    return { i: this.shown?.model.initiative.slug ?? '', recordedBy: this.shown?.view.at ?? null, lang: this.shown ? languageOf(this.shown.view) : null };
  }

  private async showOlder(): Promise<void> {
    this.pages += 1;
    if (!this.shown) return;
    const { model, moment, view } = this.shown;
    // Without an answer the list stays as it is, and the button asks again.
    if (moment.day === null) await this.changes.extendTo(this.limit(), this.question()).catch(() => { this.pages -= 1; });
    this.render(model, moment, view);
  }

  /** Whether the reader is further down in the feed, so that new lines would push away what is being read. */
  private isScrolled(): boolean {
    if (!this.shown || this.shown.view.countries.length > 0 || this.shown.moment.day !== null) return false;
    return this.host.scrollTop > AT_TOP || this.host.getBoundingClientRect().top < -AT_TOP;
  }

  private showNew(): void {
    this.changes.release();
    this.host.scrollTop = 0;
    this.paint();
    if (this.host.getBoundingClientRect().top < 0) this.host.scrollIntoView();
    this.host.focus({ preventScroll: true });
  }

  private releaseAtTop(): void {
    if (this.changes.heldCount === 0 || this.isScrolled()) return;
    this.changes.release();
    this.paint();
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
    const answer = await ask<StateAnswer>(STATE, { code, i, at: momentInput(view), lang: languageOf(view) }, signal);
    if (!signal.aborted) this.answer = answer;
  }

  private async askBases(model: Model, moment: Moment, view: View, signal: AbortSignal): Promise<void> {
    const bases = await askBases(model.initiative.slug, view, statesOfPast(model, moment, this.limit()), signal);
    if (!signal.aborted) this.bases = bases;
  }
}
