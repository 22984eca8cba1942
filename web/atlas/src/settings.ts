// The theme, kept in the browser; by default that of the system.

import { byId, h } from './dom';
import { words } from './text.en';

const KEY = 'demarche-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

export function offerThemes(): void {
  const chosen = stored();
  apply(chosen);
  const option = (theme: Theme) => h('label', {},
    h('input', { type: 'radio', name: 'theme', checked: theme === chosen, onchange: () => { apply(theme); keep(theme); } }), words.themes[theme]);
  byId('settings').replaceChildren(h('fieldset', {}, h('legend', {}, words.theme), ...THEMES.map(option)));
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
