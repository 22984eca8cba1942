// All states in a table, as the server sent it, at the moment of the page.

import type { Bases, BasesOfMoment } from './bases';
import { inWords } from './dates';
import { byId, h, set } from './dom';
import { stanceName, swatch } from './marks';
import { matches, type Model, type Moment, type View } from './state';
import { words } from './text.en';
import { positionIn } from './timeline';
import { STANCES } from './types';

type Column = 0 | 1 | 2 | 3 | 4 | 5;

interface Row { code: string; name: string; position: ReturnType<typeof positionIn> }

export class Table {
  private readonly body = h('tbody');
  private readonly caption = h('caption');
  private readonly heads: HTMLTableCellElement[];
  private column: Column = 0;
  private ascending = true;
  private bases: Bases = new Map();
  private shown: { model: Model; moment: Moment; view: View; caption: string } | null = null;

  constructor(private readonly basesOfMoment: BasesOfMoment, private readonly open: (code: string) => void, say: (text: string) => void) {
    this.heads = words.columns.map((name, index) =>
      h('th', { scope: 'col' }, h('button', { type: 'button', onclick: () => this.sort(index as Column) }, name)));
    const copy = h('button', { type: 'button', class: 'button', onclick: () => void this.copy(copy, say) }, words.copyCsv);
    byId('table').replaceChildren(
      h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': words.tableName },
        h('table', {}, this.caption, h('thead', {}, h('tr', {}, ...this.heads)), this.body)),
      h('div', { class: 'table-foot' }, copy));
  }

  render(model: Model, moment: Moment, view: View, caption: string): void {
    this.shown = { model, moment, view, caption };
    this.refresh();
  }

  refresh(): void {
    if (!byId('table').hidden) this.fill();
  }

  /** Fills in the rows, also of a table that only a print shows. */
  fill(): void {
    if (!this.shown) return;
    const { model, moment, view, caption } = this.shown;
    this.caption.textContent = caption;
    this.bases = this.basesOfMoment.of(model, moment, view);
    for (const [index, head] of this.heads.entries()) {
      set(head, 'aria-sort', index === this.column ? (this.ascending ? 'ascending' : 'descending') : null);
    }
    const selected = new Set(view.countries);
    this.body.replaceChildren(...this.rows().map((row) => this.row(row, selected.has(row.code))));
  }

  private rows(): Row[] {
    if (!this.shown) return [];
    const { model, moment, view } = this.shown;
    const rows = [...model.byCode].map(([code, relationship]): Row =>
      ({ code, name: relationship.requestedState.name, position: positionIn(moment.positions, code) }));
    const shown = rows.filter(({ position }) => position.stance !== 'UNKNOWN' && matches(view, position));
    const key = (row: Row) => this.key(row);
    return shown.sort((a, b) => (this.ascending ? 1 : -1) * compare(key(a), key(b)) || a.name.localeCompare(b.name));
  }

  private key({ code, name, position }: Row): string | number {
    const basis = this.bases.get(code);
    switch (this.column) {
      case 0: return name;
      case 1: return STANCES.indexOf(position.stance);
      case 2: return position.since ?? '';
      case 3: return basis?.claimant.label ?? '';
      case 4: return basis?.publishedOn ?? '';
      case 5: return basis?.number ?? 0;
    }
  }

  private row({ code, name, position }: Row, selected: boolean): HTMLTableRowElement {
    const basis = this.bases.get(code);
    const { wording } = this.shown?.model.initiative ?? { wording: null };
    return h('tr', { 'data-code': code, ...(selected && { class: 'selected' }) },
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'country', onclick: () => this.open(code) }, name)),
      h('td', {}, swatch(position.stance, position.disputed), stanceName(position.stance, wording), position.disputed && h('span', { class: 'tag' }, words.sourcesDisagree)),
      h('td', {}, inWords(position.since, 'short')),
      h('td', {}, basis && h('bdi', {}, basis.claimant.label)),
      h('td', {}, basis?.publishedOn ? inWords(basis.publishedOn, 'short') : ''),
      h('td', {}, basis && h('a', { href: `/statements/${basis.number}` }, words.number(basis.number))));
  }

  private sort(column: Column): void {
    this.ascending = column === this.column ? !this.ascending : true;
    this.column = column;
    if (this.shown) this.render(this.shown.model, this.shown.moment, this.shown.view, this.shown.caption);
  }

  private async copy(button: HTMLButtonElement, say: (text: string) => void): Promise<void> {
    if (!this.shown) return;
    const { model, moment, view } = this.shown;
    this.bases = await this.basesOfMoment.load(model, moment, view);
    const { wording } = model.initiative;
    const lines = this.rows().map(({ code, name, position }) => {
      const said = this.bases.get(code);
      return [name, stanceName(position.stance, wording), position.since ?? '', said?.claimant.label ?? '', said?.publishedOn ?? '', said?.number ?? ''];
    });
    const text = [words.columns, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n');
    const done = await navigator.clipboard.writeText(`${text}\r\n`).then(() => words.copied, () => words.notCopied);
    button.textContent = done;
    say(done);
    setTimeout(() => { button.textContent = words.copyCsv; }, 2000);
  }
}

const quoted = (cell: string | number) => (/[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
