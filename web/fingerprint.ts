/** The sources of the page as one number, so that a test can tell whether the committed build is theirs. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What the build depends on; tests and tools are left out. Mirrored in tests/studio/test_page.py. */
export const SOURCES = ["src", "index.html", "package-lock.json", "vite.config.ts", "tsconfig.json"];

export function fingerprint(root: string): string {
  const files = SOURCES.flatMap((name) => filesIn(join(root, name))).map((file) => ({
    name: relative(root, file).split(sep).join("/"),
    file,
  }));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash("sha256");
  for (const { name, file } of files) hash.update(`${name}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesIn(join(path, entry.name)));
  } catch {
    return [path]; // a file, not a folder
  }
}
