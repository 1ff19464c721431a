import type { Sql, TransactionSql } from "postgres";
import type { Viewer } from "#auth";
import { decodeCursor, pageOf } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { type Fields, fieldsList, textOf, type MetaTemplate } from "../graph/mod.ts";
import { seesPage } from "../sight/mod.ts";
import type { UtilityQuery, UtilityTemplate } from "./schema_utility.ts";
import { utilityParameters } from "./utility_form.ts";

export interface UtilityRow {
  id: string;
  pageId: string;
  pageName: string;
  facebookId: string | null;
  name: string;
  language: string;
  category: string;
  status: string;
  statusReason: string | null;
  statusAt: number;
  parameterFormat: "NAMED" | "POSITIONAL";
  components: unknown;
  createdAt: number;
}

const columns = (sql: Sql | TransactionSql) => sql`u.id, u.page_id as "pageId", p.name as "pageName",
  u.facebook_id as "facebookId", u.name, u.language, u.category, u.status, u.status_reason as "statusReason",
  (extract(epoch from u.status_at) * 1000)::float8 as "statusAt", u.parameter_format as "parameterFormat", u.components,
  (extract(epoch from u.created_at) * 1000)::float8 as "createdAt"`;

export function viewUtility(row: UtilityRow): UtilityTemplate {
  const components = fieldsList(row.components);
  const component = (type: string) => components.find((one) => textOf(one.type)?.toUpperCase() === type);
  return {
    id: row.id,
    page: { id: row.pageId, name: row.pageName },
    name: row.name,
    language: row.language,
    category: row.category,
    status: row.status,
    statusReason: row.statusReason,
    statusAt: new Date(row.statusAt).toISOString(),
    header: textOf(component("HEADER")?.text),
    body: textOf(component("BODY")?.text) ?? "",
    buttons: fieldsList(component("BUTTONS")?.buttons).map((button) => ({
      type: textOf(button.type) ?? "",
      title: textOf(button.text) ?? "",
    })),
    parameters: utilityParameters(row)
      .flatMap((group) => group.parameters)
      .map(({ key, preset }) => ({ key, preset })),
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

/** Utility templates of all pages that the viewer sees, by name, language and page. */
export async function listUtility(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  query: UtilityQuery & { viewer?: Viewer },
): Promise<{ items: UtilityTemplate[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const [name = null, language = null, id = null] =
    query.cursor === undefined ? [] : decodeCursor(query.cursor, 3).map(String);
  const rows = await sql<UtilityRow[]>`
    select ${columns(sql)}
    from messaging.utility_templates u join messaging.pages p on p.workspace_id = u.workspace_id and p.id = u.page_id
    where u.workspace_id = ${workspaceId}
      and (${name}::text is null or (u.name, u.language, u.id::text) > (${name}, ${language}, ${id}))
      and (${query.status ?? null}::text is null or u.status = upper(${query.status ?? null}))
      and (${query.pageId ?? null}::uuid is null or u.page_id = ${query.pageId ?? null}::uuid)
      ${seesPage(sql, query.viewer)}
      and strpos(u.name, lower(${query.search?.trim() ?? ""})) > 0
    order by u.name, u.language, u.id::text limit ${limit + 1}`;
  const page = pageOf(rows, limit, (row) => [row.name, row.language, row.id]);
  return { items: page.items.map(viewUtility), nextCursor: page.nextCursor };
}

/** Each page that is connected, with the status of this template on it; null where it is missing. */
export async function readCoverage(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  { name, language }: { name: string; language: string },
): Promise<{ page: { id: string; name: string }; status: string | null }[]> {
  const rows = await sql<{ id: string; name: string; status: string | null }[]>`
    select p.id, p.name, u.status
    from messaging.pages p
    left join messaging.utility_templates u on u.page_id = p.id and u.name = ${name} and u.language = ${language}
    where p.workspace_id = ${workspaceId} and p.status <> 'disconnected' order by p.name, p.id`;
  return rows.map((row) => ({ page: { id: row.id, name: row.name }, status: row.status }));
}

export async function readUtilityRows(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  ids: readonly string[],
): Promise<UtilityRow[]> {
  return await sql<UtilityRow[]>`
    select ${columns(sql)}
    from messaging.utility_templates u join messaging.pages p on p.workspace_id = u.workspace_id and p.id = u.page_id
    where u.workspace_id = ${workspaceId} and u.id = any(${[...ids]}::uuid[]) order by p.name, u.id`;
}

export interface WantedUtility {
  pageIds: readonly string[];
  name: string;
  language: string;
  parameterFormat: "NAMED" | "POSITIONAL";
  components: Fields[];
}

/**
 * Rows of templates that are about to be created, one per page. One with the same name and language is a conflict,
 * unless Meta never had it or rejected it.
 */
export async function insertWanted(
  tx: TransactionSql,
  workspaceId: string,
  wanted: WantedUtility,
): Promise<{ id: string; pageId: string }[]> {
  return await tx<{ id: string; pageId: string }[]>`
    insert into messaging.utility_templates as t (workspace_id, page_id, name, language, category, status,
      parameter_format, components)
    select p.workspace_id, p.id, ${wanted.name}, ${wanted.language}, 'UTILITY', 'PENDING', ${wanted.parameterFormat},
      ${JSON.stringify(wanted.components)}::jsonb
    from messaging.pages p
    where p.workspace_id = ${workspaceId} and p.status <> 'disconnected'
      and p.id = any (array(select jsonb_array_elements_text(${JSON.stringify(wanted.pageIds)}::jsonb)::uuid))
    order by p.id
    on conflict (page_id, name, language) do update
      set status = 'PENDING', status_reason = null, status_at = clock_timestamp(),
          parameter_format = excluded.parameter_format, components = excluded.components
      where t.facebook_id is null and t.status = 'REJECTED'
    returning id, page_id as "pageId"`;
}

/** The result of our request. */
export async function storeAnswer(
  sql: Sql,
  id: string,
  answer: { facebookId: string | null; status: string; statusReason: string | null },
): Promise<void> {
  await sql`update messaging.utility_templates
    set facebook_id = coalesce(${answer.facebookId}, facebook_id), status = ${answer.status},
        status_reason = ${answer.statusReason}, status_at = clock_timestamp()
    where id = ${id}`;
}

/** Makes a page's rows equal to Meta's list. Rows with a pending request stay. */
export async function storeListed(
  sql: Sql,
  page: { workspaceId: string; pageId: string; askedAt: Date },
  templates: readonly MetaTemplate[],
): Promise<void> {
  const rows = JSON.stringify(
    templates.map((one) => ({
      facebook_id: one.facebookId,
      name: one.name,
      language: one.language,
      category: one.category,
      status: one.status,
      status_reason: one.statusReason,
      parameter_format: one.parameterFormat,
      components: one.components,
    })),
  );
  await sql.begin(async (tx) => {
    await tx`
      insert into messaging.utility_templates as u (workspace_id, page_id, facebook_id, name, language, category, status,
        status_reason, parameter_format, components)
      select distinct on (t.name, t.language) ${page.workspaceId}, ${page.pageId}, t.facebook_id, t.name, t.language,
        t.category, t.status, t.status_reason, t.parameter_format, t.components
      from jsonb_to_recordset(${rows}::jsonb) as t(facebook_id text, name text, language text, category text, status text,
        status_reason text, parameter_format text, components jsonb)
      order by t.name, t.language, t.facebook_id desc
      on conflict (page_id, name, language) do update
        set facebook_id = excluded.facebook_id, category = excluded.category, status = excluded.status,
            status_reason = excluded.status_reason, parameter_format = excluded.parameter_format,
            components = excluded.components,
            status_at = case when u.status = excluded.status then u.status_at else clock_timestamp() end
        -- A webhook after the request of the list is newer than the list.
        where u.status_at <= ${page.askedAt.toISOString()}::timestamptz`;
    await tx`
      delete from messaging.utility_templates u
      where u.page_id = ${page.pageId} and u.facebook_id is not null
        and u.status_at <= ${page.askedAt.toISOString()}::timestamptz
        and u.facebook_id <> all(${templates.map((one) => one.facebookId)}::text[])`;
  });
}
