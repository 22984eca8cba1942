// One tile per stance with its count; a pressed tile filters map, table, feed and chart.

import { byId, h, set } from './dom';
import type { Moment, View } from './state';
import { words } from './text.en';
import { STANCES, type Stance } from './types';

export type Kind = Stance | 'DISPUTED';

const KINDS: Kind[] = [...STANCES.filter((stance) => stance !== 'UNKNOWN'), 'DISPUTED'];

export class Tiles {
  private readonly buttons = new Map<Kind, { button: HTMLButtonElement; number: HTMLElement; name: HTMLElement }>();

  constructor(private readonly toggle: (kind: Kind) => void) {
    // Until there is an answer they have the numbers and names that the server sent.
    const sent = (kind: Kind, part: string) => byId('tiles').querySelector(`[data-stance="${kind}"] ${part}`)?.textContent;
    const tiles = KINDS.map((kind) => h('li', { 'data-stance': kind }, this.tile(kind, sent(kind, 'b') ?? '', sent(kind, '.tile-name') ?? tileName(kind, null))));
    byId('tiles').replaceChildren(...tiles);
  }

  private tile(kind: Kind, count: string, text: string): HTMLButtonElement {
    const number = h('b', {}, count);
    const name = h('span', { class: 'tile-name' }, text);
    const title = kind === 'DISPUTED' ? words.disputedMeans : words.stanceMeans[kind];
    const swatch = h('span', { class: 'swatch', 'data-stance': kind, 'aria-hidden': 'true' });
    const button = h('button', { type: 'button', title, 'aria-pressed': 'false', onclick: () => this.toggle(kind) }, swatch, number, ' ', name);
    this.buttons.set(kind, { button, number, name });
    return button;
  }

  render({ counts }: Moment, view: View, carriedOut: string | null): void {
    for (const [kind, { button, number, name }] of this.buttons) {
      const count = kind === 'DISPUTED' ? counts.disputed : counts.of[kind];
      number.textContent = String(count);
      name.textContent = tileName(kind, carriedOut);
      set(button, 'aria-pressed', String(view.stances.includes(kind)));
      button.classList.toggle('off', view.stances.length > 0 && !view.stances.includes(kind));
      button.classList.toggle('zero', count === 0);
    }
  }
}

function tileName(kind: Kind, carriedOut: string | null): string {
  if (kind === 'DISPUTED') return words.disputed;
  if (kind === 'IMPLEMENTING' && carriedOut) return carriedOut;
  return words.tile[kind] ?? words.stance[kind];
}
