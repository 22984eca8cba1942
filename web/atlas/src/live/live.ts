// Keeps the page up to date: receives entries, says how far it is, and has everything asked again when it is quiet.

import { id as LIVE } from '../../operations/Live.graphql';
import { id as MISSED } from '../../operations/Missed.graphql';
import { timeInWords } from '../dates';
import { h } from '../dom';
import { ask } from '../api';
import { words } from '../text.en';
import type { Entry, Head } from '../types';
import { SignBoard } from './sign';
import { Socket, type Connection } from './socket';

export interface LiveActions { entry(entry: Entry): void; askAgain(): void; reload(): void }

const QUIET = 300;
const SPREAD = 2000; // ms; a crowd must not ask as one

export class Live {
  private readonly board = new SignBoard();
  private readonly socket: Socket<{ ledgerAppended: Entry }>;
  private seq: number;
  private cursor: string;
  private lostAt: Date | null = null;
  private lastHeard = new Date();
  private toCatch = 0;
  private caught = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wasOpen = false;

  constructor(head: Head, private readonly initiative: string, private readonly lang: string | null, private readonly fixed: boolean, private readonly actions: LiveActions) {
    this.seq = head.seq;
    this.cursor = head.cursor;
    this.socket = new Socket(LIVE, {
      variables: () => ({ i: this.initiative, after: this.cursor, lang: this.lang }),
      next: ({ ledgerAppended }) => this.receive(ledgerAppended),
      failed: (code) => this.failed(code),
      changed: (connection) => this.changed(connection),
    });
    if (fixed) this.board.show('fixed');
    addEventListener('offline', () => this.offline());
    // A socket may outlive a short interruption.
    addEventListener('online', () => { if (!fixed && this.socket.isOpen) this.board.show('live'); });
  }

  close(): void {
    clearTimeout(this.timer);
    this.socket.close();
  }

  /** An answer that is newer than what was received is where the subscription goes on. */
  answered({ seq, cursor }: Head): void {
    if (seq <= this.seq) return;
    this.seq = seq;
    this.cursor = cursor;
  }

  private receive(entry: Entry): void {
    if (entry.seq <= this.seq) return;
    this.seq = entry.seq;
    this.cursor = entry.cursor;
    this.lastHeard = new Date();
    if (entry.stanceChange) this.caught += 1;
    this.actions.entry(entry);
    if (this.fixed) {
      this.board.show('fixed', [h('span', { class: 'quiet' }, words.somethingChanged), h('button', { type: 'button', class: 'link', onclick: () => this.actions.reload() }, words.seeLive)]);
      return;
    }
    if (this.toCatch > 0) this.catchUp();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.actions.askAgain(), QUIET + Math.random() * SPREAD);
  }

  private changed(connection: Connection): void {
    if (this.fixed) return;
    if (connection === 'open') void this.opened();
    else if (!navigator.onLine) this.offline();
    else if (this.wasOpen) {
      this.lostAt ??= new Date();
      this.board.show('reconnecting');
    } else this.board.show('connecting');
  }

  private async opened(): Promise<void> {
    const since = this.lostAt;
    this.wasOpen = true;
    this.lostAt = null;
    if (!since) {
      this.board.show('live');
      return;
    }
    const after = this.cursor;
    this.caught = 0;
    try {
      const { stanceChanges } = await ask<{ stanceChanges: { nodes: unknown[] } }>(MISSED, { i: this.initiative, after });
      this.toCatch = stanceChanges.nodes.length;
    } catch {
      this.toCatch = 0;
    }
    this.missedSince = since;
    if (this.toCatch > 0) this.board.catchingUp(this.toCatch);
    this.catchUp();
  }

  private missedSince = new Date();

  private catchUp(): void {
    if (this.caught < this.toCatch) return;
    if (this.toCatch > 0) this.board.nothingMissed(this.toCatch, this.missedSince);
    else this.board.show('live');
    this.toCatch = 0;
  }

  private offline(): void {
    if (!this.fixed) this.board.show('offline', [], words.offline(timeInWords(this.lastHeard)));
  }

  private failed(code: string | null): void {
    if (code !== 'CURSOR_INVALID') return;
    this.board.show('replaced', [h('button', { type: 'button', class: 'link', onclick: () => this.actions.reload() }, words.loadAgain)]);
  }
}
