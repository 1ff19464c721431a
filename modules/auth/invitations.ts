import { type MailDeps, readMailStates, type MailState, queueMail } from "#mail";
import { decodeIdCursor, type Language, notFound, pageOf, randomToken, sha256Hex } from "#std";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { requireEmail } from "./email.ts";
import { refuseUnknownPages, requireAccess } from "./given_access.ts";
import { invitationMail } from "./invitation_mail.ts";
import {
  countOpenInvitations,
  insertInvitation,
  type InvitationRow,
  type InvitedPlace,
  readInvitation,
  readInvitationOf,
  readInvitations,
  renewInvitation as renewRow,
  revokeInvitationRow,
  setInvitationMail,
} from "./invitation_store.ts";
import { readTeamMember } from "./members.ts";
import { problem } from "./problems.ts";
import { isDeactivated, readUserByEmail } from "./user_store.ts";
import { existingWorkspaces, type PageAsk } from "./workspaces.ts";

/** An open invitation, as owners see it. */
export interface Invitation extends Omit<InvitationRow, "expiresAt" | "createdAt" | "mailId"> {
  /** Of the newest mail; null: the link was only copied. */
  mail: MailState | null;
  expiresAt: string;
  createdAt: string;
}

/** Open invitations of an installation. */
const mostOpen = 200;

function view({ mailId, ...row }: InvitationRow, states: ReadonlyMap<string, MailState>): Invitation {
  return {
    ...row,
    mail: mailId === null ? null : (states.get(mailId) ?? null),
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}

/** The link of a token. The token is in the fragment, which browsers send to no server and no log. */
const linkOf = (appUrl: string, token: string) => `${appUrl}/invite#token=${token}`;

export interface NewInvitation {
  email: string;
  isOwner: boolean;
  workspaces: readonly InvitedPlace[];
  /** Of the mail. */
  language: Language;
  hasMail: boolean;
  by: string;
}

export interface LinkedInvitation {
  invitation: Invitation;
  /** Shown once: only its hash is stored. */
  link: string;
}

async function readOne(on: Pick<AuthDeps, "sql"> | MailDeps, id: string): Promise<InvitationRow> {
  const row = await readInvitation(on.sql, id);
  if (!row) throw notFound("invitation");
  return row;
}

async function mailLink(on: MailDeps, row: InvitationRow, { link, by }: { link: string; by: string }) {
  const member = await readTeamMember(on, by);
  const content = invitationMail({ ...row, inviter: member.name, link });
  const mailId = await queueMail(on, { kind: "invitation", to: row.email, content });
  await setInvitationMail(on.sql, { id: row.id, mailId });
}

/** Throws for an address that cannot be invited to these workspaces. */
async function checkInvitee(on: Pick<AuthDeps, "sql">, { email, isOwner, workspaces }: NewInvitation) {
  requireEmail(email);
  for (const { access } of workspaces) if (access) requireAccess(access);
  if (!isOwner && workspaces.length === 0) throw problem("invitation-empty");
  const ids = workspaces.map(({ workspaceId }) => workspaceId);
  if ((await existingWorkspaces(on, ids)) < new Set(ids).size) throw notFound("workspace");
  const user = await readUserByEmail(on.sql, email);
  if (!user) return;
  if (await isDeactivated(on.sql, user.id)) throw problem("member-deactivated", { email });
  const member = await readTeamMember(on, user.id);
  const has = new Set(member.workspaces.map(({ id }) => id));
  if (member.isOwner || (!isOwner && ids.every((id) => has.has(id))))
    throw problem("member-exists", { email });
}

/**
 * Invites an address and returns the link, valid for seven days and once. The mail leaves when the transaction commits.
 * Throws 404 for an unknown workspace, 409 for an open invitation, a member, a deactivated account and `mail-off`, and
 * 429 `mail-limit`.
 */
export async function invite(on: MailingDeps, given: NewInvitation): Promise<LinkedInvitation> {
  const email = given.email.trim();
  await checkInvitee(on, { ...given, email });
  const token = randomToken();
  const link = linkOf(on.config.appUrl, token);
  const id = await on.sql.begin(async (tx) => {
    if ((await countOpenInvitations(tx)) >= mostOpen) throw problem("invitations-many", { most: mostOpen });
    const places = given.isOwner ? [] : given.workspaces;
    const row = { ...given, email, places, tokenHash: sha256Hex(token), invitedBy: given.by };
    const inserted = await insertInvitation(tx, row).catch(refuseUnknownPages);
    if (inserted === null) throw problem("invitation-exists", { email });
    const within = { ...on, sql: tx };
    if (given.hasMail) await mailLink(within, await readOne(within, inserted), { link, by: given.by });
    await recordActivity(tx, {
      action: "invitation.created",
      subject: { id: inserted, name: email },
      after: { isOwner: given.isOwner, workspaces: places },
    });
    return inserted;
  });
  return { invitation: await show(on, id), link };
}

async function show(on: Pick<AuthDeps, "sql">, id: string): Promise<Invitation> {
  const row = await readOne(on, id);
  return view(row, await readMailStates(on.sql, row.mailId === null ? [] : [row.mailId]));
}

/** Makes another link with seven more days, mailed or to copy; the link before ends. Throws 404 when it is not open. */
export async function renewInvitation(
  on: MailingDeps,
  { id, hasMail, by }: { id: string; hasMail: boolean; by: string },
): Promise<LinkedInvitation> {
  const token = randomToken();
  const link = linkOf(on.config.appUrl, token);
  await on.sql.begin(async (tx) => {
    if (!(await renewRow(tx, { id, tokenHash: sha256Hex(token) }))) throw notFound("invitation");
    const within = { ...on, sql: tx };
    const row = await readOne(within, id);
    if (hasMail) await mailLink(within, row, { link, by });
    await recordActivity(tx, { action: "invitation.renewed", subject: { id, name: row.email } });
  });
  return { invitation: await show(on, id), link };
}

/** Ends an invitation and its link. Throws 404 when it is not open. */
export async function revokeInvitation(on: Pick<AuthDeps, "sql">, id: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const revoked = await revokeInvitationRow(tx, id);
    if (!revoked) throw notFound("invitation");
    await recordActivity(tx, { action: "invitation.revoked", subject: { id, name: revoked.email } });
  });
}

