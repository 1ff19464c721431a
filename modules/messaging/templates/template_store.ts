import type { Sql, TransactionSql } from "postgres";
import { activityRows, changesOf, recordActivity } from "#auth";
import { decodeCursor, notFound, pageOf } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { checkContent } from "./check_content.ts";
import type { Content } from "./content.ts";
import { readContentRules, tidyContent } from "./content_store.ts";
import type { NewTemplate, Template, TemplateChange, TemplatesQuery } from "./schema.ts";
import { problem } from "./problems.ts";

type TemplateDeps = Pick<MessagingDeps, "sql">;

interface Row {
  id: string;
  name: string;
  category: string;
  content: Content;
  createdAt: number;
  updatedAt: number;
}

const columns = (sql: Sql | TransactionSql) => sql`id, name, category, content,
  (extract(epoch from created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from updated_at) * 1000)::float8 as "updatedAt"`;

function view(row: Row): Template {
  return {
    id: row.id,
    name: row.name,
    category: row.category,
    content: row.content,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}

/** Saved templates by name. `search` finds a part of the name. */
export async function listTemplates(
  { sql }: TemplateDeps,
  workspaceId: string,
  query: TemplatesQuery,
): Promise<{ items: Template[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const [after = null] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
  const rows = await sql<(Row & { key: string })[]>`
    select ${columns(sql)}, lower(name) as key from messaging.templates
    where workspace_id = ${workspaceId}
      and (${after}::text is null or lower(name) > ${after}::text)
      and (${query.category ?? null}::text is null or category = ${query.category ?? null}::text)
      and strpos(lower(name), lower(${query.search?.trim() ?? ""})) > 0
    order by lower(name) limit ${limit + 1}`;
  const page = pageOf(rows, limit, (row) => [row.key]);
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

export async function readTemplate(
  { sql }: { sql: Sql | TransactionSql },
  workspaceId: string,
  templateId: string,
): Promise<Template> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from messaging.templates
    where workspace_id = ${workspaceId} and id = ${templateId}`;
  if (!row) throw notFound("template");
  return view(row);
}

/** Saves a template. Throws Problem content-invalid, template-name-taken. */
export async function createTemplate(
  { sql }: TemplateDeps,
  workspaceId: string,
  { by, ...given }: NewTemplate & { by: { userId: string } },
): Promise<Template> {
  return await sql.begin(async (tx) => {
    const content = await checkedContent(tx, workspaceId, given.content);
    const name = given.name.trim();
    await lockNames(tx, workspaceId);
    const [row] = await tx<Row[]>`
      insert into messaging.templates (workspace_id, name, category, content, created_by)
      values (${workspaceId}, ${name}, ${given.category?.trim() ?? ""}, ${JSON.stringify(content)}::jsonb, ${by.userId})
      on conflict (workspace_id, lower(name)) do nothing returning ${columns(tx)}`;
    if (!row) throw nameTaken(name);
    await recordActivity(tx, { action: "template.created", workspaceId, subject: row });
    return view(row);
  });
}

/** Changes the given parts. Throws Problem not-found, content-invalid, template-name-taken. */
export async function changeTemplate(
  { sql }: TemplateDeps,
  workspaceId: string,
  { templateId, ...change }: TemplateChange & { templateId: string },
): Promise<Template> {
  return await sql.begin(async (tx) => {
    const content = change.content && (await checkedContent(tx, workspaceId, change.content));
    const name = change.name?.trim() ?? null;
    if (name !== null) await lockNames(tx, workspaceId);
    const [before] = await tx<Row[]>`select ${columns(tx)} from messaging.templates
      where workspace_id = ${workspaceId} and id = ${templateId} for no key update`;
    const [row] = await tx<(Row & { isTaken: boolean })[]>`
      with taken as (
        select from messaging.templates
        where workspace_id = ${workspaceId} and id <> ${templateId} and lower(name) = lower(${name}::text))
      update messaging.templates
      set name = coalesce(${name}::text, name), category = coalesce(${change.category?.trim() ?? null}::text, category),
          content = coalesce(${content === undefined ? null : JSON.stringify(content)}::jsonb, content), updated_at = now()
      where workspace_id = ${workspaceId} and id = ${templateId} and not exists (select from taken)
      returning ${columns(tx)}`;
    if (before && row) {
      const after = { name: row.name, category: row.category, content: row.content };
      const changes = changesOf({ ...before }, after, { unseen: ["content"] });
      await recordActivity(tx, { action: "template.changed", workspaceId, subject: row, ...changes });
      return view(row);
    }
    // Not there at all, or only the name is in the way.
    await readTemplate({ sql: tx }, workspaceId, templateId);
    throw nameTaken(name ?? "");
  });
}

export async function deleteTemplate(
  { sql }: TemplateDeps,
  workspaceId: string,
  templateId: string,
): Promise<void> {
  const rows = await sql`
    with gone as (
      delete from messaging.templates where workspace_id = ${workspaceId} and id = ${templateId} returning id, name),
    recorded as (${activityRows(
      sql,
      { action: "template.deleted", workspaceId },
      { from: sql`gone`, id: sql`id`, name: sql`name` },
    )})
    select id from gone`;
  if (rows.length === 0) throw notFound("template");
}

/** A copy under the first free name: "Offer (copy)", "Offer (copy 2)" … */
export async function duplicateTemplate(
  { sql }: TemplateDeps,
  workspaceId: string,
  { templateId, by }: { templateId: string; by: { userId: string } },
): Promise<Template> {
  return await sql.begin(async (tx) => {
    await lockNames(tx, workspaceId);
    const [row] = await tx<Row[]>`
      insert into messaging.templates (workspace_id, name, category, content, created_by)
      select t.workspace_id, copy.name, t.category, t.content, ${by.userId}
      from messaging.templates t
      cross join lateral (
        select left(t.name, 85) || case n when 1 then ' (copy)' else ' (copy ' || n || ')' end as name
        from generate_series(1, 10000) as n
        where not exists (
          select from messaging.templates other where other.workspace_id = t.workspace_id and lower(other.name)
            = lower(left(t.name, 85) || case n when 1 then ' (copy)' else ' (copy ' || n || ')' end))
        order by n limit 1) as copy
      where t.workspace_id = ${workspaceId} and t.id = ${templateId}
      returning ${columns(tx)}`;
    if (!row) throw notFound("template");
    await recordActivity(tx, {
      action: "template.duplicated",
      workspaceId,
      subject: row,
      after: { of: templateId },
    });
    return view(row);
  });
}

async function checkedContent(tx: TransactionSql, workspaceId: string, given: Content): Promise<Content> {
  const content = tidyContent(given);
  checkContent(content, await readContentRules(tx, workspaceId, content));
  return content;
}

/** Names are given one at a time, so that nobody takes one between the look and the change. */
async function lockNames(tx: TransactionSql, workspaceId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('templates ' || ${workspaceId}::text, 0))`;
}

const nameTaken = (name: string) => problem("template-name-taken", { name });
