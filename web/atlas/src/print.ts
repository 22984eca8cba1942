// A print has the address of the page and the table, whatever the window shows.

import { byId, h } from './dom';

export function preparePrint(fillTable: () => void): void {
  const address = h('p', { class: 'print-address' });
  byId('time').after(address);
  addEventListener('beforeprint', () => {
    fillTable();
    address.textContent = location.href;
  });
}
