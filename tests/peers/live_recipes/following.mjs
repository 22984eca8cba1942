import jsonpatch from "fast-json-patch";

/**
 * A graphql-ws or graphql-sse client whose live queries yield whole answers, also where the server sends patches, and go on from
 * the last one when it reconnects. The query has the variable `after`, which `@live` reads.
 */
export function following(client) {
  return { ...client, subscribe: (request, sink) => follow(client, request, sink) };
}

function follow(client, request, sink) {
  let [data, after, stop, isStopped] = [undefined, request.variables?.after, () => {}, false];
  // graphql-ws and graphql-sse read the variables again for every connection.
  const variables = { ...request.variables, get after() { return after; } };
  const start = () => {
    stop = client.subscribe({ ...request, variables }, { next, error: (error) => sink.error(error), complete: () => isStopped || sink.complete() });
  };
  const restart = () => {
    [data, after, isStopped] = [undefined, undefined, true];
    stop();
    isStopped = false;
    start();
  };
  const next = (result) => {
    const live = result.extensions?.live;
    if (!live || result.errors) return sink.next(result);
    if (live.from && (live.from !== after || !data)) return restart();
    if (live.patch) {
      try {
        data = jsonpatch.applyPatch(structuredClone(data), live.patch, true).newDocument;
      } catch {
        return restart();
      }
    } else if (!live.unchanged) {
      data = result.data;
    }
    after = live.cursor;
    return sink.next({ ...result, data });
  };
  start();
  return () => { isStopped = true; stop(); };
}
