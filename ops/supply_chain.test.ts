import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const lock = readFileSync(join(root, "bun.lock"), "utf8");

/** Every version of a package that the lock file holds. */
const lockedVersions = (name: string): string[] =>
  [...lock.matchAll(/\["([^"]+)@(\d[^"@]*)"/g)]
    .filter(([, found]) => found === name)
    .map(([, , version = ""]) => version);

test.each([
  // Below it are known weaknesses.
  ["elysia", "1.4.29"],
  // CVE-2026-39356: names that a query is built with.
  ["drizzle-orm", "0.45.2"],
  // GHSA-pr6f-5x2q-rwfp, GHSA-j2f3-wq62-6q46, GHSA-77vg-94rm-hx3p and later ones.
  ["svelte", "5.55.7"],
  ["@sveltejs/kit", "2.49.5"],
  ["devalue", "5.9.1"],
])("%s is at least %s everywhere", (name, floor) => {
  const versions = lockedVersions(name);

  expect(versions).not.toEqual([]);
  expect(versions.filter((version) => Bun.semver.order(version, floor) < 0)).toEqual([]);
});

test("patched packages have the patched version: an update would drop the patch silently", () => {
  const { patchedDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

  const patched = Object.keys(patchedDependencies);
  expect(patched).not.toEqual([]);
  for (const name of patched)
    expect(lockedVersions(name.replace(/@[^@]+$/, ""))).toEqual([name.split("@").at(-1)]);
});

test("dependencies have exact versions", () => {
  for (const path of ["package.json", "apps/dashboard/package.json", "e2e/bench/queues/package.json"]) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, path), "utf8"));
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:[\w@/-]+@)?(\d+\.\d+\.\d+(-[\w.]+)?|workspace:\*)$/.test(String(version)),
    );
    expect(loose, path).toEqual([]);
  }
});

test("the packages of the job queue bench are installed only by that bench", () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { dependencies, devDependencies, workspaces } = read("package.json");
  const needed = Object.keys(read("e2e/bench/queues/package.json").dependencies);

  expect(workspaces).toEqual(["apps/dashboard"]);
  expect(needed.filter((name) => name in dependencies || name in devDependencies)).toEqual([]);
  expect(needed.filter((name) => lockedVersions(name).length > 0)).toEqual([]);
});
