import type { Sql } from "postgres";
import type { Handle } from "#db";
import { constantTimeEqual, deriveKey, Problem } from "#std";
import { actAs } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { requireEmail } from "./email.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { holdSignUps, holdWorkspaces, joinAllWorkspaces, ownerExists } from "./owners.ts";
import { insertUser, type User } from "./user_store.ts";
import { problem } from "./problems.ts";

export interface NewOwner {
  email: string;
  password: string;
  name: string;
}

/**
 * The token for the first owner, printed by the server while there is none. It derives from the secret, so all
 * processes print the same one and nothing is stored.
 */
export function setupToken(config: Pick<AuthDeps["config"], "jwtSecret">): string {
  return deriveKey(config.jwtSecret, "owner set-up token").toString("base64url");
}

/** Whether this installation has no owner yet. */
export async function needsOwner(on: { sql: Handle }): Promise<boolean> {
  return !(await ownerExists(on.sql));
}

const ownerIsThere = () => problem("owner-exists");

async function createOwner(on: { sql: Sql }, owner: NewOwner): Promise<User> {
  requireEmail(owner.email);
  requireGoodPassword(owner.password);
  const { email, name } = owner;
  const passwordHash = await hashPassword(owner.password);
  return await on.sql.begin(async (tx) => {
    // The lock decides between two that sign up at the same moment.
    await holdSignUps(tx);
    if (await ownerExists(tx)) throw ownerIsThere();
    await holdWorkspaces(tx);
    const user = await insertUser(tx, {
      email: email.trim(),
      name: name.trim(),
      passwordHash,
      isOwner: true,
    });
    if (!user) throw problem("email-taken");
    await joinAllWorkspaces(tx, user.id);
    actAs(user);
    await recordActivity(tx, { action: "owner.created", subject: { id: user.id, name: user.name } });
    return user;
  });
}

/** Creates the first owner for a caller with the setup token. Throws 403, 409 and 422 Problems. */
export async function signUp(
  on: Pick<AuthDeps, "sql" | "config">,
  { setupToken: given, ...owner }: NewOwner & { setupToken: string },
): Promise<User> {
  if (!constantTimeEqual(given, setupToken(on.config))) {
    throw problem("setup-token-wrong");
  }
  // Before the costly hash: afterwards the lock decides anyway.
  if (await ownerExists(on.sql)) throw ownerIsThere();
  return await createOwner(on, owner);
}

/**
 * Creates the owner of an unattended setup (`OWNER_EMAIL`, `OWNER_PASSWORD`) if there is none; idempotent when
 * several processes start at once. Throws a 422 Problem for a weak password.
 */
export async function ensureOwner(
  on: { sql: Sql },
  owner: { email: string; password: string; name?: string },
): Promise<"created" | "exists"> {
  if (await ownerExists(on.sql)) return "exists";
  const { email, password, name = "Owner" } = owner;
  try {
    await createOwner(on, { email, password, name });
    return "created";
  } catch (error) {
    if (error instanceof Problem && error.code === "owner-exists") return "exists";
    throw error;
  }
}
