import type { Sql } from "postgres";
import { type Static, Type } from "@sinclair/typebox";
import { sql } from "drizzle-orm";
import { JobDelayed, type JobHandler, orm } from "#db";
import { conversations } from "#db/messaging";
import { wakeSnoozed } from "../conversations/mod.ts";
import { type LiveBus, parse, Uuid } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";

export interface WakeDeps {
  sql: Sql;
  live: LiveBus<LiveEvent>;
}

const WakePayload = Type.Object({ workspaceId: Uuid, conversationId: Uuid });

/** Opens a snoozed conversation at its time; one snoozed again waits. */
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
  if (await wakeSnoozed(on.sql, { workspaceId, conversationId })) {
    await on.live.publish(workspaceChannel(workspaceId), [
      { name: "conversation", data: { conversationId } },
    ]);
    return;
  }
  const [later] = await orm(on.sql).execute<{ seconds: number }>(sql`
    select extract(epoch from snoozed_until - now())::float8 as seconds from ${conversations}
    where workspace_id = ${workspaceId} and id = ${conversationId} and status = 'snoozed'`);
  if (later) throw new JobDelayed(Math.max(later.seconds, 0.1), "Snoozed for longer meanwhile");
}
