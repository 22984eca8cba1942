// A subscription or live query over server-sent events. It sends the document as it is written, and after every interruption it
// continues behind the last event or answer by `Last-Event-ID`, so that nothing is lost or repeated.
import { readEvents } from './event-reader.js';
import { describeResponse } from './response.js';

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 5_000;
const SILENCE_MS = 60_000; // the server sends a comment every few seconds

const SUBSCRIPTION = {
  runs: 'Subscribed.',
  ended: 'Subscription ended.',
  completed: 'Subscription completed.',
  refused: 'Not subscribed.',
  lost: 'The connection was lost. Trying to reconnect; the subscription will continue after its last event.',
  notResumed: 'The connection was lost, and the server did not resume the subscription.',
  received: 'Events received',
};
const LIVE_QUERY = {
  runs: 'Live.',
  ended: 'Live query ended.',
  completed: 'Live query completed.',
  refused: 'Not live.',
  lost: 'The connection was lost. Trying to reconnect; the newest answer will follow.',
  notResumed: 'The connection was lost, and the server did not resume the live query.',
  received: 'Answers received',
};

// `sink` receives next(result), only(result) in place of events, error(error) or complete(); `report` the state in words.
// Returns a function that stops.
export function subscribe(url, params, headers, sink, report, isLive) {
  const words = isLive ? LIVE_QUERY : SUBSCRIPTION;
  const subscription = new ResumingSubscription(url, params, headers, sink, report, words);
  subscription.start();
  return () => subscription.stop();
}

class ResumingSubscription {
  #lastEventId;
  #lastData; // of the last event without an id
  #received = 0;
  #attempts = 0;
  #wasConnected = false;
  #isPaused = false;
  #timer;
  #connection = new AbortController();
  #lifetime = new AbortController();

  constructor(url, params, headers, sink, report, words) {
    Object.assign(this, { url, headers, sink, report, words, body: JSON.stringify(params) });
    this.#lastEventId = headers.get('last-event-id') ?? '';
  }

  start() {
    const listen = (target, name, act) =>
      target.addEventListener(name, act, { signal: this.#lifetime.signal });
    // A browser has six connections to a server over HTTP/1.1, for all its tabs, and closes those of a page that it puts
    // into the back/forward cache. A page that nobody sees lets go of its connection and resumes when it is shown.
    listen(document, 'visibilitychange', () => (document.hidden ? this.#pause() : this.#resume()));
    listen(window, 'pagehide', () => this.#pause());
    listen(window, 'pageshow', () => this.#resume());
    listen(window, 'online', () => this.#retryNow());
    this.#connect();
  }

  stop() {
    this.#finish(this.words.ended);
  }

  #finish(words) {
    clearTimeout(this.#timer);
    this.#lifetime.abort();
    this.#connection.abort();
    this.#say(words);
  }

  #say(words) {
    this.report(`${words} ${this.words.received}: ${this.#received}.`);
  }

  #pause() {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#connection.abort();
    this.#say('Paused while the page is hidden.');
  }

  #resume() {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#attempts = 0;
      this.#connect();
    }
  }

  #retryNow() {
    if (!this.#isPaused) {
      this.#connection.abort();
      this.#connect();
    }
  }

  async #connect() {
    clearTimeout(this.#timer);
    const connection = new AbortController();
    this.#connection = connection;
    this.#say(this.#wasConnected ? 'Reconnecting.' : 'Connecting.');
    let retryAfter = 0;
    try {
      const response = await fetch(this.url, this.#request(connection.signal));
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      if (response.ok && isStream) {
        await this.#read(response);
      } else if (this.#wasConnected && isTemporary(response.status)) {
        retryAfter = Number(response.headers.get('retry-after')) * 1000 || 0;
      } else {
        await this.#reject(response);
      }
    } catch (error) {
      if (!this.#wasConnected && !connection.signal.aborted) {
        this.#fail(new Error('The server cannot be reached. Check the connection and run the operation again.'));
      }
    }
    if (connection === this.#connection && !connection.signal.aborted && !this.#lifetime.signal.aborted) {
      this.#retryLater(retryAfter);
    }
  }

  #request(signal) {
    const headers = new Headers(this.headers);
    headers.set('content-type', 'application/json');
    headers.set('accept', 'text/event-stream');
    if (this.#lastEventId) {
      headers.set('last-event-id', this.#lastEventId);
    }
    return { method: 'POST', headers, body: this.body, signal, cache: 'no-store' };
  }

  async #read(response) {
    this.#wasConnected = true;
    this.#say(this.words.runs);
    const watch = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#retryNow(), SILENCE_MS);
    };
    watch();
    for await (const { event, id, data } of readEvents(response.body, watch)) {
      this.#attempts = 0;
      if (event === 'next') {
        this.#next(id, data);
      } else if (event === 'complete') {
        this.#finish(this.words.completed);
        this.sink.complete();
        return;
      }
      this.#lastEventId = id ?? this.#lastEventId;
    }
  }

  #next(id, data) {
    // A tally has no id: its subscription starts with the present one, which after an interruption may be the last one.
    const isRepeated = id === undefined && data === this.#lastData;
    this.#lastData = id === undefined ? data : undefined;
    const result = JSON.parse(data);
    const isUnchanged = this.#received > 0 && result.extensions?.live?.unchanged;
    if (!isRepeated && !isUnchanged) {
      this.#received += 1;
      this.sink.next(result);
      this.#say(this.words.runs);
    }
  }

  async #reject(response) {
    const result = await describeResponse(response);
    this.#finish(this.#wasConnected ? this.words.notResumed : this.words.refused);
    if (this.#received > 0) {
      this.sink.next(result);
    } else {
      this.sink.only(result);
    }
    this.sink.complete();
  }

  #fail(error) {
    this.#finish(this.words.refused);
    this.sink.error(error);
  }

  #retryLater(atLeast) {
    const delay = Math.min(FIRST_RETRY_MS * 2 ** this.#attempts, LONGEST_RETRY_MS);
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#connect(), Math.max(delay, atLeast));
    this.#say(this.words.lost);
  }
}

// 429: the limits of the server; 502 to 504: also a proxy whose server restarts.
const isTemporary = (status) => [408, 425, 429, 500, 502, 503, 504].includes(status);
