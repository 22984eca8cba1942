// The map: draws, answers pointer and keys, and tells the page what was chosen.

import type { Bases } from '../bases';
import { inWords } from '../dates';
import { h, set } from '../dom';
import { stanceName } from '../marks';
import { matches, type Model, type Moment, type View } from '../state';
import { words } from '../text.en';
import { positionIn } from '../timeline';
import type { Frame, World } from '../types';
import { Card } from './card';
import { byLetter, nearest, type Point } from './keys';
import { Layers } from './layers';
import { centreOf, partOf } from './projection';
import { frameFor, scaleFor, wholeMap, within, type Centre, type Scale } from './scale';
import { Zoom } from './zoom';

export interface MapActions {
  open(code: string): void;
  select(code: string): void;
  escape(): void;
  zoomed(part: View['zoom']): void;
  /** What positions rest on, as far as it is known. */
  bases(): Bases;
}

/** Antarctica is not drawn. */
const WITHOUT_SHAPE = 'AQ';

export class WorldMap {
  private readonly layers: Layers;
  private readonly card = new Card();
  private readonly surface = h('div', { class: 'surface', role: 'listbox', tabindex: 0, 'aria-multiselectable': 'true', 'aria-label': words.map });
  private readonly hint = h('p', { class: 'hint', hidden: true }, words.holdCtrl);
  private readonly zoom: Zoom;
  private centre: Centre | null = null;
  private scale: Scale | null = null;
  private frame: Frame;
  private shown: { model: Model; moment: Moment; view: View } | null = null;
  private active: string | null = null;
  private hinted = false;
  private pointed: { code: string; at: [number, number] } | null = null;

  constructor(private readonly host: HTMLElement, private readonly world: World, private readonly actions: MapActions) {
    this.frame = frameFor(world);
    this.layers = new Layers(world);
    this.codes = new Set(world.shapes.flatMap(({ code }) => code ?? []));
    this.surface.append(this.layers.svg);
    this.zoom = new Zoom(this.surface, () => this.zoomed(), (centre) => this.moveTo(centre), () => this.showHint());
    const button = (name: string, text: string, act: () => void) => h('button', { type: 'button', 'aria-label': name, title: name, onclick: act }, text);
    const buttons = h('div', { class: 'zoom', role: 'group' },
      button(words.zoomIn, '+', () => this.zoom.by(1.6)),
      button(words.zoomOut, '−', () => this.zoom.by(1 / 1.6)),
      button(words.zoomAll, '⤢', () => this.moveTo(null)));
    host.replaceChildren(this.surface, buttons, h('p', { class: 'note' }, words.mapNote), this.hint, this.card.element);
    this.layers.draw(new Map(), null);
    this.listen();
    new ResizeObserver(() => this.layOut()).observe(host);
    void document.fonts.ready.then(() => this.layOut());
  }

  private readonly codes: Set<string>;
  setModel(model: Model): void {
    const { requestingState } = model.initiative;
    const asker = { code: requestingState.code, name: requestingState.name };
    this.layers.draw(model.byCode, asker);
    if (this.shown) this.shown = { ...this.shown, model };
    this.layOut();
  }

  render(model: Model, moment: Moment, view: View): void {
    const wasSelected = this.shown?.view.countries.join();
    this.shown = { model, moment, view };
    if (!this.scale || wasSelected !== view.countries.join()) this.layOut();
    else this.paint();
  }

  /** One change, as it arrives. */
  ring(code: string, kind: string): void {
    if (this.scale) this.layers.ring(code, kind, this.scale);
  }

  /** Null shows the whole map. */
  moveTo(centre: Centre | null, tell = true): void {
    this.centre = centre && centre.zoom > 1.001 ? within(this.frame, centre) : null;
    this.card.hide();
    this.layOut();
    if (tell) this.actions.zoomed(this.centre && partOf(this.centre));
  }

  /** Shows the part that an address names. */
  showPart(part: View['zoom']): void {
    if (!part && !this.centre) return;
    this.moveTo(part && centreOf(part), false);
  }

  /** Whether a country has this code. */
  knows(code: string): boolean {
    return code === WITHOUT_SHAPE || this.codes.has(code);
  }

  /** Zooms so that the state is large enough to be seen. */
  showState(code: string): void {
    const shape = this.layers.shapeOf(code);
    if (!shape || !this.scale) return;
    const size = Math.sqrt(shape.area) * (this.scale.k / (this.centre?.zoom ?? 1));
    const zoom = Math.min(12, Math.max(1, 40 / Math.max(size, 3)));
    this.moveTo({ x: shape.label[0], y: shape.label[1], zoom });
    this.ring(code, 'found');
  }

  /** Zooms so that all of these states are seen. */
  showStates(codes: string[]): void {
    const points = codes.flatMap((code) => this.layers.shapeOf(code)?.label ?? []);
    const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [fl, ft, fr, fb] = this.frame;
    const zoom = Math.min(8, (fr - fl) / (right - left + 400), (fb - ft) / (bottom - top + 300));
    this.moveTo({ x: (left + right) / 2, y: (top + bottom) / 2, zoom });
  }

  focus(): void {
    this.surface.focus();
  }

  private zoomed(): { frame: Frame; scale: Scale; centre: Centre } {
    const centre = this.centre ?? wholeMap(this.frame);
    return { frame: this.frame, centre, scale: this.scale ?? scaleFor(this.frame, 1, 1, centre) };
  }

