import { and, eq, sql } from "drizzle-orm";
import { type Principal, relations } from "#auth";
import { type JobHandler, orm } from "#db";
import { contacts, conversations, pages } from "#db/messaging";
import { log, notFound, parse } from "#std";
import { workspaceChannel } from "../deps.ts";
import { GraphError, sendSenderAction, openPageToken } from "../graph/mod.ts";
import { contactFacts, decide, type Decision } from "../policy/mod.ts";
import type { InboxDeps } from "./deps.ts";
import { OfConversation } from "./schema.ts";

const everySeconds = 5;

/**
 * Shows typing to members, and to the contact while a reply is allowed; at most every 5 seconds. Throws 404. A
 * refusal of Meta is not an error: the message follows soon.
 */
export async function showTyping(
  on: InboxDeps,
  workspaceId: string,
  { conversationId, by }: { conversationId: string; by: Principal },
): Promise<void> {
  const target = await readTarget(on, workspaceId, conversationId);
  const key = `typing:${conversationId}:${by.userId}`;
  const { allowed } = await on.rateLimiter.take({ key, limit: 1, windowSeconds: everySeconds });
  if (!allowed) return;
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "typing", data: { conversationId, userId: by.userId, name: by.name } },
  ]);
  showContact(on, target, "typing_on").catch((error) =>
    log.info("Cannot show the person that somebody types", { error }),
  );
}

/** Shows the contact "Seen" while the page may reply. */
export function seenJobHandler(on: Omit<InboxDeps, "rateLimiter" | "wakeDelivery">): JobHandler {
  return {
    maxAttempts: 4,
    async run(payload) {
      const parsed = parse(OfConversation, payload);
      if (!parsed.ok) throw new Error("Cannot mark a conversation as seen: the job does not name one");
      try {
        const target = await readTarget(on, parsed.value.workspaceId, parsed.value.conversationId);
        await showContact(on, target, "mark_seen");
      } catch (error) {
        // Retry only temporary errors: this is a courtesy and fails silently.
        if (error instanceof GraphError && error.class === "transient") throw error;
        log.info("Cannot mark a conversation as seen", { error });
      }
    },
  };
}

type Target = Awaited<ReturnType<typeof readTarget>>;

/** The contact and the page of a conversation. Throws 404. */
export async function readTarget(on: Pick<InboxDeps, "sql">, workspaceId: string, conversationId: string) {
  const [row] = await orm(on.sql)
    .select({
      contact: { psid: contacts.psid, ...contactFacts },
      page: {
        id: pages.id,
        facebookId: pages.facebookId,
        status: pages.status,
        humanAgent: pages.humanAgent,
        tokenSealed: pages.tokenSealed,
      },
      isWorkspaceDisabled: sql<boolean>`${conversations.workspaceId} in ${sql.raw(relations.workspacesOff)}`,
    })
    .from(conversations)
    .innerJoin(
      contacts,
      and(eq(contacts.workspaceId, conversations.workspaceId), eq(contacts.id, conversations.id)),
    )
    .innerJoin(pages, eq(pages.id, conversations.pageId))
    .where(and(eq(conversations.workspaceId, workspaceId), eq(conversations.id, conversationId)));
  if (!row) throw notFound("conversation");
  return row;
}

/** Whether a person here could write to them now. */
export function mayAnswer(target: Target, now: number): Decision {
  return decide({ ...target, sender: { kind: "person" }, content: { kind: "free" }, now: new Date(now) });
}

async function showContact(
  on: Pick<InboxDeps, "clock" | "graph" | "keyring">,
  target: Target,
  action: "typing_on" | "mark_seen",
): Promise<void> {
  const { contact, page } = target;
  if (!mayAnswer(target, on.clock()).allowed || page.tokenSealed === null) return;
  await sendSenderAction(on.graph, {
    pageFacebookId: page.facebookId,
    token: openPageToken(on.keyring, page.facebookId, page.tokenSealed),
    psid: contact.psid,
    action,
  });
}
