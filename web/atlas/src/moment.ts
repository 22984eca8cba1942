// The view's moment as the API names it.

import type { View } from './state';

export interface MomentInput { validOn?: string; publishedBy?: string; recordedBy?: string }

/** Null without any condition. `validOn` and `publishedBy` are never set together: "of June" would vanish until its last day. */
export function momentInput({ on, known, at }: Pick<View, 'on' | 'known' | 'at'>): MomentInput | null {
  const day = on === null ? {} : known === 'now' ? { validOn: on } : { publishedBy: on };
  const input = { ...day, ...(at !== null && { recordedBy: at }) };
  return Object.keys(input).length > 0 ? input : null;
}
