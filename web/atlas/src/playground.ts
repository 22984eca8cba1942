// The playground, with the query of what is open.

import { text as ATLAS } from '../operations/Atlas.graphql';
import { text as MOMENT } from '../operations/Moment.graphql';
import { text as STATE } from '../operations/State.graphql';
import { languageOf } from './language';
import { momentInput } from './moment';
import type { View } from './state';

/** Whether this server has a playground. */
export const hasPlayground = 'playground' in document.documentElement.dataset;

export function playgroundAddress(slug: string, view: View): string {
  const [query, variables] = questionOf(slug, view);
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value != null));
  return `/playground/?${new URLSearchParams({ query, variables: JSON.stringify(given, null, 2) })}`;
}

/** The page works out moments of the past from the steps; the question for one of them is `Moment`. */
function questionOf(slug: string, view: View): [query: string, variables: object] {
  const { at, on } = view;
  const lang = languageOf(view);
  const [code] = view.countries;
  if (code) return [STATE, { i: slug, code, at: momentInput(view), lang }];
  if (on !== null) return [MOMENT, { i: slug, at: momentInput(view), lang }];
  return [ATLAS, { i: slug, at: at && { recordedBy: at }, recordedBy: at, lang }];
}
