// Asks for the page's answer, again after failures, and says what is wrong meanwhile. The last answer stays.

import { AskError } from './api';
import { timeInWords } from './dates';
import { clearNotice, notice } from './status';
import { words } from './text.en';

const FIRST_WAIT = 500; // ms; doubled after each failure
const LONGEST_WAIT = 15_000;

export class Answers<T> {
  private failures = 0;
  private saysTrouble = false;
  private answeredAt: Date | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: () => Promise<T>, private readonly receive: (answer: T) => void) {}

  async load(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.receive(await this.ask());
      this.answeredAt = new Date();
      this.failures = 0;
      if (this.saysTrouble) clearNotice();
      this.saysTrouble = false;
    } catch (error) {
      const wait = this.sayAndWait(error);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.load(), wait);
    }
  }

  private sayAndWait(error: unknown): number {
    const seconds = error instanceof AskError ? error.retryAfter : null;
    if (seconds !== null) {
      this.say(words.tooMany(seconds));
      return seconds * 1000;
    }
    // A server that has just started loads its histories; only a second failure is worth a word.
    this.failures += 1;
    const known = this.answeredAt ? ` ${words.knownAt(timeInWords(this.answeredAt))}` : '';
    if (this.failures > 1) this.say(words.failed + known, { name: words.tryAgain, act: () => void this.load() });
    return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
  }

  private say(text: string, action?: { name: string; act: () => void }): void {
    this.saysTrouble = true;
    notice(text, action);
  }
}
