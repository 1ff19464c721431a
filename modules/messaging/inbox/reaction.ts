import { sql } from "drizzle-orm";
import { recordActivity } from "#auth";
import { orm } from "#db";
import { reactions } from "#db/messaging";
import { workspaceChannel } from "../deps.ts";
import { sendSenderAction, metaProblem, openPageToken, pageNotConnected } from "../graph/mod.ts";
import type { InboxDeps } from "./deps.ts";
import type { ReactionKind } from "./schema.ts";
import { readMessage } from "./timeline.ts";
import { mayAnswer, readTarget } from "./typing.ts";
import { problem } from "./problems.ts";
import { refusalProblem } from "../delivery/mod.ts";

/** Meta's names of the reactions, as Messenger draws them. */
const signs: Readonly<Record<ReactionKind, string>> = {
  love: "❤️",
  smile: "😆",
  wow: "😮",
  sad: "😢",
  angry: "😠",
  like: "👍",
  dislike: "👎",
};

export interface NewReaction {
  conversationId: string;
  messageId: string;
  /** Null removes it. */
  reaction: ReactionKind | null;
}

/**
 * Shows the page's reaction to a contact's message. Throws Problem: not-found, the reason why no reply is allowed
 * with its remedy, or Meta's refusal.
 */
export async function reactTo(
  on: Omit<InboxDeps, "rateLimiter" | "wakeDelivery">,
  workspaceId: string,
  { conversationId, messageId, reaction }: NewReaction,
): Promise<void> {
  const target = await readTarget(on, workspaceId, conversationId);
  const { contact, page } = target;
  const { mid, direction } = await readMessage(on, workspaceId, { conversationId, messageId });
  if (mid === null || direction !== "in") throw problem("reaction-refused");
  const decision = mayAnswer(target, on.clock());
  if (!decision.allowed) throw refusalProblem(decision.reason, "react");
  if (page.tokenSealed === null) throw pageNotConnected("react");
  try {
    await sendSenderAction(on.graph, {
      pageFacebookId: page.facebookId,
      token: openPageToken(on.keyring, page.facebookId, page.tokenSealed),
      psid: contact.psid,
      action: reaction === null ? "unreact" : "react",
      payload: { message_id: mid, ...(reaction === null ? {} : { reaction }) },
    });
  } catch (error) {
    throw metaProblem(error, "react");
  }
  const emoji = reaction === null ? null : signs[reaction];
  const now = { emoji, reaction, at: sql`now()` };
  await on.sql.begin(async (tx) => {
    await orm(tx)
      .insert(reactions)
      .values({ workspaceId, pageId: page.id, mid, actor: "page", ...now })
      .onConflictDoUpdate({ target: [reactions.pageId, reactions.mid, reactions.actor], set: now });
    const subject = { id: conversationId };
    await recordActivity(tx, { action: "conversation.reacted", workspaceId, subject, after: { reaction } });
  });
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "message", data: { conversationId, messageId, change: "updated", direction: "in" } },
  ]);
}
