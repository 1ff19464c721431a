import { type Static, Type } from "@sinclair/typebox";
import type { Fragment, TransactionSql } from "postgres";
import { Uuid, offsetAt, readZone } from "#std";
import { quietUntil, type QuietHours } from "../policy/mod.ts";

/** A contact's recent messages show when they write. */
const weeks = 26;
/** Of so many of the newest messages in a thread, theirs and ours. */
const newestMessages = 40;
/** Contacts with fewer messages get it at their page's most active hour. */
const fewestMessages = 3;
/** From so many people the hours of the pages are counted. */
const sampledContacts = 2_000;

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
const hoursOfDay = Array.from({ length: 24 }, (_, hour) => hour);
/** Nothing is due so shortly before a window or the campaign ends: many may be due in the same minute. */
const marginMs = 15 * 60_000;

/** The share of a page's messages in each hour of the day, in the contacts' zones. */
export const PageHours = Type.Object({
  /** Over all pages. */
  shares: Type.Array(Type.Number(), { minItems: 24, maxItems: 24 }),
  pages: Type.Array(
    Type.Object({ pageId: Uuid, shares: Type.Array(Type.Number(), { minItems: 24, maxItems: 24 }) }),
  ),
});
export type PageHours = Static<typeof PageHours>;

export interface OptimalHour {
  withinHours: number;
  /** When the campaign expires, in milliseconds since 1970. */
  expiresAt: number | null;
  ignoresQuietHours: boolean;
  pageHours: PageHours;
}

interface Rules {
  zone: string;
  quiet: QuietHours | null;
}

/** The clocks of a zone: how far ahead of UTC they were in each of the last weeks, and when each hour comes next. */
interface ZoneClock {
  zone: string;
  offsets: number[];
  /** Per hour of the day the first moment in it at which something may be sent; null: none in time. */
  slots: (string | null)[];
}

interface HourCount {
  page_id: string;
  hour: number;
  count: number;
}

/** Counts when people of each page write, over a sample of those who wrote lately, spread over all of them. */
export async function countPageHours(tx: TransactionSql, workspaceId: string): Promise<PageHours> {
  const sample = tx`
    select c.id, c.page_id, c.timezone from (
      select id, page_id, timezone, row_number() over (order by id) as n, count(*) over () as people
      from messaging.contacts
      where workspace_id = ${workspaceId} and last_inbound_at > now() - make_interval(weeks => ${weeks})) c
    where n % (1 + people / ${sampledContacts}) = 0`;
  const clocks = await readClocks(tx, sample, { rules: await readRules(tx, workspaceId), until: 0 });
  const rows: readonly HourCount[] = await tx<HourCount[]>`
    with person as materialized (${sample}), ${zonesCte(tx, clocks)}
    select one.page_id, hour, count(*)::int4 as count
    from person one join zone on zone.zone = coalesce(one.timezone, '')
    cross join lateral (${hoursWritten(tx, tx`one.id`)}) history cross join lateral unnest(history.hours) hour
    group by 1, 2`;
  const countOf = (of: readonly HourCount[]) => of.reduce((sum, { count }) => sum + count, 0);
  const sharesOf = (of: readonly HourCount[], before: number[]) =>
    hoursOfDay.map((hour) => {
      const count = countOf(of.filter((row) => row.hour === hour));
      // A page of which little is known is taken for one like the others.
      const share = (count + 10 * (before[hour] ?? 0)) / (countOf(of) + 10);
      return Math.round(share * 10_000) / 10_000;
    });
  const shares = sharesOf(rows, []);
  const pageIds = [...new Set(rows.map(({ page_id }) => page_id))];
  const pages = pageIds.map((pageId) => ({
    pageId,
    shares: sharesOf(
      rows.filter(({ page_id }) => page_id === pageId),
      shares,
    ),
  }));
  return { shares, pages };
}

