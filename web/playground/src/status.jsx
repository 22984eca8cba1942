// One line below the response: the state of the subscription.
import { useSyncExternalStore } from 'react';

let status = '';
const listeners = new Set();

export function setStatus(words) {
  status = words;
  listeners.forEach((listener) => listener());
}

function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Status() {
  const words = useSyncExternalStore(listen, () => status);
  return (
    <p className="playground-status" role="status">
      {words}
    </p>
  );
}
