import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { cruise, type IConfiguration } from "dependency-cruiser";
import { beforeAll, expect, test } from "vitest";
import { checkDashboard, missingComponents, violationsOf } from "./dashboard_rooms.ts";

type Rooms = Record<string, string[]>;

const boundaries: IConfiguration & { rooms: Rooms; dashboardRooms: Rooms } = createRequire(import.meta.url)(
  "./boundaries.cjs",
);

/** Each rule with a file that breaks it: an unproven check is no check. */
const breaches: [rule: string, file: string, source: string][] = [
  ["only-through-mod", "modules/messaging/breach.ts", 'import "../std/crypto.ts";'],
  ["inbound-for-webhooks", "modules/admin/breach.ts", 'import "#messaging/inbound";'],
  ["arrow-std", "modules/std/breach.ts", 'import "#db";'],
  ["arrow-mail", "modules/mail/breach.ts", 'import "#auth";'],
  ["arrow-auth", "modules/auth/breach.ts", 'import "#messaging";'],
  ["arrow-messaging", "modules/messaging/breach.ts", 'import "#webhooks";'],
  ["arrow-webhooks", "modules/webhooks/breach.ts", 'import "#admin";'],
  ["arrow-admin", "modules/admin/breach.ts", 'import "#webhooks";'],
  ["room-through-mod", "modules/messaging/inbox/breach.ts", 'import "../contacts/schema.ts";'],
  ["rooms-through-mod", "modules/messaging/breach.ts", 'import "./contacts/schema.ts";'],
  ["room-known", "modules/messaging/cellar/breach.ts", 'import "#std";'],
  ...Object.keys(boundaries.rooms).map((room, at, rooms): [string, string, string] => [
    `room-${room}`,
    `modules/messaging/${room}/breach.ts`,
    // The highest room is the only one that no other may import, so it reaches for the file of all jobs.
    at === rooms.length - 1 ? 'import "../jobs.ts";' : `import "../${rooms.at(-1)}/mod.ts";`,
  ]),
  ["arrow-db", "db/breach.ts", 'import "#auth";'],
  ["tables-auth", "modules/messaging/breach.ts", 'import "#db/auth";'],
  ["tables-mail", "modules/auth/breach.ts", 'import "#db/mail";'],
  ["tables-webhooks", "modules/admin/breach.ts", 'import "#db/webhooks";'],
  ["tables-messaging", "apps/server/breach.ts", 'import "#db/messaging";'],
  ["tables-jobs", "modules/admin/breach.ts", 'import "#db/jobs";'],
  ["db-through-mod", "modules/auth/breach.ts", 'import "../../db/client.ts";'],
  ["no-testing-in-product", "modules/auth/breach.ts", 'import "../../db/testing.ts";'],
  ["no-testing-in-product", "apps/server/breach.ts", 'import "./testing/api_request.ts";'],
  ["no-testing-in-product", "modules/auth/breach.ts", 'import "../messaging/testing/pages.ts";'],
  ["no-testing-in-product", "modules/messaging/inbox/breach.ts", 'import "../sheets/testing.ts";'],
  ["tests-without-e2e", "modules/auth/breach.test.ts", 'import "../../e2e/support/product.ts";'],
  ["tests-without-e2e", "db/breach.test.ts", 'import "../e2e/support/product.ts";'],
  ["tests-without-e2e", "apps/server/testing/breach.ts", 'import "../../../e2e/support/product.ts";'],
  ["routes-without-sql", "modules/auth/routes_breach.ts", 'import "drizzle-orm";'],
  ["elysia-only-in-routes", "modules/auth/breach.ts", 'import "elysia";'],
  ["no-cycles", "modules/std/breach.ts", 'import "./breach.ts";'],
  ["apps-apart", "apps/simulator/breach.ts", 'import "../server/config.ts";'],
  ["resolvable", "modules/std/breach.ts", 'import "./nowhere.ts";'],
];

/** Files of one place have names of their own, so that one run of the tool reads the modules once for all. */
const files = breaches.map(([rule, file, source], at) => {
  const name = `breach_${"x".repeat(at)}`;
  return { rule, path: file.replace("breach", name), source: source.replace("./breach.ts", `./${name}.ts`) };
});
const broken = new Map<string, string[]>();

