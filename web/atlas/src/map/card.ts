// A card beside the state under the pointer or the cursor of the keys.

import { inWords } from '../dates';
import { h } from '../dom';
import { chip, strip } from '../marks';
import type { Model, Moment } from '../state';
import type { Basis } from '../types';
import { words } from '../text.en';
import { positionIn } from '../timeline';

const WIDTH = 268;
const GAP = 16;

export class Card {
  readonly element = h('div', { class: 'card', role: 'presentation', hidden: true });

  show(model: Model, moment: Moment, code: string, basis: Basis | undefined, at: [number, number], size: { width: number; height: number }): void {
    const relationship = model.byCode.get(code);
    if (!relationship) return;
    const position = positionIn(moment.positions, code);
    this.element.replaceChildren(
      h('strong', { class: 'card-name' }, relationship.requestedState.name),
      h('p', {}, chip(position, model.initiative.wording), position.since ? h('span', { class: 'quiet' }, ` ${words.since(inWords(position.since))}`) : ''),
      position.disputed ? h('p', { class: 'quiet' }, `${capital(words.sourcesDisagree)}.`) : '',
      strip(model, moment, code),
      basis ? h('p', { class: 'card-basis' }, h('b', {}, basis.claimant.label), `: ${basis.summary}`) : '',
      h('p', { class: 'quiet' }, words.clickFor),
    );
    this.element.hidden = false;
    const [x, y] = at;
    const left = x + GAP + WIDTH < size.width ? x + GAP : Math.max(4, x - GAP - WIDTH);
    const top = Math.max(4, Math.min(size.height - this.element.offsetHeight - 4, y - 40));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${top}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
