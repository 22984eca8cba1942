// Reads a stream of server-sent events according to the HTML standard (9.2.6), including comments.

import assert from "node:assert/strict";
import { within } from "./check.mjs";

const EVENT_TIMEOUT = 5_000; // ms for an event

/** Opens a stream by POST, or by GET if `get` is true. `next()` returns a block of lines, or undefined at the end. */
export async function open(url, params, { get = false, headers = {} } = {}) {
  const controller = new AbortController();
  const requestHeaders = { accept: "text/event-stream", ...headers };
  const body = JSON.stringify(params);
  const response = await fetch(get ? address(url, params) : url, {
    ...(get ? {} : { method: "POST", body }),
    headers: get ? requestHeaders : { "content-type": "application/json", ...requestHeaders },
    signal: controller.signal,
  });
  const blocks = response.ok ? parse(response.body) : undefined;
  const next = async (ms = EVENT_TIMEOUT) => (await within(ms, blocks.next(), "the next event")).value;
  return {
    response,
    next,
    /**
     * The next event. Comments and blocks without a data line are skipped, because they dispatch no event, and so is the
     * event `place`, which only tells the id to resume from.
     */
    async event(ms) {
      for (;;) {
        const block = await next(ms);
        if (!block || ("data" in block && block.event !== "place")) return block;
      }
    },
    /** Status and errors of a rejected request. */
    async readError() {
      assert.ok(!response.ok, `a stream was opened: ${response.status}`);
      return { status: response.status, ...(await response.json()) };
    },
    close: () => controller.abort(),
  };
}

function address(url, params) {
  const texts = Object.entries(params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return `${url}?${new URLSearchParams(texts)}`;
}

async function* parse(body) {
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
