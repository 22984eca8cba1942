// The switch between map and table, and the line that says what a filter leaves.

import { byId, h } from './dom';
import { matches, type Moment, type View } from './state';
import { words } from './text.en';

export interface ViewActions { setTable(table: boolean): void; showAll(): void }

export class Views {
  private readonly line = h('p', { class: 'stage-head', hidden: true });
  private readonly switch: HTMLElement;
  private readonly inputs: Record<'map' | 'table', HTMLInputElement>;

  constructor(private readonly actions: ViewActions) {
    const input = (table: boolean) => h('input', { type: 'radio', name: 'view', onchange: () => actions.setTable(table) });
    this.inputs = { map: input(false), table: input(true) };
    this.switch = h('fieldset', { class: 'switch views' }, h('legend', { class: 'unseen' }, words.mapOrTable),
      h('label', {}, this.inputs.map, h('span', {}, words.map)), h('label', {}, this.inputs.table, h('span', {}, words.table)));
  }

  render(moment: Moment, view: View): void {
    const box = byId(view.table ? 'table' : 'map');
    const foot = box.querySelector('.table-foot') ?? box;
    if (this.switch.parentElement !== foot) {
      const hadFocus = this.switch.contains(document.activeElement);
      foot.append(this.switch);
      box.prepend(this.line);
      if (hadFocus) this.inputs[view.table ? 'table' : 'map'].focus();
    }
    this.inputs[view.table ? 'table' : 'map'].checked = true;
    const known = [...moment.positions.values()].filter(({ stance }) => stance !== 'UNKNOWN');
    const shown = known.filter((position) => matches(view, position));
    this.line.hidden = view.stances.length === 0;
    this.line.replaceChildren(`${words.showing(shown.length, known.length)} `, h('button', { type: 'button', class: 'link', onclick: () => this.actions.showAll() }, words.showAll));
  }
}
