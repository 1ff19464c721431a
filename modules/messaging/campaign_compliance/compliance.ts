import type { Fragment } from "postgres";
import { wideRead } from "#db";
import { reasonText } from "../delivery/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import type { Compliance, ComplianceQuery } from "./schema_compliance.ts";
import { problem, say } from "./problems.ts";
import { defineTerms, recognize, type Sentence, wordsOf } from "#std";

const longestMs = 92 * 86_400_000;
/**
 * Nothing else than campaigns waits longer in the ledger than this before it is sent: the ids of older rows need no
 * look.
 */
const oldestWaitDays = 30;
/** So many messages to one person are counted together. */
const frequencies: readonly { messages: number; atMost: number | null }[] = [
  { messages: 1, atMost: 1 },
  { messages: 2, atMost: 2 },
  { messages: 3, atMost: 3 },
  { messages: 4, atMost: 6 },
  { messages: 7, atMost: null },
];
/** Meta names no number; these are well above what healthy pages have. */
const risk = { failedShare: 0.05, leastResults: 20, optOutShare: 0.01, leastReached: 100 };

const routes: Readonly<Record<string, string>> = {
  standard: "Within 24 hours of the contact's message",
  ad_window: "Within the window that an ad opened",
  human_agent: "Manual late reply, within seven days",
  utility: "Utility message",
  private_reply: "Private reply to a comment",
  recurring_notification: "Message to a notification opt-in",
};

defineTerms(
  "route",
  Object.fromEntries(Object.entries(routes).map(([name, title]) => [name.replaceAll("_", "-"), title])),
);

/** A stretch of time that was checked. */
export interface Range {
  from: Date;
  until: Date;
}

/** Throws 422 `invalid-range` when it is no range, or longer than 92 days. */
export function readRange({ from, until }: ComplianceQuery): Range {
  const range = { from: new Date(from), until: new Date(until) };
  const lastsMs = range.until.getTime() - range.from.getTime();
  if (lastsMs > 0 && lastsMs <= longestMs) return range;
  throw problem("invalid-range");
}

/**
 * The rows of the ledger that ended in a range, as a condition over `d`. Ids are made of the time of their planning,
 * which for a campaign that was paused for long, or sent again, may be long ago.
 */
