import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ms-wrong-"));
const key = "0123456789abcdef".repeat(4);
const otherKey = "fedcba9876543210".repeat(4);
const nobody = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
let database: TestDatabase;
let empty: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  empty = await createTestDatabase();
  // A page sealed with an unknown key.
  await database.sql`
    with place as (insert into auth.workspaces (name) values ('Here') returning id)
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select id, '1', 'Bakery', 'connected', 'v1.00000000.AAAA.AAAA' from place`;
  writeFileSync(join(folder, "file"), "no backup");
});
afterAll(() => Promise.all([database.close(), empty.close()]));

function command(env: Record<string, string>, ...args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: key,
      SIMULATOR: "on",
      ...env,
    },
  });
  return { status, stderr };
}

const add = ["add-member", "--name", "Ann", "--role", "viewer", "--email"];
const unknownUser = () => database.url.replace(/\/\/[^@]*@/, "//nobody:wrong@");
const unknownDatabase = () => `${database.url}_gone`;

test.each<[string, string[], () => Record<string, string>]>([
  [`Cannot open the token of the page "Bakery"`, ["rotate-key"], () => ({ ENCRYPTION_KEY: otherKey })],
  ["Unknown option '--bogus'", ["add-member", "--bogus"], () => ({})],
  ["Option '--email <value>' argument missing", ["add-member", "--email"], () => ({})],
  [`"here" is no id of a workspace`, [...add, "ann@example.com", "--workspace", "here"], () => ({})],
  ["Cannot find this workspace", [...add, "ann@example.com", "--workspace", nobody], () => ({})],
  ["There is no workspace yet", [...add, "ann@example.com"], () => ({ DATABASE_URL: empty.url })],
  ["Say --email and --role", ["change-role", "--email", "ann@example.com"], () => ({})],
  ["Nobody here has the address", ["deactivate", "--email", "ann@example.com"], () => ({})],
  ['Cannot use "ann": it is not an email address', [...add, "ann"], () => ({})],
  [`There is no file ${tmpdir()}`, ["delete-people", tmpdir()], () => ({})],
  ["Cannot restore into the database", ["restore", join(folder, "file")], () => ({})],
  ["The database does not let this process in", ["migrate"], () => ({ DATABASE_URL: unknownUser() })],
  ["The database does not let this process in", ["migrate"], () => ({ DATABASE_URL: unknownDatabase() })],
  [
    `Cannot use ${join(folder, "file", "secrets.json")}`,
    ["backup"],
    () => ({ DATA_DIR: join(folder, "file") }),
  ],
])("a command reports in words, without a stack: %s …", (says, args, env) => {
  const { status, stderr } = command(env(), "apps/server/cli.ts", ...args);

  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
});

test.each<[string, () => Record<string, string>]>([
  ["PORT is ", () => ({ PORT: "https" })],
  ["Cannot use this password", () => ({ OWNER_EMAIL: "ann@example.com", OWNER_PASSWORD: "short" })],
  ['Cannot use "ann": it is not an email', () => ({ OWNER_EMAIL: "ann", OWNER_PASSWORD: "Correct-horse-9" })],
  ["The database does not let this process in", () => ({ DATABASE_URL: unknownDatabase() })],
  ["Cannot reach the database", () => ({ DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" })],
])("the server reports in words why it cannot start: %s …", (says, env) => {
  const { status, stderr } = command({ PORT: "0", ...env() }, "apps/server/main.ts");

  expect(stderr).toContain(says);
  expect(stderr).not.toContain("stack");
  expect(status).toBe(1);
});

test.each([
  ["ops/start.ts", 'PORT is "https"', "PORT=https"],
  ["ops/scripts/smoke.ts", "There are --url", "--bogus"],
  ["ops/scripts/smoke.ts", "There is no file", "--env", "ops"],
  ["ops/scripts/smoke.ts", "Say where the system is", "--url", "nonsense"],
  ["e2e/bench/run.ts", 'There is no "--quick"', "--quick"],
])("%s reports in words: %s", (script, says, ...given) => {
  const settings = given.filter((one) => one.includes("=")).map((one) => one.split("="));

  const { status, stderr } = command(
    Object.fromEntries(settings),
    script,
    ...given.filter((one) => !one.includes("=")),
  );

  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
});
