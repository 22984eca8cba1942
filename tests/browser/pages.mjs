// The page about the service, statement pages and error pages, without scripts.

import assert from "node:assert/strict";
import { isAccessible, picture, SIGHTS } from "./atlas-page.mjs";
import { launch, overflow, withPage } from "./browser.mjs";
import { correct, freeCountries, INITIATIVE, recordStance, retract } from "./server.mjs";

const ARABIC = "تقول الوزارة إنها لن تستقبل أشخاصًا ليسوا من مواطنيها (2026).";
const HEBREW = "המשרד אומר שלא יקבל אנשים שאינם אזרחיו";
const LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(4);
const LONG_URL = `https://example.org/${"a-very-long-path-segment".repeat(20)}?q=${"x".repeat(200)}`;

export default async function pages(check, server) {
  const browser = await launch();
  const visit = (path, act, options) => withPage(browser, server.site, async (page) => {
    const response = await page.goto(server.site + path);
    await act(page, response);
  }, { javaScriptEnabled: false, ...options });
  const text = (page) => page.locator("main").innerText();

  const countries = await freeCountries(server);
  const record = async (options) => (await recordStance(server, countries.pop(), "NAMED", options)).statement;
  const arabic = await record({ text: ARABIC, language: "ar" });
  const hebrew = await record({ text: HEBREW, language: "he" });
  const long = await record({ text: LONG, url: LONG_URL });
  const corrected = await record();
  const correction = await correct(server, corrected, "APPROACHED", "The date was wrong.");
  const retracted = await record();
  await retract(server, retracted, "Nobody said this.");
  const paths = ["/", "/about", "/nowhere", `/${LONG}`, "/statements/999999", ...[240, 1, arabic.number, hebrew.number, long.number,
    corrected.number, correction.number, retracted.number].map((number) => `/statements/${number}`),
    "/countries", "/countries/RW", "/countries/US", "/initiatives", `/initiatives/${INITIATIVE}`, "/changes", `/changes/${corrected.number}`,
    `/statements/${long.number}?at=yesterday`];

  for (const width of [320, 390]) {
    await check(`no page scrolls sideways at ${width} pixels`, async () => {
      await withPage(browser, server.site, async (page) => {
        for (const path of paths) {
          await page.goto(server.site + path);
          assert.equal(await overflow(page), 0, path);
        }
      }, { javaScriptEnabled: false, viewport: { width, height: 800 } });
    }, 60_000);
  }
  await check("no statement page of the bundled data scrolls sideways at 320 pixels", async () => {
    await withPage(browser, server.site, async (page) => {
      for (let number = 320; number < 360; number += 1) {
        await page.goto(`${server.site}/statements/${number}`);
        assert.equal(await overflow(page), 0, number);
      }
    }, { javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
  }, 60_000);
  await check("a corrected statement says when, why and by which statement", () =>
    visit(`/statements/${corrected.number}`, async (page) => {
      const notice = page.locator(".notice");
      assert.match(await notice.innerText(), new RegExp(`Corrected on \\d{4}-\\d\\d-\\d\\d by statement ${correction.number} \\(valid\\)`));
      assert.match(await notice.innerText(), /Reason: The date was wrong\./);
      assert.match(await text(page), new RegExp(`\\[corrected by statement ${correction.number}\\]`));
      await page.locator(`.notice a[href="/statements/${correction.number}"]`).click();
      await page.locator("h1", { hasText: "A corrected report." }).waitFor();
      assert.equal(await page.locator(`dd a[href="/statements/${corrected.number}"]`).count(), 1);
      assert.match(await text(page), /Reason for the correction\s+The date was wrong\./);
    }));
  await check("a retracted statement says when and why, and its citation says so", () =>
    visit(`/statements/${retracted.number}`, async (page) => {
      assert.match(await page.locator(".notice").innerText(), /Retracted on \d{4}-\d\d-\d\d\./);
      assert.match(await page.locator(".notice").innerText(), /Reason: Nobody said this\./);
      assert.match(await text(page), new RegExp(`/statements/${retracted.number} \\[retracted \\d{4}-\\d\\d-\\d\\d\\]`));
      assert.match(await page.title(), /^\[retracted\]/);
    }));
  await check("a valid statement has no such notice", () =>
    visit(`/statements/${long.number}`, async (page) => assert.equal(await page.locator(".notice").count(), 0)));
  await check("recorded text has its own direction and the language of its source", async () => {
    for (const [statement, language, direction] of [[arabic, "ar", "rtl"], [hebrew, "he", "rtl"], [long, "en", "ltr"]]) {
      await visit(`/statements/${statement.number}`, async (page) => {
        const directionOf = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).direction);
        for (const selector of ["h1", "blockquote", "dd > bdi", "li > bdi, li > a > bdi", ".quiet > bdi"]) {
          assert.equal(await directionOf(selector), direction, `${language}: ${selector}`);
        }
        assert.equal(await page.locator("blockquote").getAttribute("lang"), language);
      });
    }
  });
  const at = new Date().toISOString();
  const records = {
    valid: `/statements/${long.number}`, corrected: `/statements/${corrected.number}`, retracted: `/statements/${retracted.number}`,
    rtl: `/statements/${arabic.number}`, past: `/statements/${corrected.number}?at=${at}`, country: "/countries/RW", asking: "/countries/US",
    countries: "/countries", initiative: `/initiatives/${INITIATIVE}`, initiatives: "/initiatives", changes: "/changes",
    change: `/changes/${corrected.number}`, absent: "/statements/999999", instant: "/countries/RW?at=yesterday",
  };
  for (const [name, options] of SIGHTS) {
    await check(`axe finds nothing on pages of recorded things, and none scrolls sideways (${name})`, async () => {
      await withPage(browser, server.site, async (page) => {
        for (const [record, path] of Object.entries(records)) {
          await page.goto(server.site + path);
          await page.screenshot({ path: picture(`pages-${record}-${name}`), fullPage: record !== "countries" });
          assert.equal(await overflow(page), 0, path);
          await isAccessible(page);
        }
      }, options);
    }, 120_000);
  }
  await check("the data of a page are there for programs, and its policy lets them be", async () => {
    await withPage(browser, server.site, async (page) => {
      for (const [path, type] of [[records.retracted, "Claim"], [records.initiative, "Dataset"], [records.country, "WebPage"], [records.change, "WebPage"]]) {
        await page.goto(server.site + path);
        const blocks = await page.locator("script[type='application/ld+json']").allTextContents();
        assert.deepEqual(blocks.map((block) => JSON.parse(block)["@type"]), [type], path);
      }
    });
  });
  await check("every link of a page of a recorded thing leads somewhere", async () => {
    for (const path of [records.corrected, records.country, records.initiative, records.change, records.changes, records.past]) {
      await visit(path, async (page) => {
        const links = await page.locator("a").evaluateAll((all) => [...new Set(all.map((link) => link.href))]);
        for (const link of links.filter((link) => link.startsWith(server.site))) {
          assert.equal((await page.request.get(link)).status(), 200, `${path}: ${link}`);
        }
      });
    }
  }, 120_000);
  await check("a browser gets a page with a way home for what does not exist", async () => {
    for (const path of ["/nowhere", "/statements/239/", "/statements/999999", "/statements/x", "/playground/nothing"]) {
      await visit(path, async (page, response) => {
        assert.equal(response.status(), 404, path);
        assert.match(response.headers()["content-type"], /^text\/html/, path);
        await page.locator("main a[href='/']").click();
        await page.locator("h1#headline").waitFor();
      });
    }
    await visit("/statements/239/", (page) => page.locator("a[href='/statements/239']").waitFor());
  });
  await check("every link of the home page and of the page about the service works without scripts", async () => {
    for (const path of ["/", "/about"]) {
      await visit(path, async (page) => {
        const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.href));
        assert.ok(links.length > 6, links.join(" "));
        for (const link of links) assert.equal((await page.request.get(link)).status(), 200, link);
      });
    }
  });
  await browser.close();
}
