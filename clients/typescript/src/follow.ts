// A subscription that goes on behind its last event after every interruption: no gap, no repeat.

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { readEvents } from "./event-stream.js";

/** The part of a client of graphql-ws or graphql-sse that `follow` needs. */
export interface SubscriptionClient {
  subscribe(
    request: { query: string; variables?: Record<string, unknown> | null },
    sink: { next(result: any): void; error(error: unknown): void; complete(): void },
  ): () => void;
}

export interface FollowOptions<Variables> {
  /** `http(s)://HOST/graphql/stream`, or a client of graphql-ws. */
  from: string | URL | SubscriptionClient;
  /** Only events after this cursor. Take it from the same query as what you show: `ledger { head { cursor } }`. */
  after: string;
  variables?: Omit<Variables, "after">;
  /** Request headers, for a `from` that is an address. */
  headers?: Record<string, string>;
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** Called before each further connection, with what ended the last one; `undefined` if the server did, to restart. */
  onRetry?: (cause: unknown) => void;
  /** A stream without a byte for so many milliseconds is dead; the server sends a heartbeat every 4 seconds by default. */
  idleTimeout?: number;
  fetch?: typeof fetch;
}

export interface Event<Data> {
  data: Data;
  /** Store it after you have handled the event, and start with it next time. */
  cursor: string;
}

/** The server refuses the subscription; to try again cannot help. */
export class FollowError extends Error {
  /** For example `CURSOR_INVALID`: fetch what you show again, and go on from `head.cursor`. */
  readonly code: string | undefined;
  readonly head: { seq: number; hash: string; cursor: string } | undefined;
  readonly errors: readonly GraphQLErrorLike[];

  constructor(errors: readonly GraphQLErrorLike[]) {
    super(errors[0]?.message ?? "the subscription was refused");
    this.name = "FollowError";
    this.errors = errors;
    this.code = errors[0]?.extensions?.["code"] as string | undefined;
    this.head = errors[0]?.extensions?.["head"] as FollowError["head"];
  }
}

export interface GraphQLErrorLike {
  readonly message: string;
  readonly extensions?: Record<string, unknown>;
}

interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLErrorLike[];
}

const FIRST_PAUSE = 500; // ms; each further one is twice as long
const LONGEST_PAUSE = 30_000;
/** Close codes of the server that say that the client has to change. */
const REFUSALS = [4400, 4401, 4403, 4406, 4409, 4429];
/** Codes of errors after which the same subscription may succeed later. */
const PASSING = ["STOPPING", "UNAVAILABLE", "TIMEOUT", "RATE_LIMITED", "INTERNAL_SERVER_ERROR"];

/**
 * The events of a subscription that selects `cursor`, in the order of the ledger, each once, over any number of
 * connections. Ends only by `signal`, `break` or an error.
 * @throws FollowError if the server refuses the subscription.
 */
export async function* follow<Data extends object, Variables>(
  document: TypedDocumentNode<Data, Variables> | string,
  options: FollowOptions<Variables>,
): AsyncGenerator<Event<Data>, void, undefined> {
  const { from, signal, onRetry } = options;
  const query = typeof document === "string" ? document : print(document);
  const position = { after: options.after };
  const connect = typeof from === "string" || from instanceof URL ? readStream : readSocket;
  for (let failures = 0; !signal?.aborted; failures += 1) {
    let least = 0;
    let cause: unknown;
    try {
      for await (const result of connect(query, position, options)) {
        const event = eventOf<Data>(result);
        failures = 0;
        // Before the caller has it: if it stops here, it has the cursor of the event itself.
        position.after = event.cursor;
        yield event;
        if (signal?.aborted) return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof MissingCursor) throw error;
      if (error instanceof FollowError && !PASSING.includes(error.code ?? "")) throw error;
      least = retryAfter(error);
      cause = error;
    }
    onRetry?.(cause);
    // Not all clients of a server that restarts come back at once.
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures) * (0.5 + Math.random() / 2);
    await wait(Math.max(least, pause), signal);
  }
}

