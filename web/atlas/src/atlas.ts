// The page as a whole: asks, keeps the view, and has every part show it.

import shapesUrl from '../shapes.json?url';
import { addressOf, readAddress, type Read } from './address';
import { Answers } from './answers';
import { BasesOfMoment } from './bases';
import { askAll } from './question';
import { byId, set } from './dom';
import { headline, subLine } from './headline';
import { isEmbedded, postHeight } from './embed';
import { Fallen } from './fallen';
import { Find } from './find';
import { KeysHelp } from './keys-help';
import { languageOf } from './language';
import { Live } from './live/live';
import { WorldMap } from './map/map';
import { stanceName } from './marks';
import { Navigation } from './navigation';
import { hasPlayground, playgroundAddress } from './playground';
import { preparePrint } from './print';
import { offerSettings } from './settings';
import { ShareDialog } from './share';
import { Side } from './side/side';
import { applyChange, modelOf, momentOf, type Model, type View } from './state';
import { clearNotice, notice, say } from './status';
import { Table } from './table';
import { words } from './text.en';
import { Tiles, type Kind } from './tiles';
import { TimeBand } from './time/time';
import type { Answer, Change, Entry, World } from './types';
import { Views } from './views';

export class Atlas {
  private view: View;
  private model: Model | null = null;
  private map: WorldMap | null = null;
  private live: Live | null = null;
  private waiting = 0;
  /** The table then takes the place of the map, whatever the address names. */
  private isWithoutMap = false;
  private readonly answers = new Answers(() => this.ask(), (answer) => this.receive(answer));
  private fallen: Fallen | null = null;
  private readonly tiles = new Tiles((kind) => this.toggle(kind));
  private readonly time = new TimeBand({ setDay: (on) => this.change({ on }), setKnown: (known) => this.change({ known }),
    remove: (code) => this.select(code), clear: () => this.change({ countries: [] }), zoomToThem: () => this.map?.showStates(this.view.countries) });
  private readonly side = new Side({
    open: (code) => this.open(code), close: () => this.close(), compare: (code) => this.compare(code), backToToday: () => this.change({ on: null }), say,
    share: (tab) => this.share.open(tab), showQuery: hasPlayground ? () => this.showQuery() : null,
  });
  private readonly bases = new BasesOfMoment(readAddress(location.search).view, () => { this.table.refresh(); this.map?.refreshCard(); });
  private readonly table = new Table(this.bases, (code) => this.open(code), say);
  private readonly views = new Views({ setTable: (table) => this.change({ table }, true), showAll: () => this.change({ stances: [] }) });
  private readonly share = new ShareDialog(say, () => this.model && { model: this.model, view: this.view });
  private readonly keys = new KeysHelp();
  private readonly navigation = new Navigation((read) => this.restore(read));
  private readonly slug = document.documentElement.dataset.initiative ?? '';

  constructor() {
    const read = readAddress(location.search);
    this.view = read.view;
    this.check(read);
    addEventListener('resize', () => this.render());
    if (isEmbedded()) postHeight();
    else {
      offerSettings(this.view.lang, (lang) => location.assign(addressOf({ ...this.view, lang }) || '/'));
      new Find(() => languageOf(this.view), (code, name) => this.found(code, name));
      this.share.offer(hasPlayground ? () => this.showQuery() : null);
      preparePrint(() => this.table.fill());
    }
    this.listen();
  }

  async start(): Promise<void> {
    void this.loadMap();
    if (this.slug) await this.answers.load();
  }

  private async loadMap(): Promise<void> {
    try {
      const response = await fetch(shapesUrl);
      const world = (await response.json()) as World;
      this.isWithoutMap = false;
      this.showMap(world);
    } catch {
      this.isWithoutMap = true;
      notice(words.noShapes, { name: words.tryAgain, act: () => { clearNotice(); void this.loadMap(); } });
      this.render();
    }
  }

  private ask(): Promise<Answer> {
    return askAll(this.slug, this.view.at, languageOf(this.view));
  }

  private receive(answer: Answer): void {
    this.model = modelOf(answer);
    if (!this.model) return;
    this.map?.setModel(this.model);
    this.render();
    if (this.live) this.live.answered(answer.ledger.head);
    else this.connect(answer);
  }

  private connect(answer: Answer): void {
    if (this.view.at !== null) this.fallen = new Fallen(this.slug, this.view.at, languageOf(this.view));
    this.live = new Live(answer.ledger.head, this.slug, languageOf(this.view), this.view.at !== null, {
      entry: (entry) => this.entry(entry),
      askAgain: () => void this.answers.load(),
      reload: () => location.assign(addressOf({ ...this.view, at: null }) || '/'),
    });
  }

  private showMap(world: World): void {
    this.map = new WorldMap(byId('map'), world, {
      open: (code) => this.open(code),
      select: (code) => this.select(code),
      escape: () => this.change({ countries: [] }),
      bases: () => (this.model ? this.bases.of(this.model, momentOf(this.model, this.view), this.view) : new Map()),
      zoomed: (zoom) => { this.view = { ...this.view, zoom }; this.navigation.replace(this.view); },
    });
    this.map.showPart(this.view.zoom);
    if (this.model) this.map.setModel(this.model);
    this.check(readAddress(location.search));
    this.render();
  }

