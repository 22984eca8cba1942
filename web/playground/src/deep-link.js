// /playground/?query=...&variables=... ; null when there is no query to open.
export function readDeepLink(search) {
  const params = new URLSearchParams(search);
  const query = params.get('query');
  if (!query?.trim()) {
    return null;
  }
  return { query, variables: params.get('variables') ?? '' };
}
