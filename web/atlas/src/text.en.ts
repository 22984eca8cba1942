// All words of the page, in English.

import type { ChangeKind, CountClaim, Stance } from './types';

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** "The United States", "The Bahamas"; other names stand alone. */
const ARTICLE = /^(United|Bahamas|Gambia|Netherlands|Philippines|Maldives|Comoros|Seychelles|Solomon|Marshall|Central African|Dominican)/;

export const words = {
  lang: 'en',
  stance: {
    UNKNOWN: 'Nothing known',
    NAMED: 'Named',
    APPROACHED: 'Asked',
    NEGOTIATING: 'Negotiating',
    AGREED_IN_PRINCIPLE: 'Agreed in principle',
    AGREED: 'Agreed',
    IMPLEMENTING: 'Carried out',
    SUSPENDED: 'Suspended',
    REFUSED: 'Refused',
    ENDED: 'Ended',
  } satisfies Record<Stance, string>,
  tile: { AGREED_IN_PRINCIPLE: 'In principle' } as Partial<Record<Stance, string>>,
  /** As in the schema. */
  stanceMeans: {
    UNKNOWN: 'No statement about this relationship is currently valid.',
    NAMED: 'Reported as a country that is or will be asked, without evidence that it was approached.',
    APPROACHED: 'The request was made; no response is known.',
    NEGOTIATING: 'The two states are in talks, or the requested state says that it is considering the request.',
    AGREED_IN_PRINCIPLE: 'Willing to agree; terms are open or approval is pending.',
    AGREED: 'Agreement concluded: signed, announced, or oral and acknowledged.',
    IMPLEMENTING: 'The agreement has been carried out at least once.',
    SUSPENDED: 'Paused, but not ended.',
    REFUSED: 'The request was refused.',
    ENDED: 'The agreement expired, was withdrawn or terminated, or was struck down.',
  } satisfies Record<Stance, string>,
  disputed: 'Disputed',
  disputedMeans: 'Sources contradict each other.',
  sourcesDisagree: 'sources disagree',

  withArticle: (name: string) => (ARTICLE.test(name) ? `The ${name}` : name),
  asks: 'asks',
  hasAsked: (asker: string, number: number, ask: string) => [`${asker} has asked or named `, String(number), ` ${number === 1 ? 'state' : 'states'}${ask ? ` ${ask}` : ''}. `],
  hadAsked: (day: string, asker: string, number: number, atLeast: boolean) =>
    [`By ${day}, ${lowerArticle(asker)} had asked or named ${atLeast ? 'at least ' : ''}`, String(number), ` ${number === 1 ? 'state' : 'states'}. `],
  publicKnew: (day: string, number: number) => [`On ${day}, the public knew of `, String(number), ` ${number === 1 ? 'state' : 'states'} asked or named. `],
  asRecorded: (instant: string) => `As recorded on ${instant}: `,
  carriedOut: { now: (n: number, what: string) => `${n} ${what}`, then: (n: number, what: string) => `${n} ${what}` },
  haveCarriedOut: 'have carried it out',
  hadCarriedOut: 'had carried it out',
  agreed: { now: (n: number, more: boolean) => `${n}${more ? ' more' : ''} agreed`, then: (n: number, more: boolean) => `${n}${more ? ' more' : ''} had agreed` },
  suspended: { now: (n: number) => `${n} suspended`, then: (n: number) => `${n} had suspended` },
  refused: { now: (n: number) => `${n} refused`, then: (n: number) => `${n} had refused` },
  noAnswer: 'No answer is known.',
  noneAsked: 'No state has been asked yet.',
  nothingRecorded: 'Nothing is recorded yet.',

  ourCount: (day: string | null) => `Our count, from public sources${day ? ` up to ${day}` : ''}. `,
  othersCount: 'Others count differently: ',
  claim: ({ comparator, low, high }: CountClaim) => {
    const number = low.toLocaleString('en');
    if (comparator === 'AT_LEAST') return `at least ${number}`;
    if (comparator === 'MORE_THAN') return `more than ${number}`;
    if (comparator === 'AT_MOST') return `at most ${number}`;
    if (comparator === 'ABOUT') return `about ${number}`;
    return high !== null && high !== low ? `${number} to ${high.toLocaleString('en')}` : number;
  },
  asked: (claim: string, by: string) => `“${claim}” asked (${by})`,
  knownNow: 'What had happened by that day, as we know it now.',
  publicOnly: (number: number) => ` On the day itself the public knew of ${number}.`,
  publicThen: 'What a reader could know on that day.',
  knownSince: (number: number) => ` We know now that it was ${number} by then.`,
  leftOut: ' Later corrections and reports are left out.',

  today: 'Today',
  nothingNewer: (today: string, newest: string | null) => (newest ? `${today} · nothing newer than ${newest}` : today),
  happened: 'what had happened, as we know it now',
  couldKnow: 'what the public could know on that day',
  clock: 'By what was known',
  clockNow: 'What we know now',
  clockThen: 'What was public then',
  play: 'Play',
  pause: 'Pause',
  nextChange: 'Next change',
  day: 'Day',
  dayText: (day: string, number: number) => `${day}, ${count(number, 'state', 'states')}`,
  states: (number: number) => count(number, 'state', 'states'),
  up: 'asked, talking, agreed ↑',
  down: 'refused, ended ↓',
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June', 'July', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'],

  mapName: (number: number) => `Map of ${count(number, 'state', 'states')}. Arrow keys move to the nearest state, Enter opens it, Space selects it.`,
  mapNote: 'Grey: no request known. Stripes: sources disagree. Borders by Natural Earth and Visionscarto take no position.',
  map: 'Map',
  table: 'Table',
  mapOrTable: 'Map or table',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomAll: 'Show the whole map',
  holdCtrl: 'Hold ctrl or ⌘ to zoom',
  showing: (shown: number, all: number) => `Showing ${shown} of ${all}.`,
  showAll: 'Show all',
  filter: 'Show only',
  clickFor: 'Click for all statements and sources',
  tableName: 'States',
  columns: ['State', 'Stance', 'Since', 'Who says so', 'Published', 'Statement'],
  copyCsv: 'Copy as CSV',
  copied: 'Copied',
  notCopied: 'The browser did not allow copying.',

  latest: 'Latest changes',
  latestNote: 'Newest record first. New ones appear by themselves.',
  changesUpTo: (day: string) => `Changes up to ${day}`,
  byHappened: 'By the day on which they happened.',
  byPublic: 'By the day on which they became public.',
  noChanges: 'No change yet.',
  disputeBegan: 'sources began to disagree',
  disputeEnded: 'sources agree again',
  justNow: 'just now',
  unusual: 'unusual move',
  correctedSince: 'corrected since',
  takenBackSince: 'taken back since',
  tag: { EVENT: null, CORRECTION: 'We corrected this', RETRACTION: 'We took this back' } satisfies Record<ChangeKind, string | null>,
  spoken: (kind: ChangeKind, name: string, from: string, to: string) => {
    const move = `${name}: ${from} to ${to}.`;
    if (kind === 'CORRECTION') return `Correction. ${move}`;
    return kind === 'RETRACTION' ? `Taken back. ${move}` : move;
  },
  someChanges: (number: number) => count(number, 'change', 'changes'),
  newAbove: (number: number) => `${number} new`,
  newSince: (number: number) => `${count(number, 'new change', 'new changes')} · back to today`,
  older: 'Older changes',

  live: 'Live',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  catchingUp: (number: number) => `Catching up: ${number}`,
  nothingMissed: (number: number, since: string) => `Nothing was missed: ${count(number, 'change', 'changes')} since ${since}`,
  offline: (since: string) => `Offline, as known at ${since}`,
  fixedView: 'Fixed view',
  seeLive: 'See it live',
  somethingChanged: 'Something changed since.',
  replaced: 'The record was replaced.',
  loadAgain: 'Load again',
  failed: 'The server did not answer.',
  tryAgain: 'Try again',
  unreadable: (values: string) => `This link has parts that we cannot read: ${values}.`,
  tooMany: (seconds: number) => `Too many questions from your network. Again in ${seconds} s.`,
  noShapes: 'The map could not be loaded; here is the table.',

  about: (date: string) => `about ${date}`,
  uncertain: (date: string) => `${date}, uncertain`,
  dateUnknown: 'date not known',
  orEarlier: (date: string) => `${date} or earlier`,
  orLater: (date: string) => `${date} or later`,
  fromTo: (from: string, to: string) => `between ${from} and ${to}`,
  eitherDay: (first: string, second: string) => `${first} or ${second}`,
  dayFromTo: (from: string, to: string) => `a day from ${from} to ${to}`,
  since: (date: string) => `since ${date}`,
  number: (number: number) => `No. ${number}`,
  sources: 'Sources',
};

function lowerArticle(name: string): string {
  return name.replace(/^The /, 'the ');
}
