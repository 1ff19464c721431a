import type { Sql, TransactionSql } from "postgres";
import { checkContent, type ContentRules } from "./check_content.ts";
import type { Content } from "./content.ts";
import { isPersonal } from "./fill_message.ts";
import { buildMessage, type ContentFile } from "./message_form.ts";
import type { UtilityDefinition } from "./utility_form.ts";

/**
 * What a content may refer to, read in the caller's transaction; of utility templates those of one page, or of any page
 * and first of one; of files those of the library, and those of one conversation.
 */
export async function readContentRules(
  sql: Sql | TransactionSql,
  workspaceId: string,
  content: Content,
  {
    pageId = null,
    firstOf = null,
    conversationId = null,
  }: { pageId?: string | null; firstOf?: string | null; conversationId?: string | null } = {},
): Promise<ContentRules> {
  const fields = await sql<{ key: string }[]>`
    select key from messaging.custom_fields where workspace_id = ${workspaceId} order by key`;
  return {
    customKeys: new Set(fields.map(({ key }) => key)),
    files: await readFiles(sql, { workspaceId, conversationId }, content),
    utility: await readDefinitions(sql, { workspaceId, pageId, firstOf }, content),
  };
}

async function readFiles(
  sql: Sql | TransactionSql,
  { workspaceId, conversationId }: { workspaceId: string; conversationId: string | null },
  { mediaFileId, cards = [] }: Content,
): Promise<ContentRules["files"]> {
  const ids = [mediaFileId, ...cards.map((card) => card.mediaFileId)].filter((id) => id !== undefined);
  if (ids.length === 0) return new Map();
  // Locked against deletion until the caller's transaction ends.
  const rows = await sql<(ContentFile & { id: string })[]>`
    select id, type, file_key as "fileKey" from messaging.media_files
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
      and (conversation_id is null or conversation_id = ${conversationId}::uuid)
    order by id for key share`;
  return new Map(rows.map((row) => [row.id, row]));
}

async function readDefinitions(
  sql: Sql | TransactionSql,
  { workspaceId, pageId, firstOf }: { workspaceId: string; pageId: string | null; firstOf: string | null },
  { utility }: Content,
): Promise<ContentRules["utility"]> {
  if (utility === undefined) return () => undefined;
  const wanted = [utility, ...Object.values(utility.byPage ?? {})];
  const rows = await sql<UtilityDefinition[]>`
    select distinct on (u.name, u.language) u.name, u.language, u.parameter_format as "parameterFormat", u.components
    from messaging.utility_templates u
    join unnest(${wanted.map(({ name }) => name)}::text[], ${wanted.map(({ language }) => language)}::text[])
      as w(name, language) on w.name = u.name and w.language = u.language
    where u.workspace_id = ${workspaceId} and u.status = 'APPROVED'
      and (${pageId}::uuid is null or u.page_id = ${pageId}::uuid)
    order by u.name, u.language, u.page_id is not distinct from ${firstOf}::uuid desc, u.id desc`;
  return ({ name, language }) => rows.find((row) => row.name === name && row.language === language);
}

/**
 * Checks content and stores it in the form in which it is sent; gives the id of its row in messaging.contents. A
 * utility template's `byPage` is left to `storeContents`. Throws Problem content-invalid.
 */
export async function storeContent(
  tx: TransactionSql,
  workspaceId: string,
  content: Content,
): Promise<string> {
  const tidy = tidyContent(content);
  const rules = await readContentRules(tx, workspaceId, tidy);
  checkContent(tidy, rules);
  const { message, links, mediaFileId, imageFileIds } = buildMessage(tidy, rules);
  const [row] = await tx<{ id: string }[]>`
    insert into messaging.contents (workspace_id, message, is_personal, media_file_id, image_file_ids, links)
    values (${workspaceId}, ${JSON.stringify(message)}::jsonb, ${isPersonal(message)}, ${mediaFileId},
            ${imageFileIds}::uuid[], ${links}::text[])
    returning id`;
  if (!row) throw new Error("Cannot store content: no row came back");
  return row.id;
}

/** Stores content once for all pages (`pageId` null) and once for each page that has its own utility template. */
export async function storeContents(
  tx: TransactionSql,
  workspaceId: string,
  content: Content,
): Promise<{ pageId: string | null; contentId: string }[]> {
  const stored: { pageId: string | null; contentId: string }[] = [
    { pageId: null, contentId: await storeContent(tx, workspaceId, content) },
  ];
  const { utility } = content;
  for (const [pageId, template] of Object.entries(utility?.byPage ?? {})) {
    if (utility === undefined) break;
    const own: Content = { utility: { ...template, parameters: utility.parameters, byPage: {} } };
    stored.push({ pageId, contentId: await storeContent(tx, workspaceId, own) });
  }
  return stored;
}

/** Content as it is kept: without space around its texts. */
export function tidyContent(content: Content): Content {
  return tidy(content);
}

function tidy<T>(value: T): T;
function tidy(value: unknown): unknown {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return value.map((item) => tidy(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tidy(item)]));
}
