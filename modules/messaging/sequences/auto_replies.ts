import { type Static, Type } from "@sinclair/typebox";
import type { Sql } from "postgres";
import { activityRows } from "#auth";
import { named, notFound, Nullable, parse } from "#std";
import { checkTranslated, ContentSchema, translationsOf } from "../templates/mod.ts";
import { BusinessHoursSchema, hoursProblem } from "./business_hours.ts";
import { problem } from "./problems.ts";

const AutoReplyTranslations = named(
  "AutoReplyTranslations",
  { welcome: translationsOf(ContentSchema), away: translationsOf(ContentSchema) },
  {
    description:
      "By language tag. A person gets the message of their exact locale, else of its language, else the default",
  },
);

const messages = {
  welcome: Nullable(ContentSchema),
  away: Nullable(ContentSchema),
  businessHours: Nullable(BusinessHoursSchema),
};

/** Automated messages of a page: welcome for a first message, away outside business hours. */
const AutoRepliesSchema = named("AutoReplies", { ...messages, translations: AutoReplyTranslations });

export type AutoReplies = Static<typeof AutoRepliesSchema>;

/** Translations that are left out, as by clients that do not know them, stay as they are. */
export const AutoRepliesBody = named("AutoRepliesChange", {
  ...messages,
  translations: Type.Optional(AutoReplyTranslations),
});

export const AutoRepliesResponse = Type.Object({ replies: AutoRepliesSchema });

export interface PageRef {
  workspaceId: string;
  pageId: string;
}

const none: AutoReplies = {
  welcome: null,
  away: null,
  businessHours: null,
  translations: { welcome: {}, away: {} },
};

interface Row {
  welcome: unknown;
  welcome_translations: unknown;
  away: unknown;
  away_translations: unknown;
  business_hours: unknown;
}

/** Reads them as they are stored. */
export function parseAutoReplies(row: Row): AutoReplies {
  const parsed = parse(AutoRepliesSchema, {
    welcome: row.welcome,
    away: row.away,
    businessHours: row.business_hours,
    translations: { welcome: row.welcome_translations, away: row.away_translations },
  });
  if (!parsed.ok) throw new Error("Cannot read the replies of a page: they do not fit");
  return parsed.value;
}

/** The automatic replies of a page; a 404 Problem when there is no such page. */
export async function readAutoReplies(sql: Sql, { workspaceId, pageId }: PageRef): Promise<AutoReplies> {
  const [row] = await sql<(Row & { has_replies: boolean })[]>`
    select r.page_id is not null as has_replies, r.welcome, r.welcome_translations, r.away, r.away_translations,
      r.business_hours
    from messaging.pages p left join messaging.auto_replies r on r.workspace_id = p.workspace_id and r.page_id = p.id
    where p.workspace_id = ${workspaceId} and p.id = ${pageId}`;
  if (!row) throw notFound("page");
  return row.has_replies ? parseAutoReplies(row) : none;
}

/**
 * Sets them. Throws 404, `content-invalid`, `default-missing`, `hours-invalid`, `hours-zone-unknown` and `hours-
 * missing`.
 */
export async function writeAutoReplies(
  sql: Sql,
  ref: PageRef,
  replies: Static<typeof AutoRepliesBody>,
): Promise<AutoReplies> {
  const { welcome, away, businessHours, translations } = replies;
  for (const name of ["welcome", "away"] as const)
    await checkTranslated(sql, ref.workspaceId, {
      name,
      content: replies[name],
      translations: translations?.[name] ?? {},
    });
  const wrong = businessHours ? hoursProblem(businessHours) : away && problem("hours-missing");
  if (wrong) throw wrong;
  const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
  const after = { welcome: welcome !== null, away: away !== null, businessHours: businessHours !== null };
  const [stored] = await sql<Row[]>`
    with stored as (
    insert into messaging.auto_replies as r (workspace_id, page_id, welcome, away, business_hours,
      welcome_translations, away_translations)
    select workspace_id, id, ${json(welcome)}::jsonb, ${json(away)}::jsonb, ${json(businessHours)}::jsonb,
      coalesce(${json(translations?.welcome)}::jsonb, '{}'), coalesce(${json(translations?.away)}::jsonb, '{}')
    from messaging.pages where workspace_id = ${ref.workspaceId} and id = ${ref.pageId}
    on conflict (page_id) do update set welcome = excluded.welcome, away = excluded.away,
      business_hours = excluded.business_hours, updated_at = now(),
      welcome_translations = case when excluded.welcome is null then '{}'
        else coalesce(${json(translations?.welcome)}::jsonb, r.welcome_translations) end,
      away_translations = case when excluded.away is null then '{}'
        else coalesce(${json(translations?.away)}::jsonb, r.away_translations) end,
      -- Messages from before the page's automatic replies were on are not answered now.
      seen_until = case when r.welcome is null and r.away is null then now() else r.seen_until end
    returning page_id, welcome, welcome_translations, away, away_translations, business_hours),
    recorded as (${activityRows(
      sql,
      { action: "page.auto-replies-changed", workspaceId: ref.workspaceId, after },
      { from: sql`stored join messaging.pages p on p.id = stored.page_id`, id: sql`p.id`, name: sql`p.name` },
    )})
    select welcome, welcome_translations, away, away_translations, business_hours from stored`;
  if (!stored) throw notFound("page");
  return parseAutoReplies(stored);
}
