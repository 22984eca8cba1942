// Subscriptions and live queries by tab. They go on while another tab is shown: GraphiQL stops them then, so they are only detached,
// and attached again when their tab comes back. Events are kept as a list, the newest first; of answers the newest is kept.
import { activeTab, isOpen, onTabs } from './active-tab.js';

const MOST_EVENTS = 100;
const running = new Map();

onTabs(() => {
  for (const [id, each] of running) {
    if (!isOpen(id)) {
      each.end();
    }
  }
});

export const hasRunning = (id) => running.has(id);

/** The subscription of the active tab again, or a new one; `start(sink)` starts it and returns a function that stops it. */
export function observe(start) {
  const id = activeTab();
  const subscription = running.get(id) ?? new RunningSubscription(id, start);
  return { subscribe: (sink) => subscription.attach(sink) };
}

class RunningSubscription {
  #sink = null;
  #events = [];
  #shown;
  #stop;

  constructor(id, start) {
    this.id = id;
    this.start = start;
  }

  attach(sink) {
    this.#sink = sink;
    if (running.get(this.id) === this) {
      this.#show();
    } else {
      running.set(this.id, this);
      this.#stop = this.start({
        next: (result) => {
          const events = [result, ...this.#events].slice(0, MOST_EVENTS);
          this.#events = events;
          // An array would be taken for the parts of one result.
          this.#show({ toJSON: () => events });
        },
        // In place of everything before.
        only: (result) => this.#show(result),
        error: (error) => this.#finish((attached) => attached.error(error)),
        complete: () => this.#finish((attached) => attached.complete()),
      });
    }
    return { unsubscribe: () => this.#detach(sink) };
  }

  end() {
    running.delete(this.id);
    this.#sink = null;
    this.#stop?.();
  }

  // GraphiQL stops a subscription before it shows another tab, and when the reader stops it.
  #detach(sink) {
    if (this.#sink === sink) {
      this.#sink = null;
    }
    queueMicrotask(() => {
      if (this.#sink === null && running.get(this.id) === this && activeTab() === this.id) {
        this.end();
      }
    });
  }

  #finish(tell) {
    running.delete(this.id);
    if (this.#sink) {
      tell(this.#sink);
    }
  }

  #show(result = this.#shown) {
    this.#shown = result;
    if (this.#sink && result && activeTab() === this.id) {
      this.#sink.next(result);
    }
  }
}
