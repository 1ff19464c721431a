import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { cruise, type IConfiguration } from "dependency-cruiser";
import { expect, test } from "vitest";

const boundaries: IConfiguration = createRequire(import.meta.url)("./boundaries.cjs");

/** Each rule with a file that breaks it: a check that was never seen to fail is no check. */
const breaches: [rule: string, file: string, source: string][] = [
  ["only-through-mod", "modules/messaging/breach.ts", 'import "../std/crypto.ts";'],
  ["arrow-std", "modules/std/breach.ts", 'import "#db";'],
  ["arrow-auth", "modules/auth/breach.ts", 'import "#messaging";'],
  ["arrow-messaging", "modules/messaging/breach.ts", 'import "#webhooks";'],
  ["arrow-webhooks", "modules/webhooks/breach.ts", 'import "#admin";'],
  ["arrow-admin", "modules/admin/breach.ts", 'import "#webhooks";'],
  ["arrow-db", "db/breach.ts", 'import "#auth";'],
  ["tables-auth", "modules/messaging/breach.ts", 'import "#db/auth";'],
  ["tables-webhooks", "modules/admin/breach.ts", 'import "#db/webhooks";'],
  ["tables-messaging", "apps/server/breach.ts", 'import "#db/messaging";'],
  ["tables-jobs", "modules/admin/breach.ts", 'import "#db/jobs";'],
  ["db-through-mod", "modules/auth/breach.ts", 'import "../../db/client.ts";'],
  ["no-testing-in-product", "modules/auth/breach.ts", 'import "../../db/testing.ts";'],
  ["routes-without-sql", "modules/auth/routes_breach.ts", 'import "drizzle-orm";'],
  ["elysia-only-in-routes", "modules/auth/breach.ts", 'import "elysia";'],
  ["no-cycles", "modules/std/breach.ts", 'import "./breach.ts";'],
  ["apps-apart", "apps/simulator/breach.ts", 'import "../server/config.ts";'],
  ["resolvable", "modules/std/breach.ts", 'import "./nowhere.ts";'],
];

async function brokenRules(file: string, source: string): Promise<string[]> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, source);
  try {
    const { output } = await cruise([file], { ruleSet: boundaries, validate: true, ...boundaries.options });
    if (typeof output === "string") throw new Error("dependency-cruiser answered text instead of a result");
    return output.summary.violations
      .filter((violation) => violation.from === file)
      .map((violation) => violation.rule.name);
  } finally {
    await rm(file);
  }
}

test("every boundary rule has a breach that it reports", () => {
  const names = (boundaries.forbidden ?? []).map((rule) => rule.name);

  expect(breaches.map(([rule]) => rule).toSorted()).toEqual(names.toSorted());
});

test.each(breaches)("boundary %s is reported when %s breaks it", async (rule, file, source) => {
  expect(await brokenRules(file, source)).toContain(rule);
});
