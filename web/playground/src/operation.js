// Same rule as the toolkit's own: the named operation, or the unnamed one.
export function isSubscription(document, operationName) {
  return (document?.definitions ?? []).some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      definition.operation === 'subscription' &&
      definition.name?.value === (operationName || undefined),
  );
}
