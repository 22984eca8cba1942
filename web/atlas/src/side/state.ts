// What is known of one state: its position, what contradicts itself, and every statement with its sources.

import { inWords } from '../dates';
import { h, type Child } from '../dom';
import { chip, strip } from '../marks';
import { momentInput } from '../moment';
import type { Model, Moment, View } from '../state';
import { words } from '../text.en';
import type { Claimant, Position, Stance } from '../types';
import { statement, type Said } from './statement';

interface Rival { number: number; summary: string; publishedOn: string | null; claimant: Claimant }

export interface StateAnswer {
  country: {
    code: string;
    name: string;
    neighbours: { code: string; name: string; stance: Stance | null }[];
    concerns: Said[];
    relationships: {
      nodes: {
        reviewedOn: string | null;
        position: Pick<Position, 'stance' | 'since' | 'disputed'> & { rivals: { statement: Rival; contradicts: Rival }[] };
        public: { totalCount: number; nodes: Said[] };
        all: { totalCount: number };
      }[];
    };
  } | null;
}

export interface StateActions {
  close(): void;
  open(code: string): void;
  compare(code: string): void;
  share(tab: 'link' | 'cite'): void;
  /** Null where the server has no playground. */
  showQuery: (() => void) | null;
  say(text: string): void;
}

const SECTIONS: [keyof typeof words.section, string[]][] = [
  ['statements', ['STANCE', 'DENIAL', 'PRESSURE', 'COUNT']],
  ['agreements', ['AGREEMENT']],
  ['money', ['FUNDING']],
  ['people', ['TRANSFER', 'RETURN']],
  ['courts', ['LEGAL']],
  ['concerns', ['CONCERN']],
];

/** The panel; without an answer yet, what the page knows already. */
export function statePanel(model: Model, moment: Moment, view: View, code: string, name: string, answer: StateAnswer | null, actions: StateActions): Child[] {
  const found = answer?.country?.relationships.nodes[0];
  const known = moment.positions.get(code);
  const position = found?.position ?? known ?? { stance: 'UNKNOWN' as const, since: null, disputed: false };
  const isCompared = view.countries.slice(1).includes(code) || view.countries.length > 1;
  return [
    h('button', { type: 'button', class: 'link back', onclick: () => actions.close() }, `← ${words.latest}`),
    h('h2', { class: 'panel-title', tabindex: -1 }, name),
    moment.day !== null && h('p', { class: 'quiet' }, moment.known === 'then' ? words.asPublic(inWords(moment.day)) : words.asOf(inWords(moment.day))),
    h('p', { class: 'panel-stance' }, chip(position, model.initiative.wording), position.disputed && h('span', { class: 'tag' }, words.sourcesDisagree)),
    h('p', { class: 'quiet small' }, [position.since && words.since(inWords(position.since, 'short')), found && words.statements(found.public.totalCount), found?.reviewedOn && words.lastReviewed(inWords(found.reviewedOn, 'short'))].filter(Boolean).join(' · ')),
    ...(model.byCode.has(code) ? [strip(model, moment, code), stripEnds(model, moment)] : []),
    buttons(model.byCode.has(code), isCompared, code, actions),
    model.byCode.has(code) && h('p', { class: 'small' }, h('a', { href: checkAddress(model, view, code) }, words.checkPosition)),
    ...(answer ? content(answer, actions) : [h('div', { class: 'skeleton' }), h('div', { class: 'skeleton' }), h('div', { class: 'skeleton' })]),
  ];
}

/** Where a reader checks that the position follows from the ledger. */
function checkAddress(model: Model, view: View, code: string): string {
  return `/verify?${new URLSearchParams({ initiative: model.initiative.slug, country: code, ...momentInput(view) })}`;
}

function stripEnds(model: Model, moment: Moment): HTMLElement {
  const first = model.stops[moment.known][0]?.on;
  return h('p', { class: 'strip-ends quiet' }, h('span', {}, first ? inWords(first.slice(0, 7), 'short') : ''), h('span', {}, words.stripEnd));
}

