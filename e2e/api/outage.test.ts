import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BreakableLink, openLink } from "../support/breakable_link.ts";
import { type Connected, connectPage, type Product, startProduct, waitFor } from "../support/product.ts";

let product: Product;
let connected: Connected;
let link: BreakableLink;
beforeAll(async () => {
  product = await startProduct();
  connected = await connectPage(product);
  await product.kill();
  const { hostname, port } = new URL(product.database.url);
  link = await openLink({ host: hostname, port: Number(port) });
  const linked = new URL(product.database.url);
  linked.host = `127.0.0.1:${link.port}`;
  product.env.DATABASE_URL = linked.href;
  await product.start();
  // It responds before its jobs are scheduled; without a database it would not start.
  await waitFor(() => product.log().split("is ready after").length === 3, 10_000, "the second start to end");
});
afterAll(async () => {
  await product.stop();
  await link.cut();
});

const ask = (method: string, path: string, body?: unknown) =>
  connected.api.raw(method, `/workspaces/${connected.workspaceId}${path}`, body);

test("without a database requests get 503 in words with Retry-After, and work again when it returns", async () => {
  expect((await ask("GET", "/contacts")).status).toBe(200);
  await link.cut();

  for (const [method, path, body] of [
    ["GET", "/contacts", undefined],
    ["GET", "/conversations", undefined],
    ["POST", "/tags", { name: "Late", colour: "blue" }],
  ] as const) {
    const answer = await ask(method, path, body);
    const problem = await answer.json();
    expect(problem, path).toMatchObject({ status: 503, code: "database-away" });
    expect(problem.detail).toContain("Try again in a few seconds");
    expect(answer.headers.get("retry-after"), path).toBe("5");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  }
  expect((await fetch(`${product.url}/health`)).status).toBe(200);
  expect((await fetch(`${product.url}/health/ready`)).status).toBe(503);

  await link.mend();
  await waitFor(
    async () => (await ask("GET", "/contacts")).status === 200,
    10_000,
    "the database to be found",
  );
});

test("a slow statement is refused in words, and a deadlock asks to try again", async () => {
  const { sql } = product.database;
  await sql`create function messaging.be_slow() returns trigger language plpgsql as
    $$ begin raise exception 'canceling statement due to statement timeout' using errcode = '57014'; end $$`;
  await sql`create trigger slow before insert on messaging.tags execute function messaging.be_slow()`;

  const slow = await ask("POST", "/tags", { name: "Slow", colour: "blue" });
  await sql`create or replace function messaging.be_slow() returns trigger language plpgsql as
    $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$`;
  const met = await ask("POST", "/tags", { name: "Met", colour: "blue" });
  await sql`create or replace function messaging.be_slow() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`;
  const full = await ask("POST", "/tags", { name: "Full", colour: "blue" });
  await sql`drop function messaging.be_slow() cascade`;

  expect(await slow.json()).toMatchObject({ status: 503, code: "took-too-long" });
  expect(await met.json()).toMatchObject({ status: 503, code: "changed-at-once" });
  expect(await full.json()).toMatchObject({ status: 507, code: "disk-full" });
  expect((await ask("POST", "/tags", { name: "Full", colour: "blue" })).status).toBe(201);
});

test("a command without a database reports it in one sentence", () => {
  const { status, stderr } = spawnSync(process.execPath, ["apps/server/cli.ts", "migrate"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
    env: { ...process.env, ...product.env, DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" },
  });

  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^Cannot reach the database: it does not respond\. Try again in a few seconds[^\n]*\n$/,
  );
});
