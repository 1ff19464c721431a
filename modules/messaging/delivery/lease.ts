import type { Sql } from "postgres";
import { log } from "#std";
import type { PageGate, PageGates } from "./page_gates.ts";

/**
 * Keeps the leases of this worker's pages. Gives a page back when nothing of it is in flight and Meta has forgotten
 * its last call: the next sender need not know earlier calls.
 */
export function leaseKeeper(
  sql: Sql,
  gates: PageGates,
  { workerId, leaseSeconds }: { workerId: string; leaseSeconds: number },
) {
  const held = () => [...gates.all()].filter((page) => page.epoch !== null);
  const rowsOf = (pages: readonly PageGate[]) =>
    JSON.stringify(pages.map(({ pageId, kind, epoch }) => ({ page: pageId, kind, epoch })));

  async function giveBack(pages: readonly PageGate[], afterMs: number): Promise<void> {
    if (pages.length === 0) return;
    // A locked lane is being claimed, so it is not idle.
    const given = await sql<{ page_id: string; kind: string }[]>`
      update messaging.paces pace
      set leased_by = null, leased_until = clock_timestamp() + make_interval(secs => ${afterMs / 1000}::float8)
      from (
        select own.page_id, own.kind from messaging.paces own
        join jsonb_to_recordset(${rowsOf(pages)}::jsonb) as r(page uuid, kind text, epoch int8)
          on own.page_id = r.page and own.kind = r.kind and own.epoch = r.epoch
        where own.leased_by = ${workerId} for update of own skip locked) mine
      where pace.page_id = mine.page_id and pace.kind = mine.kind returning pace.page_id, pace.kind`;
    for (const page of pages)
      if (given.some((row) => row.page_id === page.pageId && row.kind === page.kind)) page.epoch = null;
  }

  /** Calls of this worker since the last time, for Meta's limit of 24 hours; a crash loses a few. */
  async function count(): Promise<void> {
    const pages = [...gates.all()].filter((page) => page.uncounted > 0);
    if (pages.length === 0) return;
    const rows = pages.map(({ workspaceId, pageId, uncounted }) => ({
      workspace: workspaceId,
      page: pageId,
      calls: uncounted,
    }));
    for (const page of pages) page.uncounted = 0;
    await sql`
      insert into messaging.page_calls as made (workspace_id, page_id, hour, calls)
      select r.workspace, r.page, date_trunc('hour', clock_timestamp()), sum(r.calls)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(workspace uuid, page uuid, calls int)
      join messaging.pages p on p.workspace_id = r.workspace and p.id = r.page
      group by 1, 2 order by 2
      on conflict (page_id, hour) do update set calls = made.calls + excluded.calls`;
    // Not on every message: inbound events write to the same row.
    await sql`update messaging.pages set last_send_at = clock_timestamp()
      where id = any(${pages.map(({ pageId }) => pageId)}::uuid[])`;
  }

  return {
    async renew(): Promise<void> {
      const now = performance.now();
      try {
        const pages = held();
        // Messages of a current claim are not in flight yet.
        const isIdle = (page: PageGate) => page.unsettled === 0 && page.gate.busyMs(now) === 0;
        const idle = gates.isClaimed() ? [] : pages.filter(isIdle);
        await giveBack(idle, 0);
        const busy = pages.filter((page) => !idle.includes(page));
        if (busy.length > 0)
          await sql`
            update messaging.paces pace
            set leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
            from (
              select own.page_id, own.kind from messaging.paces own
              join jsonb_to_recordset(${rowsOf(busy)}::jsonb) as r(page uuid, kind text, epoch int8)
                on own.page_id = r.page and own.kind = r.kind and own.epoch = r.epoch
              where own.leased_by = ${workerId} for no key update of own skip locked) mine
            where pace.page_id = mine.page_id and pace.kind = mine.kind`;
        await count();
      } catch (error) {
        // Flights are settled by their attempt ids, whichever worker has the page then.
        log.warn("Cannot renew leases", { error });
      }
    },
    /** For a worker's end: nothing is in flight, and the next one waits until Meta has forgotten all calls. */
    async giveBackAll(): Promise<void> {
      const now = performance.now();
      const afterMs = Math.max(
        0,
        ...held()
          .map((page) => page.gate.busyMs(now))
          .filter(Number.isFinite),
      );
      await giveBack(held(), afterMs);
      await count();
    },
    /** Milliseconds until a lane of these classes that this worker may take is due; 0: it is. */
    async untilNextMs(by: Sql, classes: readonly string[]): Promise<number> {
      const [row] = await by<{ ms: number | null }[]>`
        select least(86400000, extract(epoch from min(l.next_eligible_at) - clock_timestamp()) * 1000)::float8 as ms
        from messaging.lanes l
        join messaging.paces pace on pace.page_id = l.page_id and pace.kind = case l.class when 'media' then 'media' else 'text' end
        where l.next_eligible_at < 'infinity' and l.class = any(${[...classes]}::text[])
          and (pace.leased_until is null or pace.leased_by = ${workerId} or pace.leased_until < clock_timestamp())`;
      return Math.max(0, row?.ms ?? 86_400_000);
    },
  };
}
