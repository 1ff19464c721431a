import type { Sql } from "postgres";
import { wideRead } from "#db";
import { notFound } from "#std";
import { zoneOf } from "../contacts/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { type Fragment, windowSql } from "../policy/mod.ts";
import type { Analytics, AnalyticsQuery, Totals } from "./schema_analytics.ts";

/** The request: this many days up to today, and as many before. */
interface Asked {
  workspaceId: string;
  pageId: string | null;
  zone: string;
  days: number;
}

/**
 * Figures of a workspace in the last days, compared with as many before, from daily counts: at most some minutes
 * old. Throws 404 for a page that this workspace does not have.
 */
export async function readAnalytics(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  query: AnalyticsQuery,
): Promise<Analytics> {
  const asked = await readAsked(sql, workspaceId, query);
  // One after the other: a screen that is opened now and then does not take the connections of all the others.
  const contacts = await readContacts(sql, asked);
  const series = await readDays(sql, asked);
  const periods = await readPeriods(sql, asked);
  const times = await readTimes(sql, asked);
  const pages = await readByPage(sql, asked);
  const hours = await readHours(sql, asked);
  const sources = await readSources(sql, asked);
  const launched = await readLaunched(sql, asked);
  const totalsOf = (isNow: boolean): Totals => {
    const { writers = 0, ...counts } = periods.find((one) => one.is_now === isNow) ?? noCounts;
    const timesOf = (kind: string) => {
      const found = times.find((one) => one.is_now === isNow && one.kind === kind);
      return { median: found?.median ?? null, p90: found?.p90 ?? null };
    };
    return {
      newContacts: counts.newContacts,
      received: counts.received,
      answers: counts.answers,
      automatic: counts.automatic,
      elsewhere: counts.elsewhere,
      campaigns: counts.campaigns,
      writersPerDay: Math.round((10 * writers) / asked.days) / 10,
      response: timesOf("response"),
      resolution: timesOf("resolution"),
    };
  };
  return {
    zone: asked.zone,
    days: series,
    totals: totalsOf(true),
    before: totalsOf(false),
    pages,
    hours,
    sources,
    contacts,
    launched,
  };
}

/** The days of the analytics alone, oldest first. Throws what `readAnalytics` throws. */
export async function readAnalyticsDays(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  query: AnalyticsQuery,
): Promise<Pick<Analytics, "zone" | "days">> {
  const asked = await readAsked(sql, workspaceId, query);
  return { zone: asked.zone, days: await readDays(sql, asked) };
}

async function readAsked(
  sql: Sql,
  workspaceId: string,
  { days = "30", pageId }: AnalyticsQuery,
): Promise<Asked> {
  if (pageId !== undefined) {
    const [page] =
      await sql`select 1 from messaging.pages where workspace_id = ${workspaceId} and id = ${pageId}`;
    if (!page) throw notFound("page");
  }
  return { workspaceId, pageId: pageId ?? null, zone: await zoneOf(sql, workspaceId), days: Number(days) };
}

const today = (sql: Sql, { zone }: Asked) => sql`(clock_timestamp() at time zone ${zone}::text)::date`;
/** Counted days of the span; with those before it. */
const counted = (sql: Sql, asked: Asked, spans = 1) => sql`
  d.workspace_id = ${asked.workspaceId} and d.zone = ${asked.zone}
  and d.day > ${today(sql, asked)} - ${spans * asked.days}::int4
  and (${asked.pageId}::uuid is null or d.page_id = ${asked.pageId}::uuid)`;
const newContacts = (sql: Sql) => sql`coalesce((select sum(value::int4) from jsonb_each_text(d.sources)), 0)`;
/** Days of campaigns are counted for all pages together. */
const ofCampaigns = (sql: Sql, asked: Asked, spans = 1) => sql`
  k.workspace_id = ${asked.workspaceId} and ${asked.pageId}::uuid is null
  and d.day > ${today(sql, asked)} - ${spans * asked.days}::int4`;

async function readDays(sql: Sql, asked: Asked): Promise<Analytics["days"]> {
  return await sql<Analytics["days"]>`
    select past.day::text as day, coalesce(page.received, 0)::int4 as received,
      coalesce(page.answers, 0)::int4 as answers, coalesce(page.new_contacts, 0)::int4 as "newContacts",
      greatest(coalesce(campaign.sent, 0), 0)::int4 as campaigns
    from (select ${today(sql, asked)} - ago as day from generate_series(0, ${asked.days - 1}::int4) ago) past
    left join (
      select d.day, sum(d.received) as received, sum(d.answers) as answers, sum(${newContacts(sql)}) as new_contacts
      from messaging.day_counts d where ${counted(sql, asked)} group by d.day) page on page.day = past.day
    left join (
      select d.day, sum(d.sent) as sent from messaging.campaign_days d
      join messaging.campaigns k on k.id = d.campaign_id where ${ofCampaigns(sql, asked)} group by d.day
    ) campaign on campaign.day = past.day
    order by past.day`;
}

interface Period {
  is_now: boolean;
  newContacts: number;
  received: number;
  writers: number;
  answers: number;
  automatic: number;
  elsewhere: number;
  campaigns: number;
}

const noCounts = {
  newContacts: 0,
  received: 0,
  writers: 0,
  answers: 0,
  automatic: 0,
  elsewhere: 0,
  campaigns: 0,
};

