// Opens the playground of a running Démarche server in a headless browser.
//
//   node check.mjs http://127.0.0.1:8080 [screenshot.png]
//
// Fails on a request to another origin, a violation of the Content-Security-Policy,
// a page error, a first tab without data, or a completion (which needs the workers)
// without suggestions. CHROMIUM selects another browser.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [base, screenshot] = process.argv.slice(2);
if (!base) {
  console.error('usage: node check.mjs BASE_URL [SCREENSHOT]');
  process.exit(2);
}
const playground = new URL('/playground/', base);
const failures = [];
const fail = (message) => failures.push(message);

const examples = new URL('./examples/', import.meta.url);
const names = [];
for (const file of await readdir(examples)) {
  const text = await readFile(new URL(file, examples), 'utf8');
  names.push(/^(?:query|mutation|subscription)\s+(\w+)/m.exec(text)?.[1] ?? file);
}

const profile = await mkdtemp(path.join(tmpdir(), 'playground-check-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

try {
  browser.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== playground.origin) {
      fail(`request to another origin: ${url.href}`);
    }
  });
  browser.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') {
      fail(`request failed: ${request.url()} ${reason}`);
    }
  });
  browser.on('console', (message) => {
    const text = message.text();
    if (/content.security.policy/i.test(text) || message.type() === 'error') {
      fail(`console: ${text}`);
    }
  });
  await browser.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(
        `Content Security Policy: ${event.violatedDirective} blocked ${event.blockedURI}`,
      );
    });
  });

  const page = browser.pages()[0] ?? (await browser.newPage());
  page.on('pageerror', (error) => fail(`page error: ${error.message}`));
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== playground.host) {
      fail(`socket to another host: ${socket.url()}`);
    }
  });

  // The example tabs of a first visit.
  await page.goto(playground.href);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  const tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
  console.log(`title: ${await page.title()}`);
  console.log(`tabs: ${tabs.join(', ')}`);
  for (const name of names) {
    if (!tabs.includes(name)) {
      fail(`no tab for ${name}`);
    }
  }

  const responsePromise = page.waitForResponse(
    (response) =>
      new URL(response.url()).pathname === '/graphql' &&
      !response.request().postData()?.includes('IntrospectionQuery'),
  );
  await page.locator('.graphiql-execute-button').click();
  const response = await responsePromise;
  const body = await response.text();
  console.log(`first tab: HTTP ${response.status()} ${response.headers()['content-type']}`);
  console.log(body.length > 1500 ? `${body.slice(0, 1500)} ...` : body);
  const { data, errors } = JSON.parse(body);
  if (!data || errors) {
    fail('the first tab did not return data, or returned errors');
  }
  await page.locator('.graphiql-response .view-lines', { hasText: 'data' }).waitFor();
  if (screenshot) {
    await page.screenshot({ path: screenshot });
  }

  // A link with a query overrides the stored tabs; completion must suggest a
  // field of Query.
  const link = new URL(playground);
  link.searchParams.set('query', 'query Probe {\n  \n}');
  await page.goto(link.href);
  const active = page.locator('.graphiql-tab-active .graphiql-tab-button');
  await active.filter({ hasText: 'Probe' }).waitFor();
  await page.locator('.graphiql-doc-explorer-title, .graphiql-sidebar button').first().waitFor();
  const schemaLoaded = page.locator('.graphiql-sidebar .graphiql-spin');
  await schemaLoaded.waitFor({ state: 'detached' });
  await page.locator('.graphiql-query-editor .view-line').nth(1).click();
  await page.keyboard.press('End');
  const suggestions = page.locator('.suggest-widget .monaco-list-row');
  for (let attempt = 0; attempt < 10 && (await suggestions.count()) === 0; attempt += 1) {
    await page.keyboard.press('Control+Space');
    await page.waitForTimeout(500);
  }
  const labels = await suggestions.evaluateAll((rows) => rows.map((row) => row.ariaLabel));
  console.log(`workers: ${page.workers().map((worker) => path.basename(worker.url())).join(', ')}`);
  console.log(`completion: ${labels.join(', ') || 'nothing'}`);
  if (!labels.some((label) => /^(initiative|country|relationships)\b/.test(label ?? ''))) {
    fail('completion suggested no field');
  }
} catch (error) {
  fail(String(error));
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
}

for (const failure of new Set(failures)) {
  console.error(`FAILED ${failure}`);
}
console.log(failures.length === 0 ? 'ok' : 'not ok');
process.exit(failures.length === 0 ? 0 : 1);
