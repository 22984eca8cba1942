// The language of the names of countries: that of the address, else the first one that the browser prefers and the server has.

import type { View } from './state';

/** Languages in which the server has the names of all countries. */
export const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'ko', 'pt', 'ru', 'sq', 'sw', 'tr', 'uk', 'zh', 'zh-Hant'];

/** English if the server has none of those that the browser prefers. */
export function preferredLanguage(): string {
  const found = navigator.languages.flatMap((tag) => {
    const { language, script } = localeOf(tag);
    return LANGUAGES.find((known) => known === `${language}-${script}`) ?? LANGUAGES.find((known) => known === language) ?? [];
  });
  return found[0] ?? 'en';
}

/** As the API takes it: null for English, its default, so that equal questions have equal addresses. */
export function languageOf({ lang }: Pick<View, 'lang'>): string | null {
  const chosen = lang ?? preferredLanguage();
  return chosen === 'en' ? null : chosen;
}

/** With the script that is usual for it: zh-TW is written in Hant. */
function localeOf(tag: string): { language: string; script?: string } {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return { language: tag }; // no valid tag
  }
}
