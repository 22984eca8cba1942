// The changes that the feed lists: those of the last answer, older ones, and new ones that wait while the reader is further down.

import { id as OLDER } from '../../operations/Older.graphql';
import { ask } from '../api';
import type { Change } from '../types';

const MOST_PER_PAGE = 100;
const IN_ANSWER = 9;
const BURST = 2000; // ms
const MOST_UNFOLDED = 3;

export interface Question { i: string; recordedBy: string | null; lang: string | null }

export class Changes {
  /** Oldest first, as in the answers. */
  private older: Change[] = [];
  private latest: Change[] = [];
  private isComplete = false;
  private readonly arrivals = new Map<string, number>();
  private readonly held = new Set<string>();

  /** Takes over an answer. Changes that it no longer contains stay in the list; false if there are none. */
  receive(latest: Change[]): boolean {
    if (latest === this.latest) return false;
    const inAnswer = new Set(latest.map(({ cursor }) => cursor));
    this.older = [...this.older, ...this.latest].filter(({ cursor }) => !inAnswer.has(cursor));
    this.latest = latest;
    this.isComplete ||= latest.length < IN_ANSWER;
    return this.older.length > 0;
  }

  /** Asks for the older ones again: they may have been corrected since. */
  async refresh(question: Question): Promise<void> {
    const nodes = await this.page(question, this.latest[0], this.older.length);
    this.older = [...this.older.slice(0, Math.max(0, this.older.length - nodes.length)), ...nodes];
  }

  /** Asks for as many as are missing from the list. */
  async extendTo(count: number, question: Question): Promise<void> {
    const missing = count - this.older.length - this.latest.length;
    if (missing > 0 && !this.isComplete) this.older = [...(await this.page(question, this.older[0] ?? this.latest[0], missing)), ...this.older];
  }

  private async page(question: Question, before: Change | undefined, count: number): Promise<Change[]> {
    if (!before) return [];
    type Answer = { stanceChanges: { pageInfo: { hasPreviousPage: boolean }; nodes: Change[] } };
    const { stanceChanges } = await ask<Answer>(OLDER, { ...question, before: before.cursor, last: Math.min(count, MOST_PER_PAGE) });
    this.isComplete = !stanceChanges.pageInfo.hasPreviousPage;
    return stanceChanges.nodes;
  }

  noteArrival(cursor: string, isHeld: boolean): void {
    this.arrivals.set(cursor, Date.now());
    if (isHeld) this.held.add(cursor);
  }

  arrivedAt(cursor: string): number | undefined {
    return this.arrivals.get(cursor);
  }

  get heldCount(): number {
    return this.held.size;
  }

  release(): void {
    this.held.clear();
  }

  hasMoreThan(lines: number): boolean {
    return !this.isComplete || this.lines().length > lines;
  }

  /** Newest first. Several changes that arrived together are one line. */
  lines(): (Change | Change[])[] {
    const shown = [...this.older, ...this.latest].filter(({ cursor }) => !this.held.has(cursor));
    const lines: Change[][] = [];
    let began: number | undefined;
    for (const change of shown) {
      const at = this.arrivals.get(change.cursor);
      if (at !== undefined && began !== undefined && at - began <= BURST) lines.at(-1)?.push(change);
      else {
        lines.push([change]);
        began = at;
      }
    }
    return lines.reverse().flatMap((line) => (line.length > MOST_UNFOLDED ? [line.reverse()] : line.reverse()));
  }
}
