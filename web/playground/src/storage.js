// The browser's local storage for GraphiQL. It may be blocked, full, written by an older
// version or by hand: whatever cannot be read is dropped, and nothing here throws.
const PREFIX = 'graphiql:';
export const TABS_KEY = `${PREFIX}tabState`;
const THEME_KEY = `${PREFIX}theme`;
export const PERSIST_HEADERS_KEY = `${PREFIX}shouldPersistHeaders`;

// Tabs hold the content of their editors. These keys of GraphiQL hold that of the last edited
// editor, so that GraphiQL would open another tab with it after a reload.
const EDITOR_KEYS = ['query', 'variables', 'headers'].map((name) => PREFIX + name);

// True if GraphiQL can read the value.
const CHECKS = {
  queries: (text) => isList(text, 'queries'),
  favorites: (text) => isList(text, 'favorites'),
  docExplorerFlex: isFlex,
  editorFlex: isFlex,
  secondaryEditorFlex: isFlex,
};

export function createStorage(local = localStorageOrNull()) {
  const memory = new Map(); // what `local` does not take
  const theme = themeOfAtlas(local);
  const storage = {
    getItem(key) {
      if (EDITOR_KEYS.includes(key)) {
        return null;
      }
      if (key === THEME_KEY) {
        return theme.get();
      }
      return memory.get(key) ?? attempt(() => local.getItem(key));
    },
    setItem(key, value) {
      if (EDITOR_KEYS.includes(key)) {
        return;
      }
      if (key === THEME_KEY) {
        theme.set(value);
        return;
      }
      memory.delete(key);
      if (attempt(() => (local.setItem(key, value), true)) === null) {
        memory.set(key, value);
      }
    },
    removeItem(key) {
      memory.delete(key);
      attempt(() => local.removeItem(key));
    },
    clear() {
      memory.clear();
      ownKeys(local).forEach((key) => attempt(() => local.removeItem(key)));
    },
    get length() {
      return ownKeys(local).length + memory.size;
    },
  };
  EDITOR_KEYS.forEach((key) => storage.removeItem(key));
  for (const [name, isReadable] of Object.entries(CHECKS)) {
    const text = storage.getItem(PREFIX + name);
    if (text !== null && !isReadable(text)) {
      storage.removeItem(PREFIX + name);
    }
  }
  return storage;
}

// The atlas and the playground have one theme, kept under the name that the atlas gives it.
function themeOfAtlas(local) {
  return {
    get() {
      const theme = attempt(() => local.getItem('demarche-theme'));
      return theme === 'light' || theme === 'dark' ? theme : null;
    },
    set(theme) {
      attempt(() => local.setItem('demarche-theme', theme || 'auto'));
    },
  };
}

export function parseJson(text) {
  return attempt(() => JSON.parse(text));
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function localStorageOrNull() {
  return attempt(() => window.localStorage);
}

function attempt(act) {
  try {
    return act() ?? null;
  } catch {
    return null;
  }
}

function ownKeys(local) {
  return attempt(() => Object.keys(local).filter((key) => key.startsWith(PREFIX))) ?? [];
}

function isList(text, key) {
  const isText = (value) => value === undefined || value === null || typeof value === 'string';
  const isItem = (item) =>
    isObject(item) &&
    typeof item.query === 'string' &&
    [item.variables, item.headers, item.operationName, item.label].every(isText);
  const list = parseJson(text)?.[key];
  return Array.isArray(list) && list.every(isItem);
}

function isFlex(text) {
  const isRatio = /^\d+(\.\d+)?$/.test(text) && Number(text) > 0.01 && Number(text) < 100;
  return isRatio || text === 'hide-first' || text === 'hide-second';
}
