import { activeTab } from './active-tab.js';
import { answers } from './live.js';
import { describeResponse } from './response.js';
import { operationToRun } from './operation.js';
import { hasRunning, observe } from './running.js';
import { setStatus } from './status.jsx';
import { subscribe } from './subscription.js';

const url = new URL('/graphql', window.location.href).href;
const streamUrl = new URL('/graphql/stream', window.location.href).href;

// Returns a result for queries and mutations, an observable for subscriptions and live queries.
export async function fetcher({ query, variables, operationName: named }, options) {
  const { operationName, isSubscription, isLive } = operationToRun({ query, operationName: named });
  const params = { query, variables, operationName };
  const isIntrospection = operationName === 'IntrospectionQuery';
  const tab = activeTab();
  if (!isIntrospection && hasRunning(tab)) {
    return observe();
  }
  const headers = readHeaders(options?.headers);
  if (isSubscription || isLive) {
    const report = (words) => setStatus(tab, words);
    return observe((sink) => subscribe(streamUrl, params, headers, isLive ? answers(sink) : sink, report, isLive));
  }
  if (!isIntrospection) {
    setStatus(tab, '');
  }
  return describeResponse(await send(params, headers));
}

function readHeaders(entries) {
  try {
    return new Headers(Object.entries(entries ?? {}));
  } catch (error) {
    throw new Error(`Request headers: ${error.message.replace(/^Failed to .*?: /, '')}`);
  }
}

async function send(params, headers) {
  headers.set('content-type', 'application/json');
  headers.set('accept', 'application/graphql-response+json, application/json;q=0.9');
  try {
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(params) });
  } catch {
    throw new Error('The server cannot be reached. Check the connection and run the operation again.');
  }
}
