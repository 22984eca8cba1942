// The GraphQL result of a response; an error in words if it has none, as those of proxies.
export async function describeResponse(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The response is not JSON (HTTP status ${response.status}).`);
  }
}