  private layOut(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.frame = frameFor(this.world);
    const mapHeight = this.surface.clientHeight || height;
    this.scale = scaleFor(this.frame, width, mapHeight, this.centre ?? wholeMap(this.frame));
    const selected = new Set(this.shown?.view.countries);
    const taken = [{ left: width - 56, top: 0, right: width, bottom: 130 }, { left: 0, top: mapHeight - 66, right: 230, bottom: mapHeight }, { left: width - 130, top: mapHeight - 52, right: width, bottom: mapHeight }];
    this.layers.layOut(this.scale, taken, (code) => selected.has(code));
    this.paint();
  }

  private paint(): void {
    if (!this.shown) return;
    const { model, moment, view } = this.shown;
    const selected = new Set(view.countries);
    this.layers.paint((code) => {
      const position = positionIn(moment.positions, code);
      return { stance: position.stance, disputed: position.disputed, faded: !matches(view, position), selected: selected.has(code) };
    });
    this.nameOptions(model, moment, selected);
  }

  private nameOptions(model: Model, moment: Moment, selected: Set<string>): void {
    let options = 0;
    for (const code of this.layers.codes()) {
      const mark = this.layers.markOf(code);
      const position = positionIn(moment.positions, code);
      if (!mark) continue;
      const isOption = position.stance !== 'UNKNOWN';
      if (isOption) options += 1;
      set(mark, 'role', isOption ? 'option' : null);
      set(mark, 'aria-hidden', isOption ? null : 'true');
      set(mark, 'id', `state-${code}`);
      const name = model.byCode.get(code)?.requestedState.name ?? code;
      const stance = stanceName(position.stance, model.initiative.wording).toLowerCase();
      const since = position.since ? `, ${words.since(inWords(position.since))}` : '';
      set(mark, 'aria-label', isOption ? `${name}: ${stance}${since}${position.disputed ? `, ${words.sourcesDisagree}` : ''}` : null);
      set(mark, 'aria-selected', isOption ? String(selected.has(code)) : null);
      mark.classList.toggle('active', code === this.active);
    }
    set(this.surface, 'aria-label', words.mapName(options));
  }

  private listen(): void {
    const codeAt = (event: Event) => (event.target instanceof Element ? event.target.closest('[data-code]')?.getAttribute('data-code') ?? null : null);
    this.surface.addEventListener('click', (event) => {
      const code = codeAt(event);
      if (code && event.shiftKey) this.actions.select(code);
      else if (code) this.actions.open(code);
    });
    this.surface.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return;
      const code = event.buttons === 0 ? codeAt(event) : null;
      if (code) this.showCard(code, [event.offsetX, event.offsetY]);
      else this.card.hide();
    });
    this.surface.addEventListener('pointerleave', () => this.card.hide());
    this.surface.addEventListener('keydown', (event) => this.key(event));
    this.surface.addEventListener('blur', () => this.card.hide());
  }

  private showCard(code: string, at: [number, number]): void {
    if (!this.shown || !this.scale) return;
    const { model, moment } = this.shown;
    if (!model.byCode.has(code)) this.card.hide();
    else this.card.show(model, moment, code, this.actions.bases().get(code), at, this.scale);
    this.pointed = { code, at };
  }

  /** With what has become known since it was shown. */
  refreshCard(): void {
    if (!this.card.element.hidden && this.pointed) this.showCard(this.pointed.code, this.pointed.at);
  }

  private showHint(): void {
    if (this.hinted) return;
    this.hinted = true;
    this.hint.hidden = false;
    setTimeout(() => { this.hint.hidden = true; }, 2500);
  }

  private key(event: KeyboardEvent): void {
    const acted = this.act(event);
    if (acted) event.preventDefault();
  }

  private act({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    if (key === 'Enter' && this.active) this.actions.open(this.active);
    else if (key === ' ' && this.active) this.actions.select(this.active);
    else if (key === '+' || key === '=') this.zoom.by(1.6);
    else if (key === '-') this.zoom.by(1 / 1.6);
    else if (key === '0') this.moveTo(null);
    else if (key === 'Escape') this.escape();
    else return this.go(key);
    return true;
  }

  private escape(): void {
    if (this.card.element.hidden) this.actions.escape();
    else this.card.hide();
  }

  /** Moves the cursor of the keys. */
  private go(key: string): boolean {
    const places = this.places();
    const sorted = [...places.keys()].map((code) => ({ code, name: this.shown?.model.byCode.get(code)?.requestedState.name ?? code }));
    sorted.sort((a, b) => a.name.localeCompare(b.name));
    let next: string | null = null;
    if (key === 'Home') next = sorted[0]?.code ?? null;
    else if (key === 'End') next = sorted.at(-1)?.code ?? null;
    else if (/^\p{L}$/u.test(key) && !'tc'.includes(key)) next = byLetter(key, this.active, sorted);
    else if (key.startsWith('Arrow')) {
      const from = this.active ? places.get(this.active) : undefined;
      next = from ? nearest(from, key, places) : sorted[0]?.code ?? null;
      if (!next) return true;
    }
    if (!next) return false;
    this.activate(next);
    return true;
  }

  private places(): Map<string, Point> {
    const places = new Map<string, Point>();
    const { scale, shown } = this;
    if (!scale || !shown) return places;
    for (const code of this.layers.codes()) {
      const place = this.layers.placeOf(code, scale);
      if (place && positionIn(shown.moment.positions, code).stance !== 'UNKNOWN') places.set(code, place);
    }
    return places;
  }

  private activate(code: string): void {
    this.active = code;
    set(this.surface, 'aria-activedescendant', `state-${code}`);
    this.paint();
    const at = this.scale && this.layers.placeOf(code, this.scale);
    if (at) this.showCard(code, at);
  }
}
