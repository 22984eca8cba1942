// The tabs as GraphiQL shows them, for what lives outside of its components: names of tabs, and operations that go on in a tab
// that is not shown.
import { titleOf } from './titles.js';

let ids = [];
let activeId = null;
const listeners = new Set();

export const activeTab = () => activeId;
export const isOpen = (id) => ids.includes(id);

/** Calls `listener` when tabs were changed, with the ID of the active one. */
export function onTabs(listener) {
  listeners.add(listener);
}

export function noteTabs({ tabs, activeTabIndex }) {
  ids = tabs.map(({ id }) => id);
  activeId = ids[activeTabIndex] ?? null;
  listeners.forEach((listener) => listener(activeId));
}

/** For GraphiQL's `onTabChange`, which is called with the new state before it is stored: names the tabs by their questions. */
export function nameTabs(state) {
  state.tabs = state.tabs.map((tab) => ({ ...tab, title: titleOf(tab.query) }));
  noteTabs(state);
}
