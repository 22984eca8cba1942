// Must be the first import: it configures the URLs of Monaco's workers.
import 'graphiql/setup-workers/vite';

import './editor-errors.js';
// Before graphiql: it names the keys that graphiql shows.
import './keys.js';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import {
  ToolbarButton,
  ToolbarMenu,
  useGraphiQL,
  useGraphiQLActions,
} from '@graphiql/react';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

// graphiql/style.css would add web fonts and a second copy of Monaco's styles
// (Monaco imports its own), so its parts are imported one by one.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import '@graphiql/plugin-explorer/style.css';
import './playground.css';

import { nameTabs } from './active-tab.js';
import { acceptsAnyDocument, offersSchema } from './access.js';
import { readDeepLink } from './deep-link.js';
import { ErrorBoundary } from './error-boundary.jsx';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';
import { WrapLines } from './narrow.js';
import { Status } from './status.jsx';
import { PERSIST_HEADERS_KEY, createStorage } from './storage.js';
import { KeepTabs, openTabs } from './tabs.js';

const plugins = [HISTORY_PLUGIN];
if (offersSchema) {
  plugins.push(explorerPlugin({ showAttribution: false }));
}

const NO_EXAMPLES = ['# This server only accepts its trusted documents.\n'];

const storage = createStorage();
const activeTab = openTabs(
  storage,
  readDeepLink(window.location.search),
  acceptsAnyDocument ? examples.map(({ query }) => query) : NO_EXAMPLES,
);
const persistsHeaders = storage.getItem(PERSIST_HEADERS_KEY) === 'true';

function ExamplesMenu() {
  const { addTab, changeTab } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  function open({ query }) {
    const index = tabs.findIndex((tab) => tab.query === query);
    if (index >= 0) {
      changeTab(index);
      return;
    }
    addTab();
    queryEditor?.setValue(query);
  }

  return (
    <ToolbarMenu
      button={
        <ToolbarButton label="Open an example">
          <svg
            className="graphiql-toolbar-icon"
            viewBox="0 0 14 14"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinecap="round"
            aria-hidden="true"
          >
            <path d="M1.5 3h.01M1.5 7h.01M1.5 11h.01M4.5 3h8M4.5 7h8M4.5 11h8" />
          </svg>
        </ToolbarButton>
      }
    >
      {examples.map((example) => (
        <ToolbarMenu.Item key={example.title} onSelect={() => open(example)}>
          {example.title}
        </ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  );
}

function Notice() {
  if (offersSchema) {
    return null;
  }
  return (
    <p className="playground-notice" role="note">
      {acceptsAnyDocument
        ? 'This server does not offer its schema. There is no documentation and no completion here.'
        : 'This server only accepts its trusted documents. It rejects every operation that you write here.'}
    </p>
  );
}

// The initial values are those of the active tab: GraphiQL compares them with its tabs and opens another one if they
// are different. Without a schema (null) it would ask the server for it.
function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      storage={storage}
      shouldPersistHeaders={persistsHeaders}
      showPersistHeadersSettings
      initialQuery={activeTab.query ?? ''}
      initialVariables={activeTab.variables ?? ''}
      initialHeaders={activeTab.headers ?? ''}
      inputValueDeprecation
      onTabChange={nameTabs}
      {...(!offersSchema && { schema: null, referencePlugin: null })}
    >
      <GraphiQL.Logo>
        <a className="playground-home" href="/" title="Back to the atlas">
          <span aria-hidden="true">←</span> <span className="playground-name">Démarche</span>
        </a>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            {acceptsAnyDocument && <ExamplesMenu />}
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <Status />
        <WrapLines />
        <KeepTabs storage={storage} activeIndex={activeTab.index} runsAtStart={acceptsAnyDocument && activeTab.isFirstVisit} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

createRoot(document.getElementById('playground')).render(
  <ErrorBoundary storage={storage}>
    <Notice />
    <Playground />
  </ErrorBoundary>,
);
