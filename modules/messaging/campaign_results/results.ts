import type { Sql } from "postgres";
import { reasonText } from "../delivery/mod.ts";
import { readCounted, kindOf, readStored, viewCampaign, type CampaignDeps } from "../campaigns/mod.ts";
import { countResults, type Group, mostCountedAtOnce, readCountedResults } from "./count_results.ts";
import { type MendedPages, pageReasons, readMended } from "../campaign_plan/mod.ts";
import type { Rate, RecipientState, Results } from "./schema_results.ts";
import { readWaits } from "./waits.ts";

const kinds = ["sent", "delivered", "read", "replied", "clicked"] as const;
type Outcome = (typeof kinds)[number];

interface NamedGroup extends Group {
  page_name: string;
}

/**
 * Results of a campaign from the ledger: by reason, page, variant and minute. A large one as last counted by the
 * ticker, a smaller one live.
 */
export async function readResults(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  campaignId: string,
  most = mostCountedAtOnce,
): Promise<Results> {
  const { row, unfolded } = await readCounted(on.sql, workspaceId, campaignId);
  const { variants, options } = readStored(row);
  const { goal } = options;
  const { counts } = viewCampaign(row, unfolded);
  const contacts = row.plannedAt === null ? null : counts.planned;
  const isCountedByClock = contacts === null || contacts > most;
  const { results, at } = (isCountedByClock ? readCountedResults(row) : null) ?? {
    results: await countResults(on.sql, { campaignId, goal, contacts }),
    at: new Date(),
  };
  const groups = await nameGroups(on.sql, workspaceId, results.groups);
  return {
    countedAt: at.toISOString(),
    waits: row.status === "running" ? await readWaits(on.sql, { workspaceId, campaignId }) : null,
    missed: countMissed(groups, await readMended(on.sql, { workspaceId, campaignId, kind: kindOf(row) })),
    byReason: byReason(groups),
    byPage: byPage(groups),
    byVariant: variants.map(({ weight }, variant) => ({
      variant,
      weight,
      ...ratesOf(groups.filter((group) => group.variant === variant)),
      reached: goal ? reachedOf(groups.filter((group) => group.variant === variant)) : null,
    })),
    reached: goal ? reachedOf(groups) : null,
    perMinute: results.minutes,
    funnel: (["planned", ...kinds] as const).map((step) => ({
      step,
      count: step === "planned" || step === "sent" ? counts[step] : sum(groups, step),
    })),
  };
}

/** By the names of their pages. */
async function nameGroups(sql: Sql, workspaceId: string, groups: readonly Group[]): Promise<NamedGroup[]> {
  const pages = await sql<{ id: string; name: string }[]>`
    select id, name from messaging.pages where workspace_id = ${workspaceId} order by name, id`;
  const of = Map.groupBy(groups, (group) => group.page_id);
  return pages.flatMap(({ id, name }) => (of.get(id) ?? []).map((group) => ({ ...group, page_name: name })));
}

const reachedOf = (groups: readonly Group[]) => wilson(sum(groups, "reached"), sum(groups, "sent"));

const sum = (groups: readonly Group[], name: Outcome | "reached" | "count") =>
  groups.reduce((total, group) => total + group[name], 0);

const countOf = (groups: readonly Group[], wanted: RecipientState) =>
  sum(
    groups.filter(({ state }) => state === wanted),
    "count",
  );

const ended: readonly RecipientState[] = ["failed", "skipped", "cancelled"];

function byReason(groups: readonly Group[]): Results["byReason"] {
  return ended
    .flatMap((state) => {
      const all = groups.filter((group) => group.state === state && group.reason !== null);
      return [...Map.groupBy(all, (group) => group.reason ?? "")].map(([reason, same]) => {
        // Of Meta's errors in one class the most frequent gives its words.
        const [most] = same.toSorted((a, b) => b.count - a.count);
        const { title, titleCode } = reasonText({
          reason,
          errorCode: most?.error_code ?? null,
          errorSubcode: most?.error_subcode ?? null,
        });
        return { state, reason, title, titleCode, count: sum(same, "count") };
      });
    })
    .toSorted((a, b) => b.count - a.count);
}

function byPage(groups: readonly NamedGroup[]): Results["byPage"] {
  return [...Map.groupBy(groups, (group) => group.page_id)].map(([pageId, own]) => ({
    pageId,
    name: own[0]?.page_name ?? "",
    planned: sum(own, "count"),
    sent: sum(own, "sent"),
    delivered: sum(own, "delivered"),
    read: sum(own, "read"),
    replied: sum(own, "replied"),
    clicked: sum(own, "clicked"),
    failed: countOf(own, "failed"),
    skipped: countOf(own, "skipped"),
    cancelled: countOf(own, "cancelled"),
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

/** How many rows `missedSql` finds, as far as the results tell. */
function countMissed(groups: readonly Group[], { connected, withTemplate }: MendedPages): number {
  const isMissed = ({ state, reason, page_id: pageId }: Group) =>
    (state === "failed" && reason !== "unconfirmed") ||
    (state === "skipped" &&
      (reason === "another-app" ||
        (pageReasons.includes(reason ?? "") && connected.includes(pageId)) ||
        (reason === "no-template" && withTemplate.includes(pageId))));
  return groups.reduce((sum, group) => (isMissed(group) ? sum + group.count : sum), 0);
}
