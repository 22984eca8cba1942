// Play: one stop every 320 ms. With reduced motion it is a button for the next change.

import { h, set } from '../dom';
import { words } from '../text.en';

const INTERVAL = 320;
const reduced = matchMedia('(prefers-reduced-motion: reduce)');

export class Player {
  readonly button = h('button', { type: 'button', class: 'play', onclick: () => this.toggle() });
  private timer: ReturnType<typeof setInterval> | null = null;

  /** `step` goes on by one stop and says whether there are more. */
  constructor(private readonly step: (by: number) => boolean) {
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.stop(); });
    reduced.addEventListener('change', () => this.stop());
    this.name();
  }

  toggle(): void {
    if (reduced.matches) this.step(1);
    else if (this.timer !== null) this.stop();
    else {
      this.timer = setInterval(() => { if (!this.step(1)) this.stop(); }, INTERVAL);
      this.step(1);
      this.name();
    }
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.name();
  }

  private name(): void {
    const text = reduced.matches ? words.nextChange : this.timer === null ? words.play : words.pause;
    set(this.button, 'aria-label', text);
    set(this.button, 'title', text);
    this.button.classList.toggle('playing', this.timer !== null);
  }
}
