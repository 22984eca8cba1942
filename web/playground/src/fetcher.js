import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { isSubscription } from './operation.js';

const httpUrl = new URL('/graphql', window.location.href);
const wsUrl = new URL('/graphql/ws', window.location.href);
wsUrl.protocol = httpUrl.protocol === 'https:' ? 'wss:' : 'ws:';

const send = createGraphiQLFetcher({
  url: httpUrl.href,
  subscriptionUrl: wsUrl.href,
  enableIncrementalDelivery: false,
});

// For a subscription the toolkit sends the headers as the connection_init payload.
// Only Authorization may be in it, with exactly this spelling.
function connectionHeaders(headers) {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === 'authorization') {
      return { Authorization: value };
    }
  }
  return undefined;
}

export function fetcher(params, options) {
  if (isSubscription(options?.documentAST, params.operationName)) {
    return send(params, { ...options, headers: connectionHeaders(options.headers) });
  }
  return send(params, options);
}
