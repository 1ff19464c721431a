import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const skipped = ["**/node_modules/**", "**/build/**"];

/** Throws for a pattern without files: the list names a file that moved. */
const filesOf = (...patterns: string[]) =>
  patterns.flatMap((pattern) => {
    const found = [...new Bun.Glob(pattern).scanSync(".")].filter((path) => !path.includes("node_modules/"));
    if (found.length === 0) throw new Error(`vitest.config.ts names ${pattern}, which matches no file`);
    return found;
  });

/** Needs Postgres or Redis: it says so by what it imports. */
const needsServices = (path: string) =>
  /\/testing(\.ts|\/)|e2e\/support\/|TEST_(DATABASE|REDIS)_URL/.test(readFileSync(path, "utf8"));

/** Takes long because it plays thousands of cases or hashes hundreds of passwords: not before every commit. */
const long = [
  "modules/messaging/delivery/{ledger,campaign_ledger,campaign_rules,late_claim,recover}.test.ts",
  "modules/auth/{login,routes_auth}.test.ts",
  "modules/std/redis.test.ts",
  "db/{client,dump,embedded}.test.ts",
  "ops/{boundaries,first_change}.test.ts",
];

/** What measures time or memory, or kills processes, has the machine for itself. */
const alone = [
  "e2e/chaos/**/*.test.ts",
  "modules/webhooks/signed_body.test.ts",
  "e2e/api/{bad_connections,hostile_requests,patterns,unread_bodies}.test.ts",
  "e2e/browser/many_tabs.test.ts",
];

const apart = new Set(filesOf(...long, ...alone));
const quick = filesOf("{modules,db,apps,ops}/**/*.test.ts").filter((path) => !apart.has(path));

// A test waits for the database, a browser or the server more than it computes.
const workers = Math.max(2, availableParallelism());

export default defineConfig({
  test: {
    // Under Bun the default pool of forked processes fails.
    pool: "threads",
    globalSetup: ["e2e/support/services.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: quick.filter((path) => !needsServices(path)),
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: quick.filter(needsServices),
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["e2e/**/*.test.ts", ...long],
          exclude: [...skipped, ...alone, "e2e/browser/**"],
          maxWorkers: workers,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["e2e/browser/**/*.test.ts"],
          exclude: alone,
          // The files of a worker share its browser.
          isolate: false,
          maxWorkers: workers,
          // A screen follows within a second only on a machine that does nothing else.
          expect: { poll: { timeout: 10_000 } },
          sequence: { groupOrder: 3 },
        },
      },
      { extends: true, test: { name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 4 } } },
    ],
  },
});
