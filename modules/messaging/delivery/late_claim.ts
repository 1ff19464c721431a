import type { Sql } from "postgres";
import { log } from "#std";
import type { Flight } from "./flight.ts";
import type { DeliverySettings } from "./settings.ts";
import { byId } from "./transitions.ts";

/** A claim that took longer than this is slow. */
const promptMs = 200;
/** Claims that take longer become smaller; not sooner, since many small ones cost more than a few large ones. */
const longestMs = 500;
const most = 400;
const fewest = 100;

export interface TakenClaim {
  workerId: string;
  settings: Pick<DeliverySettings, "graceSeconds">;
  /** The times of its start and its marking, on this process's monotonic clock. */
  claimedAt: number;
  markedAt: number;
}

/**
 * The messages of a claim that may leave: all, unless it was slow. Then only those still in flight by this attempt,
 * under the lease, and of a running campaign, as of now.
 */
export async function findFit(
  sql: Sql,
  flights: readonly Flight[],
  { workerId, settings, claimedAt, markedAt }: TakenClaim,
): Promise<Set<Flight>> {
  const askedAt = performance.now();
  // Later than this another process could look it up at Meta as of unknown outcome: the gate returns late messages.
  const isTooLate = askedAt - markedAt > (settings.graceSeconds * 1_000) / 4;
  if (askedAt - claimedAt <= promptMs || isTooLate) return new Set(flights);
  try {
    const ids = await readFit(sql, flights, workerId);
    const fit = flights.filter(({ deliveryId }) => ids.has(deliveryId));
    for (const flight of fit) flight.claimedAt = askedAt;
    return new Set(fit);
  } catch (error) {
    log.warn("Cannot look again at messages of a slow claim; handing them back", { error });
    return new Set();
  }
}

async function readFit(sql: Sql, flights: readonly Flight[], workerId: string): Promise<Set<string>> {
  const rows = flights.map(({ deliveryId, attemptId }) => ({ id: deliveryId, attempt: attemptId }));
  const fit = await sql<{ id: string }[]>`
    select d.id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, attempt uuid)
    join messaging.deliveries d on d.id = r.id and d.attempt_id = r.attempt and d.state in ('sending', ${byId})
    join messaging.paces pace on pace.page_id = d.page_id
      and pace.kind = case d.class when 'media' then 'media' else 'text' end
      and pace.leased_by = ${workerId} and pace.epoch = d.lane_epoch
    left join messaging.campaigns c on c.workspace_id = d.workspace_id and c.id = d.campaign_id
    where d.campaign_id is null or c.status = 'running'`;
  return new Set(fit.map(({ id }) => id));
}

export interface ClaimSize {
  now(): number;
  took(ms: number): void;
}

/** The size of one claim: smaller while claims are very slow, so they end in time, and larger again later. */
export function createClaimSize(): ClaimSize {
  let size = most;
  return {
    now: () => size,
    took(ms) {
      if (ms > longestMs) size = Math.max(fewest, Math.floor(size / 2));
      else if (ms < longestMs / 2) size = Math.min(most, size * 2);
    },
  };
}
