// Share, embed and cite: one dialog with three tabs.

import { addressOf } from './address';
import { instantInWords } from './dates';
import { byId, h, set } from './dom';
import { copy } from './side/statement';
import type { Model, View } from './state';
import { words } from './text.en';

const TABS = ['link', 'embed', 'picture', 'cite'] as const;
const SIZES = [[1200, 630], [1600, 1000]] as const;
type Tab = (typeof TABS)[number];

export class ShareDialog {
  private readonly body = h('div', { class: 'share-body' });
  private readonly tabs: Record<Tab, HTMLButtonElement>;
  private readonly dialog: HTMLDialogElement;
  private tab: Tab = 'link';
  private fixed = false;
  private subject: { model: Model; view: View } | null = null;

  constructor(private readonly say: (text: string) => void, private readonly current: () => { model: Model; view: View } | null) {
    const tab = (name: Tab) => h('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'share-panel', onclick: () => this.show(name) }, words.shareTabs[name]);
    this.tabs = { link: tab('link'), embed: tab('embed'), picture: tab('picture'), cite: tab('cite') };
    const list = h('div', { role: 'tablist', class: 'tabs', 'aria-label': words.share }, ...Object.values(this.tabs));
    list.addEventListener('keydown', (event) => this.turn(event));
    const choice = (fixed: boolean) => h('label', {}, h('input', { type: 'radio', name: 'fixed', checked: !fixed, onchange: () => { this.fixed = fixed; this.paint(); } }), fixed ? words.asItIs : words.staysLive);
    this.dialog = h('dialog', { class: 'share', 'aria-labelledby': 'share-title' },
      h('div', { class: 'share-head' }, h('h2', { id: 'share-title' }, words.shareTitle), h('button', { type: 'button', class: 'button', onclick: () => this.dialog.close() }, words.close)),
      list, h('fieldset', { class: 'share-choice' }, h('legend', { class: 'unseen' }, words.whatIsShown), choice(false), choice(true)), this.body);
    set(this.body, 'id', 'share-panel');
    set(this.body, 'role', 'tabpanel');
    this.dialog.addEventListener('click', (event) => { if (event.target === this.dialog) this.dialog.close(); });
    document.body.append(this.dialog);
  }

  open(tab: Tab): void {
    this.subject = this.current();
    if (!this.subject) return;
    this.show(tab);
    this.dialog.showModal();
  }

  /** Puts the buttons into the bar, or below the time in a narrow window. */
  offer(showQuery: (() => void) | null): void {
    const button = (text: string, act: () => void) => h('button', { type: 'button', class: 'button', onclick: act }, text);
    const narrow = matchMedia('(max-width: 699px)');
    const place = () => {
      const actions = byId('actions');
      if (narrow.matches) byId('time').after(actions);
      else byId('sign').after(actions);
    };
    narrow.addEventListener('change', place);
    place();
    byId('actions').replaceChildren(button(words.share, () => this.open('link')), button(words.cite, () => this.open('cite')), ...(showQuery ? [button(words.showQuery, showQuery)] : []));
  }

  private show(tab: Tab): void {
    this.tab = tab;
    for (const [name, button] of Object.entries(this.tabs)) {
      set(button, 'aria-selected', String(name === tab));
      set(button, 'tabindex', name === tab ? '0' : '-1');
    }
    set(this.body, 'aria-labelledby', `tab-${tab}`);
    this.paint();
  }

  private turn(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: TABS.length - 1 }[event.key];
    if (by === undefined) return;
    const next = TABS[(TABS.indexOf(this.tab) + by) % TABS.length] ?? 'link';
    this.show(next);
    this.tabs[next].focus();
  }

  private paint(): void {
    if (!this.subject) return;
    const { model, view } = this.subject;
    const at = this.fixed ? view.at ?? `${new Date().toISOString().slice(0, 19)}Z` : view.at;
    const query = addressOf({ ...view, at });
    const link = `${location.origin}/${query}`;
    const note = at ? words.fixedAt(instantInWords(at)) : words.liveNote;
    const fields = {
      link: () => [this.field(words.link, link)],
      embed: () => [this.field(words.embed, embedOf(query, model.initiative.title))],
      picture: () => [pictures(query)],
      cite: () => this.citations(model, view, at),
    }[this.tab]();
    this.body.replaceChildren(h('p', { class: 'quiet small' }, note), ...fields);
  }

  private citations(model: Model, view: View, at: string | null): HTMLElement[] {
    const instant = at ?? `${new Date().toISOString().slice(0, 19)}Z`;
    const link = `${location.origin}/${addressOf({ ...view, at: instant })}`;
    const { title } = model.initiative;
    const { seq } = model.answer.ledger.head;
    const text = words.citation(title, instantInWords(instant), seq, link);
    const bibtex = `@misc{demarche-${seq},\n  title = {{${title}}},\n  howpublished = {Démarche},\n  year = {${instant.slice(0, 4)}},\n  note = {As recorded on ${instantInWords(instant)} (entry ${seq}). CC BY 4.0},\n  url = {${link}}\n}`;
    return [this.field(words.citationText, text), this.field('BibTeX', bibtex), this.field(words.link, link)];
  }

  private field(name: string, value: string): HTMLElement {
    const id = `share-${name.toLowerCase().replaceAll(' ', '-')}`;
    const text = h('textarea', { id, readonly: true, rows: value.includes('\n') ? 8 : value.length > 70 ? 3 : 1, spellcheck: 'false' });
    text.value = value;
    text.addEventListener('focus', () => text.select());
    const button = h('button', { type: 'button', class: 'button', onclick: () => void copy(button, value, words.copy, this.say) }, words.copy);
    return h('div', { class: 'share-field' }, h('label', { for: id }, name), text, button);
  }
}

/** Addresses of the view as a picture: each size, theme and format. */
function pictures(query: string): HTMLElement {
  const start = query ? `${query}&` : '?';
  const link = (format: string, [width, height]: readonly [number, number], theme: string) =>
    h('a', { href: `/image.${format}${start}w=${width}&h=${height}${theme === 'dark' ? '&theme=dark' : ''}`, target: '_blank', rel: 'noopener' }, format.toUpperCase());
  const rows = SIZES.flatMap((size) => (['light', 'dark'] as const).map((theme) =>
    h('li', {}, `${size.join(' × ')}, ${words.themes[theme]}: `, link('png', size, theme), ' · ', link('svg', size, theme))));
  return h('ul', { class: 'pictures' }, ...rows);
}

function embedOf(query: string, title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<iframe src="${location.origin}/embed${query.replaceAll('&', '&amp;')}" width="100%" height="520" title="${escaped}" loading="lazy"></iframe>`;
}
