// Saved operations by GET, so that the browser and caches between may keep and validate the answers.

export class AskError extends Error {
  constructor(message: string, readonly code: string | null, readonly retryAfter: number | null) {
    super(message);
  }
}

interface GraphqlResponse<T> { data?: T | null; errors?: { message: string; extensions?: { code?: string } }[] }

/** Variables that are null or undefined are left out, so that equal questions have equal addresses. */
export function operationUrl(documentId: string, variables: object): string {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value != null));
  const parameters = new URLSearchParams({ documentId, variables: JSON.stringify(given) });
  return `/graphql?${parameters}`;
}

/** The answer as of a ledger entry: further pages of an answer that ended there. */
export function askAsOf<T>(seq: number, documentId: string, variables: object): Promise<T> {
  return get<T>(`${operationUrl(documentId, variables)}&seq=${seq}`);
}

/** Answers with data even if some fields failed only when all of it is there; everything else is an error. */
export function ask<T>(documentId: string, variables: object, signal?: AbortSignal): Promise<T> {
  return get<T>(operationUrl(documentId, variables), signal);
}

async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, {
    // A kept answer is asked about again: 304 if nothing changed.
    cache: 'no-cache',
    headers: { accept: 'application/graphql-response+json' },
    ...(signal && { signal }),
  });
  const retryAfter = response.headers.get('retry-after');
  const body = (await response.json().catch(() => ({}))) as GraphqlResponse<T>;
  const [error] = body.errors ?? [];
  if (!body.data || error) {
    throw new AskError(error?.message ?? `status ${response.status}`, error?.extensions?.code ?? null, retryAfter === null ? null : Number(retryAfter));
  }
  return body.data;
}
