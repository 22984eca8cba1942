// Virtual environments of the suites in Python, with pinned packages.

import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Installs the packages of `python/NAME.txt` when they have changed; returns the interpreter. */
export function install(name) {
  const requirements = path.join(here, `python/${name}.txt`);
  const environment = path.join(here, `.venv-${name}`);
  const installed = path.join(environment, "requirements.txt");
  const python = path.join(environment, "bin/python");
  if (text(installed) !== text(requirements)) {
    const stdio = ["ignore", 2, 2];
    execFileSync("python3", ["-m", "venv", "--clear", environment], { stdio });
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", requirements], { stdio });
    copyFileSync(requirements, installed);
  }
  return python;
}

/** The path of a script in `python/`. */
export const script = (name) => path.join(here, "python", name);

function text(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