/** Open invitations, also expired ones, newest first. */
export async function listInvitations(
  on: Pick<AuthDeps, "sql">,
  { limit = 50, cursor }: PageAsk = {},
): Promise<{ items: Invitation[]; nextCursor: string | null }> {
  const rows = await readInvitations(on.sql, { after: decodeIdCursor(cursor), limit: limit + 1 });
  const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
  const states = await readMailStates(
    on.sql,
    items.flatMap(({ mailId }) => mailId ?? []),
  );
  return { items: items.map((row) => view(row, states)), nextCursor };
}

/** What the page of a link shows before its reader has a login. */
export interface InvitationPreview {
  email: string;
  inviter: string | null;
  isOwner: boolean;
  workspaces: { name: string; role: InvitedPlace["role"] }[];
  /** Whether the address has an account, which logs in to accept. */
  hasAccount: boolean;
  expiresAt: string;
}

/** Throws 410 `invitation-over`, the same for every link that cannot be used. */
export async function previewInvitation(
  on: Pick<AuthDeps, "sql">,
  token: string,
): Promise<InvitationPreview> {
  const row = await readInvitationOf(on.sql, sha256Hex(token));
  if (!row || (!row.isOwner && row.workspaces.length === 0)) throw problem("invitation-over");
  return {
    email: row.email,
    inviter: row.invitedBy?.name ?? null,
    isOwner: row.isOwner,
    workspaces: row.workspaces.map(({ name, role }) => ({ name, role })),
    hasAccount: (await readUserByEmail(on.sql, row.email)) !== null,
    expiresAt: row.expiresAt.toISOString(),
  };
}
