import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

const committed = fileURLToPath(new URL("../../ops/openapi.json", import.meta.url));

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

const get = (path: string) => world.app.handle(new Request(`http://localhost${path}`));

test("ops/openapi.json matches the code (UPDATE_OPENAPI=1 regenerates it)", async () => {
  const response = await get("/api/docs/json");
  expect(response.status).toBe(200);
  const document = `${JSON.stringify(await response.json(), null, 2)}\n`;
  if (process.env.UPDATE_OPENAPI) {
    await writeFile(committed, document);
    spawnSync(process.execPath, ["fmt", committed]);
  }

  expect(JSON.parse(document)).toEqual(JSON.parse(await readFile(committed, "utf8")));
});

test("every operation has a described tag", async () => {
  const { paths, tags } = await (await get("/api/docs/json")).json();
  const operations = Object.values<Record<string, { tags?: string[] }>>(paths).flatMap(Object.values);

  const used = new Set(operations.flatMap((operation) => operation.tags ?? ["none"]));

  expect([...used].toSorted()).toEqual(tags.map(({ name }: { name: string }) => name).toSorted());
});

test("the viewer of the API document loads everything from this server", async () => {
  const page = await (await get("/api/docs")).text();
  const scripts = [...page.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(
    ([, address]) => address,
  );

  const [icon, ...assets] = scripts;
  // The dashboard brings it.
  expect(icon).toBe("/favicon.svg");
  expect(assets).toEqual([
    "/api/docs/assets/swagger-ui.css",
    "/api/docs/assets/swagger-ui-bundle.js",
    "/api/docs/assets/start.js",
  ]);
  for (const address of assets) expect((await get(address ?? "")).status, address).toBe(200);
});
