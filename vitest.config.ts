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

/**
 * Takes long because it plays thousands of cases, hashes hundreds of passwords, fills a shop or starts many
 * processes: not before every commit.
 */
const long = [
  "modules/messaging/delivery/{ledger,campaign_ledger,campaign_rules,late_claim,recover}.test.ts",
  "modules/auth/{login,password_gate,routes_auth}.test.ts",
  "modules/messaging/demo/demo.test.ts",
  "apps/server/commands/{members,wrong_input}.test.ts",
  "ops/scripts/validate_prod.test.ts",
  "modules/std/redis.test.ts",
  "db/{client,dump,embedded}.test.ts",
  "ops/{boundaries,first_change}.test.ts",
];

/**
 * What measures time or memory, or needs the time of three browsers, has the machine for itself; what looks at the
 * state of its process, the process.
 */
const alone = [
  "e2e/chaos/busy_pool.test.ts",
  "modules/webhooks/signed_body.test.ts",
  "modules/auth/timing.test.ts",
  "e2e/api/{bad_connections,hostile_requests,metrics,openapi,unread_bodies}.test.ts",
  "e2e/browser/{many_tabs,other_browsers}.test.ts",
];

const apart = new Set(filesOf(...long, ...alone));
const quick = filesOf("{modules,db,apps,ops}/**/*.test.ts").filter((path) => !apart.has(path));

// A test waits for the database, a browser, the server or a timer: one more than cores keeps the cores at work.
const workers = 1 + Math.max(2, availableParallelism());

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
          // The files of a worker share its modules: loading them again for each file took half of the work.
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["e2e/**/*.test.ts", ...long],
          exclude: [...skipped, ...alone, "e2e/browser/**"],
          // As above.
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
        },
      },
      { extends: true, test: { name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
});
