import { type Database, textArray } from "#db";
import { type LiveBus, log } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";
import type { TouchedConversation } from "./record_messages.ts";

/** Publishes changes after the commit: one event per conversation with a new or changed message. */
export function publishTouched(
  { live }: { live: LiveBus<LiveEvent> },
  touched: readonly TouchedConversation[],
): void {
  const channels = new Map<string, Map<string, LiveEvent>>();
  for (const { workspaceId, conversationId, messageId, direction } of touched) {
    let events = channels.get(workspaceId);
    if (!events) channels.set(workspaceId, (events = new Map()));
    if (messageId !== null && direction !== null)
      events.set(conversationId, {
        name: "message",
        data: { conversationId, messageId, change: "created", direction },
      });
    else if (!events.has(conversationId))
      events.set(conversationId, { name: "conversation", data: { conversationId } });
  }
  for (const [workspaceId, events] of channels)
    live
      .publish(workspaceChannel(workspaceId), [...events.values()])
      .catch((error) => log.warn("Cannot publish live events", { error }));
}

/** Records the time of the last event of these pages and publishes it. */
export async function markPagesHeard(
  { sql, live }: Pick<Database, "sql"> & { live: LiveBus<LiveEvent> },
  pageFacebookIds: readonly string[],
): Promise<void> {
  const rows = await sql.unsafe<{ id: string; workspace_id: string }[]>(
    `update messaging.pages set last_event_at = now()
     where facebook_id = any($1::text[]) and status <> 'disconnected' returning id, workspace_id`,
    [textArray(pageFacebookIds)],
  );
  for (const row of rows)
    await live.publish(workspaceChannel(row.workspace_id), [{ name: "page", data: { pageId: row.id } }]);
}

/** Below so many conversations Postgres may not yet know that there are any. */
const fewConversations = 10_000;

/**
 * Lets Postgres count young tables now instead of when autovacuum comes by, up to a minute later. A plan made while a
 * table was empty is kept until then, and that of the foreign keys reads a whole workspace for each message.
 */
export async function learnTableSizes({ sql }: Pick<Database, "sql">): Promise<void> {
  const [known] = await sql<{ rows: number }[]>`
    select reltuples::float8 as rows from pg_class where oid = 'messaging.conversations'::regclass`;
  if (known && known.rows < fewConversations)
    await sql.unsafe(
      "analyze messaging.contacts, messaging.conversations, messaging.messages, messaging.attachments",
    );
}
