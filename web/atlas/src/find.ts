// Finds a state by a name in any language: first among the names at hand, then by asking the server.

import { id as NAMED } from '../operations/Named.graphql';
import { id as NAMES } from '../operations/Names.graphql';
import { ask } from './api';
import { byId, h, set } from './dom';
import { plain } from './map/keys';
import { words } from './text.en';

interface Names { code: string; name: string; nativeName: string; aliases: string[] }
interface Match { names: Names; also: string | null }

const MOST = 8;
const PAUSE = 250;

export class Find {
  private readonly input: HTMLInputElement;
  private readonly list = h('ul', { id: 'found', class: 'found', role: 'listbox', 'aria-label': words.find, hidden: true });
  private names: Promise<Names[]> | null = null;
  private matches: Match[] = [];
  private active = -1;
  private asked = 0;

  constructor(private readonly lang: () => string | null, private readonly chosen: (code: string, name: string) => void) {
    this.input = h('input', {
      type: 'search', placeholder: words.find, 'aria-label': words.find, role: 'combobox', autocomplete: 'off', spellcheck: 'false',
      'aria-expanded': 'false', 'aria-controls': 'found', 'aria-autocomplete': 'list',
      onfocus: () => void this.load(), oninput: () => void this.search(), onblur: () => setTimeout(() => this.close(), 150),
    });
    this.input.addEventListener('keydown', (event) => this.key(event));
    byId('find').replaceChildren(this.input, this.list);
    document.addEventListener('keydown', (event) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input:not([type=range],[type=radio]), textarea');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.input.focus();
    });
  }

  private load(): Promise<Names[]> {
    this.names ??= ask<{ countries: Names[] }>(NAMES, { lang: this.lang() }).then(({ countries }) => countries);
    this.names.catch(() => { this.names = null; });
    return this.names;
  }

  private async search(): Promise<void> {
    const text = this.input.value.trim();
    const turn = ++this.asked;
    if (text === '') {
      this.close();
      return;
    }
    const names = await this.load().catch(() => []);
    if (turn !== this.asked) return;
    this.show(matching(names, text), text, false);
    if (this.matches.length > 0) return;
    await new Promise((done) => setTimeout(done, PAUSE));
    if (turn !== this.asked) return;
    const found = await ask<{ countries: { code: string }[] }>(NAMED, { text }).catch(() => ({ countries: [] }));
    if (turn !== this.asked) return;
    const codes = new Set(found.countries.map(({ code }) => code));
    this.show(names.filter(({ code }) => codes.has(code)).slice(0, MOST).map((each) => ({ names: each, also: text })), text, true);
  }

  private show(matches: Match[], text: string, isFinal: boolean): void {
    this.matches = matches;
    this.active = matches.length > 0 ? 0 : -1;
    this.list.replaceChildren(...matches.map(({ names, also }, index) =>
      h('li', { role: 'option', id: `found-${index}`, 'aria-selected': String(index === 0), onpointerdown: () => this.choose(index) },
        names.name, also !== null && h('span', { class: 'quiet small' }, ` ${words.also(also)}`))));
    if (matches.length === 0 && isFinal) this.list.replaceChildren(h('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'quiet' }, words.noCountry(text)));
    this.list.hidden = matches.length === 0 && !isFinal;
    set(this.input, 'aria-expanded', String(!this.list.hidden));
    set(this.input, 'aria-activedescendant', this.active < 0 ? null : `found-${this.active}`);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.choose(this.active);
    else if (event.key === 'Escape') this.close();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const count = this.matches.length;
      if (count > 0) this.mark((this.active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count);
    }
  }

  private mark(index: number): void {
    this.active = index;
    for (const [i, row] of [...this.list.children].entries()) set(row, 'aria-selected', String(i === index));
    set(this.input, 'aria-activedescendant', `found-${index}`);
  }

  private choose(index: number): void {
    const match = this.matches[index];
    if (!match) return;
    this.input.value = '';
    this.close();
    this.chosen(match.names.code, match.names.name);
  }

  private close(): void {
    this.list.hidden = true;
    set(this.input, 'aria-expanded', 'false');
    set(this.input, 'aria-activedescendant', null);
  }
}

/** By beginning, then by part; `also` is the name that matches, where it is not the one shown. */
function matching(all: Names[], text: string): Match[] {
  const wanted = plain(text);
  const ranked = all.flatMap((names) => {
    const spellings = [names.name, names.nativeName, ...names.aliases, names.code];
    const rank = (spelling: string) => {
      const at = plain(spelling).indexOf(wanted);
      return at === 0 ? 0 : at > 0 && spelling !== names.code ? 1 : 2;
    };
    const best = spellings.toSorted((a, b) => rank(a) - rank(b))[0] ?? '';
    return rank(best) === 2 ? [] : [{ names, rank: rank(best), also: best === names.name || best === names.code ? null : best }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.names.name.localeCompare(b.names.name)).slice(0, MOST);
}
