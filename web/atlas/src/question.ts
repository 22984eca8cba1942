// The question of the page, and the further pages of its answer, which are of the same entry of the ledger.

import { id as ATLAS } from '../operations/Atlas.graphql';
import { id as MORE } from '../operations/MoreStates.graphql';
import { ask, askAsOf } from './api';
import type { Answer, Initiative } from './types';

interface More { initiative: Pick<Initiative, 'relationships'> | null }

export async function askAll(slug: string, at: string | null, lang: string | null): Promise<Answer> {
  const variables = { i: slug, at: at && { recordedBy: at }, lang };
  const answer = await ask<Answer>(ATLAS, { ...variables, recordedBy: at });
  const relationships = answer.initiative?.relationships;
  while (relationships?.pageInfo.hasNextPage) {
    const after = relationships.pageInfo.endCursor;
    const { initiative } = await askAsOf<More>(answer.ledger.head.seq, MORE, { ...variables, after });
    if (!initiative) break;
    relationships.nodes.push(...initiative.relationships.nodes);
    relationships.pageInfo = initiative.relationships.pageInfo;
  }
  return answer;
}
