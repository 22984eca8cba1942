// A live query in the playground: the newest answer in place of the one before, whole or by patches, over interruptions.

import { createProxy } from "../peers/proxy.mjs";
import { launch, withPage } from "./browser.mjs";
import { linkTo, open, responds, run, says, showTab, tabs } from "./operate.mjs";
import { INITIATIVE, freeCountries, recordStance } from "./server.mjs";

/** Its part that changes is short, so that it changes by patches if these are asked for. */
const query = (code, head) => `${head} { one: country(code: "${code}") { stance(initiative: "${INITIATIVE}") } all: countries { code name } }`;

export default async function live(check, server) {
  const browser = await launch();
  const proxy = await createProxy(new URL(server.http));
  const proxied = { ...server, site: `http://${proxy.host}` };
  const countries = await freeCountries(server);
  const following = (name, head, act) => check(name, () => withPage(browser, proxied.site, async (page) => {
    const code = countries.pop();
    await open(page, linkTo(proxied, query(code, head)));
    await run(page);
    await counts(page, 1);
    await act(page, async (stance) => recordStance(server, code, stance));
  }), 60_000);
  const counts = (page, count) => says(page, `Live. Answers received: ${count}.`);
  const shows = (page, stance) => responds(page, `{"data":{"one":{"stance":"${stance}"}`);

  for (const head of ["query Q @live", "query Q @live(patch: true)"]) {
    await following(`${head}: shows the newest answer in place of the one before`, head, async (page, record) => {
      for (const [at, stance] of ["NAMED", "AGREED"].entries()) {
        await record(stance);
        await counts(page, at + 2);
        await shows(page, stance);
      }
      await run(page);
      await says(page, "Live query ended. Answers received: 3.");
    });
    await following(`${head}: has the newest answer after the server was away`, head, async (page, record) => {
      await record("NAMED");
      await shows(page, "NAMED");
      proxy.cut();
      await says(page, "The connection was lost.");
      await record("AGREED");
      proxy.restore();
      await counts(page, 3);
      await shows(page, "AGREED");
      proxy.cut();
      await says(page, "The connection was lost.");
      proxy.restore();
      await counts(page, 3);
      await record("REFUSED");
      await counts(page, 4);
      await shows(page, "REFUSED");
    });
  }
  await following("goes on while another tab is shown", "query Q @live(patch: true)", async (page, record) => {
    const own = (await tabs(page)).active;
    await showTab(page, 0);
    await record("NAMED");
    await run(page);
    await responds(page, '"byStance"');
    await showTab(page, own);
    await counts(page, 2);
    await shows(page, "NAMED");
  });
  proxy.close();
  await browser.close();
}
