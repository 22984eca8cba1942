// /playground/?query=...&variables=... ; null if there is no query.
export function readDeepLink(search) {
  const params = new URLSearchParams(search);
  const query = params.get('query');
  if (!query?.trim()) {
    return null;
  }
  return { query, variables: params.get('variables') ?? '' };
}
