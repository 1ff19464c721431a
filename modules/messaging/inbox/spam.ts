import { type Static } from "@sinclair/typebox";
import type { Sql } from "postgres";
import type { JobHandler } from "#db";
import { parse } from "#std";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { GraphError, moderateConversation, moderationFailure, openPageToken } from "../graph/mod.ts";
import { OfConversation } from "./schema.ts";

type SpamDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring" | "live">;

type Which = Static<typeof OfConversation>;

interface Spam {
  /** The id of the timeline event of the move: Meta is asked once for each. */
  eventId: string;
  psid: string;
  pageFacebookId: string;
  tokenSealed: string | null;
}

/** Moves a conversation that is spam here to spam at Meta, and writes into the thread how that ended. */
export function spamJobHandler(on: SpamDeps): JobHandler {
  return {
    maxAttempts: 6,
    async run(payload) {
      const which = readWhich(payload);
      const spam = await readSpam(on.sql, which);
      if (!spam) return;
      try {
        await moveAtMeta(on, spam);
        await writeOutcome(on, which, { spam, error: null });
      } catch (error) {
        if (error instanceof GraphError && mayPass.has(error.class)) throw error;
        await writeOutcome(on, which, { spam, error });
      }
    },
    async givenUp(payload, failure) {
      const which = readWhich(payload);
      const spam = await readSpam(on.sql, which);
      if (spam) await writeOutcome(on, which, { spam, error: failure });
    },
  };
}

/** Errors after which the same call may succeed. A second move changes nothing. */
const mayPass = new Set<GraphError["class"]>(["transient", "throttled", "maybe_sent"]);

function readWhich(payload: unknown): Which {
  const parsed = parse(OfConversation, payload);
  if (!parsed.ok) throw new Error("Cannot move a conversation to spam: the job does not name one");
  return parsed.value;
}

/** Nothing when somebody took it out of spam meanwhile, or when Meta was asked already. */
async function readSpam(sql: Sql, { workspaceId, conversationId }: Which): Promise<Spam | undefined> {
  const [spam] = await sql<Spam[]>`
    select moved.id as "eventId", c.psid, p.facebook_id as "pageFacebookId", p.token_sealed as "tokenSealed"
    from messaging.conversations v
    join messaging.contacts c on c.workspace_id = v.workspace_id and c.id = v.id and c.page_id = v.page_id
    join messaging.pages p on p.id = v.page_id
    cross join lateral (
      select e.id from messaging.events e where e.conversation_id = v.id and e.kind = 'status'
        and e.data ->> 'to' = 'spam' order by e.at desc, e.id desc limit 1) moved
    where v.workspace_id = ${workspaceId} and v.id = ${conversationId} and v.status = 'spam'
      and not exists (select from messaging.events said
        where said.page_id = v.page_id and said.key = 'facebook_spam:' || moved.id)`;
  return spam;
}

async function moveAtMeta(on: SpamDeps, { psid, pageFacebookId, tokenSealed }: Spam): Promise<void> {
  if (tokenSealed === null) throw new Error("The page is not connected");
  const token = openPageToken(on.keyring, pageFacebookId, tokenSealed);
  await moderateConversation(on.graph, { pageFacebookId, token, psid, action: "move_to_spam" });
}

async function writeOutcome(
  { sql, live }: SpamDeps,
  { workspaceId, conversationId }: Which,
  { spam, error }: { spam: Spam; error: unknown },
): Promise<void> {
  const text = error === null ? null : moderationFailure(error, "move-to-spam").message;
  await sql`
    insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
    select workspace_id, page_id, id, ${`facebook_spam:${spam.eventId}`}, 'facebook_spam',
      jsonb_build_object('error', ${text}::text), now()
    from messaging.conversations where workspace_id = ${workspaceId} and id = ${conversationId}
    on conflict (page_id, key) do nothing`;
  await live.publish(workspaceChannel(workspaceId), [{ name: "conversation", data: { conversationId } }]);
}
