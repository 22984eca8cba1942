// The operation that runs: the one with this name, or the only one. It is read from the document, since GraphiQL knows the
// operations of a tab that was just opened only after a pause.
import { parse } from 'graphql';

export function operationToRun({ query, operationName }) {
  const operations = operationsOf(query);
  const named = operations.find(({ name }) => name?.value === (operationName || undefined));
  const operation = named ?? (operations.length === 1 ? operations[0] : undefined);
  return {
    operationName: operation ? operation.name?.value : operationName,
    isSubscription: operation?.operation === 'subscription',
    isLive: operation?.operation === 'query' && operation.directives.some(({ name }) => name.value === 'live'),
  };
}

function operationsOf(query) {
  try {
    return parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
  } catch {
    return []; // the server says what is wrong
  }
}
