// GraphQL over HTTP: the audits of `graphql-http`, the reference implementation. SHOULD and MAY are treated like MUST.

import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";

const COUNT = 61; // number of audits in graphql-http 1.23; a smaller number would mean that some were not run

export default async function audits(check, target) {
  const all = serverAudits({ url: target.http });
  await check(`there are ${COUNT} audits`, () => assert.equal(all.length, COUNT));
  for (const { id, name, fn } of all) {
    await check(`${id} ${name}`, async () => {
      const result = await fn();
      assert.equal(result.status, "ok", result.reason);
    });
  }
}
