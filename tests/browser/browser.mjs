// Chromium with a new profile, and pages whose faults are collected.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const TIMEOUT = 15_000; // ms to wait for a state

/** Chromium as users have it, with the back/forward cache, which Playwright disables by default. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ARGS,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}

/**
 * Runs `act(page)` in a context without any state. Fails if a page had an error, an unhandled rejection, a violation of
 * its content security policy or a request to another origin than `site` and `others`.
 */
export async function withPage(browser, site, act, options = {}, others = []) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(TIMEOUT);
  const faults = [];
  const origins = [site, ...others].map((url) => new URL(url).origin);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:" && !origins.includes(url.origin)) faults.push(`request to ${url.href}`);
  });
  context.on("console", (message) => {
    // An HTTP error status and a server that is down are reported here, too; checks look at what the page says about it.
    const isStatus = /^Failed to load resource|net::ERR_CONNECTION_REFUSED$/.test(message.text());
    if (message.type() === "error" && !isStatus) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`error: ${error.error().stack}`));
  await context.addInitScript(() => {
    addEventListener("unhandledrejection", ({ reason }) => console.error("unhandled rejection", reason?.stack ?? String(reason)));
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => console.error("CSP", violatedDirective, blockedURI));
  });
  try {
    await act(await context.newPage(), context);
    assert.deepEqual(faults, []);
  } catch (error) {
    if (faults.length > 0) error.message += `\nfaults: ${faults.join("\n")}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** Whether the page is wider than its window. */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
