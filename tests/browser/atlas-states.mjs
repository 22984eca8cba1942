// The states of the atlas in light, dark and narrow windows: what they say, pictures in target/atlas, and axe.

import assert from "node:assert/strict";
import { copyFileSync, statSync } from "node:fs";
import { isAccessible, picture, ready, SIGHTS, STILL, visitor, WIDE } from "./atlas-page.mjs";
import { launch, withPage } from "./browser.mjs";
import { freeCountries, INITIATIVE, mutate, recordStance, startServer } from "./server.mjs";

const ADDRESSES = ["/", "/?on=2025-08-29&known=then", "/?s=REFUSED", "/?view=table", "/?c=CM", "/?c=RW~SZ"];
const MOST_PICTURE = 300_000; // bytes of the picture in the README

export default async function atlasStates(check, server, binary) {
  const browser = await launch();
  const visit = visitor(browser, server);
  /** Shows a state in a light, a dark and a narrow window; `act` brings it about. */
  const inEverySight = (name, act, recover) => check(`in every window and theme: ${name}`, async () => {
    for (const [sight, options] of SIGHTS.slice(0, 3)) {
      await withPage(browser, server.site, async (page, context) => {
        await act(page, context);
        await page.screenshot({ path: picture(`${sight}-${name.replaceAll(" ", "-")}`) });
        await isAccessible(page);
        await recover?.(page, context);
      }, { ...options, ...STILL });
    }
  }, 90_000);
  const opened = (act) => async (page, context) => {
    await page.goto(`${server.site}/`);
    await ready(page);
    await page.locator(".lamp-live").waitFor();
    await act(page, context);
  };

  for (const [name, options] of SIGHTS) {
    await check(`axe finds nothing (${name})`, async () => {
      for (const address of ADDRESSES) {
        await visit(address, async (page) => {
          if (address.startsWith("/?c=")) await page.locator(".said").first().waitFor();
          await page.screenshot({ path: picture(`${name}${address.replaceAll(/\W+/g, "-")}`) });
          await isAccessible(page);
        }, options);
      }
    }, 90_000);
  }
  await check("the picture in the README is that of the page", () => visit("/", async (page) => {
    await page.locator(".lamp-live").waitFor();
    await page.screenshot({ path: picture("readme") });
    const { size } = statSync(picture("readme"));
    assert.ok(size < MOST_PICTURE, `${size} bytes`);
    if (process.env.UPDATE_PICTURE) copyFileSync(picture("readme"), new URL("../../docs/atlas.png", import.meta.url));
  }, { viewport: { width: 1280, height: 840 } }));

  await inEverySight("loading", async (page) => {
    await page.route("**/graphql?*", () => {}); // never answered
    await page.goto(`${server.site}/`);
    await page.locator(".land").first().waitFor({ state: "attached" });
    assert.equal(await page.locator("#side .skeleton").count(), 3);
    assert.match(await page.locator("#headline").innerText(), /has asked or named \d+ states/);
    assert.notEqual(await page.locator("#tiles b").first().innerText(), "0");
  });
  await inEverySight("the server does not answer", opened(async (page) => {
    await page.route("**/graphql?*", (route) => route.abort());
    await recordStance(server, "CM", "IMPLEMENTING");
    await page.locator("#notice", { hasText: /The server did not answer\. This is what was known at \d\d:\d\d\. ?Try again/ }).waitFor();
    assert.ok(await page.locator(".state[data-stance]").first().isVisible());
  }), async (page) => {
    await page.unroute("**/graphql?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("#notice").waitFor({ state: "hidden" });
  });
  await inEverySight("too many questions", async (page) => {
    let questions = 0;
    await page.route("**/graphql?*", (route) => (questions++ === 0
      ? route.fulfill({ status: 429, headers: { "retry-after": "4" }, contentType: "application/json", body: '{"errors":[{"message":"rate limit exceeded"}]}' })
      : route.continue()));
    await page.goto(`${server.site}/`);
    await page.locator("#notice", { hasText: "Too many questions from your network. Again in 4 s." }).waitFor();
  }, async (page) => {
    await page.locator("#notice").waitFor({ state: "hidden" });
    await ready(page);
  });
  await inEverySight("offline", opened(async (page, context) => {
    await context.setOffline(true);
    await page.locator("#sign", { hasText: /Offline, as known at \d\d:\d\d/ }).waitFor();
  }), async (page, context) => {
    await context.setOffline(false);
    await page.locator(".lamp-live").waitFor();
  });
  await inEverySight("no shapes", async (page) => {
    await page.route("**/shapes-*.json", (route) => route.abort());
    await page.goto(`${server.site}/`);
    await page.locator("#notice", { hasText: "The map could not be loaded; here is the table." }).waitFor();
    await page.locator("#table tbody tr").nth(40).waitFor();
    assert.ok(await page.locator("#map").isHidden());
    assert.equal(page.url(), `${server.site}/`);
  }, async (page) => {
    await page.unroute("**/shapes-*.json");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".state[data-stance]").first().waitFor({ state: "attached" });
    assert.ok(await page.locator("#table").isHidden());
  });
  await inEverySight("keys", opened(async (page) => {
    await page.locator(".surface").focus();
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keys of the map" }).waitFor();
  }));
  await inEverySight("menu", opened(async (page) => {
    await page.locator(".more summary").click();
    await page.getByLabel("Names of countries").waitFor();
  }));
  await inEverySight("dialog", opened(async (page) => {
    await page.locator("#actions").getByRole("button", { name: "Cite" }).click();
    await page.getByLabel("BibTeX").waitFor();
  }));
  for (const colorScheme of ["light", "dark"]) {
    await check(`with forced colours every stance keeps its colour beside its word (${colorScheme})`, () => visit("/?c=CM", async (page) => {
      await page.locator(".said").first().waitFor();
      const colours = await page.locator("#tiles .swatch").evaluateAll((all) => all.slice(0, 9).map((swatch) => getComputedStyle(swatch).backgroundColor));
      assert.equal(new Set(colours).size, 9, colours.join(" "));
      await page.screenshot({ path: picture(`forced-colours-${colorScheme}`) });
      await isAccessible(page);
    }, { forcedColors: "active", colorScheme }), 30_000);
  }
  await check("a print has the headline, the map, the address and the table, in light colours", () => visit("/?on=2025-08-29", async (page) => {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".print-address").innerText(), `${server.site}/?on=2025-08-29`);
    assert.ok(await page.locator("#table tbody tr").first().isVisible());
    for (const hidden of [".bar", "#side", ".track", ".zoom"]) assert.ok(await page.locator(hidden).isHidden(), hidden);
    assert.equal(await page.locator("#headline").evaluate((element) => getComputedStyle(element).color), "rgb(27, 31, 36)");
    await page.screenshot({ path: picture("print"), fullPage: true });
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
    assert.match(pdf, /\/MediaBox \[0 0 841\.\d+ 594\.\d+\]/);
    assert.ok(pdf.match(/\/Type \/Page\b/g).length > 1);
  }, { viewport: { width: 1040, height: 740 }, colorScheme: "dark" }), 30_000);
  for (const sight of ["deuteranopia", "protanopia", "tritanopia"]) {
    await check(`a picture as readers with ${sight} see it`, () => visit("/", async (page, context) => {
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setEmulatedVisionDeficiency", { type: sight });
      await page.screenshot({ path: picture(sight) });
    }));
  }
  await check("names of countries are shown in another language", () => visit("/", async (page) => {
    await page.locator(".more summary").click();
    await page.getByLabel("Names of countries").selectOption("fr");
    await page.waitForURL(`${server.site}/?lang=fr`);
    await ready(page);
    await page.locator(".names text", { hasText: "Ouganda" }).waitFor({ state: "attached" });
    await page.screenshot({ path: picture("french") });
  }), 30_000);
  await check("names of countries are in the first language of the browser that the server has, unless the address names one", async () => {
    for (const [locale, name] of [["fr-CA", "Ouganda"], ["zh-TW", "烏干達"], ["nl-NL", "Uganda"], ["en-GB", "Uganda"]]) {
      await visit("/", async (page) => {
        await page.locator(".names text", { hasText: name }).waitFor({ state: "attached" });
        assert.equal(page.url(), `${server.site}/`);
        assert.match(await page.locator("#headline").innerText(), /^The United States has asked or named/);
      }, { locale });
    }
    await visit("/?lang=de&c=FR", async (page) => {
      await page.locator(".panel-title", { hasText: "Frankreich" }).waitFor();
      await page.locator(".more summary").click();
      await page.getByLabel("Names of countries").selectOption("fr");
      await page.waitForURL(`${server.site}/?c=FR`);
      await page.locator(".panel-title", { hasText: "France" }).waitFor();
    }, { locale: "fr" });
  }, 60_000);
  await check("an empty ledger, then a matter without states, then the first state", async () => {
    const empty = await startServer(binary, { "--no-seed": true });
    try {
      for (const [sight, options] of SIGHTS.slice(0, 3)) {
        await withPage(browser, empty.site, async (page) => {
          await page.goto(`${empty.site}/`);
          await page.getByText("Nothing is recorded yet.").first().waitFor();
          await page.locator("main a[href='/playground/']").waitFor();
          await page.screenshot({ path: picture(`${sight}-empty`) });
          await isAccessible(page);
        }, options);
      }
      await withPage(browser, empty.site, async (page, context) => {
        await page.goto(`${empty.site}/`);
        const unknown = await context.newPage();
        assert.equal((await unknown.goto(`${empty.site}/?i=${INITIATIVE}&view=table`)).status(), 404);
        await unknown.getByText("There is no such matter.").first().waitFor();
        // Both pages come by themselves to what they wait for.
        const matter = { title: "A matter", summary: "A matter for a test.", requestingState: "US", startedOn: "2025-01-20" };
        await mutate(empty, "openInitiative", { slug: INITIATIVE, ...matter }, "initiative { id }");
        await unknown.locator("#headline", { hasText: "No state has been asked yet." }).waitFor();
        assert.equal(unknown.url(), `${empty.site}/?i=${INITIATIVE}&view=table`);
        await page.locator("#headline", { hasText: "No state has been asked yet." }).waitFor();
        await page.locator(".lamp-live").waitFor();
        await page.screenshot({ path: picture("without-states") });
        await isAccessible(page);
        const [code] = (await freeCountries(empty)).slice(-1);
        await recordStance(empty, code, "NAMED");
        await unknown.close();
        await page.locator("#headline", { hasText: "has asked or named 1 state" }).waitFor();
        await page.locator(`.state[data-code="${code}"][data-stance="NAMED"]`).first().waitFor({ state: "attached" });
      }, { ...WIDE, ...STILL });
    } finally {
      await empty.stop();
    }
  }, 90_000);
  await browser.close();
}
