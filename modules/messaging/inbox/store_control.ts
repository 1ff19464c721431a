import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { notFound } from "#std";
import { setControl } from "../conversations/mod.ts";
import type { ControlAction } from "./schema.ts";

/** Whose thread it is, and on which page, as it is before Meta is asked. */
export interface ControlTarget {
  workspaceId: string;
  conversationId: string;
  psid: string;
  pageId: string;
  facebookId: string;
  tokenSealed: string | null;
  controlledByApp: string | null;
  /** As Postgres writes it. */
  controlledAt: string | null;
}

/** Throws 404. */
export async function readControlTarget(
  { sql }: { sql: Sql },
  { workspaceId, conversationId }: { workspaceId: string; conversationId: string },
): Promise<ControlTarget> {
  const [row] = await sql<Omit<ControlTarget, "workspaceId" | "conversationId">[]>`
    select p.psid, g.id as "pageId", g.facebook_id as "facebookId", g.token_sealed as "tokenSealed",
      c.controlled_by_app as "controlledByApp", c.controlled_at as "controlledAt"
    from messaging.conversations c
    join messaging.contacts p on p.workspace_id = c.workspace_id and p.id = c.id
    join messaging.pages g on g.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id = ${conversationId}`;
  if (!row) throw notFound("conversation");
  return { workspaceId, conversationId, ...row };
}

export interface ControlWord {
  control: "ours" | "other" | "requested" | "idle";
  /** Of `other`, where Meta names it. */
  appId?: string | null;
  /** Meta's time, in milliseconds. */
  at: number;
}

/** Stores the owner of the thread from a call's answer, unless an event was newer. */
export async function storeControl(
  sql: Sql | TransactionSql,
  target: ControlTarget,
  { control, appId = null, at }: ControlWord,
): Promise<void> {
  const { workspaceId, conversationId, controlledAt: knownAt } = target;
  await setControl(sql, { workspaceId, conversationId, knownAt, control, appId, at });
}

/** The timeline event that names the member. */
export async function storeControlLine(
  tx: TransactionSql,
  { workspaceId, conversationId, pageId, controlledByApp }: ControlTarget,
  { action, by }: { action: ControlAction; by: string },
): Promise<void> {
  const data = JSON.stringify({ action, app: action === "release" ? null : controlledByApp });
  await tx`
    insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
    values (${workspaceId}, ${pageId}, ${conversationId}, ${`thread_control:${randomUUID()}`}, 'thread_control',
      ${by}, ${data}::text::jsonb, clock_timestamp())`;
}
