// The operation that runs: the one with this name, or the only one.
export function isSubscription(document, operationName) {
  const operations = (document?.definitions ?? []).filter(({ kind }) => kind === 'OperationDefinition');
  const selected =
    operations.find(({ name }) => name?.value === (operationName || undefined)) ??
    (operations.length === 1 ? operations[0] : undefined);
  return selected?.operation === 'subscription';
}
