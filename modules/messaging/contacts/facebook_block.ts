import type { MessagingDeps } from "../deps.ts";
import { moderateConversation, moderationFailure, openPageToken } from "../graph/mod.ts";

export type FacebookBlockDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring">;

interface Wanted {
  state: "block_wanted" | "unblock_wanted";
  /** As Postgres writes it, so that nothing of it is lost. */
  at: string;
  userId: string | null;
  psid: string;
  pageFacebookId: string;
  tokenSealed: string | null;
}

/**
 * Asks Facebook for the stored block or unblock of a contact; nothing without one. What
 * Facebook says against it is kept with the contact, which stays blocked here: asking for the same again tries again.
 */
export async function settleFacebookBlock(
  on: FacebookBlockDeps,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  const [wanted] = await on.sql<Wanted[]>`
    select c.facebook_block as state, c.facebook_block_at::text as at, c.facebook_block_by as "userId", c.psid,
      p.facebook_id as "pageFacebookId", p.token_sealed as "tokenSealed"
    from messaging.contacts c join messaging.pages p on p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id = ${id} and c.facebook_block in ('block_wanted', 'unblock_wanted')`;
  if (!wanted) return;
  const error = await askFacebook(on, wanted);
  const isBlock = wanted.state === "block_wanted";
  // A concurrent request settles its own state.
  await on.sql`
    with settled as (
      update messaging.contacts set
        facebook_block = case when ${error}::text is not null then facebook_block when ${isBlock} then 'blocked' end,
        facebook_block_at = case when ${error}::text is not null or ${isBlock} then facebook_block_at end,
        facebook_block_by = case when ${error}::text is not null or ${isBlock} then facebook_block_by end,
        facebook_block_error = ${error}::text
      where workspace_id = ${workspaceId} and id = ${id} and facebook_block = ${wanted.state}
        and facebook_block_at = ${wanted.at}::timestamptz
      returning workspace_id, page_id, id)
    insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
    select v.workspace_id, v.page_id, v.id, 'facebook_block:' || gen_random_uuid(), 'facebook_block',
      ${wanted.userId}::uuid, jsonb_build_object('blocked', ${isBlock}::bool, 'error', ${error}::text), now()
    from settled join messaging.conversations v on v.workspace_id = settled.workspace_id and v.id = settled.id`;
}

/** Why it did not work, for people; null when it did. */
async function askFacebook(on: FacebookBlockDeps, wanted: Wanted): Promise<string | null> {
  const { state, psid, pageFacebookId, tokenSealed } = wanted;
  const isBlock = state === "block_wanted";
  const action = isBlock ? "block_user" : "unblock_user";
  try {
    if (tokenSealed === null) throw new Error("The page is not connected");
    const token = openPageToken(on.keyring, pageFacebookId, tokenSealed);
    await moderateConversation(on.graph, { pageFacebookId, token, psid, action });
    return null;
  } catch (error) {
    return moderationFailure(error, isBlock ? "block-on-facebook" : "unblock-on-facebook").message;
  }
}
