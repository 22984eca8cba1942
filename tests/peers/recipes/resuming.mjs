/** A graphql-ws or graphql-sse client whose subscriptions go on behind their last event when it reconnects. */
export function resuming(client) {
  return {
    ...client,
    subscribe(request, sink) {
      let after = request.variables?.after;
      // graphql-ws and graphql-sse read the variables again for every connection.
      const variables = { ...request.variables, get after() { return after; } };
      return client.subscribe({ ...request, variables }, {
        next(result) {
          sink.next(result);
          after = result.data?.stanceChanged?.cursor ?? after;
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
    },
  };
}
