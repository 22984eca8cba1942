// Parses a body of server-sent events (HTML, 9.2.6). Yields {event, id, data}; `id` and `data` are undefined if absent,
// and an event without data is yielded for its id.
export async function* readEvents(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return; // what follows the last empty line is incomplete
    }
    onBytes();
    const blocks = (rest + value).split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop();
    yield* blocks.map(parseEvent);
  }
}

function parseEvent(block) {
  const fields = {};
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === 'data') {
      fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
    } else if (name) {
      fields[name] = value;
    }
  }
  return fields;
}