beforeAll(async () => {
  const made: string[] = [];
  try {
    for (const { path, source } of files) {
      made.push((await mkdir(dirname(path), { recursive: true })) ?? path);
      await writeFile(path, source);
    }
    const { output } = await cruise(
      files.map(({ path }) => path),
      { ruleSet: boundaries, validate: true, ...boundaries.options },
    );
    if (typeof output === "string") throw new Error("dependency-cruiser answered text instead of a result");
    for (const { from, rule } of output.summary.violations)
      broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  } finally {
    for (const path of made) await rm(path, { recursive: true });
  }
});

test("every boundary rule has a breach that it reports", () => {
  const names = (boundaries.forbidden ?? []).map((rule) => rule.name);

  expect([...new Set(breaches.map(([rule]) => rule))].toSorted()).toEqual(names.toSorted());
});

test.each(files)("boundary $rule is reported when $path breaks it", ({ rule, path }) => {
  expect(broken.get(path)).toContain(rule);
});

test("the rooms of the dashboard follow the table of imports", async () => {
  const { files, violations } = await checkDashboard();

  expect(files).toBeGreaterThan(400);
  expect(violations).toEqual([]);
});

const lib = "apps/dashboard/src/lib";
const dashboardNames = Object.keys(boundaries.dashboardRooms);

test.each(dashboardNames)("boundary dashboard-room-%s is reported in a component", (room) => {
  // The highest room is the only one that no other may import, so it reaches for one that it does not need.
  const above = room === dashboardNames.at(-1) ? "system" : dashboardNames.at(-1);
  const rule = `dashboard-room-${room}`;

  for (const source of [
    `<script lang="ts">\n  import type { It } from "../${above}/it.ts";\n</script>`,
    `{#await import("../${above}/It.svelte") then { default: It }}<It />{/await}`,
    `import {\n  it,\n} from "#lib/${above}/it.ts";`,
    `export * from "../${above}/it.ts";`,
  ])
    expect(violationsOf(`${lib}/${room}/Breach.svelte`, source)).toMatchObject([{ rule }]);
  expect(violationsOf(`${lib}/${room}/Breach.svelte`, 'import { onMount } from "svelte";')).toEqual([]);
});

test.each([`${lib}/cellar/breach.ts`, `${lib}/breach.ts`])(
  "boundary dashboard-room-known is reported for %s",
  (path) => {
    expect(violationsOf(path, "")).toMatchObject([{ rule: "dashboard-room-known" }]);
  },
);

test("boundary dashboard-component-exists is reported for an import of no file", () => {
  const source = 'import Button from "#lib/ui/Button.svelte";\nimport Gone from "#lib/ui/Gone.svelte";';

  expect(missingComponents(`${lib}/ui/Breach.svelte`, source)).toEqual([
    { rule: "dashboard-component-exists", text: `${lib}/ui/Breach.svelte imports ${lib}/ui/Gone.svelte` },
  ]);
});

/** Rooms as arrows, without arrows that follow from others. */
function draw(rooms: Rooms): string {
  const reach = (room: string): Set<string> =>
    new Set((rooms[room] ?? []).flatMap((below) => [below, ...reach(below)]));
  const lines = Object.entries(rooms).flatMap(([room, below]) => {
    const direct = below.filter((one) => !below.some((other) => other !== one && reach(other).has(one)));
    return direct.length === 0 ? [`    ${room}`] : direct.map((one) => `    ${room} --> ${one}`);
  });
  return ["```mermaid", "graph TD", ...lines, "```"].join("\n");
}

test.each([
  ["messaging", boundaries.rooms],
  ["the dashboard", boundaries.dashboardRooms],
])("the rooms of %s are in an order in which each imports only lower ones", (_name, rooms) => {
  const order = Object.keys(rooms);

  for (const [room, below] of Object.entries(rooms))
    for (const one of below)
      expect(order.slice(0, order.indexOf(room)), `${room} imports ${one}`).toContain(one);
});

test("architecture.md draws the current rooms of messaging and of the dashboard", async () => {
  const path = "ops/docs/architecture.md";
  const text = await readFile(path, "utf8");
  const drawings = [draw(boundaries.rooms), draw(boundaries.dashboardRooms)];
  const drawn = text.replace(/```mermaid\n[\s\S]*?```/g, () => drawings.shift() ?? "");
  if (process.env.UPDATE_DIAGRAM) await writeFile(path, drawn);

  expect(drawings, "diagrams that the document has no place for").toEqual([]);
  expect(text, "Run this test once with UPDATE_DIAGRAM=1").toBe(drawn);
});
