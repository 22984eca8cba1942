// What a fixed view shows may have been corrected or retracted since: how many statements, and which.

import { id as FALLEN } from '../operations/Fallen.graphql';
import { ask } from './api';
import { byId, h } from './dom';
import { words } from './text.en';

interface Statement {
  number: number;
  summary: string;
  retractedAt: string | null;
  correctedBy: { number: number } | null;
  subject: { name?: string; requestedState?: { name: string } };
}

const PAUSE = 500; // ms; entries come in groups

export class Fallen {
  private readonly box = h('details', { class: 'fallen-since', hidden: true });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly slug: string, private readonly at: string, private readonly lang: string | null) {
    byId('sub').after(this.box);
    void this.ask();
  }

  /** An entry was added to the ledger. */
  askLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE);
  }

  private async ask(): Promise<void> {
    const variables = { i: this.slug, at: { recordedBy: this.at }, lang: this.lang };
    // Without an answer the page says nothing about it; the next entry asks again.
    const answer = await ask<{ statements: { totalCount: number; nodes: Statement[] } }>(FALLEN, variables).catch(() => null);
    if (answer && answer.statements.totalCount > 0) this.show(answer.statements.totalCount, answer.statements.nodes);
  }

  private show(count: number, statements: Statement[]): void {
    this.box.replaceChildren(
      h('summary', {}, `${words.fallen(count)} `, h('b', {}, words.which)),
      h('ul', {}, ...statements.map((statement) => h('li', {}, ...line(statement)))));
    this.box.hidden = false;
  }
}

function line({ number, summary, correctedBy, subject }: Statement): (Node | string)[] {
  const name = subject.requestedState?.name ?? subject.name;
  return [
    h('a', { href: `/statements/${number}` }, words.number(number)), name ? ` ${name}: ` : ' ', h('bdi', {}, summary), ' ',
    correctedBy ? h('a', { href: `/statements/${correctedBy.number}` }, words.replacedBy(correctedBy.number)) : words.takenBack,
  ];
}
