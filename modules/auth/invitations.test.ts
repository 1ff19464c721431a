import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parseKeyring } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { acceptInvitation, joinByInvitation } from "./accept_invitation.ts";
import { deactivateUser } from "./accounts.ts";
import {
  invite,
  listInvitations,
  type NewInvitation,
  previewInvitation,
  renewInvitation,
  revokeInvitation,
} from "./invitations.ts";
import { readTeamMember } from "./members.ts";
import { ensureOwner } from "./owner.ts";
import { readUserByEmail } from "./user_store.ts";
import { createMember, createWorkspace } from "./workspaces.ts";

const password = "Korrekt-Pferd-7";
let database: TestDatabase;
let ids: Record<"ana" | "here" | "there", string>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(
    database.sql,
    "auth.users",
    "auth.workspaces",
    "auth.invitations",
    "mail.mails",
    "jobs.jobs",
  );
  await ensureOwner(database, { email: "ana@example.com", password, name: "Ana" });
  const ana = (await readUserByEmail(database.sql, "ana@example.com"))?.id ?? "";
  const { id: here } = await createWorkspace(database, { name: "Here", ownerId: ana });
  const { id: there } = await createWorkspace(database, { name: "There", ownerId: ana });
  ids = { ana, here, there };
});

const mailServer = {
  host: "127.0.0.1",
  port: 9,
  security: "none" as const,
  login: null,
  from: { name: "Luna", address: "team@luna.example" },
  authority: null,
};
const depsOf = (hasMail = true) => ({
  sql: database.sql,
  keyring: parseKeyring("0123456789abcdef".repeat(4)),
  config: { appUrl: "https://chat.example.com", mailServer: hasMail ? mailServer : null },
});

async function inviteBen(given: Partial<NewInvitation> = {}) {
  const { invitation, link } = await invite(depsOf(), {
    email: "Ben@Example.com",
    isOwner: false,
    workspaces: [{ workspaceId: ids.here, role: "operator" }],
    language: "en",
    hasMail: false,
    by: ids.ana,
    ...given,
  });
  return { invitation, link, token: link.split("#token=")[1] ?? "" };
}

const accept = (token: string) => acceptInvitation(database, { token, name: "Ben", password });
const over = { code: "invitation-over", status: 410 };
const rolesOf = async (userId: string) =>
  Object.fromEntries(
    (await readTeamMember(database, userId)).workspaces.map(({ name, role }) => [name, role]),
  );

test("a link creates the account with its workspaces, once, also when it is used twice at once", async () => {
  const { token } = await inviteBen();
  expect(await previewInvitation(database, token)).toMatchObject({
    email: "Ben@Example.com",
    inviter: "Ana",
    workspaces: [{ name: "Here", role: "operator" }],
    hasAccount: false,
  });

  const outcomes = await Promise.allSettled([accept(token), accept(token)]);

  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const ben = await readUserByEmail(database.sql, "ben@example.com");
  expect(await rolesOf(ben?.id ?? "")).toEqual({ Here: "operator" });
  await expect(accept(token)).rejects.toMatchObject(over);
  expect((await listInvitations(database)).items).toEqual([]);
});

test("the token has 256 random bits, and only its hash is stored", async () => {
  const { token } = await inviteBen();
  const other = await inviteBen({ email: "cleo@example.com" });

  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(other.token).not.toBe(token);
  const rows = JSON.stringify(await database.sql`select * from auth.invitations`);
  expect(rows).toContain(new Bun.CryptoHasher("sha256").update(token).digest("hex"));
  expect(rows).not.toContain(token);
});

test("an invitation and its mail are written together, and the mail has the link only sealed", async () => {
  const { token, invitation } = await inviteBen({ hasMail: true, language: "es" });

  expect(invitation).toMatchObject({ mail: "queued", language: "es", email: "Ben@Example.com" });
  const mails = await database.sql`select kind, address, content_sealed from mail.mails`;
  expect(mails).toMatchObject([{ kind: "invitation", address: "Ben@Example.com" }]);
  expect(JSON.stringify(mails)).not.toContain(token);

  const asked = {
    email: "cleo@example.com",
    isOwner: false,
    language: "en" as const,
    hasMail: true,
    by: ids.ana,
  };
  const places = [{ workspaceId: ids.here, role: "viewer" as const }];
  await expect(invite(depsOf(false), { ...asked, workspaces: places })).rejects.toMatchObject({
    code: "mail-off",
  });
  expect((await listInvitations(database)).items).toHaveLength(1);
});

