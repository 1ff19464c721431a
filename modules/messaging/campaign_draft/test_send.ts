import type { TransactionSql } from "postgres";
import { type ActivityAction, recordActivity } from "#auth";
import { currentTraceId } from "#std";
import { lockFacts, type ReplyFacts, ensureLanes, wakeLane, refusalProblem } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import { decide } from "../policy/mod.ts";
import {
  type Content,
  type Utility,
  attachShown,
  type ComposedReply,
  composeReply,
  contentOnPage,
} from "../templates/mod.ts";
import { readCounted, readStored, type LinkDeps } from "../campaigns/mod.ts";
import { readContents } from "./draft_check.ts";
import { problem } from "./problems.ts";

export interface TestSend {
  campaignId: string;
  contactId: string;
  variant: number;
}

/**
 * Sends a campaign's message to one contact, with the same ledger and policy as the campaign itself. It is a
 * message of its own: the campaign's counts know nothing of it, and the person still gets the campaign.
 *
 * Throws Problem: not-found, contact-missing, variant-missing, content-invalid, or the code of a refusal with its remedy.
 */
export async function sendTest(
  on: LinkDeps,
  workspaceId: string,
  { campaignId, contactId, variant }: TestSend,
): Promise<{ messageId: string }> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const contents = await readContents(on.sql, workspaceId, readStored(row).variants);
  const content = contents[variant];
  if (!content) throw problem("variant-missing", { variant });
  const tested = { action: "campaign.tested", id: campaignId, name: row.name } as const;
  return await sendContentAsTest(on, workspaceId, { content, contactId, tested });
}

export interface ContentTest {
  content: Content;
  contactId: string;
  /** The campaign or sequence that is tested, for the activity log. */
  tested: { action: ActivityAction; id: string; name: string };
}

/**
 * Sends a content to one person as a test. Throws Problem: contact-missing, content-invalid, or the code of a refusal
 * with its remedy.
 */
export async function sendContentAsTest(
  on: LinkDeps,
  workspaceId: string,
  { content, contactId, tested }: ContentTest,
): Promise<{ messageId: string }> {
  const isUtility = content.utility !== undefined;
  const messageId = await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, { workspaceId, conversationId: contactId });
    if (!facts) {
      throw problem("contact-missing");
    }
    const own = contentOnPage(content, facts.pageId);
    await requireAllowed(tx, { facts, utility: own.utility });
    const composed = await composeReply(tx, {
      workspaceId,
      contactId,
      pageId: facts.pageId,
      appUrl: on.config.appUrl,
      content: own,
    });
    const laneClass = isUtility ? "utility" : "reply";
    const id = await insertTest(tx, { workspaceId, contactId, facts, composed, laneClass });
    await ensureLanes(tx, { workspaceId, pageId: facts.pageId });
    await wakeLane(tx, { pageId: facts.pageId, laneClass });
    const { action, ...subject } = tested;
    await recordActivity(tx, { action, workspaceId, subject, after: { contactId } });
    return id;
  });
  on.wakeDelivery();
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "message", data: { conversationId: contactId, messageId, change: "created", direction: "out" } },
  ]);
  return { messageId };
}

async function requireAllowed(
  tx: TransactionSql,
  { facts, utility }: { facts: ReplyFacts; utility: Utility | undefined },
): Promise<void> {
  const decision = decide({
    sender: { kind: "automation" },
    contact: facts.contact,
    page: facts.page,
    content: { kind: utility ? "utility" : "free" },
    now: facts.now,
    isWorkspaceDisabled: facts.isWorkspaceDisabled,
  });
  const [found] = await tx<{ is_suppressed: boolean; has_template: boolean }[]>`
    select exists (select from messaging.suppressions where page_id = ${facts.pageId} and psid = ${facts.psid}) as is_suppressed,
      exists (select from messaging.utility_templates u where u.page_id = ${facts.pageId} and u.status = 'APPROVED'
        and u.name = ${utility?.name ?? null} and u.language = ${utility?.language ?? null}) as has_template`;
  const own = found?.is_suppressed ? "suppressed" : utility && !found?.has_template ? "no-template" : null;
  const reason = decision.allowed ? own : decision.reason;
  if (reason === null) return;
  throw refusalProblem(reason, "send-test");
}

interface NewTest {
  workspaceId: string;
  contactId: string;
  facts: ReplyFacts;
  composed: ComposedReply;
  laneClass: "utility" | "reply";
}

/** The thread shows the text that the contact reads. */
async function insertTest(
  tx: TransactionSql,
  { workspaceId, contactId, facts, composed, laneClass }: NewTest,
): Promise<string> {
  const shown = composed.content === null ? null : JSON.stringify(composed.content);
  const [written] = await tx<{ id: string }[]>`
    with content as (
      insert into messaging.contents (workspace_id, message, media_file_id, image_file_ids, links)
      values (${workspaceId}, ${JSON.stringify(composed.message)}::jsonb, ${composed.mediaFileId},
              ${composed.imageFileIds}::uuid[], ${composed.links}::text[])
      returning id),
    message as (
      insert into messaging.messages (workspace_id, conversation_id, page_id, direction, kind, author_kind, text, content, sent_at)
      values (${workspaceId}, ${contactId}, ${facts.pageId}, 'out', ${composed.cards ? "template" : "message"}, 'automation',
              ${composed.text}, ${shown}::jsonb, clock_timestamp())
      returning id),
    delivery as (
      insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, message_id, state,
        trace_id)
      select coalesce(${composed.deliveryId}::uuid, uuidv7()), ${workspaceId}, ${facts.pageId}, ${contactId}, ${facts.psid},
             ${laneClass}, content.id, message.id, 'queued', ${currentTraceId() ?? null}
      from content, message)
    select id from message`;
  if (!written) throw new Error("Cannot write a test message: no row came back");
  await attachShown(tx, { workspaceId, messageId: written.id }, composed);
  return written.id;
}