export async function endedIn(
  sql: MessagingDeps["sql"],
  workspaceId: string,
  { from, until }: Range,
): Promise<{ ended: Fragment }> {
  const sinceMs = from.getTime() - oldestWaitDays * 86_400_000;
  const [oldest] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from min(greatest(launched_at, due_at))) * 1000)::float8 as ms from messaging.campaigns
    where workspace_id = ${workspaceId} and kind <> 'sequence' and status not in ('draft', 'scheduled')
      and (finished_at is null or finished_at >= ${from.toISOString()}::timestamptz)`;
  const firstMs = Math.max(0, Math.floor(Math.min(sinceMs, oldest?.ms ?? sinceMs)));
  const firstId = `${firstMs.toString(16).padStart(12, "0")}00000000000000000000`;
  return {
    ended: sql`d.workspace_id = ${workspaceId} and d.id >= ${firstId}::uuid
      and d.settled_at >= ${from.toISOString()}::timestamptz and d.settled_at < ${until.toISOString()}::timestamptz`,
  };
}

interface Group {
  page_id: string;
  state: string;
  route: string | null;
  reason: string | null;
  count: number;
}

/** Sent and withheld messages from the ledger, for the compliance page. */
export async function readCompliance(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  query: ComplianceQuery,
): Promise<Compliance> {
  const range = readRange(query);
  const { ended } = await endedIn(sql, workspaceId, range);
  const [groups, contacts, pages] = await Promise.all([
    wideRead<Group>(
      sql,
      sql`select d.page_id, d.state, case when d.state = 'sent' then d.route end as route,
                 case when d.state = 'skipped' then d.reason end as reason, count(*)::int4 as count
          from messaging.deliveries d where ${ended} and d.state in ('sent', 'failed', 'skipped') group by 1, 2, 3, 4`,
    ),
    wideRead<{ messages: number; people: number }>(
      sql,
      sql`select case when messages >= 7 then 7 else least(messages, 4) end::int4 as messages, count(*)::int4 as people from (
            select count(*) as messages from messaging.deliveries d
            where ${ended} and d.state = 'sent' and d.by_user_id is null group by d.page_id, d.psid) person
          group by 1`,
    ),
    readPages(sql, workspaceId, range),
  ]);
  const reached = contacts.reduce((sum, one) => sum + one.people, 0);
  const optedOut = pages.reduce((sum, page) => sum + page.opted_out, 0);
  return {
    byRoute: tally(groups, ({ route }) => route).map(([route, count]) => ({
      route,
      title: routes[route] ?? route,
      titleCode: routes[route] === undefined ? null : `route-${route.replaceAll("_", "-")}`,
      count,
    })),
    refusals: tally(groups, ({ reason }) => reason).map(([reason, count]) => {
      const { title, titleCode } = reasonText({ reason });
      return { reason, title, titleCode, count };
    }),
    reached,
    optedOut,
    optOutRate: reached === 0 ? 0 : optedOut / reached,
    frequency: frequencies.map((one) => ({
      ...one,
      people: contacts.find(({ messages }) => messages === one.messages)?.people ?? 0,
    })),
    pagesAtRisk: pages.flatMap((page) => atRisk(page, groups)),
  };
}

function tally(groups: readonly Group[], nameOf: (group: Group) => string | null): [string, number][] {
  const counts = new Map<string, number>();
  for (const group of groups) {
    const name = nameOf(group);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + group.count);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

interface PageRow {
  id: string;
  name: string;
  status: string;
  status_reason: string | null;
  opted_out: number;
}

async function readPages(
  sql: MessagingDeps["sql"],
  workspaceId: string,
  { from, until }: Range,
): Promise<readonly PageRow[]> {
  return await wideRead<PageRow>(
    sql,
    sql`select p.id, p.name, p.status, p.status_reason, coalesce(gone.count, 0)::int4 as opted_out
        from messaging.pages p
        left join (
          select c.page_id, count(*) from messaging.contacts c
          where c.workspace_id = ${workspaceId} and not c.subscribed
            and c.subscription_at >= ${from.toISOString()}::timestamptz and c.subscription_at < ${until.toISOString()}::timestamptz
            -- A file shows no opinion about the messages, and neither do people who got none.
            and c.subscription_reason is distinct from 'Unsubscribed in an import'
            and exists (select from messaging.deliveries d where d.contact_id = c.id and d.state = 'sent'
              and d.by_user_id is null and d.settled_at >= ${from.toISOString()}::timestamptz
              and d.settled_at <= c.subscription_at)
          group by 1) gone on gone.page_id = p.id
        where p.workspace_id = ${workspaceId} order by p.name, p.id`,
  );
}

function atRisk(page: PageRow, groups: readonly Group[]): Compliance["pagesAtRisk"] {
  const count = (state: string) =>
    groups.reduce(
      (sum, group) => (group.page_id === page.id && group.state === state ? sum + group.count : sum),
      0,
    );
  const [sent, failed] = [count("sent"), count("failed")];
  const why = whyAtRisk(page, { sent, failed });
  if (why === null) return [];
  const { id: pageId, name, status, status_reason: statusReason, opted_out: optedOut } = page;
  const shown = { statusReason, statusReasonWords: recognize(statusReason) };
  return [{ pageId, name, status, ...shown, sent, failed, optedOut, why: why.text, whyWords: wordsOf(why) }];
}

function whyAtRisk(page: PageRow, { sent, failed }: { sent: number; failed: number }): Sentence | null {
  if (page.status === "restricted" || page.status === "token_dead")
    return say(page.status === "restricted" ? "risk-restricted" : "risk-access");
  const percent = (share: number) => Number((share * 100).toFixed(1));
  if (sent + failed >= risk.leastResults && failed / (sent + failed) > risk.failedShare)
    return say("risk-failed", { percent: percent(failed / (sent + failed)) });
  if (sent >= risk.leastReached && page.opted_out / sent > risk.optOutShare)
    return say("risk-opted-out", { percent: percent(page.opted_out / sent) });
  return null;
}
