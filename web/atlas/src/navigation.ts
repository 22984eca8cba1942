// The address bar follows the view; Back and Forward restore the view and the focus.

import { addressOf, readAddress, type Read } from './address';
import type { View } from './state';

const PAUSE = 250; // ms after which a change of time, filter or zoom is written

interface Entry { focus: string | null }

export class Navigation {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting: View | null = null;

  constructor(restore: (read: Read) => void) {
    addEventListener('popstate', ({ state }: PopStateEvent) => {
      this.forget();
      restore(readAddress(location.search));
      const focus = (state as Entry | null)?.focus;
      if (focus) document.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
    });
    addEventListener('pagehide', () => this.flush());
  }

  /** Writes the address of the present entry, after a pause. */
  replace(view: View): void {
    this.forget();
    this.waiting = view;
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** Begins a new entry; the one before keeps its address and where the focus was. */
  push(view: View): void {
    this.flush();
    history.replaceState({ focus: placeOfFocus() } satisfies Entry, '');
    history.pushState(null, '', urlOf(view));
  }

  private flush(): void {
    const view = this.waiting;
    this.forget();
    if (view) history.replaceState(history.state, '', urlOf(view));
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.waiting = null;
  }
}

const urlOf = (view: View) => addressOf(view) || location.pathname;

/** A selector that finds the focused element again after everything was drawn anew. */
function placeOfFocus(): string | null {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  if (element instanceof HTMLInputElement && element.name) return `input[name="${element.name}"]:checked`;
  const part = element.closest('#side, #table, #map, #find');
  const code = element.closest('[data-code]')?.getAttribute('data-code');
  if (part && code) return `#${part.id} [data-code="${code}"] button`;
  if (element.id) return `#${CSS.escape(element.id)}`;
  return part && element.classList.length > 0 ? `#${part.id} ${[...element.classList].map((name) => `.${CSS.escape(name)}`).join('')}` : null;
}
