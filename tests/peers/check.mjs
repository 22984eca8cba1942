// Test runner: a check is a name and a function that throws. Independent of GraphQL.

const LIMIT = 10_000; // ms; default time limit of a check

/** Number of checks of all suites. */
export const total = { passed: 0, failed: 0 };

/** A `check(name, fn, limit)` that prints one line. It never rejects, so checks may run side by side. */
export function checker(suite) {
  return async function check(name, fn, limit = LIMIT) {
    try {
      await within(limit, Promise.resolve().then(fn), "the check");
      total.passed += 1;
      console.log(`ok    ${suite}: ${name}`);
    } catch (error) {
      total.failed += 1;
      console.log(`FAIL  ${suite}: ${name}\n${indented(error)}`);
    }
  };
}

/** The value of the promise, or an error after `ms`. */
export function within(ms, promise, what) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not finish within ${ms} ms`)), ms);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** JSON on one line, truncated to `length` characters. */
export function brief(value, length = 600) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  return text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text;
}

function indented(error) {
  const text = error instanceof Error ? (error.message || error.stack) : brief(error);
  return text.split("\n").slice(0, 40).map((line) => `      ${line}`).join("\n");
}
