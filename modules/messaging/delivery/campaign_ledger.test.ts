import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { type Fate, playMeta } from "../testing/played_meta.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { writeAttempt } from "./attempt.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { wakeCampaign } from "./lanes.ts";
import { createPageGates } from "./page_gates.ts";
import { laneClasses } from "./settings.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());

// Longer than a claimed message may wait to leave, as always: else it could leave after the lookup at Meta.
const start = (meta: ReturnType<typeof playMeta>) => on.startWorker(meta, { graceSeconds: 1 });

/** Events during a blast. */
type Act = "pause" | "resume" | "cancel" | "die" | "lose_lease" | "fold" | "start_worker" | "stop_worker";

const acts = fc.array(
  fc.constantFrom<Act>(
    "pause",
    "resume",
    "cancel",
    "die",
    "lose_lease",
    "fold",
    "start_worker",
    "stop_worker",
  ),
  { minLength: 3, maxLength: 9 },
);
const fates = fc.array(
  fc.constantFrom<Fate>("accept", "accept", "accept", "accept", "refuse", "lose_before", "lose_after"),
  { minLength: 1, maxLength: 12 },
);

test("a campaign ends each row once, keeps counts equal to the ledger, and never exceeds the limit per second, with any behavior of campaigns, workers and Meta", async () => {
  await fc.assert(
    fc.asyncProperty(acts, fates, fc.integer({ min: 20, max: 60 }), async (actList, fateList, limit) => {
      await on.clear();
      const { page } = await on.makePage(50);
      await on.sql`update messaging.paces set limit_per_second = case kind when 'lookup' then 1000 else ${limit} end
        where kind <> 'media'`;
      const first = await insertCampaign(on, [page], { text: "first" });
      const second = await insertCampaign(on, [page], { text: "second", speedPerSecond: 30 });
      const meta = playMeta((call) => fateList[call % fateList.length] ?? "accept");
      const workers = [start(meta), start(meta)];
      const { workspaceId } = page;

      for (const act of actList) {
        await Bun.sleep(150);
        if (act === "pause")
          await on.sql`update messaging.campaigns set status = 'paused', paused_from = 'running' where status = 'running'`;
        if (act === "resume") await resume();
        if (act === "cancel") await cancel(second);
        if (act === "fold") await foldCounts(on);
        if (act === "start_worker") workers.push(start(meta));
        if (act === "stop_worker") await workers.pop()?.stop();
        // As after a step of the database's clock: two workers believe that the page is theirs.
        if (act === "lose_lease")
          await on.sql`update messaging.paces set leased_until = now() - interval '1 s'`;
        if (act === "die") await die(meta);
      }
      async function resume(): Promise<void> {
        await on.sql`update messaging.campaigns set status = 'running', paused_from = null where status = 'paused'`;
        for (const campaignId of [first, second]) await wakeCampaign(on.sql, { workspaceId, campaignId });
      }
      await resume();
      if (workers.length === 0) workers.push(start(meta));
      await on.ended(...workers);

      for (const id of [first, second]) {
        const ledger = await on.sql<{ state: string; count: number }[]>`
          select state, count(*)::int4 as count from messaging.deliveries where campaign_id = ${id} group by 1`;
        expect(await on.countsOf(id)).toEqual(
          Object.fromEntries(ledger.map(({ state, count }) => [state, count])),
        );
      }
      const rows = await on.sql<{ psid: string; text: string; state: string; mid: string | null }[]>`
        select d.psid, c.message ->> 'text' as text, d.state, d.mid
        from messaging.deliveries d join messaging.contents c on c.id = d.content_id`;
      for (const row of rows) {
        const times = meta.accepted.filter(({ psid, text }) => psid === row.psid && text === row.text);
        expect([row, times.length]).toEqual([row, row.state === "sent" ? 1 : 0]);
        if (row.state === "sent") expect(row.mid).toBe(times[0]?.mid);
      }
      expect(meta.peakPerSecond()).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 6, endOnFailure: true },
  );

  async function cancel(id: string): Promise<void> {
    await on.sql`
      with changed as (
        update messaging.deliveries set state = 'cancelled' where campaign_id = ${id} and state = 'queued' returning 1)
      insert into messaging.campaign_deltas (campaign_id, counts)
      select ${id}, jsonb_build_object('queued', -count(*), 'cancelled', count(*)) from changed having count(*) > 0`;
  }

  /** A worker that dies after it claimed, with half of the messages at Meta. */
  async function die(meta: ReturnType<typeof playMeta>): Promise<void> {
    await on.sql`update messaging.paces set leased_by = null, leased_until = null where leased_until < now()`;
    const claimed = await claimSlice(on.sql, {
      workerId: crypto.randomUUID(),
      classes: laneClasses,
      limit: 4,
      settings: { leaseSeconds: 0.3, graceSeconds: 60 },
      gates: createPageGates(),
      contents: createContentCache(),
      appUrl: "https://host.test",
    });
    for (const [index, flight] of (claimed?.flights ?? []).entries()) {
      if (index % 2 === 0) continue;
      const body = {
        recipient: { id: flight.psid },
        message: { ...flight.message, metadata: writeAttempt({ ...flight, id: flight.attemptId }) },
      };
      await meta
        .fetch("http://meta.test/v25.0/1/messages", { method: "POST", body: JSON.stringify(body) })
        .catch(() => undefined);
    }
  }
}, 240_000);
