import { type Static, Type } from "@sinclair/typebox";
import type { Sql } from "postgres";
import { named, notFound, Nullable, parse, Problem } from "#std";
import { checkContent, ContentSchema, readContentRules, tidyContent } from "../templates/mod.ts";
import { BusinessHoursSchema, hoursProblem } from "./business_hours.ts";

/** What a page says by itself: to whoever writes for the first time, and to whoever writes while nobody is there. */
export const AutoRepliesSchema = named("AutoReplies", {
  welcome: Nullable(ContentSchema),
  away: Nullable(ContentSchema),
  businessHours: Nullable(BusinessHoursSchema),
});

export type AutoReplies = Static<typeof AutoRepliesSchema>;

export const AutoRepliesResponse = Type.Object({ replies: AutoRepliesSchema });

export interface PageRef {
  workspaceId: string;
  pageId: string;
}

const none: AutoReplies = { welcome: null, away: null, businessHours: null };

interface Row {
  welcome: unknown;
  away: unknown;
  business_hours: unknown;
}

/** Reads them as they are stored. */
export function parseAutoReplies(row: Row): AutoReplies {
  const parsed = parse(AutoRepliesSchema, {
    welcome: row.welcome,
    away: row.away,
    businessHours: row.business_hours,
  });
  if (!parsed.ok) throw new Error("Cannot read the replies of a page: they do not fit");
  return parsed.value;
}

/** The automatic replies of a page; a 404 Problem when there is no such page. */
export async function readAutoReplies(sql: Sql, { workspaceId, pageId }: PageRef): Promise<AutoReplies> {
  const [row] = await sql<(Row & { has_replies: boolean })[]>`
    select r.page_id is not null as has_replies, r.welcome, r.away, r.business_hours
    from messaging.pages p left join messaging.auto_replies r on r.workspace_id = p.workspace_id and r.page_id = p.id
    where p.workspace_id = ${workspaceId} and p.id = ${pageId}`;
  if (!row) throw notFound("page");
  return row.has_replies ? parseAutoReplies(row) : none;
}

/** Sets them. Throws 404, `content-invalid`, and `hours-invalid`. */
export async function writeAutoReplies(sql: Sql, ref: PageRef, replies: AutoReplies): Promise<AutoReplies> {
  for (const content of [replies.welcome, replies.away]) {
    if (!content) continue;
    const tidy = tidyContent(content);
    checkContent(tidy, await readContentRules(sql, ref.workspaceId, tidy));
  }
  const wrong = replies.businessHours
    ? hoursProblem(replies.businessHours)
    : replies.away &&
      "without them nobody is ever away. Say when somebody is there, or leave the away message out";
  if (wrong) throw new Problem("hours-invalid", 422, `Cannot save the business hours: ${wrong}`);
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const stored = await sql`
    insert into messaging.auto_replies as r (workspace_id, page_id, welcome, away, business_hours)
    select workspace_id, id, ${json(replies.welcome)}::jsonb, ${json(replies.away)}::jsonb,
      ${json(replies.businessHours)}::jsonb
    from messaging.pages where workspace_id = ${ref.workspaceId} and id = ${ref.pageId}
    on conflict (page_id) do update set welcome = excluded.welcome, away = excluded.away,
      business_hours = excluded.business_hours, updated_at = now(),
      -- What people wrote while the page said nothing by itself is not answered now.
      seen_until = case when r.welcome is null and r.away is null then now() else r.seen_until end
    returning page_id`;
  if (stored.length === 0) throw notFound("page");
  return replies;
}