  private render(): void {
    const { model } = this;
    const view = this.isWithoutMap ? { ...this.view, table: true } : this.view;
    if (!model) return;
    const moment = momentOf(model, view);
    const sentence = headline(model, moment, view).filter((child) => child !== null && child !== undefined && child !== false);
    byId('headline').replaceChildren(...sentence);
    byId('sub').replaceChildren(...subLine(model, moment).filter((child) => child !== null && child !== undefined && child !== false));
    this.tiles.render(moment, view, model.initiative.wording?.carriedOut ?? null);
    byId('map').hidden = view.table;
    byId('table').hidden = !view.table;
    set(document.body, 'data-compared', view.countries.length > 1 ? String(view.countries.length) : null);
    this.map?.render(model, moment, view);
    this.views.render(moment, view);
    this.time.render(model, moment, view);
    this.table.render(model, moment, view, byId('headline').textContent);
    if (moment.day === null) this.waiting = 0;
    this.side.noteWaiting(this.waiting);
    this.side.render(model, moment, view);
  }

  private change(part: Partial<View>, push = false): void {
    this.view = { ...this.view, ...part };
    if (push) this.navigation.push(this.view);
    else this.navigation.replace(this.view);
    this.render();
  }

  private restore(read: Read): void {
    this.view = read.view;
    this.check(read);
    this.render();
    this.map?.showPart(this.view.zoom);
  }

  /** Says what of an address cannot be shown, and leaves it out. Which states exist is known once the map is there. */
  private check({ dropped, unknown }: Read): void {
    const isKnown = (code: string) => this.map === null || this.map.knows(code);
    const strangers = [...this.view.countries.filter((code) => !isKnown(code)), ...unknown];
    this.view = { ...this.view, countries: this.view.countries.filter(isKnown) };
    const parts = [strangers.length > 0 && words.unknownState(strangers.join(', ')), dropped.length > 0 && words.unreadable(dropped.join(', '))];
    const text = parts.filter((part) => part !== false).join(' ');
    if (text) notice(text);
    if (text && this.map) this.navigation.replace(this.view);
  }

  private showQuery(): void {
    location.assign(playgroundAddress(this.slug, this.view));
  }

  private toggle(kind: Kind): void {
    const { stances } = this.view;
    this.change({ stances: stances.includes(kind) ? stances.filter((other) => other !== kind) : [...stances, kind] });
  }

  private open(code: string): void {
    if (isEmbedded()) {
      window.open(`/${addressOf({ ...this.view, countries: [code] })}`, '_blank', 'noopener');
      return;
    }
    const { countries } = this.view;
    if (this.comparing && !countries.includes(code)) {
      this.comparing = false;
      clearNotice();
      this.change({ countries: [code, ...countries].slice(0, 5) }, true);
    } else if (countries[0] !== code) this.change({ countries: [code, ...countries.slice(1).filter((other) => other !== code)] }, true);
  }

  private close(): void {
    const [code] = this.view.countries;
    this.change({ countries: [] }, true);
    const origin = document.querySelector<HTMLElement>(`.item[data-code="${code}"] button, tr[data-code="${code}"] button`);
    (origin ?? byId('side')).focus();
  }

  private found(code: string, name: string): void {
    this.side.noteName(code, name);
    this.open(code);
    if (!this.view.table) this.map?.showState(code);
  }

  /** Adds a state behind the open one, or takes it away; five at most. */
  private select(code: string): void {
    const { countries } = this.view;
    if (countries.includes(code)) this.change({ countries: countries.filter((other) => other !== code) });
    else if (countries.length >= 5) this.tooMany();
    else this.change({ countries: [...countries, code] });
  }

  /** Keeps the open state for comparison: the next one that is opened stands beside it. */
  private compare(code: string): void {
    const { countries } = this.view;
    this.comparing = countries.length < 2 && !this.comparing;
    if (countries.length > 1) this.change({ countries: [code] });
    else if (this.comparing) say(words.chooseAnother);
    if (this.comparing) notice(words.chooseAnother);
    else clearNotice();
  }

  private comparing = false;

  private tooMany(): void {
    notice(words.takeOneAway);
    say(words.takeOneAway);
  }

  /** Paints one change; counts, chart and steps come with the next answer. */
  private entry({ stanceChange: change }: Entry): void {
    this.fallen?.askLater();
    const { model } = this;
    if (!change || !model || this.view.at !== null) return;
    const { code, name } = change.relationship.requestedState;
    const { wording } = model.initiative;
    const lower = (stance: Change['from']) => stanceName(stance, wording).toLowerCase();
    say(words.spoken(change.kind, name, lower(change.from), lower(change.to)));
    this.side.noteArrival(change.cursor);
    applyChange(model, change);
    this.bases.note(code, change.statement);
    if (this.view.on !== null) {
      this.waiting += 1;
      this.side.noteWaiting(this.waiting);
    }
    this.render();
    if (this.view.on === null) this.map?.ring(code, change.kind.toLowerCase());
  }

  private listen(): void {
    byId('map').addEventListener('keydown', (event) => {
      if (event.key === 't') this.change({ table: true }, true);
      else if (event.key === 'c') this.time.toggleClock();
      else if (event.key === '?') this.keys.show();
    });
  }
}
