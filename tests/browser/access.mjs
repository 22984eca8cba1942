// Switches that turn things off leave no dead link, and no offer of what the server rejects.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch, withPage } from "./browser.mjs";
import { startServer } from "./server.mjs";

const PATHS = ["/", "/about", "/statements/1", "/nowhere"];

export default async function access(check, _, binary) {
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-browser-"));
  const documents = path.join(folder, "documents.json");
  writeFileSync(documents, JSON.stringify({ name: "{ __typename }" }));
  const trusted = { "--trusted-documents": documents, "--only-trusted": true };
  const browser = await launch();
  const withServer = (flags, act) => async () => {
    const server = await startServer(binary, { "--no-seed": true, ...flags });
    try {
      await withPage(browser, server.site, (page) => act(page, server));
    } finally {
      await server.stop();
    }
  };
  const noIntrospection = { "--no-introspection": true };
  const noPlayground = { "--no-playground": true };
  const playgrounds = [
    ["--no-introspection", noIntrospection, saysThatThereIsNoSchema],
    ["--only-trusted", trusted, offersNoExample],
    ["--no-playground", noPlayground],
    ["all of them", { ...noIntrospection, ...noPlayground, ...trusted }],
  ];
  for (const [name, flags, checkPlayground] of playgrounds) {
    await check(`no dead link and no offer of what is rejected with ${name}`, withServer(flags, async (page, server) => {
      for (const where of PATHS) {
        await page.goto(server.site + where);
        const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((link) => link.href));
        for (const link of links) assert.equal((await page.request.get(link)).status(), 200, `${where}: ${link}`);
        const text = await page.locator("body").innerText();
        if (flags["--no-introspection"]) assert.doesNotMatch(text, /documentation|schema/i, where);
        if (flags["--no-playground"] || flags["--only-trusted"]) assert.doesNotMatch(text, /playground/i, where);
      }
      if (checkPlayground) {
        await page.goto(`${server.site}/playground/`);
        await page.locator(".graphiql-query-editor .view-line").first().waitFor();
        await checkPlayground(page);
      }
    }), 60_000);
  }
  await browser.close();
  rmSync(folder, { recursive: true });
}

async function saysThatThereIsNoSchema(page) {
  await page.locator(".playground-notice", { hasText: "no documentation and no completion" }).waitFor();
  assert.equal(await page.locator(".graphiql-sidebar [aria-label*='Documentation']").count(), 0);
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window .view-lines", { hasText: "data" }).waitFor();
}

async function offersNoExample(page) {
  await page.locator(".playground-notice", { hasText: "only accepts its trusted documents" }).waitFor();
  assert.equal(await page.locator(".graphiql-tab-button", { hasText: "Who agreed?" }).count(), 0);
  assert.equal(await page.locator("[aria-label='Open an example']").count(), 0);
}
