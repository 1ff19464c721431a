import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { ensureOwner, needsOwner, setupToken, signUp } from "./owner.ts";

const config = {
  jwtSecret: "a".repeat(40),
  jwtRefreshSecret: "b".repeat(40),
  appUrl: "https://x.example",
  trustedProxies: [],
};
const owner = {
  email: "a@example.com",
  password: "Korrekt-Pferd-7",
  name: "Ana",
  setupToken: setupToken(config),
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sql, "auth.users");
});

test("signUp() creates one owner in a race of two", async () => {
  const on = { sql: database.sql, config };

  const racers = await Promise.allSettled([
    signUp(on, owner),
    signUp(on, { ...owner, email: "b@example.com" }),
  ]);

  expect(racers.map((racer) => racer.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const loser = racers.find((racer) => racer.status === "rejected");
  expect(loser?.reason).toMatchObject({ code: "owner-exists", status: 409 });
  expect(await database.sql`select is_owner from auth.users`).toEqual([{ is_owner: true }]);
  expect(await needsOwner(on)).toBe(false);
});

test("signUp() refuses a missing or wrong setup token", async () => {
  const on = { sql: database.sql, config };
  const others = setupToken({ jwtSecret: "c".repeat(40) });

  for (const wrong of ["", others, `${owner.setupToken}x`])
    await expect(signUp(on, { ...owner, setupToken: wrong })).rejects.toMatchObject({
      code: "setup-token-wrong",
      status: 403,
    });

  expect(await needsOwner(on)).toBe(true);
});

test("signUp() refuses a weak password and names the field", async () => {
  const weak = signUp({ sql: database.sql, config }, { ...owner, password: "Password123!" });

  const errors = [{ path: "/password", message: expect.stringContaining("too common") }];
  await expect(weak).rejects.toMatchObject({ status: 422, errors });
});

test("ensureOwner() is idempotent when several processes start at once", async () => {
  const on = { sql: database.sql };

  const outcomes = await Promise.all([
    ensureOwner(on, owner),
    ensureOwner(on, owner),
    ensureOwner(on, owner),
  ]);

  expect(outcomes.toSorted()).toEqual(["created", "exists", "exists"]);
});
