import type { Sql } from "postgres";
import { randomUUID } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { sql } from "drizzle-orm";
import { JobDelayed, type JobHandler, orm } from "#db";
import { conversations, events } from "#db/messaging";
import { type LiveBus, parse, Uuid } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";

export interface WakeDeps {
  sql: Sql;
  live: LiveBus<LiveEvent>;
}

const WakePayload = Type.Object({ workspaceId: Uuid, conversationId: Uuid });

/** Opens a snoozed conversation again when its time has come; one snoozed for longer meanwhile waits on. */
export function wakeJobHandler(on: WakeDeps): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(WakePayload, payload);
      if (!parsed.ok) throw new Error("Cannot wake a conversation: the job does not name one");
      await wakeConversation(on, parsed.value);
    },
  };
}

async function wakeConversation(
  on: WakeDeps,
  { workspaceId, conversationId }: Static<typeof WakePayload>,
): Promise<void> {
  const isThis = sql`workspace_id = ${workspaceId} and id = ${conversationId} and status = 'snoozed'`;
  const woken = await orm(on.sql).execute(sql`
    with woken as (
      update ${conversations} set status = 'open', snoozed_until = null
      where ${isThis} and snoozed_until <= now()
      returning workspace_id, page_id, id, old.snoozed_until
    )
    insert into ${events} (workspace_id, page_id, conversation_id, key, kind, data, at)
    select workspace_id, page_id, id, ${`status:${randomUUID()}`}, 'status',
      jsonb_build_object('from', 'snoozed', 'to', 'open', 'until', null), now()
    from woken returning id`);
  if (woken.length > 0) {
    await on.live.publish(workspaceChannel(workspaceId), [
      { name: "conversation", data: { conversationId } },
    ]);
    return;
  }
  const [later] = await orm(on.sql).execute<{ seconds: number }>(sql`
    select extract(epoch from snoozed_until - now())::float8 as seconds from ${conversations} where ${isThis}`);
  if (later) throw new JobDelayed(Math.max(later.seconds, 0.1), "Snoozed for longer meanwhile");
}
