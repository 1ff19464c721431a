import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { deactivateUser, deleteUser, reactivateUser } from "./accounts.ts";
import { ensureOwner } from "./owner.ts";
import { setOwner, transferOwnership } from "./owners.ts";
import { readUserByEmail } from "./user_store.ts";
import { changeRole, createMember, createWorkspace } from "./workspaces.ts";

const password = "Korrekt-Pferd-7";
let database: TestDatabase;
/** Ids by name: ana is the owner, ben an operator, here the workspace. */
let ids: Record<"ana" | "ben" | "here", string>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sql, "auth.users", "auth.workspaces");
  await ensureOwner(database, { email: "ana@example.com", password, name: "Ana" });
  const ana = (await readUserByEmail(database.sql, "ana@example.com"))?.id ?? "";
  const { id: here } = await createWorkspace(database, { name: "Here", ownerId: ana });
  const ben = await createMember(database, {
    workspaceId: here,
    email: "ben@example.com",
    role: "operator",
    name: "Ben",
    password,
  });
  ids = { ana, ben: ben.id, here };
});

const activeOwners = async () =>
  (
    await database.sql<{ id: string }[]>`
      select id from auth.users where is_owner and deactivated_at is null order by id`
  ).map(({ id }) => id);
const rolesOf = async (userId: string) =>
  (await database.sql<{ role: string }[]>`select role from auth.memberships where user_id = ${userId}`).map(
    ({ role }) => role,
  );
const startSession = (userId: string) => database.sql`
  insert into auth.sessions (user_id, refresh_hash, expires_at) values (${userId}, 'x', now() + interval '1 day')`;
const openSessions = async (userId: string) =>
  (await database.sql`select from auth.sessions where user_id = ${userId} and ended_at is null`).length;

test("setOwner() makes a member an owner of all workspaces, also of later ones, and ends their sessions", async () => {
  await createWorkspace(database, { name: "Second", ownerId: ids.ana });
  await startSession(ids.ben);

  await setOwner(database, { userId: ids.ben, isOwner: true });
  await createWorkspace(database, { name: "Third", ownerId: ids.ana });

  expect(await rolesOf(ids.ben)).toEqual(["owner", "owner", "owner"]);
  expect(await openSessions(ids.ben)).toBe(0);
  expect(await activeOwners()).toEqual([ids.ana, ids.ben].toSorted());
});

test("setOwner() leaves a former owner as a manager everywhere, and never takes the last one", async () => {
  await setOwner(database, { userId: ids.ben, isOwner: true });
  await setOwner(database, { userId: ids.ana, isOwner: false });

  expect(await rolesOf(ids.ana)).toEqual(["manager"]);
  await expect(setOwner(database, { userId: ids.ben, isOwner: false })).rejects.toMatchObject({
    code: "last-owner",
    status: 409,
  });
  await expect(deactivateUser(database, ids.ben)).rejects.toMatchObject({ code: "account-stays" });
  expect(await activeOwners()).toEqual([ids.ben]);
});

test("a deactivated owner does not count: the other one stays", async () => {
  await setOwner(database, { userId: ids.ben, isOwner: true });
  await deactivateUser(database, ids.ben);

  await expect(setOwner(database, { userId: ids.ana, isOwner: false })).rejects.toMatchObject({
    code: "last-owner",
  });
  await reactivateUser(database, ids.ben);
  await setOwner(database, { userId: ids.ana, isOwner: false });
  expect(await activeOwners()).toEqual([ids.ben]);
});

test.each<[string, (userId: string) => Promise<void>]>([
  ["taking ownership away", (userId) => setOwner(database, { userId, isOwner: false })],
  ["deactivating", (userId) => deactivateUser(database, userId)],
])("two owners %s each other at once: one of them remains", async (_, take) => {
  await setOwner(database, { userId: ids.ben, isOwner: true });

  for (let round = 0; round < 10; round += 1) {
    const outcomes = await Promise.allSettled([take(ids.ana), take(ids.ben)]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await activeOwners()).toHaveLength(1);
    await database.sql`update auth.users set is_owner = true, deactivated_at = null`;
  }
});

test("transferOwnership() changes owners in one step, also when two cross", async () => {
  await transferOwnership(database, { from: ids.ana, to: ids.ben });
  expect(await activeOwners()).toEqual([ids.ben]);
  expect([await rolesOf(ids.ana), await rolesOf(ids.ben)]).toEqual([["manager"], ["owner"]]);

  await Promise.allSettled([
    transferOwnership(database, { from: ids.ben, to: ids.ana }),
    transferOwnership(database, { from: ids.ana, to: ids.ben }),
    setOwner(database, { userId: ids.ben, isOwner: false }),
  ]);
  expect(await activeOwners()).toHaveLength(1);
  const [left = ""] = await activeOwners();
  await expect(transferOwnership(database, { from: left, to: left })).rejects.toMatchObject({
    status: 409,
  });
});

test("deleteUser() erases a deactivated account and keeps its name", async () => {
  await expect(deleteUser(database, ids.ben)).rejects.toMatchObject({ code: "account-in-use", status: 409 });
  await deactivateUser(database, ids.ben);
  await deleteUser(database, ids.ben);

  const [row] = await database.sql`select name, email, password_hash from auth.users where id = ${ids.ben}`;
  expect(row).toEqual({ name: "Ben", email: `${ids.ben}@deleted.invalid`, password_hash: "" });
  expect(await rolesOf(ids.ben)).toEqual([]);
  for (const again of [deleteUser, deactivateUser, reactivateUser])
    await expect(again(database, ids.ben)).rejects.toMatchObject({ status: 404 });
  const asked = { workspaceId: ids.here, userId: ids.ben, role: "viewer" as const };
  await expect(changeRole(database, asked)).rejects.toMatchObject({ status: 404 });
  const member = {
    workspaceId: ids.here,
    email: "ben@example.com",
    role: "viewer" as const,
    name: "New",
    password,
  };
  expect((await createMember(database, member)).id).not.toBe(ids.ben);
});

test("changeRole() ends sessions for a changed role, and not for a further workspace", async () => {
  const second = await createWorkspace(database, { name: "Second", ownerId: ids.ana });
  await startSession(ids.ben);

  await changeRole(database, { workspaceId: second.id, userId: ids.ben, role: "viewer" });
  await changeRole(database, { workspaceId: ids.here, userId: ids.ben, role: "operator" });
  expect(await openSessions(ids.ben)).toBe(1);

  await changeRole(database, { workspaceId: ids.here, userId: ids.ben, role: "manager" });
  expect(await openSessions(ids.ben)).toBe(0);
});
