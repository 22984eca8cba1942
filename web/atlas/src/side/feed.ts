// Latest changes, newest record first; in the past, the changes up to the moment.

import type { Bases } from '../bases';
import { inWords } from '../dates';
import { h, type Child } from '../dom';
import { stanceName, swatch } from '../marks';
import type { Model, Moment } from '../state';
import { words } from '../text.en';
import { positionIn } from '../timeline';
import type { Basis, Change, Stance, Wording } from '../types';
import type { Changes } from './changes';

const FRESH = 60_000; // ms for which an event is marked as new

export interface FeedActions {
  open(code: string): void;
  backToToday(): void;
  older(): void;
  /** Shows the changes that were held back. */
  showNew(): void;
}

/** Lines that are unfolded, by their newest change. */
export type Unfolded = Set<string>;

/** The changes up to now. */
export function latest({ initiative }: Model, isFixed: boolean, changes: Changes, unfolded: Unfolded, limit: number, actions: FeedActions): Child[] {
  const lines = changes.lines().slice(0, limit);
  const toItem = (change: Change) => item(change, initiative.wording, changes.arrivedAt(change.cursor), actions);
  return [
    h('h2', {}, words.latest),
    h('p', { class: 'quiet small' }, isFixed ? words.fixedNote : words.latestNote),
    changes.heldCount > 0 && h('button', { type: 'button', class: 'button waiting', onclick: () => actions.showNew() }, words.newAbove(changes.heldCount)),
    h('ol', { class: 'feed' }, ...lines.map((line) => (Array.isArray(line) ? folded(line.map(toItem), line[0]?.cursor ?? '', unfolded) : toItem(line)))),
    lines.length === 0 && h('p', { class: 'quiet' }, words.noChanges),
    lines.length > 0 && changes.hasMoreThan(limit) && olderButton(actions),
  ];
}

function folded(items: HTMLElement[], key: string, unfolded: Unfolded): HTMLElement {
  const details = h('details', { open: unfolded.has(key) }, h('summary', {}, words.someChanges(items.length)), h('ol', { class: 'feed' }, ...items));
  details.addEventListener('toggle', () => (details.open ? unfolded.add(key) : unfolded.delete(key)));
  return h('li', { class: 'item folded' }, details);
}

const olderButton = (actions: FeedActions) => h('button', { type: 'button', class: 'button older', onclick: () => actions.older() }, words.older);

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

/** The changes up to a day of the past. */
export function past(model: Model, moment: Moment, day: string, bases: Bases, limit: number, actions: FeedActions): Child[] {
  const stops = model.stops[moment.known].slice(0, moment.index + 1).toReversed();
  const all = stops.flatMap(({ on, moves }) => moves.map((move) => ({ on, move })));
  const seen = new Set<string>();
  const items = all.slice(0, limit).map(({ on, move }) => {
    const { code } = move;
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
    all.length > limit && olderButton(actions),
  ];
}

/** The states whose newest moves the feed of a moment shows. */
export function statesOfPast(model: Model, moment: Moment, limit: number): string[] {
  const stops = model.stops[moment.known].slice(0, moment.index + 1).toReversed();
  const codes = stops.flatMap(({ moves }) => moves.map(({ code }) => code)).slice(0, limit);
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
