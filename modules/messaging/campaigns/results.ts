import { wideRead } from "../segments/wide_read.ts";
import { readCounted } from "./campaign_rows.ts";
import { readStored, viewCampaign } from "./campaign_view.ts";
import type { CampaignDeps } from "./deps.ts";
import { type Goal, reachedSql } from "./goal.ts";
import { outcomesSql } from "./outcomes.ts";
import { reasonText } from "./reason_texts.ts";
import type { Rate, RecipientState, Results } from "./schema_results.ts";

const kinds = ["sent", "delivered", "read", "replied", "clicked"] as const;
type Outcome = (typeof kinds)[number];

interface Group extends Record<Outcome | "reached", number> {
  page_id: string;
  page_name: string;
  variant: number;
  state: string;
  reason: string | null;
  error_code: number | null;
  error_subcode: number | null;
  count: number;
}

/** What came of a campaign, from the ledger: by reason, page, variant and minute. One pass over its rows. */
export async function readResults(
  on: Pick<CampaignDeps, "db" | "sql">,
  workspaceId: string,
  campaignId: string,
): Promise<Results> {
  const { row, unfolded } = await readCounted(on.db, workspaceId, campaignId);
  const { variants, options } = readStored(row);
  const { goal } = options;
  const [groups, perMinute] = await Promise.all([
    readGroups(on, campaignId, goal),
    readMinutes(on, campaignId),
  ]);
  const { counts } = viewCampaign(row, unfolded);
  return {
    byReason: byReason(groups),
    byPage: byPage(groups),
    byVariant: variants.map(({ weight }, variant) => ({
      variant,
      weight,
      ...ratesOf(groups.filter((group) => group.variant === variant)),
      reached: goal ? reachedOf(groups.filter((group) => group.variant === variant)) : null,
    })),
    reached: goal ? reachedOf(groups) : null,
    perMinute,
    funnel: (["planned", ...kinds] as const).map((step) => ({
      step,
      count: step === "planned" || step === "sent" ? counts[step] : sum(groups, step),
    })),
  };
}

async function readGroups(
  { sql }: Pick<CampaignDeps, "sql">,
  campaignId: string,
  goal: Goal | undefined,
): Promise<readonly Group[]> {
  const { joins, delivered, read, replied, clicked } = outcomesSql(sql);
  return await wideRead<Group>(
    sql,
    sql`select found.*, p.name as page_name from (
      select d.page_id, d.variant::int4 as variant, d.state, d.reason, d.error_code, d.error_subcode, count(*)::int4 as count,
             count(*) filter (where d.state = 'sent')::int4 as sent, count(*) filter (where ${delivered})::int4 as delivered,
             count(*) filter (where ${read})::int4 as read, count(*) filter (where ${replied})::int4 as replied,
             count(*) filter (where ${clicked})::int4 as clicked,
             count(*) filter (where ${reachedSql(sql, goal)})::int4 as reached
      from messaging.deliveries d ${joins}
      where d.campaign_id = ${campaignId} and d.step = 0
      group by 1, 2, 3, 4, 5, 6) found
    join messaging.pages p on p.id = found.page_id order by p.name, p.id`,
  );
}

async function readMinutes(
  { sql }: Pick<CampaignDeps, "sql">,
  campaignId: string,
): Promise<Results["perMinute"]> {
  const rows = await wideRead<Results["perMinute"][number]>(
    sql,
    sql`select to_char(minute, 'YYYY-MM-DD"T"HH24:MI:00.000"Z"') as at, sent, failed from (
      select date_trunc('minute', d.settled_at) as minute, count(*) filter (where d.state = 'sent')::int4 as sent,
             count(*) filter (where d.state = 'failed')::int4 as failed
      from messaging.deliveries d
      where d.campaign_id = ${campaignId} and d.step = 0 and d.state in ('sent', 'failed')
      group by 1 order by 1 desc limit 1440) newest order by minute`,
  );
  return [...rows];
}

const reachedOf = (groups: readonly Group[]) => wilson(sum(groups, "reached"), sum(groups, "sent"));

const sum = (groups: readonly Group[], name: Outcome | "reached" | "count") =>
  groups.reduce((total, group) => total + group[name], 0);

const ended: readonly RecipientState[] = ["failed", "skipped", "cancelled"];

function byReason(groups: readonly Group[]): Results["byReason"] {
  return ended
    .flatMap((state) => {
      const all = groups.filter((group) => group.state === state && group.reason !== null);
      return [...Map.groupBy(all, (group) => group.reason ?? "")].map(([reason, same]) => {
        // Of Meta's errors in one class the most frequent gives its words.
        const [most] = same.toSorted((a, b) => b.count - a.count);
        const { title } = reasonText({
          reason,
          errorCode: most?.error_code ?? null,
          errorSubcode: most?.error_subcode ?? null,
        });
        return { state, reason, title, count: sum(same, "count") };
      });
    })
    .toSorted((a, b) => b.count - a.count);
}

function byPage(groups: readonly Group[]): Results["byPage"] {
  return [...Map.groupBy(groups, (group) => group.page_id)].map(([pageId, own]) => ({
    pageId,
    name: own[0]?.page_name ?? "",
    planned: sum(own, "count"),
    sent: sum(own, "sent"),
    delivered: sum(own, "delivered"),
    read: sum(own, "read"),
    replied: sum(own, "replied"),
    clicked: sum(own, "clicked"),
    failed: sum(
      own.filter(({ state }) => state === "failed"),
      "count",
    ),
    skipped: sum(
      own.filter(({ state }) => state === "skipped"),
      "count",
    ),
  }));
}

function ratesOf(groups: readonly Group[]) {
  const sent = sum(groups, "sent");
  const rate = (name: Outcome) => wilson(sum(groups, name), sent);
  return {
    sent,
    delivered: rate("delivered"),
    read: rate("read"),
    replied: rate("replied"),
    clicked: rate("clicked"),
  };
}

/** A share and its 95 % interval: Wilson, "Probable inference", 1927, which holds for few messages and small shares too. */
export function wilson(count: number, of: number): Rate {
  if (of === 0) return { count, rate: 0, low: 0, high: 1 };
  const z = 1.959964;
  const share = count / of;
  const middle = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return {
    count,
    rate: share,
    low: Math.max(0, (middle - spread) / scale),
    high: Math.min(1, (middle + spread) / scale),
  };
}
