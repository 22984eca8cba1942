// The tabs of this visit: those of the last one, with the operation of a link.
import { useEffect, useRef } from 'react';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { noteTabs } from './active-tab.js';
import { hasRunning } from './running.js';
import { TABS_KEY, isObject, parseJson } from './storage.js';
import { titleOf } from './titles.js';

// Writes the tabs into the storage, from where GraphiQL reads them; returns the index and content of the active one, and
// whether this is the first visit.
export function openTabs(storage, link, initialOperations) {
  const stored = readTabs(storage);
  const state = stored ?? {
    activeTabIndex: 0,
    tabs: initialOperations.map((query) => newTab({ query })),
  };
  if (link) {
    openLink(state, link);
  }
  storage.setItem(TABS_KEY, JSON.stringify(state));
  return { index: state.activeTabIndex, isFirstVisit: !stored && !link, ...state.tabs[state.activeTabIndex] };
}

function readTabs(storage) {
  const stored = parseJson(storage.getItem(TABS_KEY));
  const tabs = Array.isArray(stored?.tabs) ? stored.tabs.filter(isObject).map(newTab) : [];
  if (tabs.length === 0) {
    return null;
  }
  const index = Number.isInteger(stored.activeTabIndex) ? stored.activeTabIndex : 0;
  return { activeTabIndex: Math.min(Math.max(index, 0), tabs.length - 1), tabs };
}

const textOrNull = (value) => (typeof value === 'string' ? value : null);

function newTab({ id, query, variables, headers, operationName }) {
  return {
    id: textOrNull(id) ?? newId(),
    title: titleOf(query),
    query: textOrNull(query),
    variables: textOrNull(variables),
    headers: textOrNull(headers),
    operationName: textOrNull(operationName),
    response: null,
  };
}

// Only secure origins have crypto.randomUUID.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('-');
}

// The entry of the browser's history knows the tab of its link, so that a reload shows the edited tab.
function openLink(state, { query, variables }) {
  const isSame = (tab) => tab.query === query && (tab.variables ?? '') === variables;
  let index = state.tabs.findIndex((tab) => tab.id === history.state?.demarcheTab);
  if (index < 0) {
    index = state.tabs.findIndex(isSame);
  }
  if (index < 0) {
    index = state.tabs.push(newTab({ query, variables })) - 1;
  }
  state.activeTabIndex = index;
  history.replaceState({ ...history.state, demarcheTab: state.tabs[index].id }, '');
}

// Activates the right one of several tabs with the same content, because GraphiQL only compares contents; and stores
// the tabs when the page is left, because GraphiQL stores them half a second after an edit. Runs the first example on the
// first visit, and shows a subscription that goes on when its tab comes back.
export function KeepTabs({ storage, activeIndex, runsAtStart }) {
  const { changeTab, run, stop } = useGraphiQLActions();
  const state = useGraphiQL((all) => all);
  const activeId = state.tabs[state.activeTabIndex]?.id;
  const shownId = useRef(activeId);
  const waitsToRun = useRef(runsAtStart);

  useEffect(() => noteTabs(state), [state.tabs, state.activeTabIndex]);

  useEffect(() => {
    if (shownId.current === activeId) {
      return;
    }
    shownId.current = activeId;
    // A new tab does not stop what runs in the one before.
    if (state.subscription) {
      stop();
    }
    if (hasRunning(activeId)) {
      run();
    }
  }, [activeId]);

  useEffect(() => {
    if (waitsToRun.current && state.queryEditor && state.responseEditor && state.documentAST) {
      waitsToRun.current = false;
      run();
    }
  }, [state.queryEditor, state.responseEditor, state.documentAST]);

  useEffect(() => {
    if (state.activeTabIndex !== activeIndex) {
      changeTab(activeIndex);
    }
    // Only at the start.
  }, []);

  useEffect(() => {
    const active = document.querySelector('.graphiql-tab-active');
    active?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [state.activeTabIndex]);

  useEffect(() => {
    const store = () => storage.setItem(TABS_KEY, serialize(state));
    window.addEventListener('pagehide', store);
    return () => window.removeEventListener('pagehide', store);
  }, [state, storage]);
  return null;
}

// The form that GraphiQL stores, with the present content of the editors.
function serialize({ tabs, activeTabIndex, shouldPersistHeaders, ...editors }) {
  const edited = {
    query: editors.queryEditor?.getValue(),
    variables: editors.variableEditor?.getValue(),
    headers: editors.headerEditor?.getValue(),
  };
  const current = tabs.map((tab, index) => (index === activeTabIndex ? { ...tab, ...edited } : tab));
  const isOmitted = (key) =>
    key === 'hash' || key === 'response' || (key === 'headers' && !shouldPersistHeaders);
  return JSON.stringify({ tabs: current, activeTabIndex }, (key, value) => (isOmitted(key) ? null : value));
}
