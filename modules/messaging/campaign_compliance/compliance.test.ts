import { afterEach, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { auditFile } from "./audit.ts";
import { readCompliance } from "./compliance.ts";
import { planNews } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
afterEach(() => stage.close());

const range = () => ({
  from: new Date(Date.now() - 3_600_000).toISOString(),
  until: new Date(Date.now() + 60_000).toISOString(),
});

/** Two campaigns to 30 people, of whom 5 are outside the window; what could go was sent, two of the second failed. */
async function sentTwice(): Promise<void> {
  stage = await openCampaignStage({ pages: 1, contacts: 25 });
  const { sql, pageIds } = stage;
  const late = await insertContacts(stage, pageIds[0] ?? "", 5);
  await sql`update messaging.contacts set last_inbound_at = now() - interval '3 days' where id = any(${late}::uuid[])`;
  for (const name of ["One", '=HYPERLINK("x")']) await planNews(stage, { name });
  const decision = JSON.stringify({ rule: "Messenger policy", lastInboundAt: "2026-11-24T10:00:00.000Z" });
  await sql`update messaging.deliveries set state = 'sent', route = 'standard', decision = ${decision}::jsonb,
    settled_at = now(), attempt_at = now() where state = 'queued'`;
  await sql`update messaging.deliveries set state = 'failed', reason = 'unreachable', error_code = 551, settled_at = now()
    where id = any (array(select id from messaging.deliveries where state = 'sent' order by id desc limit 2))`;
  await sql`update messaging.contacts set subscribed = false, subscription_at = now()
    where id = (select id from messaging.contacts order by id limit 1)`;
}

test("readCompliance() reports messages by rule, unsent ones by reason, frequency, and pages at risk", async () => {
  await sentTwice();

  const compliance = await readCompliance(stage, stage.workspaceId, range());
  await stage.sql`update messaging.pages set status = 'restricted'`;
  const { pagesAtRisk } = await readCompliance(stage, stage.workspaceId, range());

  expect(compliance).toMatchObject({
    byRoute: [{ route: "standard", count: 48 }],
    refusals: [{ reason: "window-closed", title: "Meta's messaging window is closed", count: 10 }],
    reached: 25,
    optedOut: 1,
    optOutRate: 0.04,
    frequency: [
      { messages: 1, atMost: 1, people: 2 },
      { messages: 2, atMost: 2, people: 23 },
      { messages: 3, atMost: 3, people: 0 },
      { messages: 4, atMost: 6, people: 0 },
      { messages: 7, atMost: null, people: 0 },
    ],
    pagesAtRisk: [],
  });
  expect(pagesAtRisk).toMatchObject([{ name: "Page 1", sent: 48, failed: 2, optedOut: 1 }]);
});

test("readCompliance() counts each person once, by automated messages in the range", async () => {
  stage = await openCampaignStage({ pages: 2, contacts: 8 });
  const { sql, workspaceId, userId } = stage;
  // The nth person got n; the first also has a member's message, a failed one, and older ones.
  await sql`
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, state, reason, route,
      settled_at, by_user_id)
    select c.workspace_id, c.page_id, c.id, c.psid, 'campaign', gen_random_uuid(), one.state, one.reason,
      'standard', one.at, one.by
    from (select *, row_number() over (order by id) as n from messaging.contacts where workspace_id = ${workspaceId}) c
    cross join lateral (
      select 'sent' as state, null as reason, now() as at, null::uuid as by from generate_series(1, c.n)
      union all select * from (values ('sent', null, now(), ${userId}::uuid), ('failed', 'unreachable', now(), null),
        ('sent', null, now() - interval '2 days', null)) as other where c.n = 1) one`;

  const { frequency, reached } = await readCompliance(stage, workspaceId, range());

  expect(frequency.map(({ people: contacts }) => contacts)).toEqual([1, 1, 1, 3, 10]);
  expect(reached).toBe(16);
});

test("readCompliance() counts an opt-out only after a message, without imported people", async () => {
  stage = await openCampaignStage({ contacts: 4 });
  const { sql, workspaceId, pageIds } = stage;
  await planNews(stage);
  await sql`update messaging.deliveries set state = 'sent', route = 'standard', settled_at = now() - interval '1 min'`;
  const got = await sql<{ id: string }[]>`select id from messaging.contacts order by id`;
  await insertContacts(stage, pageIds[0] ?? "", 30);
  await sql`update messaging.contacts set subscribed = false, subscription_at = now() where id <> ${got[0]?.id ?? ""}`;
  await sql`update messaging.contacts set subscription_reason = 'Unsubscribed in an import' where id = ${got[1]?.id ?? ""}`;
  await sql`update messaging.contacts set subscription_at = now() - interval '2 min' where id = ${got[2]?.id ?? ""}`;

  const { reached, optedOut, optOutRate } = await readCompliance(stage, workspaceId, range());

  expect({ reached, optedOut, optOutRate }).toEqual({ reached: 4, optedOut: 1, optOutRate: 0.25 });
});

test("readCompliance() counts a message now that was planned before a pause of months", async () => {
  stage = await openCampaignStage({ contacts: 3 });
  const campaignId = await planNews(stage);
  const planned = Bun.randomUUIDv7("hex", Date.now() - 70 * 86_400_000).slice(0, 24);
  await stage.sql`update messaging.campaigns set launched_at = launched_at - interval '70 days' where id = ${campaignId}`;
  await stage.sql`update messaging.deliveries set id = (${planned} || right(id::text, 12))::uuid, state = 'sent',
    route = 'standard', settled_at = now()`;

  const { byRoute } = await readCompliance(stage, stage.workspaceId, range());
  const audit = await auditFile(stage, stage.workspaceId, range()).text();

  expect(byRoute).toMatchObject([{ route: "standard", count: 3 }]);
  expect(audit.trim().split("\n")).toHaveLength(4);
});

test("auditFile() streams a line per decision with its facts, and no cell is a formula", async () => {
  await sentTwice();

  const text = await auditFile(stage, stage.workspaceId, { ...range(), chunk: 7 }).text();

  const lines = text.trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + 60);
  expect(lines.filter((line) => line.includes("Messenger policy"))).toHaveLength(50);
  expect(lines.filter((line) => line.includes(",skipped,"))).toHaveLength(10);
  expect(lines.filter((line) => line.includes(",551"))).toHaveLength(2);
  expect(text).toContain(`"'=HYPERLINK(""x"")"`);
});

test.each([
  ["2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z"],
  ["2026-01-01T00:00:00Z", "2026-11-23T00:00:00Z"],
])("readCompliance() refuses the range from %s until %s", async (from, until) => {
  stage = await openCampaignStage();

  await expect(readCompliance(stage, stage.workspaceId, { from, until })).rejects.toMatchObject({
    code: "invalid-range",
    status: 422,
  });
});
