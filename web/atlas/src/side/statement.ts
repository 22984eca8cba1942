// One statement of the panel, with its quotation, its sources and what became of it.

import { inWords } from '../dates';
import { h, type Child } from '../dom';
import { words } from '../text.en';
import type { Claimant } from '../types';

export interface Said {
  number: number;
  kind: string;
  summary: string;
  note: string | null;
  publishedOn: string | null;
  standing: 'STANDING' | 'CORRECTED' | 'RETRACTED';
  retractedAt: string | null;
  retractionReason: string | null;
  citation: string;
  correctionReason: string | null;
  corrects: { number: number } | null;
  correctedBy: { number: number; correctionReason: string | null } | null;
  claimant: Claimant & { kind: string };
  evidence: { relation: string; quote: string | null; source: { publisher: string; url: string | null; language: string | null } }[];
}

export function statement(said: Said, all: Said[], say: (text: string) => void): HTMLElement {
  const older = said.corrects && all.find(({ number }) => number === said.corrects?.number);
  return h('article', { class: said.standing === 'STANDING' ? 'said' : 'said fallen', id: `statement-${said.number}` },
    h('b', { title: words.claimant[said.claimant.kind] ?? '' }, said.claimant.label),
    h('p', { class: 'summary', dir: 'auto' }, said.standing === 'STANDING' ? said.summary : h('s', {}, said.summary)),
    fate(said),
    quote(said),
    sources(said, say),
    said.note !== null && h('p', { class: 'quiet small', dir: 'auto' }, said.note),
    older && h('details', {}, h('summary', { class: 'small' }, words.replaces(older.number)), statement(older, all, say)));
}

function fate({ standing, correctedBy, retractedAt, retractionReason }: Said): Child {
  if (standing === 'RETRACTED') {
    return h('p', { class: 'small' }, words.takenBackOn(inWords((retractedAt ?? '').slice(0, 10))), retractionReason ? `: ${retractionReason}` : '.');
  }
  if (standing !== 'CORRECTED' || !correctedBy) return null;
  return h('p', { class: 'small' }, h('a', { href: `/statements/${correctedBy.number}` }, words.replacedBy(correctedBy.number)),
    correctedBy.correctionReason ? `: ${correctedBy.correctionReason}` : '.');
}

function quote({ evidence }: Said): Child {
  const first = evidence.find((each) => each.quote !== null);
  return first && h('blockquote', { dir: 'auto', lang: first.source.language }, `“${first.quote}”`);
}

function sources(said: Said, say: (text: string) => void): HTMLElement {
  const [first] = said.evidence;
  const url = first?.source.url;
  // Only http and https addresses are recorded; the page does not rely on that.
  const isLink = url?.startsWith('https://') || url?.startsWith('http://');
  const publisher = first && (isLink ? h('a', { href: url ?? '', rel: 'noreferrer' }, first.source.publisher) : first.source.publisher);
  const more = said.evidence.length - 1;
  const cite = h('button', { type: 'button', class: 'link', onclick: () => void copy(cite, said.citation, words.cite, say) }, words.cite);
  return h('p', { class: 'quiet small' },
    said.publishedOn && `${inWords(said.publishedOn, 'short')} · `, publisher, more > 0 && words.andMore(more), publisher && ' · ',
    h('a', { href: `/statements/${said.number}` }, words.number(said.number)), ' · ', cite);
}

/** Copies and says so, on the button and aloud. */
export async function copy(button: HTMLElement, text: string, name: string, say: (text: string) => void): Promise<void> {
  const done = await navigator.clipboard.writeText(text).then(() => words.copied, () => words.notCopied);
  button.textContent = done;
  say(done);
  setTimeout(() => { button.textContent = name; }, 2000);
}
