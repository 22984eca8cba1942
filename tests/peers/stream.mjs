// A stream of server-sent events, read as the HTML standard says (9.2.6), with every comment kept as well.

import assert from "node:assert/strict";
import { within } from "./check.mjs";

const PATIENCE = 5_000; // ms for an event

/** Opens a stream by POST, or by GET if `get` is true. `next()` gives a block of lines, or undefined at the end. */
export async function open(url, params, { get = false, headers = {} } = {}) {
  const leave = new AbortController();
  const asking = { accept: "text/event-stream", ...headers };
  const body = JSON.stringify(params);
  const response = await fetch(get ? address(url, params) : url, {
    ...(get ? {} : { method: "POST", body }),
    headers: get ? asking : { "content-type": "application/json", ...asking },
    signal: leave.signal,
  });
  const blocks = response.ok ? parsed(response.body) : undefined;
  const next = async (ms = PATIENCE) => (await within(ms, blocks.next(), "the next event")).value;
  return {
    response,
    next,
    /** The next event; a comment, or an id alone, is none: without a line of data nothing is dispatched. */
    async event(ms) {
      for (;;) {
        const block = await next(ms);
        if (!block || "data" in block) return block;
      }
    },
    /** Status and errors of a stream that was refused. */
    async refusal() {
      assert.ok(!response.ok, `a stream was opened: ${response.status}`);
      return { status: response.status, ...(await response.json()) };
    },
    leave: () => leave.abort(),
  };
}

function address(url, params) {
  const texts = Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return `${url}?${new URLSearchParams(texts)}`;
}

async function* parsed(body) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      yield block(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
  assert.equal(text, "", "the stream ended inside an event");
}

function block(text) {
  const fields = { raw: text };
  for (const line of text.split("\n")) {
    const [, name, value] = line.match(/^([^:]*)(?:: ?(.*))?$/);
    if (name === "") fields.comment = true;
    else fields[name] = name in fields ? `${fields[name]}\n${value}` : (value ?? "");
  }
  return fields;
}