/** How the query of a plan finds each person's hour; `one` is the person, with `closes_at`. */
export async function optimalHourSql(
  tx: TransactionSql,
  {
    workspaceId,
    contacts,
    optimalHour,
  }: { workspaceId: string; contacts: Fragment; optimalHour: OptimalHour },
): Promise<{ ctes: Fragment; join: Fragment; at: Fragment }> {
  const { withinHours, expiresAt, ignoresQuietHours, pageHours } = optimalHour;
  const rules = await readRules(tx, workspaceId);
  const clocks = await readClocks(tx, tx`select c.timezone ${contacts}`, {
    rules: ignoresQuietHours ? { ...rules, quiet: null } : rules,
    until: Math.min(Date.now() + withinHours * hourMs, (expiresAt ?? Infinity) - marginMs),
  });
  return {
    ctes: tx`${zonesCte(tx, clocks)},
      page_hours as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(pageHours.pages)}::jsonb) as h("pageId" uuid, shares float8[])),`,
    join: tx`
      left join zone on zone.zone = coalesce(one.timezone, '')
      left join page_hours on page_hours."pageId" = one.page_id
      left join lateral (${hoursWritten(tx, tx`case when one.reason is null then one.contact_id end`)}) history on true
      left join lateral (
        select slot.at
        from unnest(zone.slots, coalesce(page_hours.shares, ${pageHours.shares}::float8[]))
          with ordinality as slot(at, share, n)
        where one.reason is null and slot.at < coalesce(one.closes_at, 'infinity') - make_interval(secs => ${marginMs / 1000}::float8)
        order by case when cardinality(history.hours) >= ${fewestMessages}::int4
            then cardinality(array_positions(history.hours, slot.n::int4 - 1)) else 0 end + slot.share desc, slot.at
        limit 1) best on true`,
    // Contacts whose window closes before any such hour get it at once.
    at: tx`coalesce(best.at, now())`,
  };
}

/** The hours of the day, on the clocks of `zone`, in which a person wrote the newest messages of the thread. */
function hoursWritten(tx: TransactionSql, contactId: Fragment): Fragment {
  return tx`
    select array_agg((floor(wrote.seconds / 3600
      + zone.offsets[1 + floor((extract(epoch from now())::float8 - wrote.seconds) / 604800)::int4] / 60::float8)::int8
      % 24)::int4) as hours
    from (
      select extract(epoch from m.sent_at)::float8 as seconds, m.sent_at, m.direction from messaging.messages m
      where m.conversation_id = ${contactId} order by m.sent_at desc, m.id desc
      limit ${tx.unsafe(String(newestMessages))}) wrote
    where wrote.direction = 'in' and wrote.sent_at between now() - make_interval(weeks => ${weeks}) and now()`;
}

function zonesCte(tx: TransactionSql, clocks: readonly ZoneClock[]): Fragment {
  return tx`zone as materialized (
    select * from jsonb_to_recordset(${JSON.stringify(clocks)}::jsonb)
      as z(zone text, offsets int4[], slots timestamptz[]))`;
}

async function readRules(tx: TransactionSql, workspaceId: string): Promise<Rules> {
  const [row] = await tx<{ zone: string; from: number | null; until: number | null }[]>`
    select timezone as zone, quiet_from::int4 as "from", quiet_until::int4 as until
    from messaging.sending_rules where workspace_id = ${workspaceId}`;
  if (!row) return { zone: "UTC", quiet: null };
  const { zone, from, until } = row;
  return { zone, quiet: from === null || until === null ? null : { from, until } };
}

/** The clocks of every zone that these people live in; "" is that of people of whom no zone is known. */
async function readClocks(
  tx: TransactionSql,
  contacts: Fragment,
  { rules, until }: { rules: Rules; until: number },
): Promise<ZoneClock[]> {
  const zones = await tx<{ zone: string }[]>`
    select distinct coalesce(timezone, '') as zone from (${contacts}) those`;
  return zones.map(({ zone }) => clockOf(zone, { rules, now: Date.now(), until }));
}

export function clockOf(
  given: string,
  { rules, now, until }: { rules: Rules; now: number; until: number },
): ZoneClock {
  const zone = readZone(given) ?? rules.zone;
  const offsets = Array.from({ length: weeks + 1 }, (_, week) =>
    Math.round(offsetAt(zone, now - week * weekMs) / 60_000),
  );
  const slots: (string | null)[] = hoursOfDay.map(() => null);
  const intoHour = (now + offsetAt(zone, now)) % hourMs;
  for (const hours of hoursOfDay) {
    const begins = Math.max(now, now - intoHour + hours * hourMs);
    const at =
      rules.quiet === null ? begins : (quietUntil(rules.quiet, given || rules.zone, begins) ?? begins);
    const isInIt = at < now - intoHour + (hours + 1) * hourMs;
    const hour = new Date(begins + offsetAt(zone, begins)).getUTCHours();
    if (isInIt && at <= until) slots[hour] ??= new Date(at).toISOString();
  }
  return { zone: given, offsets, slots };
}
