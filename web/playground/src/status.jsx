// One line below the response: the state of the subscription in the active tab.
import { useSyncExternalStore } from 'react';
import { activeTab, onTabs } from './active-tab.js';

const statuses = new Map();
const listeners = new Set();

export function setStatus(tab, words) {
  statuses.set(tab, words);
  notify();
}

const notify = () => listeners.forEach((listener) => listener());
onTabs(notify);

function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Status() {
  const words = useSyncExternalStore(listen, () => statuses.get(activeTab()) ?? '');
  return (
    <p className="playground-status" role="status">
      {words}
    </p>
  );
}