/**
 * The same for libraries that expect a client of graphql-ws: a link of Apollo Client, `forwardSubscription` of urql, the network
 * of Relay. The variable `after` has the cursor to start after.
 */
export function subscriptionClient(options: Omit<FollowOptions<object>, "after" | "variables" | "signal">): SubscriptionClient {
  return {
    subscribe({ query, variables }, sink) {
      const ended = new AbortController();
      const { signal } = ended;
      const run = async () => {
        const after = variables?.["after"];
        if (typeof after !== "string") throw new TypeError("the subscription needs the variable `after`, a cursor");
        for await (const { data } of follow<object, object>(query, { ...options, variables: variables ?? {}, after, signal })) {
          if (!signal.aborted) sink.next({ data });
        }
      };
      run().catch((error: unknown) => sink.error(error));
      return () => ended.abort();
    },
  };
}

class MissingCursor extends TypeError {}

function eventOf<Data>(result: Result): Event<Data> {
  if (result.errors || !result.data) throw new FollowError(result.errors ?? []);
  const cursor = cursorOf(result);
  if (!cursor) throw new MissingCursor("the subscription must select `cursor`");
  return { data: result.data as Data, cursor };
}

/** All parts of one event have the same cursor. */
function cursorOf({ data }: Result): string | undefined {
  const field = Object.values(data ?? {})[0] as { cursor?: string } | { cursor?: string }[] | undefined;
  return (Array.isArray(field) ? field[0] : field)?.cursor;
}

interface Position {
  after: string;
}

async function* readStream(query: string, position: Position, options: FollowOptions<any>): AsyncGenerator<Result> {
  const body = JSON.stringify({ query, variables: { ...options.variables, after: position.after } });
  const headers = { ...options.headers, accept: "text/event-stream", "content-type": "application/json" };
  const request: RequestInit = { method: "POST", headers, body };
  for await (const data of readEvents(options.fetch ?? fetch, String(options.from), request, options)) {
    yield JSON.parse(data) as Result;
  }
}

/** Results of one subscription of the client, which may reconnect itself: then it reads the variables again. */
async function* readSocket(query: string, position: Position, options: FollowOptions<any>): AsyncGenerator<Result> {
  const results: Result[] = [];
  let end: { error?: unknown } | undefined;
  let wake = () => {};
  // Received, though perhaps not yet handled: what is in `results` must not be sent again.
  let received = position.after;
  const variables = { ...options.variables, get after() { return received; } };
  const unsubscribe = (options.from as SubscriptionClient).subscribe({ query, variables }, {
    next(result: Result) {
      results.push(result);
      received = cursorOf(result) ?? received;
      wake();
    },
    error(error) { end = { error }; wake(); },
    complete() { end = {}; wake(); },
  });
  const onAbort = () => wake();
  options.signal?.addEventListener("abort", onAbort);
  try {
    while (!options.signal?.aborted) {
      const result = results.shift();
      if (result) {
        yield result;
      } else if (end) {
        if ("error" in end) throw socketError(end.error);
        return;
      } else {
        await new Promise<void>((resolve) => { wake = resolve; });
      }
    }
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    unsubscribe();
  }
}

function socketError(error: unknown): unknown {
  if (Array.isArray(error)) return new FollowError(error as GraphQLErrorLike[]);
  const { code, reason } = error as { code?: number; reason?: string };
  const isRefusal = code !== undefined && REFUSALS.includes(code);
  return isRefusal ? new FollowError([{ message: reason || `closed with ${code}`, extensions: { code } }]) : error;
}

/** Milliseconds that the server asks to wait. */
function retryAfter(error: unknown): number {
  const extensions = error instanceof FollowError ? error.errors[0]?.extensions : undefined;
  return Number(extensions?.["retryAfter"] ?? 0) * 1000;
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
  });
}
