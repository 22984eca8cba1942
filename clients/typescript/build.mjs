// Compiles src/ into dist/, with a copy of the schema.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";

const folder = new URL("./", import.meta.url);
rmSync(new URL("dist", folder), { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd: folder, stdio: "inherit" });
copyFileSync(new URL("../../schema.graphql", folder), new URL("dist/schema.graphql", folder));
