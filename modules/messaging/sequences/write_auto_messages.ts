import type { TransactionSql } from "postgres";
import { ensureLanes, wakeLanes } from "../delivery/mod.ts";
import { isFields } from "../graph/mod.ts";
import {
  addressesOf,
  chooseTranslation,
  type Content,
  contentOnPage,
  fillMessage,
  readContentRules,
  shownOf,
  storeContent,
  tidyContent,
  valuesOf,
  valuesSql,
} from "../templates/mod.ts";

/** The text with its translations by language tag. */
export interface AutoMessage {
  content: Content;
  translations: Readonly<Record<string, Content>>;
}

export interface AutoMessageOptions extends AutoMessage {
  contactIds: readonly string[];
  /** With the contact: what keeps it from being said twice. */
  key: string;
  appUrl: string;
  /** It answers the person's own word on consent: policy lets it out although they want no more. */
  confirmsConsent?: boolean;
}

interface Person {
  id: string;
  psid: string;
  locale: string | null;
  values: unknown;
}

/**
 * Writes and sends a message of ours to these contacts, each in their language, once per key. Returns the
 * conversations.
 */
export async function writeAutoMessages(
  tx: TransactionSql,
  { workspaceId, pageId }: { workspaceId: string; pageId: string },
  { content, translations, contactIds, key, appUrl, confirmsConsent = false }: AutoMessageOptions,
): Promise<string[]> {
  const people = await tx<Person[]>`
    select c.id, c.psid, c.locale, ${valuesSql(tx)} as values
    from messaging.contacts c join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.page_id = ${pageId} and c.id = any(${[...contactIds]}::uuid[])`;
  // At most one of each language.
  const byContent = Map.groupBy(people, ({ locale }) => chooseTranslation(locale, translations) ?? content);
  const rows = [];
  for (const [said, readers] of byContent) {
    const onPage = contentOnPage(tidyContent(said), pageId);
    const contentId = await storeContent(tx, workspaceId, onPage);
    const rules = await readContentRules(tx, workspaceId, onPage, { pageId });
    const [stored] = await tx<{ message: unknown }[]>`
      select message from messaging.contents where workspace_id = ${workspaceId} and id = ${contentId}`;
    if (!isFields(stored?.message)) throw new Error(`Cannot read content ${contentId}: it is no message`);
    for (const { id, psid, values } of readers) {
      const delivery = Bun.randomUUIDv7();
      const filled = fillMessage(stored.message, valuesOf(values), addressesOf(appUrl, delivery));
      if ("invalid" in filled) continue;
      const { text, content: beside, cards } = shownOf(onPage, rules, filled.message);
      rows.push({
        id,
        psid,
        key: `${key}:${id}`,
        delivery,
        shared: contentId,
        media: onPage.mediaFileId ?? null,
        content: Bun.randomUUIDv7(),
        message: filled.message,
        text,
        beside,
        cards,
      });
    }
  }
  if (rows.length === 0) return [];
  // The thread shows the text that the contact reads; other parts are stored beside it.
  const written = await tx<{ conversation_id: string }[]>`
    with person as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id uuid, psid text, key text, delivery uuid, shared uuid, media uuid, content uuid, message jsonb, text text,
          beside jsonb, cards jsonb)
    ), message as (
      insert into messaging.messages (workspace_id, conversation_id, page_id, direction, kind, author_kind, text, content,
        idempotency_key, sent_at)
      select ${workspaceId}, id, ${pageId}, 'out', case when nullif(cards, 'null') is null then 'message' else 'template' end,
        'automation', text, nullif(beside, 'null'), key, clock_timestamp() from person
      on conflict (workspace_id, idempotency_key) where idempotency_key is not null do nothing
      returning id, conversation_id
    ), cards as (
      insert into messaging.attachments (workspace_id, message_id, position, type, payload, file_state)
      select ${workspaceId}, message.id, 0, 'template', person.cards, 'none'
      from message join person on person.id = message.conversation_id where nullif(person.cards, 'null') is not null
    ), file as (
      insert into messaging.attachments (workspace_id, message_id, position, type, file_state, file_key, file_name,
        mime_type, bytes)
      select f.workspace_id, message.id, 0, f.type, 'stored', f.file_key, f.name, f.mime_type, f.bytes
      from message join person on person.id = message.conversation_id
      join messaging.media_files f on f.workspace_id = ${workspaceId} and f.id = person.media
    ), content as (
      insert into messaging.contents (id, workspace_id, message, links, media_file_id, image_file_ids)
      select person.content, shared.workspace_id, person.message, shared.links, shared.media_file_id, shared.image_file_ids
      from person join message on message.conversation_id = person.id
      join messaging.contents shared on shared.workspace_id = ${workspaceId} and shared.id = person.shared
      returning id)
    insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, message_id, state,
      confirms_consent)
    select person.delivery, ${workspaceId}, ${pageId}, person.id, person.psid, 'reply', content.id, message.id, 'queued',
      nullif(${confirmsConsent}::bool, false)
    from message join person on person.id = message.conversation_id join content on content.id = person.content
    returning contact_id as conversation_id`;
  if (written.length > 0) {
    await ensureLanes(tx, { workspaceId, pageId });
    await wakeLanes(tx, [pageId]);
  }
  return written.map((row) => row.conversation_id);
}
