import type { Fragment, TransactionSql } from "postgres";
import type { PageEffect, Settling } from "./effects.ts";
import type { Flight } from "./flight.ts";
import { type DeliverySettings, paceKindOf } from "./settings.ts";

interface PageRef {
  workspaceId: string;
  pageId: string;
}

export interface Applied {
  /** Pages whose health changed. */
  pages: PageRef[];
  /** Whether it changed for all pages at once. */
  app: "held" | "freed" | null;
}

/**
 * Applies a batch's effects on its pages, whose lanes are locked: holds, marks, and their ends. Returns pages with
 * changed health.
 */
export async function applyPageEffects(
  tx: TransactionSql,
  all: readonly Settling[],
  settings: DeliverySettings,
): Promise<Applied> {
  const changed = new Map<string, PageRef>();
  for (const ref of await noteSuccess(tx, all)) changed.set(ref.pageId, ref);
  for (const ref of await noteStrangers(tx, all)) changed.set(ref.pageId, ref);
  const byPage = Map.groupBy(all, ({ flight }) => flight.pageId);
  for (const pageId of [...byPage.keys()].toSorted()) {
    const ofPage = byPage.get(pageId) ?? [];
    if (!ofPage.some(({ effect }) => effect.page)) continue;
    // One of a kind is enough: a slice that was throttled says one thing, not three hundred.
    const kinds = new Map(
      ofPage.flatMap((one) => (one.effect.page ? [[one.effect.page.kind, one] as const] : [])),
    );
    for (const { flight, effect } of kinds.values()) {
      const { workspaceId } = flight;
      if (effect.page && (await applyOne(tx, flight, effect.page, settings)))
        changed.set(pageId, { workspaceId, pageId });
    }
  }
  // After everything else, as holdApp does, so that nobody waits in a circle.
  const mayFree = all.some(({ flight, effect }) => effect.settlement.state === "sent" && flight.isHeld);
  const freed = mayFree
    ? await tx`delete from messaging.app_holds where held_until <= clock_timestamp() returning 1`
    : [];
  const isHeld = all.some(({ effect }) => effect.page?.kind === "app_held");
  return { pages: [...changed.values()], app: isHeld ? "held" : freed.length > 0 ? "freed" : null };
}

/** A message accepted by Meta ends the page's holds. */
async function noteSuccess(tx: TransactionSql, all: readonly Settling[]): Promise<PageRef[]> {
  const held = all.flatMap(({ flight, effect }) =>
    effect.settlement.state === "sent" && flight.isHeld ? flight.pageId : [],
  );
  if (held.length === 0) return [];
  const healed = await tx<
    PageRef[]
  >`update messaging.pages set status = 'connected', status_reason = null, restricted_until = null
    where id = any(${held}::uuid[]) and status = 'restricted' returning workspace_id as "workspaceId", id as "pageId"`;
  const freed = await tx<PageRef[]>`
    update messaging.lanes l set holds = 0, held_until = null, held_reason = null
    from (
      select page_id, class from messaging.lanes
      where page_id = any(${held}::uuid[]) and holds > 0
        and (held_until <= clock_timestamp() or page_id = any(${healed.map(({ pageId }) => pageId)}::uuid[]))
      order by page_id, class for update) held
    where l.page_id = held.page_id and l.class = held.class
    returning l.workspace_id as "workspaceId", l.page_id as "pageId"`;
  return [...healed, ...freed];
}

/** "Cannot message users who are not admins, developers or testers of the app": the app has no Advanced Access. */
const strangerRefused = [2018027, 2018028];

/** Remembers that Meta reaches only people with a role on the app; at most once a minute, as a campaign meets many. */
async function noteStrangers(tx: TransactionSql, all: readonly Settling[]): Promise<PageRef[]> {
  const refused = all.flatMap(({ flight, effect: { error } }) =>
    error?.code === 200 && strangerRefused.includes(error.subcode ?? 0) ? flight.pageId : [],
  );
  if (refused.length === 0) return [];
  return await tx<PageRef[]>`
    update messaging.pages set strangers_refused_at = clock_timestamp()
    where id = any(${refused}::uuid[])
      and (strangers_refused_at is null or strangers_refused_at < clock_timestamp() - interval '1 minute')
    returning workspace_id as "workspaceId", id as "pageId"`;
}

