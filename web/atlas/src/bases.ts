// Bases: the statements that positions rest on. The page has them for the moment of its address; for others it asks when the reader looks.

import { id as BASES } from '../operations/Bases.graphql';
import { ask } from './api';
import { momentInput } from './moment';
import type { Model, Moment, View } from './state';
import type { Basis } from './types';

/** By state. */
export type Bases = Map<string, Basis>;

/** ms for which the thumb must rest before a question is sent. */
export const REST = 140;
const MOST_PER_PAGE = 100;

export async function askBases(slug: string, view: View, states: string[], signal?: AbortSignal): Promise<Bases> {
  const pages = Array.from({ length: Math.ceil(states.length / MOST_PER_PAGE) }, (_, page) => states.slice(page * MOST_PER_PAGE, (page + 1) * MOST_PER_PAGE));
  const answers = await Promise.all(pages.map((codes) => askPage(slug, view, codes, signal)));
  return new Map(answers.flat());
}

async function askPage(slug: string, view: View, states: string[], signal?: AbortSignal): Promise<[string, Basis][]> {
  type Answer = { initiative: { relationships: { nodes: { requestedState: { code: string }; position: { basis: Basis | null } }[] } } };
  const { initiative } = await ask<Answer>(BASES, { i: slug, states, at: momentInput(view) }, signal);
  return initiative.relationships.nodes.flatMap(({ requestedState, position: { basis } }): [string, Basis][] => (basis ? [[requestedState.code, basis]] : []));
}

/** Those that the server wrote into the table of the page. */
function basesOfPage(): Bases {
  return new Map([...document.querySelectorAll<HTMLElement>('#table tr[data-code]')].flatMap((row): [string, Basis][] => {
    const link = row.querySelector<HTMLAnchorElement>('a');
    if (!link) return [];
    const basis = {
      number: Number(link.pathname.split('/').at(-1)),
      summary: link.title,
      publishedOn: row.querySelector('time')?.dateTime ?? null,
      claimant: { label: row.querySelector('bdi')?.textContent ?? '' },
    };
    return [[row.dataset.code ?? '', basis]];
  }));
}

/** Those of all states at the moment of the page. */
export class BasesOfMoment {
  private bases = basesOfPage();
  private moment: string;
  private asked: string;
  private pending: Promise<void> = Promise.resolve();

  constructor({ on, known, at }: View, private readonly arrived: () => void) {
    this.moment = [on, known, at].join('|');
    this.asked = `${this.moment}|${document.getElementById('table')?.dataset.seq}`;
  }

  /** Those that are at hand. The others are asked for; `arrived` follows them. */
  of(model: Model, moment: Moment, view: View): Bases {
    const shown = [moment.day, moment.known, view.at].join('|');
    if (shown !== this.moment) this.bases = new Map();
    this.moment = shown;
    const key = `${shown}|${model.answer.ledger.head.seq}`;
    if (key !== this.asked) {
      this.asked = key;
      this.pending = this.ask(key, model, view);
    }
    return this.bases;
  }

  /** As `of`, once all are there that the server could be asked for. */
  async load(model: Model, moment: Moment, view: View): Promise<Bases> {
    this.of(model, moment, view);
    await this.pending;
    return this.bases;
  }

  /** What one change of now rests on. */
  note(code: string, basis: Basis): void {
    if (this.moment.startsWith('|')) this.bases.set(code, basis);
  }

  private async ask(key: string, model: Model, view: View): Promise<void> {
    await new Promise((done) => setTimeout(done, REST));
    if (key !== this.asked) return;
    const bases = await askBases(model.initiative.slug, view, [...model.byCode.keys()]).catch(() => null);
    if (key !== this.asked) return;
    if (bases) {
      this.bases = bases;
      this.arrived();
    } else this.asked = ''; // the next look asks again
  }
}