async function readPeriods(sql: Sql, asked: Asked): Promise<Period[]> {
  const isNow = sql`d.day > ${today(sql, asked)} - ${asked.days}::int4`;
  return await sql<Period[]>`
    with page as (
      select ${isNow} as is_now, sum(${newContacts(sql)}) as new_contacts, sum(d.received) as received,
        sum(d.writers) as writers, sum(d.answers) as answers, sum(d.automatic) as automatic, sum(d.elsewhere) as elsewhere
      from messaging.day_counts d where ${counted(sql, asked, 2)} group by 1),
    campaign as (
      select ${isNow} as is_now, sum(d.sent) as sent from messaging.campaign_days d
      join messaging.campaigns k on k.id = d.campaign_id where ${ofCampaigns(sql, asked, 2)} group by 1)
    select is_now, coalesce(new_contacts, 0)::int4 as "newContacts", coalesce(received, 0)::int4 as received,
      coalesce(writers, 0)::int4 as writers, coalesce(answers, 0)::int4 as answers,
      coalesce(automatic, 0)::int4 as automatic, coalesce(elsewhere, 0)::int4 as elsewhere,
      greatest(coalesce(sent, 0), 0)::int4 as campaigns
    from page full join campaign using (is_now)`;
}

async function readTimes(
  sql: Sql,
  asked: Asked,
): Promise<{ is_now: boolean; kind: string; median: number; p90: number }[]> {
  return await sql<{ is_now: boolean; kind: string; median: number; p90: number }[]>`
    select d.day > ${today(sql, asked)} - ${asked.days}::int4 as is_now, time.kind,
      round(percentile_cont(0.5) within group (order by time.seconds))::int4 as median,
      round(percentile_cont(0.9) within group (order by time.seconds))::int4 as p90
    from messaging.day_counts d
    cross join lateral (
      select 'response' as kind, unnest(d.response_seconds) as seconds
      union all select 'resolution', unnest(d.resolution_seconds)) time
    where ${counted(sql, asked, 2)} group by 1, 2`;
}

async function readByPage(sql: Sql, asked: Asked): Promise<Analytics["pages"]> {
  return await sql<Analytics["pages"]>`
    select p.id as "pageId", p.name, coalesce(sum(${newContacts(sql)}), 0)::int4 as "newContacts",
      coalesce(sum(d.received), 0)::int4 as received, coalesce(sum(d.answers), 0)::int4 as answers, (
        select round(percentile_cont(0.5) within group (order by seconds))::int4
        from messaging.day_counts d cross join lateral unnest(d.response_seconds) seconds
        where ${counted(sql, asked)} and d.page_id = p.id) as "responseMedian"
    from messaging.pages p left join messaging.day_counts d on d.page_id = p.id and ${counted(sql, asked)}
    where p.workspace_id = ${asked.workspaceId} and (${asked.pageId}::uuid is null or p.id = ${asked.pageId}::uuid)
    group by p.id, p.name order by received desc, p.name limit 200`;
}

async function readHours(sql: Sql, asked: Asked): Promise<number[][]> {
  const rows = await sql<{ weekday: number; hour: number; count: number }[]>`
    select extract(isodow from d.day)::int4 as weekday, one.hour::int4 as hour, sum(one.count::int4)::int4 as count
    from messaging.day_counts d cross join lateral jsonb_each_text(d.hours) as one(hour, count)
    where ${counted(sql, asked)} group by 1, 2`;
  const week = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const { weekday, hour, count } of rows) {
    const day = week[weekday - 1];
    if (day) day[hour] = count;
  }
  return week;
}

async function readSources(sql: Sql, asked: Asked): Promise<Analytics["sources"]> {
  return await sql<Analytics["sources"]>`
    select one.source, sum(one.count::int4)::int4 as count
    from messaging.day_counts d cross join lateral jsonb_each_text(d.sources) as one(source, count)
    where ${counted(sql, asked)} group by 1 order by 2 desc, 1`;
}

async function readContacts(sql: Sql, { workspaceId, pageId }: Asked): Promise<Analytics["contacts"]> {
  const { open, human, closed } = windowSql(sql);
  const count = (condition: Fragment) => sql`count(*) filter (where ${condition})::int4`;
  const is = (name: string) => count(sql`c.engagement = ${name}`);
  const [row] = await wideRead<
    Analytics["contacts"]["window"] &
      Analytics["contacts"]["engagement"] & { total: number; subscribed: number }
  >(
    sql,
    sql`select count(*)::int4 as total, ${count(sql`c.subscribed`)} as subscribed, ${count(open)} as open,
          ${count(human)} as human, ${count(closed)} as closed, ${is("new")} as new, ${is("hot")} as hot,
          ${is("warm")} as warm, ${is("cold")} as cold, ${is("inactive")} as inactive
        from messaging.contacts c where c.workspace_id = ${workspaceId}
          and (${pageId}::uuid is null or c.page_id = ${pageId}::uuid)`,
  );
  if (!row) throw new Error("Cannot count contacts: no row came back");
  const { total, subscribed, open: isOpen, human: isHuman, closed: isClosed, ...engagement } = row;
  return { total, subscribed, window: { open: isOpen, human: isHuman, closed: isClosed }, engagement };
}

async function readLaunched(sql: Sql, asked: Asked): Promise<Analytics["launched"]> {
  const sum = (name: string) => sql`coalesce(sum((k.counts ->> ${name})::int8), 0)::int4`;
  const [row] = await sql<Analytics["launched"][]>`
    select count(*)::int4 as campaigns, ${sum("sent")} as sent, ${sum("delivered")} as delivered,
      ${sum("read")} as read, ${sum("replied")} as replied
    from messaging.campaigns k
    where k.workspace_id = ${asked.workspaceId} and k.kind <> 'sequence' and k.launched_at is not null
      and k.schedule -> 'recurrence' is null
      and k.launched_at >= (${today(sql, asked)} - ${asked.days - 1}::int4)::timestamp at time zone ${asked.zone}::text`;
  return row ?? { campaigns: 0, sent: 0, delivered: 0, read: 0, replied: 0 };
}
