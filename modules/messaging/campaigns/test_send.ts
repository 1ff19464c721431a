import type { TransactionSql } from "postgres";
import { currentTraceId, Problem } from "#std";
import { lockFacts, type ReplyFacts } from "../delivery/facts.ts";
import { ensureLanes, wakeLane } from "../delivery/lanes.ts";
import { workspaceChannel } from "../deps.ts";
import { isFields } from "../graph_fields.ts";
import { decide } from "../policy.ts";
import type { Content } from "../templates/content.ts";
import { storeContents } from "../templates/content_store.ts";
import { addressesOf, fillMessage } from "../templates/fill_message.ts";
import { valuesOf, valuesSql } from "../templates/variables.ts";
import { readCounted } from "./campaign_rows.ts";
import { readStored } from "./campaign_view.ts";
import type { LinkDeps } from "./deps.ts";
import { readContents } from "./draft_check.ts";
import { reasonText } from "./reason_texts.ts";

export interface TestSend {
  campaignId: string;
  contactId: string;
  variant: number;
}

/**
 * Sends what a campaign says to one person, by the same ledger and the same policy as the campaign itself. It is a
 * message of its own: the campaign's counts know nothing of it, and the person still gets the campaign.
 *
 * Throws Problem: not-found, contact-missing, variants-invalid, content-invalid, or the slug of a refusal with its remedy.
 */
export async function sendTest(
  on: LinkDeps,
  workspaceId: string,
  { campaignId, contactId, variant }: TestSend,
): Promise<{ messageId: string }> {
  const { row } = await readCounted(on.db, workspaceId, campaignId);
  const contents = await readContents(on.sql, workspaceId, readStored(row).variants);
  const content = contents[variant];
  if (!content)
    throw new Problem("variants-invalid", 422, `Cannot send a test: there is no variant ${variant}`);
  return await sendContentAsTest(on, workspaceId, { content, contactId });
}

/**
 * Sends a content to one person as a test. Throws Problem: contact-missing, content-invalid, or the slug of a refusal
 * with its remedy.
 */
export async function sendContentAsTest(
  on: LinkDeps,
  workspaceId: string,
  { content, contactId }: { content: Content; contactId: string },
): Promise<{ messageId: string }> {
  const isUtility = content.utility !== undefined;
  const messageId = await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, { workspaceId, conversationId: contactId });
    if (!facts) {
      const message =
        "Cannot send a test: this contact has no thread here. Choose somebody who wrote to a page";
      throw new Problem("contact-missing", 422, message);
    }
    await requireAllowed(tx, { facts, isUtility });
    const stored = await storeContents(tx, workspaceId, content);
    const own =
      stored.find(({ pageId }) => pageId === facts.pageId) ?? stored.find(({ pageId }) => pageId === null);
    const id = await insertTest(tx, {
      workspaceId,
      contactId,
      contentId: own?.contentId ?? "",
      facts,
      laneClass: isUtility ? "utility" : "reply",
      appUrl: on.config.appUrl,
    });
    await ensureLanes(tx, { workspaceId, pageId: facts.pageId });
    await wakeLane(tx, { pageId: facts.pageId, laneClass: isUtility ? "utility" : "reply" });
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
  { facts, isUtility }: { facts: ReplyFacts; isUtility: boolean },
): Promise<void> {
  const decision = decide({
    sender: { kind: "automation" },
    contact: facts.contact,
    page: facts.page,
    content: { kind: isUtility ? "utility" : "free" },
    now: facts.now,
    isWorkspaceDisabled: facts.isWorkspaceDisabled,
  });
  const [suppressed] = await tx`
    select 1 as found from messaging.suppressions where page_id = ${facts.pageId} and psid = ${facts.psid}`;
  const reason = decision.allowed ? (suppressed ? "suppressed" : null) : decision.reason;
  if (reason === null) return;
  const { title, remedy } = reasonText({ reason });
  throw new Problem(reason, 409, `Cannot send a test to this person: ${title}. ${remedy}`, { remedy });
}

interface NewTest {
  workspaceId: string;
  contactId: string;
  contentId: string;
  facts: ReplyFacts;
  laneClass: "utility" | "reply";
  appUrl: string;
}

async function insertTest(tx: TransactionSql, test: NewTest): Promise<string> {
  const { workspaceId, contactId, contentId, facts } = test;
  const [person] = await tx<{ values: unknown; message: unknown }[]>`
    select ${valuesSql(tx)} as values, content.message
    from messaging.contacts c
    join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    join messaging.contents content on content.workspace_id = c.workspace_id and content.id = ${contentId}
    where c.workspace_id = ${workspaceId} and c.id = ${contactId}`;
  const deliveryId = Bun.randomUUIDv7();
  if (!isFields(person?.message)) throw new Error(`Cannot read content ${contentId}: it is no message`);
  const filled = fillMessage(person.message, valuesOf(person.values), addressesOf(test.appUrl, deliveryId));
  if ("invalid" in filled)
    throw new Problem("content-invalid", 422, `Cannot send this to the person: ${filled.invalid}`);
  // In the thread stands what the person reads, so the content is stored as it was filled.
  const message = JSON.stringify(filled.message);
  const [written] = await tx<{ id: string }[]>`
    with content as (
      insert into messaging.contents (workspace_id, message, links, media_file_id, image_file_ids)
      select workspace_id, ${message}::jsonb, links, media_file_id, image_file_ids
      from messaging.contents where workspace_id = ${workspaceId} and id = ${contentId} returning id),
    message as (
      insert into messaging.messages (workspace_id, conversation_id, page_id, direction, author_kind, text, content, sent_at)
      select ${workspaceId}, ${contactId}, ${facts.pageId}, 'out', 'automation', ${message}::jsonb ->> 'text',
             nullif(${message}::jsonb - 'text', '{}'), clock_timestamp()
      returning id),
    delivery as (
      insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, message_id, state,
        trace_id)
      select ${deliveryId}, ${workspaceId}, ${facts.pageId}, ${contactId}, ${facts.psid}, ${test.laneClass}, content.id,
             message.id, 'queued', ${currentTraceId() ?? null}
      from content, message)
    select id from message`;
  if (!written) throw new Error("Cannot write a test message: no row came back");
  return written.id;
}
