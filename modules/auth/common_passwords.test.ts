import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalRateLimiter, parseKeyring, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { acceptInvitation } from "./accept_invitation.ts";
import { resetPassword } from "./accounts.ts";
import { invite } from "./invitations.ts";
import { insertLink } from "./link_store.ts";
import { changeOwnPassword } from "./my_account.ts";
import { ensureOwner, setupToken, signUp } from "./owner.ts";
import { completePasswordReset } from "./password_reset.ts";
import { readUserByEmail } from "./user_store.ts";
import { createMember, createWorkspace } from "./workspaces.ts";

/** Follows the rules of characters, and is the 100th or so of the lists of leaks. */
const password = "Marlboro1";
const currentPassword = "Korrekt-Pferd-7";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("a common password is refused at sign-up, by the environment, command line, invitation, change and reset", async () => {
  const on = {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    keyring: parseKeyring("0123456789abcdef".repeat(4)),
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "https://chat.example.com",
      trustedProxies: [],
      mailServer: null,
    },
  };
  const owner = { email: "ana@example.com", name: "Ana", password };
  const weak = { code: "password-weak", status: 422 };
  await expect(signUp(on, { ...owner, setupToken: setupToken(on.config) })).rejects.toMatchObject(weak);
  await expect(ensureOwner(on, owner)).rejects.toMatchObject(weak);
  await ensureOwner(on, { ...owner, password: currentPassword });
  const userId = (await readUserByEmail(on.sql, owner.email))?.id ?? "";
  const { id: workspaceId } = await createWorkspace(on, { name: "Here", ownerId: userId });

  const member = { workspaceId, email: "ben@example.com", name: "Ben", role: "viewer" as const, password };
  await expect(createMember(on, member)).rejects.toMatchObject(weak);
  const asked = { email: "cleo@example.com", isOwner: true, workspaces: [], language: "en" as const };
  const { link } = await invite(on, { ...asked, hasMail: false, by: userId });
  const token = link.split("#token=")[1] ?? "";
  await expect(acceptInvitation(on, { token, name: "Cleo", password })).rejects.toMatchObject(weak);
  const change = { currentPassword, newPassword: password };
  await expect(
    changeOwnPassword(on, { userId, sessionId: crypto.randomUUID() }, change),
  ).rejects.toMatchObject(weak);
  await expect(resetPassword(on, { userId, password })).rejects.toMatchObject(weak);
  await insertLink(on.sql, { kind: "reset", userId, token: "a token", email: null });
  await expect(completePasswordReset(on, { token: "a token", password })).rejects.toMatchObject(weak);
});
