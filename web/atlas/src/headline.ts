// The sentence of the page and the line under it.

import { inWords, instantInWords } from './dates';
import { h, type Child } from './dom';
import { askedOn, type Model, type Moment, type View } from './state';
import { words } from './text.en';
import type { CountClaim, Stance } from './types';

export function headline(model: Model, moment: Moment, view: View): Child[] {
  const pinned: Child[] = view.at ? [words.asRecorded(instantInWords(view.at))] : [];
  if (moment.day === null && moment.counts.total === 0) return [...pinned, words.noneAsked];
  return [...pinned, ...asked(model, moment), ...answers(model, moment)];
}

function asked({ initiative }: Model, { day, known, counts, uncertain }: Moment): Child[] {
  const asker = words.withArticle(initiative.requestingState.english);
  if (day === null) return words.hasAsked(asker, counts.total, initiative.wording?.ask ?? '');
  if (known === 'then') return words.publicKnew(inWords(day), counts.total);
  return words.hadAsked(inWords(day), asker, counts.total, uncertain > 0);
}

function answers({ initiative: { wording } }: Model, { day, counts: { of } }: Moment): Child[] {
  const time = day === null ? 'now' : 'then';
  const done = time === 'now' ? wording?.haveCarriedOut ?? words.haveCarriedOut : wording?.hadCarriedOut ?? words.hadCarriedOut;
  const agreed = of.AGREED + of.AGREED_IN_PRINCIPLE;
  const parts: [number, Stance, string][] = [
    [of.IMPLEMENTING, 'IMPLEMENTING', words.carriedOut[time](of.IMPLEMENTING, done)],
    [agreed, 'AGREED', words.agreed[time](agreed, of.IMPLEMENTING > 0)],
    [of.SUSPENDED, 'SUSPENDED', words.suspended[time](of.SUSPENDED)],
    [of.REFUSED, 'REFUSED', words.refused[time](of.REFUSED)],
  ];
  const said = parts.filter(([number]) => number > 0);
  if (said.length === 0) return [words.noAnswer];
  return said.flatMap(([, stance, text], index): Child[] => [
    index > 0 && ', ',
    h('span', { class: 'counted', 'data-stance': stance }, text),
    index === said.length - 1 && '.',
  ]);
}

export function subLine(model: Model, moment: Moment): Child[] {
  if (moment.day === null) return ourCount(model);
  const other = askedOn(model, moment.known === 'now' ? 'then' : 'now', moment.day);
  const { total } = moment.counts;
  if (moment.known === 'now') return [words.knownNow, total > other && words.publicOnly(other)];
  return [words.publicThen, other > total ? words.knownSince(other) : words.leftOut];
}

function ourCount({ initiative }: Model): Child[] {
  const upTo = initiative.sourcesUpTo;
  const claims = extremes(initiative.countClaims);
  const links = claims.flatMap((claim, index): Child[] => [
    index > 0 && ', ',
    h('a', { href: `/statements/${claim.number}` }, words.asked(words.claim(claim), claim.claimant.label)),
  ]);
  return [words.ourCount(upTo && inWords(upTo)), ...(links.length > 0 ? [words.othersCount, ...links, '.'] : [])];
}

/** The newest count of each claimant: the lowest and the highest of them. */
function extremes(claims: CountClaim[]): CountClaim[] {
  const newest = new Map<string, CountClaim>();
  for (const claim of claims) {
    const { claimant: { label }, publishedOn, metric } = claim;
    if (metric !== 'COUNTRIES_APPROACHED') continue;
    const other = newest.get(label);
    if (!other || (publishedOn ?? '') >= (other.publishedOn ?? '')) newest.set(label, claim);
  }
  // Of equal counts the later claim: it is the better known one.
  const sorted = [...newest.values()].sort((a, b) => a.low - b.low || b.number - a.number);
  const [low] = sorted;
  const high = sorted.at(-1);
  return [low, high].filter((claim, i, both): claim is CountClaim => claim !== undefined && both.indexOf(claim) === i);
}