function buttons(isKnown: boolean, isCompared: boolean, code: string, actions: StateActions): HTMLElement {
  const button = (text: string, act: () => void, pressed?: boolean) =>
    h('button', { type: 'button', class: 'button', 'aria-pressed': pressed === undefined ? null : String(pressed), onclick: act }, text);
  return h('div', { class: 'panel-buttons' },
    button(words.cite, () => actions.share('cite')),
    button(words.share, () => actions.share('link')),
    isKnown && button(words.compare, () => actions.compare(code), isCompared),
    actions.showQuery && button(words.showQuery, actions.showQuery));
}

function content({ country }: StateAnswer, actions: StateActions): Child[] {
  const found = country?.relationships.nodes[0];
  const said = [...(found?.public.nodes ?? []), ...(country?.concerns ?? [])];
  const unique = [...new Map(said.map((each) => [each.number, each])).values()].sort((a, b) => b.number - a.number);
  const sections = SECTIONS.flatMap(([title, kinds]): Child[] => {
    const of = unique.filter(({ kind }) => kinds.includes(kind));
    if (of.length === 0) return [];
    return [h('h3', {}, words.section[title]), title === 'people' && h('p', { class: 'quiet small' }, words.doNotAdd), ...standingFirst(of).map((each) => statement(each, unique, actions.say))];
  });
  const later = found ? found.all.totalCount - found.public.totalCount : 0;
  return [
    found && found.position.rivals.length > 0 && contradictions(found.position.rivals),
    unique.length === 0 && h('p', {}, words.nobodySaid),
    ...sections,
    later > 0 && h('p', { class: 'quiet small' }, words.publicLater(later)),
    ...neighbours(country?.neighbours ?? [], actions),
  ];
}

/** Corrected statements are folded under their successors. */
function standingFirst(all: Said[]): Said[] {
  const numbers = new Set(all.map(({ number }) => number));
  return all.filter(({ correctedBy }) => !correctedBy || !numbers.has(correctedBy.number));
}

function contradictions(rivals: { statement: Rival; contradicts: Rival }[]): HTMLElement {
  let index = 0;
  const pair = h('div', { class: 'rivals' });
  const counter = h('span', { class: 'quiet small' });
  const show = () => {
    const rival = rivals[index];
    if (!rival) return;
    pair.replaceChildren(...[rival.statement, rival.contradicts].map((side) =>
      h('div', {}, h('b', {}, side.claimant.label), h('p', { dir: 'auto' }, side.summary),
        h('p', { class: 'quiet small' }, side.publishedOn ? `${inWords(side.publishedOn, 'short')} · ` : '', h('a', { href: `/statements/${side.number}` }, words.number(side.number))))));
    counter.textContent = words.ofNumber(index + 1, rivals.length);
  };
  const turn = (by: number) => () => {
    index = (index + by + rivals.length) % rivals.length;
    show();
  };
  show();
  const arrows = rivals.length > 1 && h('span', { class: 'turn' },
    h('button', { type: 'button', class: 'link', 'aria-label': words.previous, onclick: turn(-1) }, '←'), counter,
    h('button', { type: 'button', class: 'link', 'aria-label': words.next, onclick: turn(1) }, '→'));
  return h('div', { class: 'contradiction' }, h('h3', {}, words.cannotBoth), arrows, pair);
}

function neighbours(all: { code: string; name: string; stance: Stance | null }[], actions: StateActions): Child[] {
  if (all.length === 0) return [];
  return [h('h3', {}, words.neighbours), h('ul', { class: 'neighbours' }, ...all.map(({ code, name, stance }) =>
    h('li', { 'data-code': code }, h('button', { type: 'button', class: 'button', onclick: () => actions.open(code) },
      h('span', { class: 'swatch', 'data-stance': stance ?? 'UNKNOWN', 'aria-hidden': 'true' }), name, h('span', { class: 'unseen' }, `, ${words.stance[stance ?? 'UNKNOWN']}`)))))];
}
