// Must be the first import: it configures the URLs of Monaco's workers.
import 'graphiql/setup-workers/vite';

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

import { examples } from './examples.js';
import { fetcher } from './fetcher.js';
import { readDeepLink } from './deep-link.js';

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

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

function Playground() {
  const link = readDeepLink(window.location.search);
  const tabs = examples.map(({ query }) => ({ query }));

  // With nothing stored GraphiQL opens defaultTabs and activates the first.
  // With stored tabs it ignores defaultTabs, and adds or activates a tab for
  // initialQuery. With both, the link is opened in either case.
  const linkProps = link && {
    initialQuery: link.query,
    initialVariables: link.variables,
  };

  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={link ? [link, ...tabs] : tabs}
      inputValueDeprecation
      {...linkProps}
    >
      <GraphiQL.Logo>
        <a className="playground-home" href="/" title="Back to the start page">
          Démarche
        </a>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <ExamplesMenu />
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

createRoot(document.getElementById('playground')).render(<Playground />);
