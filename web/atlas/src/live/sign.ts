// The sign in the bar: whether the page is up to date, in words.

import { timeInWords } from '../dates';
import { byId, h, type Child } from '../dom';
import { words } from '../text.en';

export type Sign = 'none' | 'live' | 'connecting' | 'reconnecting' | 'catching' | 'offline' | 'fixed' | 'replaced';

/** Shows a state only after it has lasted for a while, so that short interruptions do not flicker. */
const DELAYS: Partial<Record<Sign, number>> = { connecting: 2000, reconnecting: 3000 };

export class SignBoard {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting: Sign | null = null;
  private shown: Sign = 'none';

  show(sign: Sign, extra: Child[] = [], name?: string): void {
    if (sign === this.waiting || (sign === this.shown && extra.length === 0 && !name)) return;
    clearTimeout(this.timer);
    this.waiting = sign;
    this.timer = setTimeout(() => this.paint(sign, extra, name), DELAYS[sign] ?? 0);
  }

  catchingUp(number: number): void {
    this.show('catching', [], words.catchingUp(number));
  }

  /** For 8 seconds, then live. */
  nothingMissed(number: number, since: Date): void {
    this.show('live', [], words.nothingMissed(number, timeInWords(since)));
    clearTimeout(this.timer);
    this.paint('live', [], words.nothingMissed(number, timeInWords(since)));
    this.timer = setTimeout(() => this.paint('live', []), 8000);
  }

  private paint(sign: Sign, extra: Child[], name = NAMES[sign]): void {
    this.waiting = null;
    this.shown = sign;
    byId('sign').replaceChildren(h('span', { class: `lamp lamp-${sign}`, 'aria-hidden': 'true' }), h('span', {}, name), ...extra.filter((child) => child !== null && child !== undefined && child !== false));
  }
}

const NAMES: Record<Sign, string> = {
  none: '',
  live: words.live,
  connecting: words.connecting,
  reconnecting: words.reconnecting,
  catching: words.catchingUp(0),
  offline: '',
  fixed: words.fixedView,
  replaced: words.replaced,
};
