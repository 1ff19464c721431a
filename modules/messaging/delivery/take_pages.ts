import type { Sql } from "postgres";
import type { PageGates } from "./page_gates.ts";
import type { LaneClass } from "./settings.ts";

const pagesAtOnce = 16;

/**
 * Leases pages in which something is due and from which nobody sends. A lease that ended without being given back was a
 * worker's that died or lost the database: the gate stays closed until Meta has forgotten what that one sent last.
 */
export async function takePages(
  sql: Sql,
  gates: PageGates,
  {
    workerId,
    leaseSeconds,
    classes,
  }: { workerId: string; leaseSeconds: number; classes: readonly LaneClass[] },
): Promise<void> {
  // A lease that ends later than any could comes from a clock that was set back.
  const taken = await sql<
    { workspace_id: string; page_id: string; kind: "text" | "media"; epoch: number; is_taken_over: boolean }[]
  >`
    update messaging.paces pace
    set leased_by = ${workerId}, epoch = pace.epoch + 1,
        leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    from (
      select free.page_id, free.kind from messaging.lanes l
      join messaging.paces free on free.page_id = l.page_id
        and free.kind = case l.class when 'media' then 'media' else 'text' end
      where l.next_eligible_at <= clock_timestamp() and l.class = any(${[...classes]}::text[])
        and free.leased_by is distinct from ${workerId} and (free.leased_until is null
          or free.leased_until <= clock_timestamp()
          or free.leased_until > clock_timestamp() + make_interval(secs => 2 * ${leaseSeconds}::float8))
      order by l.next_eligible_at limit ${pagesAtOnce} for update of free skip locked) free
    where pace.page_id = free.page_id and pace.kind = free.kind
    returning pace.workspace_id, pace.page_id, pace.kind, pace.epoch::float8, old.leased_by is not null as is_taken_over`;
  for (const row of taken) {
    const { workspace_id: workspaceId, page_id: pageId, kind, epoch, is_taken_over: isTakenOver } = row;
    gates.take({ workspaceId, pageId, kind, epoch, isTakenOver });
  }
}
