// The playground, with the query of what is open.

import { text as ATLAS } from '../operations/Atlas.graphql';
import { text as STATE } from '../operations/State.graphql';
import { momentInput } from './moment';
import type { View } from './state';

export function playgroundAddress(slug: string, view: View): string {
  const { at, lang } = view;
  const [code] = view.countries;
  const variables = code
    ? { i: slug, code, at: momentInput(view), lang }
    : { i: slug, at: at && { recordedBy: at }, recordedBy: at, lang };
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value != null));
  return `/playground/?${new URLSearchParams({ query: code ? STATE : ATLAS, variables: JSON.stringify(given, null, 2) })}`;
}
