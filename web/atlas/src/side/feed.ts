// Latest changes, newest record first; in the past, the changes up to the moment.

import { inWords } from '../dates';
import { h, type Child } from '../dom';
import { stanceName, swatch } from '../marks';
import type { Model, Moment } from '../state';
import { words } from '../text.en';
import { positionIn } from '../timeline';
import type { Basis, Change, Stance, Wording } from '../types';

const FRESH = 60_000; // ms for which an event is marked as new

export interface FeedActions { open(code: string): void; backToToday(): void }

/** Bases of moves in the past, by state, for one moment. */
export type Bases = Map<string, Basis>;

export function feed(model: Model, moment: Moment, arrived: Map<string, number>, bases: Bases, limit: number, actions: FeedActions): Child[] {
  return moment.day === null ? latest(model, arrived, limit, actions) : past(model, moment, moment.day, bases, limit, actions);
}

function latest({ answer, initiative }: Model, arrived: Map<string, number>, limit: number, actions: FeedActions): Child[] {
  const changes = answer.stanceChanges.nodes.toReversed().slice(0, limit);
  return [
    h('h2', {}, words.latest),
    h('p', { class: 'quiet small' }, words.latestNote),
    h('ol', { class: 'feed' }, ...changes.map((change) => item(change, initiative.wording, arrived.get(change.cursor), actions))),
    changes.length === 0 && h('p', { class: 'quiet' }, words.noChanges),
  ];
}

function item(change: Change, wording: Wording | null, at: number | undefined, actions: FeedActions): HTMLElement {
  const { requestedState } = change.relationship;
  const isFresh = at !== undefined && Date.now() - at < FRESH;
  const fell = change.kind === 'RETRACTION' ? null : { CORRECTED: words.correctedSince, RETRACTED: words.takenBackSince }[change.statement.standing];
  return entry({
    code: requestedState.code,
    name: requestedState.name,
    date: isFresh ? words.justNow : inWords(change.occurredOn, 'short'),
    move: moveLine(change.from, change.to, wording),
    tags: [words.tag[change.kind], change.unusual && words.unusual, fell],
    basis: change.statement,
    classes: [`kind-${change.kind.toLowerCase()}`, isFresh && change.kind === 'EVENT' && 'fresh'],
  }, actions);
}

function past(model: Model, moment: Moment, day: string, bases: Bases, limit: number, actions: FeedActions): Child[] {
  const stops = model.stops[moment.known].slice(0, moment.index + 1).toReversed();
  const moves = stops.flatMap(({ on, step }) => step.moves.map((move) => ({ on, move }))).slice(0, limit);
  const seen = new Set<string>();
  const items = moves.map(({ on, move }) => {
    const { code } = move.relationship.requestedState;
    const isNewest = !seen.has(code);
    seen.add(code);
    const dispute = move.disputed ? words.disputeBegan : words.disputeEnded;
    return entry({
      code,
      name: model.byCode.get(code)?.requestedState.name ?? code,
      date: inWords(on, 'short'),
      move: move.from === move.to
        ? h('p', { class: 'move' }, swatch(move.to, move.disputed), `${stanceName(move.to, model.initiative.wording)}: ${dispute}`)
        : moveLine(move.from, move.to, model.initiative.wording),
      tags: [],
      basis: isNewest ? bases.get(code) ?? null : null,
      classes: [],
    }, actions);
  });
  return [
    h('h2', {}, words.changesUpTo(inWords(day))),
    h('p', { class: 'quiet small' }, moment.known === 'now' ? words.byHappened : words.byPublic),
    h('ol', { class: 'feed' }, ...items),
    items.length === 0 && h('p', { class: 'quiet' }, words.noChanges),
  ];
}

/** The states whose newest moves the feed of a moment shows. */
export function statesOfPast(model: Model, moment: Moment, limit: number): string[] {
  const stops = model.stops[moment.known].slice(0, moment.index + 1).toReversed();
  const codes = stops.flatMap(({ step }) => step.moves.map((move) => move.relationship.requestedState.code)).slice(0, limit);
  return [...new Set(codes)].filter((code) => positionIn(moment.positions, code).stance !== 'UNKNOWN');
}

function moveLine(from: Stance, to: Stance, wording: Wording | null): HTMLElement {
  return h('p', { class: 'move' }, swatch(from), stanceName(from, wording), h('span', { class: 'arrow', 'aria-label': 'to' }, '→'), swatch(to), h('b', {}, stanceName(to, wording)));
}

interface Item {
  code: string;
  name: string;
  date: string;
  move: HTMLElement;
  tags: (string | null | undefined | false)[];
  basis: Basis | null;
  classes: (string | false)[];
}

function entry({ code, name, date, move, tags, basis, classes }: Item, actions: FeedActions): HTMLElement {
  const said = tags.filter(Boolean).map((tag) => h('span', { class: 'tag' }, tag as string));
  const published = basis?.publishedOn ? `, ${inWords(basis.publishedOn, 'short')}` : '';
  return h('li', { class: ['item', ...classes].filter(Boolean).join(' '), 'data-code': code },
    h('div', { class: 'item-head' }, h('button', { type: 'button', class: 'country', onclick: () => actions.open(code) }, name), h('span', { class: 'quiet small' }, date)),
    move,
    said.length > 0 && h('p', { class: 'tags' }, ...said),
    basis && h('p', { class: 'summary', dir: 'auto' }, basis.summary),
    basis && h('p', { class: 'quiet small' }, h('a', { href: `/statements/${basis.number}`, class: 'plain' }, `${basis.claimant.label}${published}`)));
}
