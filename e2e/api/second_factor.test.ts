import { afterAll, beforeAll, expect, test } from "vitest";
import { confirmedOperations, operationsWithoutFactor } from "#auth";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { callRoute, routesOf } from "../support/routes.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

const routes = () => routesOf(world);
const guarded = () => routes().filter(({ permission }) => permission !== "public");

test("the tables of the guard name operations that exist and that a login guards", () => {
  const ids = new Set(guarded().map(({ operationId }) => operationId));

  expect(Object.keys(confirmedOperations).filter((id) => !ids.has(id))).toEqual([]);
  expect([...operationsWithoutFactor].filter((id) => !ids.has(id))).toEqual([]);
});

test("every dangerous operation is refused without a recent proof, also with another spelling of its address", async () => {
  await world.database.sql`update auth.sessions set proved_at = now() - interval '11 minutes'`;
  const dangerous = routes().filter(({ operationId }) => confirmedOperations[operationId] === "everybody");

  const answers = [];
  for (const route of dangerous)
    for (const path of [route.path, `${route.path}/`]) {
      const { status, text } = await callRoute(
        world,
        { ...route, path },
        { token: world.tokens.owner, place: world.here },
      );
      answers.push(`${route.operationId} ${status} ${/confirmation-needed/.exec(text)?.[0]}`);
    }

  expect(answers).toEqual(
    dangerous.flatMap(({ operationId }) => Array(2).fill(`${operationId} 403 confirmation-needed`)),
  );
  await world.database.sql`update auth.sessions set proved_at = now()`;
});

test("where a second factor is required, every operation but a few is refused to those without one", async () => {
  await world.database.sql`insert into auth.account_rules (needs_second_factor) values (true)`;
  const wrong: string[] = [];
  for (const route of guarded()) {
    if (operationsWithoutFactor.has(route.operationId)) continue;
    const { status, text } = await callRoute(world, route, { token: world.tokens.owner, place: world.here });
    if (status !== 403 || !text.includes("second-factor-missing"))
      wrong.push(`${route.operationId} ${status}`);
  }
  await world.database.sql`delete from auth.account_rules`;

  expect(wrong).toEqual([]);
});