test("every link that cannot be used gets the same answer: unknown, revoked, replaced and expired", async () => {
  const { token, invitation } = await inviteBen();
  const renewed = await renewInvitation(depsOf(), { id: invitation.id, hasMail: false, by: ids.ana });
  const second = renewed.link.split("#token=")[1] ?? "";

  for (const dead of [token, "x", ""]) {
    await expect(previewInvitation(database, dead)).rejects.toMatchObject(over);
    await expect(accept(dead)).rejects.toMatchObject(over);
  }
  expect(await previewInvitation(database, second)).toMatchObject({ email: "Ben@Example.com" });

  await database.sql`update auth.invitations set expires_at = now()`;
  await expect(accept(second)).rejects.toMatchObject(over);
  expect((await listInvitations(database)).items).toMatchObject([{ isExpired: true }]);

  const again = await renewInvitation(depsOf(), { id: invitation.id, hasMail: false, by: ids.ana });
  await revokeInvitation(database, invitation.id);
  await expect(accept(again.link.split("#token=")[1] ?? "")).rejects.toMatchObject(over);
  await expect(revokeInvitation(database, invitation.id)).rejects.toMatchObject({ status: 404 });
  const renewal = renewInvitation(depsOf(), { id: invitation.id, hasMail: false, by: ids.ana });
  await expect(renewal).rejects.toMatchObject({ status: 404 });
});

test("an address has one open invitation, and a member needs none", async () => {
  await inviteBen();
  await expect(inviteBen({ email: "ben@example.com" })).rejects.toMatchObject({ code: "invitation-exists" });
  await database.sql`update auth.invitations set expires_at = now()`;
  const { token } = await inviteBen({ email: "ben@example.com" });
  const { id } = await accept(token);

  await expect(inviteBen()).rejects.toMatchObject({ code: "member-exists" });
  await expect(inviteBen({ email: "ana@example.com" })).rejects.toMatchObject({ code: "member-exists" });
  const nowhere = { workspaceId: crypto.randomUUID(), role: "viewer" as const };
  await expect(inviteBen({ email: "x@example.com", workspaces: [nowhere] })).rejects.toMatchObject({
    status: 404,
  });
  await expect(inviteBen({ email: "x@example.com", workspaces: [] })).rejects.toMatchObject({ status: 422 });
  await deactivateUser(database, id);
  await expect(inviteBen()).rejects.toMatchObject({ code: "member-deactivated" });
});

test("an existing account joins after its login, keeps its roles, and nobody else can", async () => {
  const member = { workspaceId: ids.here, role: "viewer" as const, name: "Ben", password };
  const ben = await createMember(database, { ...member, email: "ben@example.com" });
  const eve = await createMember(database, { ...member, email: "eve@example.com" });
  const workspaces = [ids.here, ids.there].map((workspaceId) => ({ workspaceId, role: "manager" as const }));
  const { token } = await inviteBen({ workspaces });

  expect(await previewInvitation(database, token)).toMatchObject({ hasAccount: true });
  await expect(accept(token)).rejects.toMatchObject({ code: "invitation-has-account", status: 409 });
  await expect(joinByInvitation(database, { token, userId: eve.id })).rejects.toMatchObject({
    code: "invitation-for-another",
    status: 403,
  });
  await joinByInvitation(database, { token, userId: ben.id });

  expect(await rolesOf(ben.id)).toEqual({ Here: "viewer", There: "manager" });
  await expect(joinByInvitation(database, { token, userId: ben.id })).rejects.toMatchObject(over);
});

test("an invitation as an owner gives every workspace, and a weak password uses nothing up", async () => {
  const { token } = await inviteBen({ isOwner: true, workspaces: [] });
  await expect(
    acceptInvitation(database, { token, name: "Ben", password: "Password123" }),
  ).rejects.toMatchObject({ status: 422 });

  const ben = await accept(token);

  expect(ben.isOwner).toBe(true);
  expect(await rolesOf(ben.id)).toEqual({ Here: "owner", There: "owner" });
});

test("an invitation whose workspace was deleted is over", async () => {
  const { token } = await inviteBen({ workspaces: [{ workspaceId: ids.there, role: "viewer" }] });
  await database.sql`delete from auth.workspaces where id = ${ids.there}`;

  await expect(accept(token)).rejects.toMatchObject(over);
});
