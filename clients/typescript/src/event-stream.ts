// Server-sent events by `fetch`: the data of each event `next` of one response.

import { FollowError, type GraphQLErrorLike } from "./follow.js";

const IDLE_TIMEOUT = 20_000; // ms

/**
 * Returns when the response ends.
 * @throws FollowError for an error of the server, other errors if the connection fails or is silent.
 */
export async function* readEvents(
  fetch: typeof globalThis.fetch,
  url: string,
  request: RequestInit,
  { signal, idleTimeout = IDLE_TIMEOUT }: { signal?: AbortSignal; idleTimeout?: number },
): AsyncGenerator<string> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  signal?.addEventListener("abort", abort, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expectByte = () => {
    clearTimeout(timer);
    timer = setTimeout(abort, idleTimeout);
  };
  try {
    expectByte();
    const response = await fetch(url, { ...request, signal: connection.signal });
    if (!response.ok || !response.body) throw await refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer); // Silence counts only while we read: the caller may take its time.
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const lines = block.split("\n");
        if (!lines.includes("event: next")) continue;
        const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice("data: ".length));
        yield data.join("\n");
      }
      expectByte();
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    connection.abort();
  }
}

async function refusal(response: Response): Promise<unknown> {
  const body = await response.json().catch(() => undefined) as { errors?: GraphQLErrorLike[] } | undefined;
  if (body?.errors) return new FollowError(body.errors);
  const message = `the server answered with status ${response.status}`;
  // Of a proxy, in front of a server that restarts.
  const isPassing = response.status >= 500 || response.status === 429;
  return isPassing ? new Error(message) : new FollowError([{ message }]);
}
