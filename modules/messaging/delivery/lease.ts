import type { Sql } from "postgres";
import { log } from "#std";
import type { Claimed } from "./claim.ts";
import type { Flight } from "./flight.ts";

interface Held {
  pageId: string;
  class: string;
  epoch: number;
  flying: number;
}

/** Knows which lanes this worker holds and what is on its way in each. A lane in which nothing flies is given back. */
export function leaseKeeper(sql: Sql, workerId: string, leaseSeconds: number) {
  const held = new Map<string, Held>();
  const keyOf = (lane: { pageId: string; class: string }) => `${lane.pageId} ${lane.class}`;

  return {
    took(claimed: Claimed): void {
      const before = held.get(keyOf(claimed))?.flying ?? 0;
      held.set(keyOf(claimed), {
        pageId: claimed.pageId,
        class: claimed.class,
        epoch: claimed.epoch,
        flying: before + claimed.flights.length,
      });
    },
    landed(flight: Flight): void {
      const lane = held.get(keyOf(flight));
      if (lane) lane.flying -= 1;
    },
    inFlight(): number {
      return [...held.values()].reduce((sum, lane) => sum + lane.flying, 0);
    },
    /** Another worker may take the lane at once, and nobody waits for the end of a lease when this process dies. */
    async releaseIdle(): Promise<void> {
      for (const [key, lane] of held) {
        if (lane.flying > 0) continue;
        await sql`update messaging.lanes set leased_by = null, leased_until = null
          where page_id = ${lane.pageId} and class = ${lane.class} and leased_by = ${workerId} and epoch = ${lane.epoch}`;
        held.delete(key);
      }
    },
    async renew(): Promise<void> {
      const lanes = [...held.values()];
      if (lanes.length === 0) return;
      try {
        // A lane that is locked is being claimed, by this worker: that renews it, too.
        await sql`
          update messaging.lanes l
          set leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
          from (
            select lane.page_id, lane.class from messaging.lanes lane
            join jsonb_to_recordset(${JSON.stringify(lanes)}::jsonb) as r("pageId" uuid, "class" text, epoch int8)
              on lane.page_id = r."pageId" and lane.class = r."class" and lane.epoch = r.epoch
            where lane.leased_by = ${workerId} and lane.leased_until > clock_timestamp()
            for update of lane skip locked) mine
          where l.page_id = mine.page_id and l.class = mine.class`;
      } catch (error) {
        // What flies is settled by its attempt ids, whoever holds the lane then.
        log.warn("Cannot renew leases", { error });
      }
    },
    /** Milliseconds until a lane that this worker may take is due. */
    async untilNextMs(): Promise<number> {
      const [row] = await sql<{ ms: number | null }[]>`
        select least(86400000, extract(epoch from min(next_eligible_at) - clock_timestamp()) * 1000)::float8 as ms
        from messaging.lanes
        where next_eligible_at < 'infinity' and (leased_until is null or leased_by = ${workerId} or leased_until < clock_timestamp())`;
      return Math.max(1, row?.ms ?? 86_400_000);
    },
  };
}