async function applyOne(
  tx: TransactionSql,
  flight: Flight,
  effect: PageEffect,
  settings: DeliverySettings,
): Promise<boolean> {
  switch (effect.kind) {
    case "unreachable_meta":
      return await hold(tx, flight, { reason: "Meta cannot be reached", firstSeconds: 1, mostSeconds: 30 });
    case "throttled":
      await halve(tx, flight);
      return await hold(tx, flight, {
        reason: "Meta's rate limit is reached",
        firstSeconds: settings.throttleSeconds,
        mostSeconds: 1_800,
        statedSeconds: effect.retryAfterSeconds,
      });
    case "near_limit":
      await halve(tx, flight);
      return (
        effect.isFull &&
        (await hold(tx, flight, {
          reason: "Nearly all of Meta's limit is used",
          firstSeconds: settings.throttleSeconds,
          mostSeconds: 1_800,
          statedSeconds: effect.retryAfterSeconds,
          areRepliesFree: true,
        }))
      );
    case "app_held":
      return await holdApp(tx, flight, effect, settings);
    case "token_dead":
      return await markTokenDead(tx, flight, effect.reason);
    case "restricted":
      await tx`update messaging.pages set status = 'restricted', status_reason = ${effect.reason}
        where id = ${flight.pageId} and status = 'connected'`;
      return await hold(tx, flight, {
        reason: effect.reason,
        firstSeconds: settings.restrictedSeconds,
        mostSeconds: settings.restrictedSeconds * 8,
      });
    case "human_agent": {
      const state = effect.isAvailable ? "available" : "unavailable";
      const rows = await tx`update messaging.pages set human_agent = ${state},
          human_agent_refused_at = case when ${!effect.isAvailable} then clock_timestamp() end
        where id = ${flight.pageId} and human_agent <> ${state} returning id`;
      return rows.length > 0;
    }
  }
}

/** Halves the page's rate, once per wave: what left before the last halving says nothing about the new rate. */
async function halve(tx: TransactionSql, flight: Flight): Promise<void> {
  await tx`
    update messaging.paces set throttled_at = clock_timestamp(), share_at = clock_timestamp(),
      share = greatest(0.02, least(1, share + extract(epoch from clock_timestamp() - share_at) / 600) / 2)
    where page_id = ${flight.pageId} and kind = ${paceKindOf(flight.class)}
      and (throttled_at is null or throttled_at < to_timestamp(${flight.attemptAt}::float8 / 1000))`;
}

interface Hold {
  reason: string;
  firstSeconds: number;
  mostSeconds: number;
  /** Meta's value; otherwise the first pause, doubled with each consecutive hold. */
  statedSeconds?: number | null;
  areRepliesFree?: boolean;
}

/**
 * Meta counts a page's calls together, so all its lanes wait. Once per wave, with jitter; never less than Meta said.
 */
async function hold(tx: TransactionSql, flight: Flight, given: Hold): Promise<boolean> {
  const rows = await tx`
    update messaging.lanes l
    set holds = l.holds + 1, held_reason = ${given.reason}, held_until = pause.until,
        next_eligible_at = case when l.next_eligible_at is null then null else pause.until end
    from (
      select page_id, class, clock_timestamp() + make_interval(secs => coalesce(
        (1 + random() * 0.1) * ${given.statedSeconds ?? null}::float8,
        (0.9 + random() * 0.2) * least(${given.firstSeconds}::float8 * power(2, least(holds, 12)), ${given.mostSeconds}::float8))) as until
      from messaging.lanes where page_id = ${flight.pageId}) pause
    where l.page_id = pause.page_id and l.class = pause.class
      and (not ${given.areRepliesFree ?? false} or l.class <> 'reply')
      and (l.held_until is null or l.held_until < to_timestamp(${flight.attemptAt}::float8 / 1000))
    returning l.class`;
  return rows.length > 0;
}

/** Holds every page, once per wave as `hold` does; each hold in a row is twice as long. The last lock that is taken. */
async function holdApp(
  tx: TransactionSql,
  flight: Flight,
  effect: Extract<PageEffect, { kind: "app_held" }>,
  { throttleSeconds }: DeliverySettings,
): Promise<boolean> {
  const { reason, areRepliesFree, retryAfterSeconds, mostSeconds } = effect;
  const until = (holds: Fragment) => tx`clock_timestamp() + make_interval(secs => coalesce(
    ${retryAfterSeconds}::float8, least(${throttleSeconds}::float8 * power(2, ${holds}), ${mostSeconds}::float8)))`;
  const rows = await tx`
    insert into messaging.app_holds as app (reason, are_replies_free, holds, held_until)
    values (${reason}, ${areRepliesFree}, 1, ${until(tx`0`)})
    on conflict (id) do update set reason = excluded.reason, are_replies_free = excluded.are_replies_free,
      holds = app.holds + 1, held_until = ${until(tx`least(app.holds, 12)`)}
    where app.held_until < to_timestamp(${flight.attemptAt}::float8 / 1000)
    returning 1`;
  return rows.length > 0;
}

async function markTokenDead(tx: TransactionSql, flight: Flight, reason: string): Promise<boolean> {
  // Not when the page got another token meanwhile.
  const marked =
    await tx`update messaging.pages set status = 'token_dead', status_reason = ${reason}, restricted_until = null
    where id = ${flight.pageId} and status in ('connected', 'restricted') and token_sealed = ${flight.tokenSealed}
    returning id`;
  if (marked.length === 0) return false;
  await tx`update messaging.lanes set held_until = 'infinity', held_reason = ${reason}, next_eligible_at = null
    where page_id = ${flight.pageId}`;
  return true;
}
