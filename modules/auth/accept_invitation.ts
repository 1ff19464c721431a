import type { TransactionSql } from "postgres";
import { sha256Hex } from "#std";
import { actAs } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { previewInvitation } from "./invitations.ts";
import { joinPlaces, takeInvitation } from "./invitation_store.ts";
import { holdWorkspaces, promote } from "./owners.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { problem } from "./problems.ts";
import { endSessionsOf } from "./session_store.ts";
import { insertUser, readUser, type User } from "./user_store.ts";

/** Decides in one row whether the link is used, then joins. */
async function join(
  tx: TransactionSql,
  { token, userId, isNew }: { token: string; userId: string; isNew: boolean },
): Promise<void> {
  const taken = await takeInvitation(tx, { tokenHash: sha256Hex(token), userId });
  if (!taken) throw problem("invitation-over");
  await recordActivity(tx, { action: "invitation.accepted", subject: { id: taken.id, name: taken.email } });
  if (!taken.isOwner) return await joinPlaces(tx, { invitationId: taken.id, userId });
  await promote(tx, userId);
  if (!isNew) await endSessionsOf(tx, { userId, reason: "role-changed" });
}

/**
 * Creates the account of an invitation, with its workspaces or as an owner. Throws 410 `invitation-over`, 409
 * `invitation-has-account` and 422 for a weak password.
 */
export async function acceptInvitation(
  on: Pick<AuthDeps, "sql">,
  { token, name, password }: { token: string; name: string; password: string },
): Promise<User> {
  // Before the costly hash: afterwards the row decides anyway.
  const { email, hasAccount, isOwner } = await previewInvitation(on, token);
  if (hasAccount) throw problem("invitation-has-account", { email });
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  return await on.sql.begin(async (tx) => {
    if (isOwner) await holdWorkspaces(tx);
    const user = await insertUser(tx, { email, name: name.trim(), passwordHash, isOwner: false });
    if (!user) throw problem("invitation-over");
    actAs(user);
    await join(tx, { token, userId: user.id, isNew: true });
    return { ...user, isOwner };
  });
}

/**
 * Adds the workspaces of an invitation to the caller's account, or makes them an owner. Throws 410 `invitation-over`
 * and 403 `invitation-for-another`.
 */
export async function joinByInvitation(
  on: Pick<AuthDeps, "sql">,
  { token, userId }: { token: string; userId: string },
): Promise<void> {
  const { email } = await previewInvitation(on, token);
  const user = await readUser(on.sql, userId);
  if (user?.email.toLowerCase() !== email.toLowerCase()) throw problem("invitation-for-another", { email });
  await on.sql.begin((tx) => join(tx, { token, userId, isNew: false }));
}
