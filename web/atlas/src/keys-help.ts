// The keys of the map, in a dialog.

import { h } from './dom';
import { words } from './text.en';

export class KeysHelp {
  private dialog: HTMLDialogElement | null = null;

  show(): void {
    this.dialog ??= this.build();
    this.dialog.showModal();
  }

  private build(): HTMLDialogElement {
    const close = h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, words.close);
    const rows = words.keys.map(([keys, what]) => h('tr', {}, h('th', { scope: 'row' }, ...keys.map((key) => h('kbd', {}, key))), h('td', {}, what)));
    const dialog = h('dialog', { class: 'share', 'aria-labelledby': 'keys-title' },
      h('div', { class: 'share-head' }, h('h2', { id: 'keys-title' }, words.keysTitle), close),
      h('table', { class: 'keys' }, h('tbody', {}, ...rows)));
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    return dialog;
  }
}
