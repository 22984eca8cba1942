// The band under the map: date, switch between the clocks, play, and the slider over the chart.

import { inWords, today } from '../dates';
import { byId, h, set } from '../dom';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import type { Known } from '../types';
import { Chart } from './chart';
import { Player } from './player';
import { comparisonRows } from './rows';

export interface TimeActions {
  setDay(day: string | null): void;
  setKnown(known: Known): void;
  remove(code: string): void;
  clear(): void;
  zoomToThem(): void;
}

const MONTH = 30;

export class TimeBand {
  private readonly chart = new Chart();
  private readonly date = h('div', { class: 'date-big' });
  private readonly note = h('div', { class: 'date-note quiet' });
  private readonly slider = h('input', { type: 'range', min: 0, max: 1, step: 1, 'aria-label': words.day });
  private readonly track = h('div', { class: 'track' });
  private readonly rows = h('div');
  private rowsOf = '';
  private readonly clocks: Record<Known, HTMLInputElement>;
  private readonly player: Player;
  private shown: { model: Model; moment: Moment; view: View } | null = null;

  constructor(private readonly actions: TimeActions) {
    this.clocks = { now: this.radio('now'), then: this.radio('then') };
    this.player = new Player((by) => this.step(by));
    const option = (known: Known, text: string) => h('label', {}, this.clocks[known], h('span', {}, text));
    const clock = h('fieldset', { class: 'switch' }, h('legend', { class: 'unseen' }, words.clock), option('now', words.clockNow), option('then', words.clockThen));
    this.track.append(this.chart.svg, this.slider);
    byId('time').replaceChildren(h('div', { class: 'time-row' }, this.player.button, h('div', { class: 'date' }, this.date, this.note), clock), this.track, this.rows);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.track);
  }

  private radio(known: Known): HTMLInputElement {
    return h('input', { type: 'radio', name: 'clock', value: known, onchange: () => this.actions.setKnown(known) });
  }

  render(model: Model, moment: Moment, view: View): void {
    this.shown = { model, moment, view };
    this.clocks[view.known].checked = true;
    const count = model.stops[view.known].length;
    set(this.slider, 'max', String(count));
    this.slider.value = String(Math.max(0, moment.index));
    const newest = model.initiative.sourcesUpTo;
    const day = moment.day === null ? words.today : inWords(moment.day);
    this.date.textContent = day;
    this.note.textContent = moment.day === null
      ? words.nothingNewer(inWords(today()), newest && inWords(newest))
      : moment.known === 'now' ? words.happened : words.couldKnow;
    set(this.slider, 'aria-valuetext', words.dayText(day, moment.counts.total));
    this.draw();
    if (moment.day === null) this.player.stop();
  }

  toggleClock(): void {
    this.actions.setKnown(this.shown?.view.known === 'now' ? 'then' : 'now');
  }

  private draw(): void {
    if (!this.shown) return;
    const { model, moment, view } = this.shown;
    const width = this.track.clientWidth;
    if (width === 0) return;
    const narrow = window.innerWidth < 700;
    this.chart.draw(model, view, width, narrow ? 96 : 112, narrow);
    this.chart.moveTo(moment.day);
    const key = [view.countries.join(), view.known, width, model.answer.ledger.head.seq].join('|');
    if (key === this.rowsOf) return;
    this.rowsOf = key;
    const rows = comparisonRows(model, moment, view, this.chart.axis, (code) => this.actions.remove(code), () => this.actions.clear(), () => this.actions.zoomToThem());
    this.rows.replaceChildren(...rows.filter((child) => child !== null && child !== undefined && child !== false));
  }

  private listen(): void {
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)));
    this.slider.addEventListener('keydown', (event) => {
      if (event.key === 'PageUp' || event.key === 'PageDown') {
        event.preventDefault();
        this.month(event.key === 'PageUp' ? MONTH : -MONTH);
      } else if (event.key === ' ') {
        event.preventDefault();
        this.player.toggle();
      }
    });
    const follow = (event: PointerEvent) => {
      const x = event.clientX - this.track.getBoundingClientRect().left;
      this.go(this.nearest(x));
    };
    this.track.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.player.stop();
      this.slider.focus({ preventScroll: true });
      this.track.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.track.addEventListener('pointermove', (event) => {
      if (this.track.hasPointerCapture(event.pointerId)) follow(event);
    });
    this.slider.addEventListener('pointerdown', () => this.player.stop());
  }

  private nearest(x: number): number {
    const stops = this.stops();
    if (x > this.chart.axis.end) return stops.length;
    let best = 0;
    for (const [index, { on }] of stops.entries()) {
      if (Math.abs(this.chart.axis.x(on) - x) <= Math.abs(this.chart.axis.x(stops[best]?.on ?? on) - x)) best = index;
    }
    return best;
  }

  private stops() {
    return this.shown ? this.shown.model.stops[this.shown.view.known] : [];
  }

  /** To a stop; behind the last one stands today. */
  private go(index: number): void {
    const day = this.stops()[index]?.on ?? null;
    if (day !== this.shown?.view.on) this.actions.setDay(day);
  }

  /** One stop on; false at the end. From today, playing begins with the first stop. */
  private step(by: number): boolean {
    const index = this.shown?.moment.index ?? 0;
    const count = this.stops().length;
    const next = index >= count ? 0 : index + by;
    this.go(next);
    return next < count;
  }

  private month(days: number): void {
    const stops = this.stops();
    const index = this.shown?.moment.index ?? 0;
    const from = stops[Math.min(index, stops.length - 1)]?.on;
    if (!from) return;
    const target = new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
    const ahead = stops.findIndex(({ on }) => on >= target);
    const back = stops.findLastIndex(({ on }) => on <= target);
    this.go(days > 0 ? (ahead < 0 ? stops.length : ahead) : Math.max(0, back));
  }
}
