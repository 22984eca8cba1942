// The program of docs/clients.md that shares one event stream between all tabs of a browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ask } from "../peers/target.mjs";
import { launch, withPage } from "./browser.mjs";
import { freeCountries, recordStance } from "./server.mjs";

const TABS = 8; // more than the six connections of a browser

export default async function sharing(check, server) {
  const browser = await launch();
  const guide = readFileSync(new URL("../../docs/clients.md", import.meta.url), "utf8");
  const program = guide.split("```js\n").find((block) => block.includes("BroadcastChannel")).split("```")[0];
  const countries = await freeCountries(server);

  await check(`${TABS} tabs share one stream, and another tab continues when that of the stream is closed`, () =>
    withPage(browser, server.site, async (first, context) => {
      await context.route("**/watch.mjs", (route) => route.fulfill({ contentType: "text/javascript", body: program }));
      const { ledger } = await ask(server, "{ ledger { head { cursor } } }");
      const tabs = [first];
      while (tabs.length < TABS) tabs.push(await context.newPage());
      const streams = [];
      context.on("request", (request) => { if (request.url().includes("/graphql/stream")) streams.push(request.frame().page()); });
      for (const tab of tabs) {
        await tab.goto(server.site);
        await tab.evaluate(async (after) => {
          const { watch } = await import("/watch.mjs");
          window.changes = [];
          watch(after, ({ cursor }) => window.changes.push(cursor));
        }, ledger.head.cursor);
      }
      const recorded = [];
      const change = async () => recorded.push((await recordStance(server, countries.pop(), "NAMED")).stanceChange.cursor);
      const allReceived = async (open) => {
        for (const tab of open) {
          await tab.waitForFunction((count) => window.changes.length >= count, recorded.length);
          assert.deepEqual(await tab.evaluate(() => window.changes), recorded);
        }
      };
      await change();
      await change();
      await allReceived(tabs);
      assert.deepEqual(streams, [first]);
      await first.close();
      await change();
      await allReceived(tabs.slice(1));
      assert.equal(streams.length, 2);
    }), 60_000);
  await browser.close();
}
