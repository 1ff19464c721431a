import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { countDays } from "../analytics/count_days.ts";
import { allSteps } from "../ticker.ts";
import { enableWorkspace } from "../workspaces/workspace_switch.ts";
import { type CampaignStage, campaignStageOfTest } from "../testing/campaign_stage.ts";
import { createDemo, type DemoDeps } from "./create_demo.ts";
import { removeDemo } from "./remove_demo.ts";

// Each demo is three seconds of work, and the machine may have other work.
vi.setConfig({ testTimeout: 120_000 });

let stage: CampaignStage;
let on: DemoDeps;
let dataDir: string;

beforeEach(async () => {
  stage = await campaignStageOfTest({ contacts: 3 });
  await stage.sql`update auth.users set is_owner = true where id = ${stage.userId}`;
  dataDir = await mkdtemp(join(tmpdir(), "ms-demo-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  on = { ...stage, config: { appUrl: "https://host.test", dataDir } } as unknown as DemoDeps;
});

/** Rows of every table of ours; empty ones too. */
async function countRows(): Promise<Record<string, number>> {
  const tables = await stage.sql<{ name: string }[]>`
    select schemaname || '.' || tablename as name from pg_tables
    where schemaname in ('auth', 'messaging', 'webhooks', 'jobs') order by 1`;
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await stage.sql.unsafe<{ count: number }[]>(`select count(*)::int4 as count from ${name}`);
    counts[name] = row?.count ?? -1;
  }
  return counts;
}

const files = async () =>
  (await readdir(join(dataDir, "files"), { recursive: true }).catch(() => [])).filter((name) =>
    name.includes("/"),
  );

test("createDemo() fills a shop, and removeDemo() leaves no row and no file", async () => {
  // The days of the other workspace are counted, demo or not.
  while (await countDays(stage));
  const before = await countRows();
  const startedAt = performance.now();
  const workspace = await createDemo(on, stage.userId);
  const seconds = (performance.now() - startedAt) / 1_000;
  const filled = await countRows();
  const stored = await files();

  await removeDemo(on);

  expect(workspace).toMatchObject({ isDemo: true, role: "owner", disabledAt: expect.any(String) });
  // A few seconds on an idle machine.
  expect(seconds).toBeLessThan(60);
  expect(filled["messaging.contacts"]).toBe(2_003);
  expect(stored.length).toBeGreaterThan(10);
  expect(await countRows()).toEqual(before);
  expect(await files()).toEqual([]);
});

test("the figures of the demo equal its rows", async () => {
  const { id } = await createDemo(on, stage.userId, { customers: 400 });
  const { sql } = stage;

  const campaigns = await sql<
    { name: string; status: string; counts: Record<string, number>; recount: Record<string, number> }[]
  >`
    select k.name, k.status, k.counts - array['delivered', 'read', 'replied', 'clicked'] as counts, coalesce((
      select jsonb_object_agg(state, count) from (select state, count(*) from messaging.deliveries d
        where d.campaign_id = k.id group by 1) each), '{}') as recount
    from messaging.campaigns k where workspace_id = ${id}`;
  const threads = await sql`
    select v.id from messaging.conversations v join messaging.contacts c on c.id = v.id
    cross join lateral (select max(sent_at) as last, max(sent_at) filter (where direction = 'in') as inbound,
      min(sent_at) filter (where direction = 'in') as first from messaging.messages m where m.conversation_id = v.id) m
    where v.workspace_id = ${id} and (v.last_message_at, c.last_inbound_at, c.first_inbound_at)
      is distinct from (m.last, m.inbound, m.first)`;
  const future = await sql`select id from messaging.messages where workspace_id = ${id} and sent_at > now()`;
  const [received] = await sql`
    select sum(received)::int4 as counted, (select count(*)::int4 from messaging.messages
      where workspace_id = ${id} and author_kind = 'contact') as rows
    from messaging.day_counts where workspace_id = ${id}`;

  expect(campaigns).toHaveLength(11);
  for (const { name, counts, recount } of campaigns) expect(counts, name).toEqual(recount);
  expect(threads).toEqual([]);
  expect(future).toEqual([]);
  expect(received?.counted).toBe(received?.rows);
});

test("the demo sends nothing: it has no token, cannot be enabled, and the ticker changes nothing", async () => {
  const { id: workspaceId } = await createDemo(on, stage.userId, { customers: 200 });
  const states = () => stage.sql`select state, count(*)::int4 from messaging.deliveries
    where workspace_id = ${workspaceId} group by 1 order by 1`;
  const before = await states();

  for (const step of allSteps) await step.run(on);

  expect(await states()).toEqual(before);
  await expect(enableWorkspace(on, { workspaceId, userId: stage.userId })).rejects.toMatchObject({
    code: "workspace-demo",
    status: 409,
  });
  await expect(
    stage.sql`update messaging.pages set token_sealed = 'x' where workspace_id = ${workspaceId}`,
  ).rejects.toThrow("pages_token");
  await expect(
    stage.sql`update auth.workspaces set disabled_at = null where id = ${workspaceId}`,
  ).rejects.toThrow("workspaces_demo_off");
});

test("createDemo() twice returns the same workspace, and a failed one leaves no row", async () => {
  const before = await countRows();
  const broken = { ...on, config: { ...on.config, dataDir: "/dev/null" } };

  await expect(createDemo(broken, stage.userId, { customers: 200 })).rejects.toThrow();
  const between = await countRows();
  const [one, two] = await Promise.all([
    createDemo(on, stage.userId, { customers: 200 }),
    createDemo(on, stage.userId, { customers: 200 }),
  ]);

  expect(between).toEqual(before);
  expect(two.id).toBe(one.id);
});
