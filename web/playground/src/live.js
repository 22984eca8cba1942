// Answers of a live query: whole ones as they come, and those that arrive as patches of the one before.

/** A sink for the messages of a live query, which shows the newest answer in `sink`. */
export function answers(sink) {
  let data;
  return {
    ...sink,
    next(result) {
      const { live } = result.extensions ?? {};
      if (live?.patch && data !== undefined) {
        data = patched(data, live.patch);
      } else if (result.data !== undefined) {
        data = result.errors ? undefined : result.data; // the next one is whole
        sink.only(result);
        return;
      }
      // Without an answer there is nothing but the message, as with the cursor of a former answer.
      sink.only(data === undefined ? result : { data, ...result });
    },
  };
}

/** The document after a JSON Patch (RFC 6902) with `add`, `remove` and `replace`. The old one stays as it was. */
export function patched(document, patch) {
  const result = structuredClone(document);
  for (const { op, path, value } of patch) {
    const names = path.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    const place = names.reduce((parent, name) => parent[name], result);
    if (op === 'replace') {
      place[last] = value;
    } else if (op === 'add') {
      place.splice(Number(last), 0, value);
    } else {
      place.splice(Number(last), 1);
    }
  }
  return result;
}
