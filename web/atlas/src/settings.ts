// Settings in the menu: the theme, which the browser keeps, and the language of the names, which the address names.

import { byId, h } from './dom';
import { LANGUAGES, preferredLanguage } from './language';
import { words } from './text.en';

const KEY = 'demarche-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

export function offerSettings(lang: string | null, setLanguage: (lang: string | null) => void): void {
  const chosen = stored();
  apply(chosen);
  const option = (theme: Theme) => h('label', {},
    h('input', { type: 'radio', name: 'theme', checked: theme === chosen, onchange: () => { apply(theme); keep(theme); } }), words.themes[theme]);
  byId('settings').replaceChildren(
    h('fieldset', {}, h('legend', {}, words.theme), ...THEMES.map(option)),
    h('label', { class: 'language' }, h('span', {}, words.language), languages(lang ?? preferredLanguage(), setLanguage)));
}

function languages(chosen: string, setLanguage: (lang: string | null) => void): HTMLSelectElement {
  const known = LANGUAGES.includes(chosen) ? LANGUAGES : [...LANGUAGES, chosen];
  const options = known.map((lang) => h('option', { value: lang, lang, selected: lang === chosen }, nameOf(lang)));
  const select = h('select', { onchange: () => setLanguage(select.value === preferredLanguage() ? null : select.value) }, ...options);
  return select;
}

/** A language in its own words. */
function nameOf(lang: string): string {
  try {
    return new Intl.DisplayNames([lang], { type: 'language' }).of(lang) ?? lang;
  } catch {
    return lang; // no valid tag
  }
}

function apply(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

function stored(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.find((each) => each === theme) ?? 'auto';
  } catch {
    return 'auto'; // storage is blocked
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice holds for this page only.
  }
}
