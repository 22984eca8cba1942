// The same rule as in the toolkit: the operation with this name, or the unnamed one.
export function isSubscription(document, operationName) {
  return (document?.definitions ?? []).some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      definition.operation === 'subscription' &&
      definition.name?.value === (operationName || undefined),
  );
}
